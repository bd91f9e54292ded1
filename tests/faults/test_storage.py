"""The database cannot be written to: what is read goes on, and no token is asked for that cannot be kept."""

import re
import resource
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from tests.faults.front import Call
from tests.faults.yard import Yard
from tests.faults_client import Faults
from xero_onboard.accounts.models import StoredSession
from xero_onboard.connect.models import Attempt
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.renewal import fresh_access
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import BUSY_SECONDS, db

HOME = "/hc/en-gb"
# A writer waits once for another, not twice.
LONGEST_WAIT = 2 * BUSY_SECONDS


@contextmanager
def full_disk(yard: Yard) -> Iterator[None]:
    """No file of this process grows beyond a page any more, and the journal begins anew."""
    with yard.app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def other_writer(yard: Yard) -> Iterator[sqlite3.Connection]:
    """Somebody else has the lock, and keeps it until the end of the block or a rollback."""
    with yard.app.app_context():
        path = str(db.engine.url.database)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield writer


def refresh(yard: Yard) -> str:
    """A token newer than the one there is."""
    with yard.app.app_context():
        version = yard.grant.version
        return fresh_access(current_provider(), yard.grant_id, not_version=version).token


def guide_of(yard: Yard) -> str:
    """Where the first guide is."""
    link = re.search(r'href="(/hc/en-gb/articles/[^"]+)"', yard.app.test_client().get(HOME).text)
    assert link is not None
    return link[1]


def twenty_minutes_pass(yard: Yard) -> None:
    with yard.app.app_context():
        before = now() - timedelta(minutes=20)
        db.session.execute(update(StoredSession).values(seen_at=before))
        db.session.commit()


def attempts(yard: Yard) -> int:
    with yard.app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(Attempt)) or 0)


def test_a_full_disk_stops_no_reader_and_begins_no_refresh(yard: Yard) -> None:
    """Fault row 3: the lease cannot be written, so Xero is not asked."""
    before, stranger, guide = yard.grant, yard.app.test_client(), guide_of(yard)

    with full_disk(yard):
        shown = stranger.get(guide)
        state = yard.riley.client.get("/connect")
        pressed = yard.riley.client.post("/connect/xero", data={"next": HOME})
        with pytest.raises(OperationalError):
            refresh(yard)

    assert (shown.status_code, state.status_code) == (200, 200)
    assert (pressed.status_code, pressed.headers["Retry-After"]) == (503, "5")
    assert yard.front.calls == []
    assert yard.grant.refresh_sealed == before.refresh_sealed
    assert yard.outcome() == "active"


def test_an_answer_is_kept_although_the_disk_was_full_when_it_came(yard: Yard) -> None:
    """Fault row 3: it is written as soon as there is room, and Xero is not asked again."""
    version, room = yard.grant.version, threading.Event()

    def fill(_call: Call) -> None:
        def until_there_is_room() -> None:
            with full_disk(yard):
                filled.set()
                room.wait(10)

        filled = threading.Event()
        holders.append(threading.Thread(target=until_there_is_room))
        holders[0].start()
        filled.wait(10)
        threading.Timer(1, room.set).start()

    holders: list[threading.Thread] = []
    yard.front.on_answer = fill

    refresh(yard)

    holders[0].join()
    assert (len(yard.front.calls), yard.grant.version) == (1, version + 1)


def test_while_somebody_else_writes_for_long_readers_read_and_writers_are_told(yard: Yard) -> None:
    """Fault row 1."""
    before, stranger, guide = attempts(yard), yard.app.test_client(), guide_of(yard)

    with other_writer(yard):
        began = time.monotonic()
        shown = stranger.get(guide)
        state = yard.riley.client.get("/connect")
        read_after = time.monotonic() - began
        pressed = yard.riley.client.post("/connect/xero", data={"next": HOME})
        written_after = time.monotonic() - began

    assert (shown.status_code, state.status_code) == (200, 200)
    assert (pressed.status_code, pressed.headers["Retry-After"]) == (503, "5")
    # Less than it takes to wait for the writer.
    assert read_after < BUSY_SECONDS
    assert written_after < LONGEST_WAIT
    assert attempts(yard) == before
    assert yard.riley.press_connect()


@pytest.mark.parametrize("fault", [full_disk, other_writer])
def test_nobody_is_refused_a_page_because_their_visit_cannot_be_noted(
    yard: Yard, fault: Callable[[Yard], AbstractContextManager[object]]
) -> None:
    """Fault rows 1 and 3: for somebody who comes back after a while, and changes the language."""
    guide, riley = guide_of(yard), yard.riley.client
    twenty_minutes_pass(yard)

    with fault(yard):
        began = time.monotonic()
        answers = [riley.get(path) for path in (guide, "/connect", "/hc/fr-ca", "/hc/en-gb")]
        read_after = time.monotonic() - began
    riley.get("/hc/fr-ca")

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
    assert read_after < BUSY_SECONDS
    assert "Votre compte" in riley.get("/account").text


def test_an_answer_is_kept_although_somebody_else_writes_for_twenty_seconds(yard: Yard) -> None:
    """Fault row 1: longer than any writer waits, and shorter than the lease."""
    version = yard.grant.version

    def lock(_call: Call) -> None:
        writer = other_writer(yard)
        connection = writer.__enter__()
        threading.Timer(20, connection.rollback).start()
        writers.append(writer)

    writers: list[object] = []
    yard.front.on_answer = lock

    refresh(yard)

    assert (len(yard.front.calls), yard.grant.version) == (1, version + 1)


def test_tokens_are_kept_although_somebody_else_writes_when_they_come(yard: Yard) -> None:
    """Fault row 1: longer than a writer waits, and shorter than the reader would."""
    faults = Faults(yard.served.origin)
    callback = yard.riley.person.go_on(yard.riley.press_connect())
    armed = faults.arm("code", "delay", seconds=1)

    def lock() -> None:
        with other_writer(yard):
            time.sleep(8)

    holder = threading.Timer(0.5, lock)
    holder.start()
    page = yard.riley.read(yard.riley.come_back(callback))
    holder.join()

    assert armed.met == 1
    assert "Riley's Roastery was already connected" in page
    assert yard.outcome() == "active"
