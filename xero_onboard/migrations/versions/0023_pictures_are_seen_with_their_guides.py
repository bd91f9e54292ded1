"""A picture is seen by those who see a guide that shows it: which revisions do is kept, and found once for the present ones."""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_PICTURE = re.compile(r"/hc/article_attachments/(\d{1,19})/")
_AT_ONCE = 200


def upgrade() -> None:
    op.create_table(
        "picture_use",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("picture_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name=op.f("fk_picture_use_revision_id_revision"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("revision_id", "picture_id", name=op.f("pk_picture_use")),
    )
    op.create_index(op.f("ix_picture_use_picture_id"), "picture_use", ["picture_id"])
    _find_uses(op.get_bind())


def downgrade() -> None:
    op.drop_index(op.f("ix_picture_use_picture_id"), table_name="picture_use")
    op.drop_table("picture_use")


def _find_uses(connection: sa.Connection) -> None:
    """A few revisions at once: together they may be larger than the memory."""
    revisions = sa.table("revision", sa.column("id", sa.Uuid()), sa.column("parts", sa.JSON()))
    uses = sa.table(
        "picture_use",
        sa.column("revision_id", sa.Uuid()),
        sa.column("picture_id", sa.BigInteger()),
    )
    ids = connection.scalars(sa.select(revisions.c.id)).all()
    for first in range(0, len(ids), _AT_ONCE):
        some = sa.select(revisions).where(revisions.c.id.in_(ids[first : first + _AT_ONCE]))
        found = [
            {"revision_id": revision_id, "picture_id": picture_id}
            for revision_id, parts in connection.execute(some)
            for picture_id in {int(each) for each in _PICTURE.findall(json.dumps(parts))}
            if picture_id < 2**63
        ]
        if found:
            connection.execute(sa.insert(uses), found)
