"""Organisations that the provider lists for a login, and that no connection here uses.

They count against the app's limit, and their owners see our name among their connected apps.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select

from xero_onboard.connect.models import (
    ENDED,
    Attempt,
    Candidate,
    Connection,
    Grant,
    Removal,
    Stray,
)
from xero_onboard.connect.providers.base import ListedOrganisation
from xero_onboard.connect.vault import hold
from xero_onboard.lib import audit
from xero_onboard.lib.db import db, new_id


class NoSuchStray(LookupError):
    """It is not listed for this login any more, or a connection uses it by now."""


def note(grant: Grant, listed: Sequence[ListedOrganisation]) -> None:
    """Write down what of this list nothing here uses, and forget what is used or gone.

    Call it with a grant that is held, and after its connections were brought into line.
    """
    known = {row.remote_id: row for row in _of(grant.id)}
    found = {row.connection_id: row for row in listed if not _is_used(grant, row)}
    for remote_id, row in found.items():
        if remote_id not in known:
            db.session.add(
                Stray(
                    grant_id=grant.id, remote_id=remote_id, tenant_id=row.tenant_id, name=row.name
                )
            )
    for remote_id in known.keys() - found.keys():
        db.session.delete(known[remote_id])
    db.session.flush()


def remove(grant_id: UUID, remote_id: str) -> UUID:
    """Have it removed at the provider; the id of the removal to deliver. Raises NoSuchStray or GrantDead."""
    grant = hold(grant_id)
    stray = db.session.get(Stray, (grant_id, remote_id), populate_existing=True)
    if stray is None or _is_connected(grant, stray.tenant_id):
        raise NoSuchStray(remote_id)
    removal = Removal(
        id=new_id(), environment=grant.environment, grant_id=grant.id, remote_id=remote_id
    )
    db.session.add(removal)
    db.session.delete(stray)
    audit.record("stray_removed", subject=f"grant:{grant.id}", organisation=stray.tenant_id)
    db.session.flush()
    return removal.id


def forget_ended() -> None:
    """Forget what was listed for logins that list nothing any more."""
    dead = select(Grant.id).where(Grant.status != "ok")
    db.session.execute(delete(Stray).where(Stray.grant_id.in_(dead)))


def _of(grant_id: UUID) -> Sequence[Stray]:
    query = select(Stray).where(Stray.grant_id == grant_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _is_used(grant: Grant, row: ListedOrganisation) -> bool:
    """Whether a connection uses it, somebody is just choosing it, or its removal is on the way."""
    return _is_connected(grant, row.tenant_id) or _holds(
        exists().where(Removal.remote_id == row.connection_id, Removal.status == "pending"),
        exists().where(
            Candidate.remote_id == row.connection_id,
            Candidate.attempt_id == Attempt.id,
            Attempt.status == "choosing",
        ),
        exists().where(Attempt.grant_id == grant.id, Attempt.status.in_(("claimed", "proving"))),
    )


def _is_connected(grant: Grant, tenant_id: str) -> bool:
    """By any login: several people may have allowed the same organisation."""
    return _holds(
        exists().where(
            Connection.environment == grant.environment,
            Connection.tenant_id == tenant_id,
            Connection.status.not_in(ENDED),
        )
    )


def _holds(*conditions: ColumnElement[bool]) -> bool:
    return bool(db.session.scalar(select(or_(*conditions))))
