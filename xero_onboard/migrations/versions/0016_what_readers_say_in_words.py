"""What readers say of guides in words, and where they were when they voted."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("vote_id", sa.Uuid(), nullable=True),
        sa.Column("voter", sa.String(length=70), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(length=12), nullable=True),
        sa.Column("referrer", sa.String(length=300), nullable=True),
        sa.Column("query", sa.String(length=200), nullable=True),
        sa.Column("standing", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "kind IN ('up', 'down', 'problem')", name=op.f("ck_remark_kind_is_known")
        ),
        sa.CheckConstraint(
            "status IN ('new', 'open', 'done', 'dismissed')", name=op.f("ck_remark_status_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_remark_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["user.id"],
            name=op.f("fk_remark_assignee_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["vote.id"], name=op.f("fk_remark_vote_id_vote"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sa.UniqueConstraint("vote_id", name=op.f("uq_remark_vote_id")),
    )
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remark_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_remark_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_remark_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_remark_voter"), ["voter"], unique=False)

    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("locale", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("referrer", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("query", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("standing", sa.String(length=20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.drop_column("standing")
        batch_op.drop_column("query")
        batch_op.drop_column("referrer")
        batch_op.drop_column("locale")
        batch_op.drop_column("revision")

    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remark_voter"))
        batch_op.drop_index(batch_op.f("ix_remark_status"))
        batch_op.drop_index(batch_op.f("ix_remark_created_at"))
        batch_op.drop_index(batch_op.f("ix_remark_article_id"))

    op.drop_table("remark")
