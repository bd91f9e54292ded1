"""Texts that guides share, guides that end at a time, and sections that staff look after."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snippet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("keeper", sa.String(length=5), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("file_digest", sa.String(length=64), nullable=True),
        sa.Column("offered", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("keeper IN ('file', 'staff')", name=op.f("ck_snippet_keeper_is_known")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user.id"],
            name=op.f("fk_snippet_author_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snippet")),
        sa.UniqueConstraint("locale", "name", name=op.f("uq_snippet_locale_name")),
    )
    op.add_column("revision", sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("article", sa.Column("unpublish_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("section", schema=None) as batch_op:
        batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("keeper", sa.String(length=5), server_default="file", nullable=False)
        )
        batch_op.create_check_constraint(
            op.f("ck_section_keeper_is_known"), "keeper IN ('file', 'staff')"
        )
    op.create_index(op.f("ix_article_unpublish_at"), "article", ["unpublish_at"])


def downgrade() -> None:
    with op.batch_alter_table("section", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_section_keeper_is_known"), type_="check")
        batch_op.drop_column("keeper")
        batch_op.drop_column("archived_at")
    op.drop_index(op.f("ix_article_unpublish_at"), table_name="article")
    op.drop_column("article", "unpublish_at")
    op.drop_column("revision", "renewed_at")
    op.drop_table("snippet")
