"""The turn and the owner that staff chose are told apart from those of files, and why a guide missed its time is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("article", schema=None) as batch_op:
        for name in ("is_turn_chosen", "is_owner_chosen"):
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)
            )
        batch_op.add_column(sa.Column("missed_because", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_column("missed_because")
        batch_op.drop_column("is_owner_chosen")
        batch_op.drop_column("is_turn_chosen")
