"""What only the reader can answer after they came back: which organisation, and in place of which."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete

from xero_onboard.connect import care, errands
from xero_onboard.connect.attempts import (
    bind_one,
    candidates_of,
    end,
    give_up,
    grant_id_of,
    lock,
    owner_of,
)
from xero_onboard.connect.models import Attempt, Candidate, Connection, Grant
from xero_onboard.connect.organisations import of_another_login, own_tenants, select_only
from xero_onboard.connect.vault import GrantDead, hold
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import listing, ngettext

# What an attempt, and the errand it was made for, have room for.
LONGEST_LISTING = 200


class NothingChosen(Exception):
    """The reader chose no organisation that was offered."""


@dataclass(frozen=True)
class CandidateView:
    """An organisation to choose; `short_id` tells apart those that are called alike."""

    tenant_id: str
    name: str
    country: str | None
    short_id: str | None
    is_connected_here: bool
    is_new: bool
    is_demo: bool
    is_practice: bool


@dataclass(frozen=True)
class Choice:
    """What is offered, and what can be done with it beside adding it."""

    attempt_id: str
    candidates: tuple[CandidateView, ...]
    # The connection that was to be renewed, and is not among them.
    expected: Connection | None = None
    # The one that works already, by another login.
    taken: Connection | None = None


def choose(attempt: Attempt, tenant_ids: Sequence[str]) -> None:
    """Connect the organisations a reader chose, unless the attempt has ended meanwhile.

    Raises NothingChosen or HeldElsewhere, changing nothing.
    """
    begun = _begin_choice(attempt, tenant_ids)
    if begun is None:
        return
    grant, chosen = begun
    codes = [bind_one(attempt, grant, row).code for row in chosen]
    # The news is what was new; that others were there before is not.
    code = next((code for code in codes if code != "already_connected"), "already_connected")
    end(attempt, code, _listing([row.name for row in chosen]))
    _forget_candidates(attempt)


def choose_instead(attempt: Attempt, tenant_ids: Sequence[str]) -> UUID | None:
    """Connect the organisation a reader chose in place of the one they were reconnecting.

    The id of the removal to deliver, if there is one. Raises as `choose`.
    """
    begun = _begin_choice(attempt, tenant_ids)
    if begun is None:
        return None
    grant, chosen = begun
    expected = expected_of(attempt)
    if len(chosen) != 1 or expected is None:
        raise NothingChosen
    was_selected = expected.is_selected
    bound = bind_one(attempt, grant, chosen[0])
    if bound.connection.id == expected.id:
        raise NothingChosen
    removal_id = care.disconnect(expected)
    if was_selected:
        select_only(bound.connection)
    end(attempt, "replaced", chosen[0].name)
    _forget_candidates(attempt)
    return removal_id


def take_over(attempt: Attempt) -> None:
    """Have a connection of the customer go on with the login of this attempt, as the reader was asked.

    Raises NothingChosen and HeldElsewhere, changing nothing.
    """
    offered = [row.tenant_id for row in candidates_of(attempt) if not row.is_practice]
    if len(offered) != 1:
        raise NothingChosen
    begun = _begin_choice(attempt, offered)
    if begun is None:
        return
    grant, (chosen,) = begun
    bound = bind_one(attempt, grant, chosen, takes_over=True)
    end(attempt, bound.code, chosen.name)
    _forget_candidates(attempt)


def choice_of(attempt: Attempt) -> Choice:
    """What an attempt offers, with what tells one from another."""
    rows = candidates_of(attempt)
    ours = own_tenants(attempt.environment, owner_of(attempt).customer_id)
    alike = Counter(row.name.casefold() for row in rows)
    expected = expected_of(attempt)
    is_offered = expected is not None and expected.tenant_id in {row.tenant_id for row in rows}
    return Choice(
        attempt_id=str(attempt.id),
        candidates=tuple(
            CandidateView(
                tenant_id=row.tenant_id,
                name=row.name,
                country=row.country,
                short_id=row.tenant_id[:8] if alike[row.name.casefold()] > 1 else None,
                is_connected_here=row.tenant_id in ours,
                is_new=row.is_new and not row.is_practice and row.tenant_id not in ours,
                is_demo=row.is_demo,
                is_practice=row.is_practice,
            )
            for row in rows
        ),
        expected=None if is_offered else expected,
        taken=taken_of(attempt),
    )


def expected_of(attempt: Attempt) -> Connection | None:
    """The connection that the reader was renewing, while it is one."""
    found = db.session.get(Connection, attempt.expected_id) if attempt.expected_id else None
    return found if found is not None and found.is_live else None


def taken_of(attempt: Attempt) -> Connection | None:
    """The connection that what this attempt offers has already, by another login, if it is just one."""
    offered = [row for row in candidates_of(attempt) if not row.is_practice]
    if len(offered) != 1 or attempt.purpose == "errand":
        return None
    grant = db.session.get_one(Grant, grant_id_of(attempt))
    return of_another_login(grant, offered[0], owner_of(attempt))


def _begin_choice(
    attempt: Attempt, tenant_ids: Sequence[str]
) -> tuple[Grant, list[Candidate]] | None:
    """What to connect and with which consent; None when the attempt has ended, or ends with that."""
    if not lock(attempt, "choosing"):
        return None
    if errands.is_over(attempt):
        give_up(attempt, "errand_over")
        return None
    offered = {row.tenant_id: row for row in candidates_of(attempt) if not row.is_practice}
    chosen = [offered[tenant] for tenant in dict.fromkeys(tenant_ids) if tenant in offered]
    if not chosen or len(chosen) != len(set(tenant_ids)):
        raise NothingChosen
    try:
        return hold(grant_id_of(attempt)), chosen
    except GrantDead:
        end(attempt, "permission_ended")
        return None


def _forget_candidates(attempt: Attempt) -> None:
    db.session.execute(delete(Candidate).where(Candidate.attempt_id == attempt.id))


def _listing(names: Sequence[str]) -> str:
    """As many of the names as there is room for; the first stands whole, however long it is."""
    shorter = (_cut(names, named) for named in range(len(names) - 1, 0, -1))
    told = (listing(names), *shorter)
    return next((each for each in told if len(each) <= LONGEST_LISTING), names[0])


def _cut(names: Sequence[str], named: int) -> str:
    return ngettext(
        "%(names)s and %(num)s more",
        "%(names)s and %(num)s more",
        len(names) - named,
        names=", ".join(names[:named]),
    )
