"""Refreshing: no rotation is lost, and nothing is believed dead too early."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from sqlalchemy import event, update

from tests.client import Client
from tests.connect.conftest import Served, Visitor, the_only
from tests.connect.hostile import ACCESS, REFRESH, Hostile, Reply, said
from tests.connect.test_hostile_provider import come_back
from xero_onboard.connect import signals, upkeep
from xero_onboard.connect.models import Connection, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.base import ProviderUnavailable
from xero_onboard.connect.renewal import Pace, fresh_access
from xero_onboard.connect.vault import GrantDead
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import BUSY_SECONDS, db


@pytest.fixture
def grant(app: Flask, client: Client, provider: Hostile) -> Grant:
    """A connected login whose access token has run out."""
    come_back(client, provider)
    provider.received.clear()
    change(app, access_expires_at=now())
    return the_only(app, Grant)


def change(app: Flask, **values: Any) -> None:
    with app.app_context():
        db.session.execute(update(Grant).values(**values))
        db.session.commit()


def access(app: Flask, grant: Grant) -> str:
    with app.app_context():
        return fresh_access(current_provider(), grant.id).token


def rotating(hostile: Hostile, body: str) -> Reply:
    """Honest: each refresh token gives the next pair."""
    number = int(parse_qs(body)["refresh_token"][0].rpartition("-")[2].replace("canary", "0")) + 1
    return said(hostile.tokens(access_token=f"access-{number}", refresh_token=f"refresh-{number}"))


def refusing(hostile: Hostile, body: str) -> Reply:
    return said({"error": "invalid_grant"}, "400 Bad Request")


def busy(hostile: Hostile, body: str) -> Reply:
    return Reply(b"", "503 Service Unavailable", {"Retry-After": "120"})


def sent(provider: Hostile) -> list[str]:
    """The refresh tokens that were tried, in order."""
    bodies = (parse_qs(body.decode()) for path, body in provider.received if "token" in path)
    return [body["refresh_token"][0] for body in bodies if "refresh_token" in body]


def test_a_token_that_lives_on_is_not_refreshed(
    app: Flask, client: Client, provider: Hostile
) -> None:
    come_back(client, provider)

    assert access(app, the_only(app, Grant)) == ACCESS
    assert sent(provider) == []


def test_a_refresh_keeps_the_new_pair(app: Flask, grant: Grant, provider: Hostile) -> None:
    provider.refreshing = rotating

    assert access(app, grant) == "access-1"
    assert access(app, grant) == "access-1"
    change(app, access_expires_at=now())
    assert access(app, grant) == "access-2"

    assert sent(provider) == [REFRESH, "refresh-1"]
    assert the_only(app, Grant).version == grant.version + 2


def test_looking_at_a_token_waits_for_no_writer(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Whoever waits for another's refresh looks many times a second."""
    come_back(client, provider)
    grant = the_only(app, Grant)
    with app.app_context():
        writer = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")

    started = time.monotonic()
    assert access(app, grant) == ACCESS

    assert time.monotonic() - started < BUSY_SECONDS
    writer.close()


