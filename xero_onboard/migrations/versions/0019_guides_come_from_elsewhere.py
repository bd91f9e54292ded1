"""Guides come from another help centre, with their numbers and files."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.Column("target_locale", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=True),
        sa.Column("is_outdated", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('article', 'section', 'category')", name=op.f("ck_arrival_kind_is_known")
        ),
        sa.PrimaryKeyConstraint("kind", "source_id", "locale", name=op.f("pk_arrival")),
    )
    op.create_index(op.f("ix_arrival_target_id"), "arrival", ["target_id"])
    op.create_table(
        "article_file",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("picture_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_file_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("fk_article_file_picture_id_picture")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_file")),
    )
    op.create_index(op.f("ix_article_file_article_id"), "article_file", ["article_id"])


def downgrade() -> None:
    op.drop_table("article_file")
    op.drop_table("arrival")
