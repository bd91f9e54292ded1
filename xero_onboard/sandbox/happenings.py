"""What happens to people and organisations at Xero, at once, and how it is put back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from xero_onboard.lib import clock
from xero_onboard.sandbox import connections, grants, people, server, signing
from xero_onboard.sandbox.models import (
    AUTHORISING_ROLES,
    Condition,
    Connection,
    Membership,
    Organisation,
    Person,
)
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.store import store

NO_ROLE = "none"
ROLES = {
    "Read only": "Read only: too low to let an app in",
    "Invoice only": "Invoice only: too low to let an app in",
    **{role: f"{role}: may let an app in" for role in sorted(AUTHORISING_ROLES)},
    NO_ROLE: "None: removed from the organisation",
}
CONDITIONS: Mapping[Condition, str] = {
    "closed": "Closed: still listed, but answers nobody",
    "demo": "A demo company",
    "trial": "On trial",
    "ordinary": "Ordinary",
}


@dataclass(frozen=True)
class Chosen:
    """To whom something happens, and what else was chosen; what is not needed is None."""

    person: Person | None
    organisation: Organisation | None
    value: str


@dataclass(frozen=True)
class Happening:
    """Something that can happen; `options` are the values of its one choice."""

    name: str
    title: str
    says: str
    do: Callable[[Chosen], None]
    needs_person: bool = False
    needs_organisation: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


def happen(name: str, email: str | None, organisation: str | None, value: str | None) -> None:
    """Let it happen to this person, in this organisation (by name or id); raises Refused."""
    known = HAPPENINGS.get(name)
    if known is None:
        raise Refused(f"“{name[:60]}” cannot happen here")
    chosen = value or next(iter(known.options), "")
    if known.options and chosen not in known.options:
        raise Refused(f"{known.title}: one of {', '.join(known.options)}")
    known.do(
        Chosen(
            person=_person(email) if known.needs_person else None,
            organisation=_organisation(organisation) if known.needs_organisation else None,
            value=chosen,
        )
    )


def organisations() -> list[Organisation]:
    """Every organisation, by its name."""
    return list(store.session.scalars(select(Organisation).order_by(Organisation.name)))


def put_back() -> None:
    """Roles, names and conditions as at the beginning; what was connected since stays connected."""
    people.put_back()


def _person(email: str | None) -> Person:
    found = people.find(email or "")
    if found is None:
        raise Refused("Choose a person")
    return found


def _organisation(given: str | None) -> Organisation:
    for organisation in organisations():
        if given and given in (organisation.name, str(organisation.id)):
            return organisation
    raise Refused("Choose an organisation")


def _remove_app(chosen: Chosen) -> None:
    person, organisation = _both(chosen)
    if not connections.disconnect_organisation(person.id, organisation.id):
        raise Refused(f"{person.name} has not connected {organisation.name}")


def _revoke(chosen: Chosen) -> None:
    if chosen.person:
        grants.revoke_all(chosen.person.id)


def _change_role(chosen: Chosen) -> None:
    person, organisation = _both(chosen)
    membership = store.session.get(Membership, (person.id, organisation.id))
    if chosen.value == NO_ROLE:
        if membership:
            store.session.delete(membership)
        connections.disconnect_organisation(person.id, organisation.id)
        return
    if membership is None:
        membership = Membership(
            person_id=person.id,
            organisation_id=organisation.id,
            position=len(person.memberships),
            role=chosen.value,
        )
        store.session.add(membership)
    membership.role = chosen.value


def _reset_demo(chosen: Chosen) -> None:
    """The organisation is emptied and begins anew, and what was connected to it is gone for everybody."""
    if chosen.organisation is None:
        return
    chosen.organisation.condition = "demo"
    theirs = select(Connection).where(Connection.organisation_id == chosen.organisation.id)
    for connection in store.session.scalars(theirs.where(Connection.disconnected_at.is_(None))):
        connection.disconnected_at = clock.now()


def _change_condition(chosen: Chosen) -> None:
    if chosen.organisation:
        chosen.organisation.condition = chosen.value


def _change_apps(chosen: Chosen) -> None:
    if chosen.organisation:
        chosen.organisation.has_two_uncertified_apps = chosen.value == "reached"


def _rename(chosen: Chosen) -> None:
    if chosen.organisation:
        chosen.organisation.name = chosen.value


def _change_key(chosen: Chosen) -> None:
    signing.change_key(keeps_name=chosen.value == "same")


def _go_away(chosen: Chosen) -> None:
    try:
        server.go_away(float(chosen.value))
    except server.CannotGoAway as error:
        raise Refused("Only where this was started by `python -m xero_onboard.sandbox`") from error


def _both(chosen: Chosen) -> tuple[Person, Organisation]:
    if chosen.person is None or chosen.organisation is None:
        raise Refused("Choose a person and an organisation")
    return chosen.person, chosen.organisation


_EVERY = (
    Happening(
        "app_removed",
        "Connected apps: disconnect",
        "The app is disconnected from the organisation, from Xero’s side.",
        _remove_app,
        needs_person=True,
        needs_organisation=True,
    ),
    Happening(
        "role_changed",
        "Another role",
        "What the person may do in the organisation. With too low a role the app is answered 403.",
        _change_role,
        needs_person=True,
        needs_organisation=True,
        options=ROLES,
    ),
    Happening(
        "revoked",
        "Everything taken back",
        "Every token and connection of this person for the app is gone.",
        _revoke,
        needs_person=True,
    ),
    Happening(
        "condition_changed",
        "Another condition",
        "Closed, on trial, or a demo company.",
        _change_condition,
        needs_organisation=True,
        options={str(name): words for name, words in CONDITIONS.items()},
    ),
    Happening(
        "demo_reset",
        "Demo company reset",
        "It begins anew, as it does about every 28 days, and is connected to no app.",
        _reset_demo,
        needs_organisation=True,
    ),
    Happening(
        "app_limit",
        "Two uncertified apps",
        "Whether it has as many uncertified apps as it may have, and is greyed on the consent page.",
        _change_apps,
        needs_organisation=True,
        options={"reached": "It has two", "free": "It has room"},
    ),
    Happening(
        "renamed",
        "Another name",
        "It is called like another one, or like itself again.",
        _rename,
        needs_organisation=True,
        options={name: name for name in people.ORGANISATION_NAMES},
    ),
    Happening(
        "key_changed",
        "Another signing key",
        "Tokens are signed by a fresh key from now on, and the list of keys shows it alone.",
        _change_key,
        options={"new": "With a new kid", "same": "With the same kid"},
    ),
    Happening(
        "gone",
        "Nobody answers",
        "Every connection to this Xero is refused (ECONNREFUSED) for a while, this page’s too.",
        _go_away,
        options={"10": "10 seconds", "2": "2 seconds", "60": "1 minute", "600": "10 minutes"},
    ),
)
HAPPENINGS: Mapping[str, Happening] = {happening.name: happening for happening in _EVERY}
