"""Drafts wait for another person's approval."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('approved', 'sent_back', 'withdrawn', 'overridden')",
            name=op.f("ck_approval_outcome_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_approval_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_approval_revision_id_revision")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user.id"], name=op.f(f"fk_approval_{column}_user"), ondelete="SET NULL"
            )
            for column in ("asked_by_id", "reviewer_id", "answered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    for column in ("article_id", "revision_id"):
        op.create_index(op.f(f"ix_approval_{column}"), "approval", [column])


def downgrade() -> None:
    op.drop_table("approval")
