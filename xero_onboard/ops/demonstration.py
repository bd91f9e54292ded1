"""The two who work at a site that is only tried out: an administrator and an editor, made once."""

import json
import logging
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from xero_onboard.accounts import passwords, people
from xero_onboard.config import Settings
from xero_onboard.lib.db import begin_write, commit
from xero_onboard.lib.reader import Role

log = logging.getLogger(__name__)

# Addresses under a name that belongs to nobody. https://www.rfc-editor.org/rfc/rfc2606#section-3
PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("ada@example.com", "Ada Okafor", "admin"),
    ("eddie@example.com", "Eddie Lindqvist", "editor"),
)


@dataclass(frozen=True)
class Employee:
    """Somebody to sign in as, and the password nobody has changed yet."""

    email: str
    password: str
    role: Role


def employ(app: Flask, settings: Settings) -> tuple[Employee, ...]:
    """Make both where nobody works yet, and say whose first password still lets them work here, and as what.

    In production, where accounts with a password on a disk would be a way in, those that came along
    with the database are closed.
    """
    if settings.is_production:
        _dismiss(app)
        return ()
    known = _passwords(settings.instance / "staff.json")
    with app.app_context():
        begin_write()
        if not people.has_staff():
            _make(known)
        commit()
        return tuple(filter(None, (_at_work(email, known[email]) for email, _, _ in PEOPLE)))


def _at_work(email: str, password: str) -> Employee | None:
    checked = passwords.whose(email, password)
    role = people.works_as(checked.user_id) if checked else None
    return Employee(email, password, role) if role else None


def _dismiss(app: Flask) -> None:
    with app.app_context():
        begin_write()
        for email, name, _ in PEOPLE:
            if people.dismiss(email):
                log.warning("the account of %s, for trying the site out, is closed now", name)
        commit()


def _make(known: dict[str, str]) -> None:
    for email, name, role in PEOPLE:
        try:
            people.create(email, name, role, known[email])
        except people.TakenLogin:
            # Somebody has signed up with the address of the demonstration; theirs it stays.
            continue


def _passwords(path: Path) -> dict[str, str]:
    """The first passwords, generated once and for the owner of this folder alone."""
    if not path.exists():
        fresh = {email: people.new_password() for email, _, _ in PEOPLE}
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(fresh, file)
        draft.replace(path)
    known: dict[str, str] = json.loads(path.read_text())
    return known
