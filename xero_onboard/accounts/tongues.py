"""In which language a person reads, wherever they sign in and whenever mail is written to them."""

from uuid import UUID

from flask import g, session
from sqlalchemy import select, update

from xero_onboard.accounts.models import User
from xero_onboard.lib import languages
from xero_onboard.lib.db import db, note_in_passing
from xero_onboard.lib.reader import current_reader


def of(user_id: UUID) -> str | None:
    """What they read last, if they were ever here in a language of their choice."""
    return db.session.scalar(select(User.locale).where(User.id == user_id))


def greet(user_id: UUID) -> None:
    """Whoever signs in keeps the language they have chosen just now, or else that of the last time."""
    now, before = languages.chosen_now(), of(user_id)
    if now and now != before:
        _keep(user_id, now)
    elif before:
        session["locale"] = before


@languages.chosen.connect
def remember(locale: str) -> None:
    """Somebody who is signed in reads in another language from now on."""
    user_id = current_reader().user_id
    if user_id is None:
        return
    if g.is_writing:
        # What else this request has written is not to be lost.
        _keep(user_id, locale)
    else:
        note_in_passing("the language of a reader", lambda: _keep(user_id, locale))


def _keep(user_id: UUID, locale: str) -> None:
    db.session.execute(update(User).where(User.id == user_id).values(locale=locale))
