"""News come along: when a guide told readers something, before an archive brought it here."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "earlier_news",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_earlier_news_article_id_article")
        ),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_earlier_news")),
    )


def downgrade() -> None:
    op.drop_table("earlier_news")
