"""Votes come along: what readers said of a guide before it came here."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "earlier_votes",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= helpful AND helpful <= total",
            name=op.f("ck_earlier_votes_helpful_is_a_part"),
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_earlier_votes_article_id_article")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_earlier_votes")),
    )


def downgrade() -> None:
    op.drop_table("earlier_votes")