def test_eight_at_once_refresh_one_time(app: Flask, grant: Grant, provider: Hostile) -> None:
    """Fault row 18, with threads: one asks, and all get the same token."""
    provider.refreshing = rotating
    start, tokens = threading.Barrier(8), []

    def refresh() -> None:
        start.wait()
        tokens.append(access(app, grant))

    threads = [threading.Thread(target=refresh) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tokens == ["access-1"] * 8
    assert sent(provider) == [REFRESH]


def test_after_silence_the_same_token_is_tried_again(
    app: Flask, grant: Grant, provider: Hostile
) -> None:
    provider.refreshing = busy

    with pytest.raises(ProviderUnavailable):
        access(app, grant)

    waiting = the_only(app, Grant)
    assert (waiting.status, waiting.failures, waiting.lease_owner) == ("ok", 1, None)
    assert waiting.next_refresh_at > now() + timedelta(seconds=100)
    provider.refreshing = rotating
    assert access(app, grant) == "access-1"
    assert sent(provider) == [REFRESH, REFRESH]


def test_a_refresh_that_dies_is_taken_up_within_the_grace(
    app: Flask, grant: Grant, provider: Hostile
) -> None:
    """Whoever began it: the token that Xero has used up is sent again, and gives the pair again."""
    provider.refreshing = rotating
    with dying_at_the_answer(app), pytest.raises(KeyboardInterrupt):
        access(app, grant)
    with app.app_context():
        upkeep.look_after_grants()
    assert sent(provider) == [REFRESH]

    left = the_only(app, Grant)
    assert left.next_refresh_at < now() + timedelta(minutes=2)
    change(app, next_refresh_at=now(), lease_until=0)
    with app.app_context():
        upkeep.look_after_grants()
        db.session.commit()

    assert sent(provider) == [REFRESH, REFRESH]
    assert the_only(app, Grant).version == grant.version + 1


def test_a_rotation_that_was_lost_is_called_so(app: Flask, grant: Grant, provider: Hostile) -> None:
    provider.refreshing = rotating
    with dying_at_the_answer(app), pytest.raises(KeyboardInterrupt):
        access(app, grant)
    provider.refreshing = refusing
    change(app, lease_until=0, tried_at=now() - timedelta(hours=22))

    with pytest.raises(GrantDead):
        access(app, grant)

    assert the_only(app, Connection).reason == "rotation_lost"


@contextmanager
def dying_at_the_answer(app: Flask) -> Iterator[None]:
    """The process is killed when it writes down the new pair."""

    def kill(*given: Any) -> None:
        if "rotated_at=" in given[2]:
            raise KeyboardInterrupt

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", kill)
    yield
    event.remove(engine, "before_cursor_execute", kill)


def test_a_refused_token_is_confirmed_once_and_then_dead(
    app: Flask, grant: Grant, provider: Hostile
) -> None:
    """Fault row 14: believed at the second time, told once, and never asked again."""
    provider.refreshing = refusing
    rung: list[object] = []

    with signals.needs_reauth.connected_to(rung.append), pytest.raises(GrantDead):
        access(app, grant)
    with pytest.raises(GrantDead):
        access(app, grant)

    dead, connection = the_only(app, Grant), the_only(app, Connection)
    assert sent(provider) == [REFRESH, REFRESH]
    assert (dead.status, dead.reason, dead.refresh_sealed) == ("dead", "revoked_in_xero", None)
    assert (connection.status, connection.reason) == ("needs_reauth", "revoked_in_xero")
    assert len(rung) == 1


def test_the_token_before_is_tried_when_the_latest_is_refused(
    app: Flask, grant: Grant, provider: Hostile
) -> None:
    """Within its half hour of grace the provider still takes the one before."""
    provider.refreshing = rotating
    access(app, grant)
    change(app, access_expires_at=now())
    provider.refreshing = lambda h, body: (
        rotating(h, body) if REFRESH in body else refusing(h, body)
    )

    assert access(app, grant) == "access-1"
    assert sent(provider) == [REFRESH, "refresh-1", REFRESH]


@pytest.mark.parametrize(
    ("answers", "status"), [((refusing, refusing), "dead"), ((refusing, rotating), "ok")]
)
def test_a_token_before_that_was_changed_is_as_good_as_none(
    app: Flask, grant: Grant, provider: Hostile, answers: tuple[Any, Any], status: str
) -> None:
    """Row B2: what the vault will not open is not sent, and keeps no other login from its turn."""
    change(app, previous_sealed=grant.access_sealed, next_refresh_at=now())
    waiting = iter(answers)
    provider.refreshing = lambda h, body: next(waiting)(h, body)

    with app.app_context():
        upkeep.look_after_grants()
        db.session.commit()

    assert sent(provider) == [REFRESH, REFRESH]
    assert the_only(app, Grant).status == status


def test_our_own_trouble_with_the_provider_kills_no_grant(
    app: Flask, grant: Grant, provider: Hostile
) -> None:
    provider.refreshing = lambda h, body: said({"error": "invalid_client"}, "401 Unauthorized")
    with app.app_context():
        upkeep.look_after_grants()
        db.session.commit()
    change(app, next_refresh_at=now())
    with app.app_context():
        upkeep.look_after_grants()
        db.session.commit()

    assert the_only(app, Grant).status == "ok"
    assert the_only(app, Connection).status == "active"


def test_a_late_answer_does_not_undo_a_disconnect(
    app: Flask, client: Client, grant: Grant, provider: Hostile
) -> None:
    """The version: what comes back after the row has moved on is dropped."""
    connection = the_only(app, Connection)
    asked, may_answer = threading.Event(), threading.Event()

    def slow(hostile: Hostile, body: str) -> Reply:
        asked.set()
        may_answer.wait(10)
        return rotating(hostile, body)

    provider.refreshing = slow
    outcome: list[object] = []

    def refresh() -> None:
        try:
            outcome.append(access(app, grant))
        except GrantDead as error:
            outcome.append(error.reason)

    thread = threading.Thread(target=refresh)
    thread.start()
    asked.wait(10)
    provider.refreshing = busy
    client.post(f"/connect/connections/{connection.id}/disconnect", data={"next": "/connect"})
    may_answer.set()
    thread.join()

    assert outcome == ["disconnected"]
    assert the_only(app, Grant).refresh_sealed is None


def test_a_dead_holder_of_the_lease_is_waited_for_and_no_longer(
    app: Flask, grant: Grant, provider: Hostile
) -> None:
    provider.refreshing = rotating
    change(app, lease_owner="a process that was killed", lease_until=int(now().timestamp()) + 1)

    assert access(app, grant) == "access-1"
    assert sent(provider) == [REFRESH]


def test_a_refusal_that_somebody_else_has_outrun_is_not_believed(
    app: Flask, grant: Grant, provider: Hostile
) -> None:
    """Fault row 14: the row is read again first, and who has the next token has it for all."""

    def outrun(hostile: Hostile, body: str) -> Reply:
        hostile.refreshing = rotating
        change(app, lease_until=0)
        access(app, grant)
        return refusing(hostile, body)

    provider.refreshing = outrun

    assert access(app, grant) == "access-1"
    assert sent(provider) == [REFRESH, REFRESH]
    assert the_only(app, Connection).status == "active"


def test_what_came_too_late_to_be_kept_is_put_right_by_one_more_refresh(
    app: Flask, grant: Grant, provider: Hostile
) -> None:
    """Fault row 19: a provider may have taken the pair it gave last for the one that counts."""

    def overtaken(hostile: Hostile, body: str) -> Reply:
        hostile.refreshing = rotating
        change(app, lease_until=0)
        access(app, grant)
        return said(hostile.tokens(access_token="late", refresh_token="late-9"))

    provider.refreshing = overtaken

    assert access(app, grant) == "access-1"
    kept = the_only(app, Grant)
    with app.app_context():
        upkeep.look_after_grants()
        upkeep.look_after_grants()

    assert (kept.version, the_only(app, Grant).version) == (grant.version + 1, grant.version + 2)
    assert sent(provider) == [REFRESH, REFRESH, "refresh-1"]


def test_a_clock_that_was_put_back_makes_no_lease_longer(
    app: Flask, grant: Grant, provider: Hostile
) -> None:
    """Fault row 17: a lease that would last longer than any does is nobody's."""
    provider.refreshing = rotating
    change(app, lease_owner="somebody killed", lease_until=int(now().timestamp()) + 600)

    assert access(app, grant) == "access-1"
    assert sent(provider) == [REFRESH]


def test_a_lease_that_protects_nothing_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="protects nothing"):
        Pace(lease_seconds=15, refresh_seconds=15)


def test_every_day_each_grant_is_refreshed_and_its_list_read(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    riley.person.disconnect("Riley's Roastery")
    version = the_only(app, Grant).version

    change(app, next_refresh_at=now() - timedelta(seconds=1))
    with app.app_context():
        upkeep.look_after_grants()
        db.session.commit()
        upkeep.look_after_grants()

    grant = the_only(app, Grant)
    assert xero.asked("/connect/token") == 2
    assert grant.version == version + 1
    assert grant.next_refresh_at > now() + timedelta(hours=20)
    assert the_only(app, Connection).status == "org_unavailable"
