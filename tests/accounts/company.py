"""People who act for a customer, as tests tell of them; each has a browser of their own."""

import re
from dataclasses import dataclass
from html import unescape
from typing import cast
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from tests.client import Client, sign_in
from xero_onboard.accounts.models import Customer, Membership, User
from xero_onboard.lib.audit.models import Entry
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.letters import unseal
from xero_onboard.lib.mail.models import Mail
from xero_onboard.lib.reader import Identity

COLLEAGUES = "/account/colleagues"
LINK = re.compile(r"http://localhost:8000(/invitations/[A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Letter:
    """A mail as its recipient reads it."""

    to: str
    subject: str
    text: str


def letters(app: Flask) -> list[Letter]:
    """All mail there is, the oldest first."""
    with app.app_context():
        rows = db.session.scalars(select(Mail).order_by(Mail.created_at)).all()
        return [Letter(row.recipient, row.subject, _text(row)) for row in rows]


def links(app: Flask) -> list[str]:
    """The addresses of all invitations that were mailed, the oldest first."""
    return [found for letter in letters(app) for found in LINK.findall(letter.text)]


def invite(app: Flask, by: Client, email: str, right: str = "connect") -> str:
    """Have somebody invited; the address of the link in their mail."""
    answer = by.post(f"{COLLEAGUES}/invite", data={"email": email, "right": right})
    assert answer.location == COLLEAGUES, answer.text
    return links(app)[-1]


def accept(browser: Client, link: str) -> int:
    """Open the link and accept, whatever address it was sent to; the status of the answer."""
    browser.get(link)
    return browser.post("/invitations", data={"confirm": "yes"}).status_code


def join(app: Flask, by: Client, identity: Identity, right: str = "connect") -> Client:
    """The browser of a colleague who was invited and has joined."""
    browser = sign_in(app, identity)
    assert accept(browser, invite(app, by, identity.email, right)) == 303
    return browser


def words(browser: Client, path: str = COLLEAGUES) -> str:
    """What a page says, without its marks."""
    page = unescape(re.sub(r"<[^>]+>", " ", browser.get(path).text.partition("<main")[2]))
    return " ".join(page.split())


def user_of(app: Flask, identity: Identity) -> UUID:
    with app.app_context():
        return db.session.scalars(select(User.id).where(User.name == identity.name)).one()


def customer_of(app: Flask, identity: Identity) -> UUID:
    """The customer that was made for somebody when they came first."""
    with app.app_context():
        query = select(Customer.id).where(Customer.name == identity.name)
        return db.session.scalars(query).one()


def right_of(app: Flask, identity: Identity, customer_id: UUID) -> str | None:
    """What somebody may do for a customer, None if nothing."""
    with app.app_context():
        user_id = db.session.scalars(select(User.id).where(User.name == identity.name)).one()
        found = db.session.get(Membership, (user_id, customer_id))
        return found.right if found else None


def noted(app: Flask, event: str) -> int:
    """How often the audit log tells of this."""
    with app.app_context():
        query = select(func.count()).select_from(Entry).where(Entry.event == event)
        return db.session.scalar(query) or 0


def stranger(app: Flask) -> Client:
    return cast(Client, app.test_client())


def _text(row: Mail) -> str:
    letter = unseal(row)
    return letter.text if letter else ""
