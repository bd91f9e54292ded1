"""What Xero asks of an app before it certifies it: which of it this installation meets, and how that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from xero_onboard.accounts.models import User
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.staff.certification.appearance import APPEARANCE
from xero_onboard.staff.certification.asking import ERRORS, PERMISSIONS, PRODUCT
from xero_onboard.staff.certification.connecting import CONNECTING
from xero_onboard.staff.certification.entry import Checkpoint, Finding
from xero_onboard.staff.certification.security import SECURITY_STANDARD, TOKEN_RULES
from xero_onboard.staff.models import Confirmation

# Xero asks for a new assessment every year.
GOOD_FOR = timedelta(days=365)
LONGEST_NOTE = 500

AREAS: tuple[tuple[str, tuple[Checkpoint, ...]], ...] = (
    ("Connection", CONNECTING),
    ("Branding and naming", APPEARANCE),
    ("Scopes", PERMISSIONS),
    ("Error handling", ERRORS),
    ("Your product, sign-up and listing", PRODUCT),
    ("Security standard", SECURITY_STANDARD),
    ("Tokens", TOKEN_RULES),
)
CHECKPOINTS: Mapping[str, Checkpoint] = {each.id: each for _, area in AREAS for each in area}


class NoSuchCheckpoint(LookupError):
    """Xero asks for nothing of this name."""


class NotAPersonsWord(Exception):
    """Whether it is met is seen from here, and nobody's word changes that."""


@dataclass(frozen=True)
class Word:
    """What an administrator confirmed, and when; `by` is unknown once their account is deleted."""

    note: str
    at: datetime
    by: str | None
    is_old: bool


@dataclass(frozen=True)
class Row:
    """A checkpoint with what was found just now and what somebody confirmed."""

    checkpoint: Checkpoint
    finding: Finding
    word: Word | None

    @property
    def status(self) -> str:
        """`confirmed` where a person's word is needed and still counts."""
        is_good = self.word is not None and not self.word.is_old
        return "confirmed" if self.finding.status == "confirm" and is_good else self.finding.status


@dataclass(frozen=True)
class Area:
    """Checkpoints that Xero puts together."""

    title: str
    rows: tuple[Row, ...]


def areas() -> tuple[Area, ...]:
    """Every checkpoint, looked at just now."""
    words = _words()
    return tuple(
        Area(title, tuple(Row(each, each.look(), words.get(each.id)) for each in checkpoints))
        for title, checkpoints in AREAS
    )


def confirm(checkpoint_id: str, note: str) -> None:
    """Keep an administrator's word that it is met; raises NoSuchCheckpoint or NotAPersonsWord."""
    checkpoint = _checkpoint(checkpoint_id)
    if checkpoint.look().status != "confirm":
        raise NotAPersonsWord(checkpoint_id)
    db.session.merge(Confirmation(checkpoint=checkpoint.id, note=note, at=now()))
    audit.record("checkpoint_confirmed", subject=f"checkpoint:{checkpoint.id}")


def withdraw(checkpoint_id: str) -> None:
    """Forget what was confirmed of a checkpoint; raises NoSuchCheckpoint."""
    word = db.session.get(Confirmation, _checkpoint(checkpoint_id).id)
    if word is None:
        return
    db.session.delete(word)
    audit.record("checkpoint_withdrawn", subject=f"checkpoint:{checkpoint_id}")


def _checkpoint(checkpoint_id: str) -> Checkpoint:
    if checkpoint_id not in CHECKPOINTS:
        raise NoSuchCheckpoint(checkpoint_id)
    return CHECKPOINTS[checkpoint_id]


def _words() -> Mapping[str, Word]:
    people = _who_confirmed()
    before = now() - GOOD_FOR
    return {
        row.checkpoint: Word(row.note, row.at, people.get(row.checkpoint), row.at < before)
        for row in db.session.scalars(select(Confirmation))
    }


def _who_confirmed() -> Mapping[str, str | None]:
    """The names behind the newest entries of the audit log, which knows people by number."""
    entries = audit.search("checkpoint:", event="checkpoint_confirmed", size=500).entries
    actors = {str(entry.subject).partition(":")[2]: entry.actor_id for entry in reversed(entries)}
    names = {
        row.id: row.name
        for row in db.session.execute(
            select(User.id, User.name).where(User.id.in_(actors.values()))
        )
    }
    return {checkpoint: names.get(actor) for checkpoint, actor in actors.items()}
