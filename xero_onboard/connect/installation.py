"""Which of all copies of a database may use the tokens in it: one installation, which is known by name.

Xero gives a new refresh token for each that is used, so a copy that uses one takes it away from the site
it was copied from. The database says whose its tokens are and when they were last used. The installation
knows its name by INSTALLATION, or by a file in INSTANCE_DIR, which also remembers how far the database
had come. Where the two do not agree, the tokens rest until the operator has decided.

What this cannot notice: the whole of INSTANCE_DIR put back as it was, with the database in it; and a
machine copied with everything on it.
"""

import json
import logging
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, Self

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from xero_onboard.connect.models import Grant, Removal
from xero_onboard.connect.providers import current_provider
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import Table, UtcDateTime, begin_write, commit, db, insert_into
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.web import settings

NOTED_EVERY = timedelta(minutes=1)
# A database that is older by less than this goes on by itself: the provider takes a refresh token again
# for 30 minutes after its first use, and a standby that takes over may have lost the last seconds.
GRACE = timedelta(minutes=20)

log = logging.getLogger(__name__)


class Installation(Table):
    """Whose the tokens of one environment are; written with every use of them, once a minute at most."""

    __tablename__ = "installation"

    environment: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    host: Mapped[str] = mapped_column(String(255))
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When it last went on with a database that may be older than what the provider gave: because an
    # operator decided so, or by itself within the grace. Never, where there was no need.
    adopted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Since when one of several machines knows that it is older than it was; the others cannot tell.
    doubted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Doubt:
    """Why the tokens may be needed elsewhere: the database is not ours, or not what it was.

    Who used it last, according to it, and when; and when we did.
    """

    cause: Literal["elsewhere", "older"]
    name: str
    host: str
    used_at: datetime | None
    remembered_at: datetime | None = None


@dataclass(frozen=True)
class _Memory:
    """What lies beside the database; `place` makes it worth nothing in a copy of the folder."""

    name: str
    place: str
    used_at: str | None = None

    @classmethod
    def read(cls) -> Self | None:
        try:
            memory = cls(**json.loads(_path().read_text()))
            return memory if memory.moment is None or memory.moment.tzinfo else None
        except (OSError, ValueError, TypeError):
            return None

    @property
    def moment(self) -> datetime | None:
        return datetime.fromisoformat(self.used_at) if self.used_at else None

    def write(self, *, over_another: bool = True) -> None:
        """Put it in the place of what is there, if anything; nobody ever sees half of it."""
        draft = _path().with_name(f".{_path().name}.{secrets.token_hex(4)}")
        try:
            draft.write_text(json.dumps(asdict(self)))
            if over_another:
                draft.replace(_path())
            else:
                os.link(draft, _path())
        except OSError as error:
            log.warning("INSTANCE_DIR: who we are could not be written down: %s", error)
        finally:
            draft.unlink(missing_ok=True)


def doubt() -> Doubt | None:
    """Why the tokens must rest, if they must; nothing is changed by asking."""
    row, memory = _row(), _Memory.read()
    if row is None:
        # Nobody has used it since databases say whose they are: in use now, or put back from before.
        if memory is None or memory.moment is None or not _has_tokens():
            return None
        return Doubt("older", memory.name, settings().public_host, None, memory.moment)
    moment = _remembered(row, memory)
    if not _is_ours(row, memory):
        return Doubt("elsewhere", row.name, row.host, row.used_at)
    if row.doubted_at is not None or (moment is not None and moment - row.used_at > GRACE):
        return Doubt("older", row.name, row.host, row.used_at, moment)
    return None


def must_rest() -> bool:
    """Whether no token may be used here before the operator has decided."""
    return doubt() is not None


def note_use() -> None:
    """Write down, in the caller's writing transaction, that a token is about to be used here.

    While the tokens rest it is not: the vault gives none, and nothing may look as if it had.
    """
    if must_rest():
        return
    row, moment = _row(), now()
    if row is None:
        _claim(moment)
        return
    remembered = _remembered(row, _Memory.read())
    if remembered is not None and remembered > row.used_at:
        # A use that was written down now would hide from the worker that the database is older.
        _catch_up(row, remembered)
    elif row.used_at < moment - NOTED_EVERY:
        db.session.execute(
            update(Installation)
            .where(Installation.environment == row.environment, Installation.used_at < moment)
            .values(used_at=moment)
            .execution_options(synchronize_session=False)
        )


def adopt() -> None:
    """This installation goes on with the tokens of this database, whoever used it last. Commits.

    What the provider gave since for one that is older is still to be had for minutes: every login is
    renewed.
    """
    begin_write()
    row, found, moment = _row(), doubt(), now()
    # From elsewhere it gets a new name: that of the site it was copied from must not open the next copy.
    is_own = row is not None and found is not None and found.cause == "older"
    own_name = row.name if row is not None and is_own else secrets.token_hex(8)
    name = settings().installation or own_name
    values = {"name": name, "host": settings().public_host, "used_at": moment}
    values |= {"adopted_at": moment, "doubted_at": None}
    adopted = insert_into(Installation).values(environment=_environment(), **values)
    db.session.execute(adopted.on_conflict_do_update(index_elements=["environment"], set_=values))
    _have_all_renewed(moment)
    audit.record("installation_adopted", host=settings().public_host)
    commit()
    _Memory(name, _place(), moment.isoformat()).write()


def adopted_at() -> datetime | None:
    """When it last went on with an older database: tokens from before may be older than the provider's."""
    row = _row()
    return row.adopted_at if row else None


