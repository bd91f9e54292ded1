"""With what an account began, and what came to it later and may be somebody else's."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_AT_ONCE = timedelta(minutes=1)


def upgrade() -> None:
    op.add_column("password", sa.Column("added_at", sa.DateTime(timezone=True)))
    op.add_column("password", sa.Column("earlier", sa.String(255)))
    op.add_column(
        "user_identity",
        sa.Column("is_first", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _mark_first()
    # Links that were mailed before ask for no password, and must not take a second step without.
    proof = sa.table("mailed_proof", sa.column("kind", sa.String))
    op.execute(proof.delete().where(proof.c.kind == "undo"))


def downgrade() -> None:
    with op.batch_alter_table("user_identity") as table:
        table.drop_column("is_first")
    with op.batch_alter_table("password") as table:
        table.drop_column("earlier")
        table.drop_column("added_at")


def _mark_first() -> None:
    """Those that are as old as their account."""
    moment = sa.DateTime(timezone=True)
    user = sa.table("user", sa.column("id", sa.Uuid), sa.column("created_at", moment))
    identity = sa.table(
        "user_identity",
        *(sa.column("id", sa.Uuid), sa.column("user_id", sa.Uuid)),
        *(sa.column("created_at", moment), sa.column("is_first", sa.Boolean)),
    )
    begun = sa.select(identity.c.id, identity.c.created_at, user.c.created_at.label("began"))
    rows = op.get_bind().execute(begun.join(user, user.c.id == identity.c.user_id)).all()
    first = [{"first": row.id} for row in rows if row.created_at - row.began < _AT_ONCE]
    if first:
        marked = identity.update().where(identity.c.id == sa.bindparam("first"))
        op.get_bind().execute(marked.values(is_first=True), first)
