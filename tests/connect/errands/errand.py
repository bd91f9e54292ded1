"""What somebody does who asks others to connect, and what those do who are asked."""

import re
from collections.abc import Callable
from html import unescape

from flask import Flask
from sqlalchemy import select, update

from tests.accounts.company import letters
from tests.client import Client
from tests.connect.conftest import Visitor
from xero_onboard.connect.models import Attempt, Errand
from xero_onboard.lib.db import db

AMARA = "amara@practice.example"
HARBOUR = "Harbour Café Ltd"
PAGE = "/for-a-colleague"
LINK = re.compile(r"http://localhost:8000(/for-a-colleague/[A-Za-z0-9_-]{43})")
PLACE = {"next": "/connect", "anchor": "ask"}

Another = Callable[[str], Visitor]


def mailed(app: Flask) -> list[str]:
    """The links that were mailed, the oldest first."""
    return [found for letter in letters(app) for found in LINK.findall(letter.text)]


def ask(app: Flask, visitor: Visitor, email: str = AMARA) -> str:
    """Have a link mailed; where it leads."""
    answer = visitor.client.post("/connect/errands", data={**PLACE, "email": email})
    assert (answer.status_code, answer.location) == (303, "/connect#ask"), answer.text
    return mailed(app)[-1]


def open_link(browser: Client, link: str) -> str:
    """The words of the page behind the link."""
    return unescape(browser.get(link, follow_redirects=True).text)


def go_on(browser: Client) -> str:
    """Say yes; the address at Xero to which that leads."""
    answer = browser.post(PAGE, data={"confirm": "yes"})
    assert answer.status_code == 303, answer.text
    return answer.location


def come_back(visitor: Visitor, callback: str) -> str:
    """Open what Xero sent us to; the words of the page that the browser ends at."""
    return open_link(visitor.client, visitor.come_back(callback))


def run_errand(visitor: Visitor, link: str, organisation: str | None = HARBOUR) -> str:
    """Open the link, say yes and allow access; the words of the last page."""
    open_link(visitor.client, link)
    return come_back(visitor, visitor.person.allow(go_on(visitor.client), organisation))


def change(app: Flask, **values: object) -> None:
    with app.app_context():
        db.session.execute(update(Errand).values(values))
        db.session.commit()


def outcomes(app: Flask) -> list[str | None]:
    with app.app_context():
        trips = select(Attempt.outcome).where(Attempt.purpose == "errand")
        return list(db.session.scalars(trips.order_by(Attempt.started_at)))