@every_minute("remember how far the database has come")
def remember() -> None:
    """Keep beside the database until when it was used, by which an older one is known."""
    row, found, memory = _row(), doubt(), _Memory.read()
    if row is None:
        return
    if found is None:
        moment = _remembered(row, memory)
        if moment is not None and moment > row.used_at:
            begin_write()
            row = _catch_up(row, moment)
            commit()
        present = _Memory(row.name, _place(), row.used_at.isoformat())
        if memory != present:
            present.write()
    elif found.cause == "older" and row.doubted_at is None:
        log.critical("the database is older than what was used here: %s", explained(found))
        db.session.execute(update(Installation).values(doubted_at=now()))


def _remembered(row: Installation, memory: _Memory | None) -> datetime | None:
    """When the tokens of this database were used here last, as far as we remember."""
    return memory.moment if memory is not None and memory.name == row.name else None


def _catch_up(row: Installation, remembered: datetime) -> Installation:
    """Have every login renewed now: the provider may have given what this older database does not hold.

    Within the provider's grace it gives it once more for the token that we have; a day later the
    worker would find it too old. Whoever is lost all the same is told that it was our doing. Of
    several that notice, one does it. Needs a writing transaction.
    """
    moment, lost = now(), remembered - row.used_at
    caught_up = db.session.scalar(
        update(Installation)
        .where(Installation.environment == row.environment, Installation.used_at < remembered)
        .values(adopted_at=moment, used_at=max(moment, remembered))
        .returning(Installation.environment)
        .execution_options(synchronize_session=False)
    )
    if caught_up is not None:
        log.warning(
            "the database is %s older than what was used here: all logins are renewed", lost
        )
        _have_all_renewed(moment)
    return _row() or row


def _have_all_renewed(moment: datetime) -> None:
    """Every login is due. Those that were before are first: theirs may have been renewed since, and be lost soonest."""
    is_to_come = (Grant.status == "ok") & (Grant.next_refresh_at > moment)
    db.session.execute(
        update(Grant)
        .where(Grant.environment == _environment(), is_to_come)
        .values(next_refresh_at=moment)
    )


def explained(found: Doubt) -> str:
    """What is known of the cause, for the operator."""
    if found.cause == "older":
        until = f"the last use of its tokens is from {_written(found.used_at)}"
        here = f", and here they were used on {_written(found.remembered_at)}"
        return f"The database was put back from a backup: {until}{here if found.remembered_at else ''}."
    own = settings().installation
    return (
        f"The tokens in the database belong to the installation {found.name} at {found.host}, "
        f"which last used them on {_written(found.used_at)}. This one is "
        f"{f'{own} at ' if own else ''}{settings().public_host}, and nothing here says that it is the same."
    )


def advice(found: Doubt) -> str:
    """What the operator can do about it."""
    go_on = "run flask connections adopt here"
    if found.cause == "older":
        return (
            f"When no other site uses these tokens, {go_on}. Whose token Xero has replaced since the "
            "backup is then asked to reconnect."
        )
    same = ""
    if found.host == settings().public_host:
        same = " The same if it is that site, which was moved or has lost its file in INSTANCE_DIR."
        same += f" If it is one more machine of the same site, set INSTALLATION={found.name} on it instead."
    return (
        "If that site goes on, leave this one as it is: each token that is used here is lost there. "
        f"If this one takes its place, switch that one off for good, then {go_on}.{same}"
    )


def _claim(moment: datetime) -> None:
    """Become the one whose the tokens are, unless another process is first."""
    claimed = insert_into(Installation).values(
        environment=_environment(),
        name=settings().installation or _own_name(),
        host=settings().public_host,
        used_at=moment,
    )
    db.session.execute(claimed.on_conflict_do_nothing())


def _own_name() -> str:
    """The name in our file, which the first of several processes has made up."""
    memory = _Memory.read()
    if memory is None or memory.place != _place():
        fresh = _Memory(secrets.token_hex(8), _place())
        fresh.write(over_another=memory is not None)
        memory = _Memory.read() or fresh
    return memory.name


def _is_ours(row: Installation, memory: _Memory | None) -> bool:
    if row.host != settings().public_host:
        return False
    if settings().installation:
        return row.name == settings().installation
    return memory is not None and (memory.name, memory.place) == (row.name, _place())


def _has_tokens() -> bool:
    held = (
        exists().where(Grant.environment == _environment(), Grant.refresh_sealed.is_not(None)),
        exists().where(Removal.environment == _environment(), Removal.refresh_sealed.is_not(None)),
    )
    return bool(db.session.scalar(select(or_(*held))))


def _row() -> Installation | None:
    return db.session.get(Installation, _environment(), populate_existing=True)


def _environment() -> str:
    return current_provider().facts.environment


def _path() -> Path:
    return settings().instance / f"installation-{_environment()}.json"


def _place() -> str:
    """Where we are: a copy of this folder is elsewhere, or on another machine."""
    folder = settings().instance.resolve()
    return digest(f"{settings().public_host}|{folder}|{_machine()}")


@cache
def _machine() -> str:
    """The machine's own name for itself, where it has one for good.

    In a container it is that of the image, or of nobody. https://www.freedesktop.org/software/systemd/man/latest/sd_booted.html
    """
    named, booted = Path("/etc/machine-id"), Path("/run/systemd/system")
    try:
        return named.read_text().strip() if booted.is_dir() else ""
    except OSError:
        return ""


def _written(moment: datetime | None) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC" if moment else "an unknown day"
