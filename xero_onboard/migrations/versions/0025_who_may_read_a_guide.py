"""Who may read a guide, what readers may do with it, and how easily it is found."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_FLAGS = ("takes_comments", "takes_votes", "is_searchable")


def upgrade() -> None:
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("visibility", sa.String(length=8), server_default="public", nullable=False)
        )
        for name in _FLAGS:
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), server_default=sa.true(), nullable=False)
            )
        batch_op.add_column(
            sa.Column("search_boost", sa.Double(), server_default="1", nullable=False)
        )
        batch_op.create_check_constraint(
            op.f("ck_article_visibility_is_known"),
            "visibility IN ('public', 'unlisted', 'internal')",
        )


def downgrade() -> None:
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_article_visibility_is_known"), type_="check")
        batch_op.drop_column("search_boost")
        for name in _FLAGS:
            batch_op.drop_column(name)
        batch_op.drop_column("visibility")
