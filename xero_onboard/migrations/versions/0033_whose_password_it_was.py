"""By what a password was set, several that were before it, and since when an app is on this phone."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("password") as table:
        table.add_column(
            sa.Column("was_mailed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.alter_column("earlier", existing_type=sa.String(255), type_=sa.Text())
    op.add_column("authenticator", sa.Column("moved_at", sa.DateTime(timezone=True)))
    _forget_links()


def downgrade() -> None:
    _forget_links()
    # Several do not fit into what was kept of one.
    op.execute(sa.update(sa.table("password", sa.column("earlier"))).values(earlier=None))
    with op.batch_alter_table("authenticator") as table:
        table.drop_column("moved_at")
    with op.batch_alter_table("password") as table:
        table.alter_column("earlier", existing_type=sa.Text(), type_=sa.String(255))
        table.drop_column("was_mailed")


def _forget_links() -> None:
    """Links of the other release do not say whether there was a second step before."""
    proof = sa.table("mailed_proof", sa.column("kind", sa.String))
    op.execute(proof.delete().where(proof.c.kind == "undo"))
