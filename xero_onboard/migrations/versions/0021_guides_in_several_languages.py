"""Guides are translated, and mail is written in the language that a person reads."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("locale", sa.String(length=12), nullable=True))
    op.add_column("section", sa.Column("translation_of", sa.BigInteger(), nullable=True))
    op.add_column("article", sa.Column("translation_of", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_article_translation_of"), "article", ["translation_of"])
    op.add_column("revision", sa.Column("translated", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("revision", "translated")
    op.drop_index(op.f("ix_article_translation_of"), table_name="article")
    op.drop_column("article", "translation_of")
    op.drop_column("section", "translation_of")
    op.drop_column("user", "locale")
