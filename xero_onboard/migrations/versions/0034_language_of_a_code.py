"""In which language a code or link was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailed_proof", sa.Column("locale", sa.String(12)))


def downgrade() -> None:
    with op.batch_alter_table("mailed_proof") as table:
        table.drop_column("locale")
