"""How often each revision of a guide is read, by the day."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "revision"],
            ["revision.article_id", "revision.number"],
            name="fk_reading_revision",
        ),
        sa.PrimaryKeyConstraint("day", "article_id", "revision", name=op.f("pk_reading")),
    )


def downgrade() -> None:
    op.drop_table("reading")
