"""What is looked for."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("query", sa.String(length=100), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "locale", "query", name=op.f("pk_search_count")),
    )
    op.create_table(
        "search_opening",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("query", sa.String(length=100), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_search_opening_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "day", "locale", "query", "article_id", name=op.f("pk_search_opening")
        ),
    )
    op.create_index(op.f("ix_search_opening_article_id"), "search_opening", ["article_id"])


def downgrade() -> None:
    op.drop_table("search_opening")
    op.drop_table("search_count")
