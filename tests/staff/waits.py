"""Guides with an owner, in which something waits; and Mondays that come when a test needs one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, update

from tests import mailbox
from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.employees import Account
from tests.feedback.asking import asked_and_confirmed
from tests.feedback.test_comments import say
from tests.feedback.test_vote import ARTICLE
from tests.staff.test_feedback import explain, vote
from xero_onboard.content.models import Article, Revision
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.staff.models import DigestRound

WORDS = "The canary sings in the wrong place."
PAGE = "/staff/waiting"


@pytest.fixture(autouse=True)
def reviewed(app: Flask) -> None:
    begin(app)


def begin(app: Flask) -> None:
    """No shipped guide is due, whenever the tests run, and the site has had its first week."""
    change(app, Revision, review_due_on=None)
    assert jobs.run_due(app)


@pytest.fixture
def owned(app: Flask, eddie: Account) -> Account:
    """Eddie, who looks after a guide."""
    own(app, eddie)
    return eddie


def own(app: Flask, account: Account | None, article_id: int = ARTICLE) -> None:
    with app.app_context():
        mine = update(Article).where(Article.id == article_id)
        db.session.execute(mine.values(owner_id=account.id if account else None))
        db.session.commit()


def change(app: Flask, table: type[Revision | DigestRound | Article], **values: object) -> None:
    with app.app_context():
        db.session.execute(update(table).values(values))
        db.session.commit()


def is_due(app: Flask, day: date, article_id: int = ARTICLE) -> None:
    """What readers see of a guide is to be reviewed on this day."""
    with app.app_context():
        theirs = update(Revision).where(Revision.article_id == article_id)
        db.session.execute(theirs.values(review_due_on=day))
        db.session.commit()


def overdue(app: Flask, article_id: int = ARTICLE) -> None:
    is_due(app, date(2026, 1, 5), article_id)


def a_week_passes(app: Flask, weeks: int = 1) -> None:
    """So long ago the digest went out last; the worker has not come by since."""
    change(app, DigestRound, at=now() - timedelta(days=7 * weeks))


def digests(app: Flask, account: Account) -> list[str]:
    """Every digest in their mailbox, the newest first, after the worker came by."""
    return [each for each in mailbox.letters(app, account.email) if "for you\n" in each]


def fill(app: Flask, client: Client, editor: Client) -> None:
    """Something of every kind, in one guide."""
    overdue(app)
    vote(app, "down", "down", "up")
    vote(app, "up", days_ago=8)
    explain(app, WORDS)
    say(sign_in(app, CASEY), WORDS)
    asked_and_confirmed(app, client, subject=WORDS, words=WORDS)
    missed = {"publish_at": now() - timedelta(days=1), "missed_because": "it has a mistake"}
    with app.app_context():
        db.session.execute(update(Article).where(Article.id == ARTICLE).values(missed))
        db.session.commit()


@contextmanager
def no_room_for_letters(app: Flask) -> Iterator[None]:
    """The database breaks down when mail is written."""

    def break_down(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO mail"):
            raise OSError("no space left on device")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", break_down)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", break_down)
