"""Who looks after a guide, as files name them: by the address at which another room knows the people who work here."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from flask import Flask, current_app

from xero_onboard.content.claims import Guide
from xero_onboard.content.problems import Broken

Addresses = Callable[[], Mapping[UUID, str]]


def register(app: Flask, addresses: Addresses) -> None:
    """Remember whom to ask who works here."""
    app.extensions["content_owners"] = addresses


def address_of(user_id: UUID | None) -> str:
    """What to call them in a file; empty where nobody who works here is meant."""
    return _addresses().get(user_id, "") if user_id else ""


def by_address() -> Mapping[str, UUID]:
    """Who works here; without addresses that several share, because none of them is meant more than another."""
    found: dict[str, list[UUID]] = {}
    for user_id, address in _addresses().items():
        found.setdefault(address.casefold(), []).append(user_id)
    return {address: ids[0] for address, ids in found.items() if len(ids) == 1}


def named_in(guides: Iterable[Guide]) -> tuple[Mapping[int, UUID], list[Broken]]:
    """Of each guide whose file names somebody who works here, them; and what to say of the other names."""
    people = by_address()
    owners: dict[int, UUID] = {}
    strangers: list[Broken] = []
    for guide in guides:
        owner = people.get(guide.matter.owner.casefold())
        if owner:
            owners[guide.matter.id] = owner
        elif guide.matter.owner:
            # Who it is stands in the file; what is said here may be written to a log.
            message = (
                "owner: no one person who works here has this address, so that it changes nothing"
            )
            strangers.append(Broken(guide.file.name, guide.matter.lines["owner"], message))
    return owners, strangers


def _addresses() -> Mapping[UUID, str]:
    ask: Addresses = current_app.extensions["content_owners"]
    return ask()
