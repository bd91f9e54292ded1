"""What is typed and not saved yet, kept for whoever typed it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from xero_onboard.content import drafts, manuscript
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.models import Revision, Unsaved
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db, insert_into


@dataclass(frozen=True)
class Typed:
    """A text that its author has not saved; `base` is the revision that it goes on from."""

    text: Manuscript
    base: int
    at: datetime


def keep(article_id: int, user_id: UUID, base: int, text: Manuscript) -> None:
    """Keep what somebody has typed, in place of what they typed before; raises NoSuchArticle."""
    drafts.opened(article_id)
    values = {"base": base, "matter": text.matter, "source": text.body, "at": now()}
    statement = insert_into(Unsaved).values(article_id=article_id, user_id=user_id, **values)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["article_id", "user_id"], set_=values)
    )


def found(article_id: int, user_id: UUID) -> Typed | None:
    """What this person has typed and not saved, if it says anything else than what is saved, by whomever or by them."""
    row = db.session.get(Unsaved, (article_id, user_id))
    if row is None:
        return None
    typed = Typed(manuscript.of(row.matter, row.source), row.base, row.at)
    if typed.text == drafts.opened(article_id).text or _is_saved(typed, article_id, user_id):
        return None
    return typed


def _is_saved(typed: Typed, article_id: int, user_id: UUID) -> bool:
    """Whether they have saved just this since: what keeps it may have come late, after the saving of it."""
    theirs = select(Revision).where(
        Revision.article_id == article_id,
        Revision.author_id == user_id,
        Revision.number > typed.base,
    )
    return any(manuscript.read(each) == typed.text for each in db.session.scalars(theirs))


def forget(article_id: int, user_id: UUID) -> None:
    """It is saved, or not wanted."""
    theirs = (Unsaved.article_id == article_id, Unsaved.user_id == user_id)
    db.session.execute(delete(Unsaved).where(*theirs))
