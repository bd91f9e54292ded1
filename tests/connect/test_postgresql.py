"""The same stories on PostgreSQL: those in which the database itself decides who may."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from tests.client import Client
from tests.connect.conftest import count, the_only
from tests.connect.hostile import Hostile, Reply
from tests.connect.test_callback import test_of_twenty_callbacks_at_once_one_is_exchanged
from tests.connect.test_choosing import (
    tenant,
    test_of_many_long_names_those_are_told_that_fit,
    test_of_several_the_reader_chooses,
    test_what_another_customer_holds_cannot_be_chosen,
    two,
)
from tests.connect.test_disconnect import (
    test_connecting_again_withdraws_the_removal,
    test_disconnecting_while_xero_is_down_is_delivered_later,
)
from tests.connect.test_giving_back import (
    test_the_last_of_several_choices_gives_back_what_none_used,
    test_what_another_open_choice_offers_is_kept_for_it,
    test_what_was_connected_meanwhile_is_not_given_back,
)
from tests.connect.test_hearing import KEY, event, send, told
from tests.connect.test_hostile_provider import come_back
from tests.connect.test_interruptions import test_double_clicks_at_one_moment_are_one_trip
from tests.connect.test_organisations import test_selecting_changes_which_one_is_worked_with
from tests.connect.test_renewal import (
    grant,
    test_a_dead_holder_of_the_lease_is_waited_for_and_no_longer,
    test_a_late_answer_does_not_undo_a_disconnect,
    test_a_refused_token_is_confirmed_once_and_then_dead,
    test_eight_at_once_refresh_one_time,
)
from tests.connect.test_two_tabs import (
    provider,
    test_one_login_is_stored_once_and_both_organisations_kept,
    test_one_organisation_of_two_logins_is_the_readers_own,
    test_two_organisations_of_two_logins_are_both_connected,
)
from tests.connect.test_vault import test_swapped_secrets_open_nothing
from xero_onboard.connect import signals, upkeep
from xero_onboard.connect.models import Attempt, Connection, Grant, ProviderEvent, Removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import BUSY_SECONDS, db

__all__ = [
    "grant",
    "provider",
    "test_a_dead_holder_of_the_lease_is_waited_for_and_no_longer",
    "test_a_late_answer_does_not_undo_a_disconnect",
    "test_a_refused_token_is_confirmed_once_and_then_dead",
    "test_connecting_again_withdraws_the_removal",
    "test_double_clicks_at_one_moment_are_one_trip",
    "test_disconnecting_while_xero_is_down_is_delivered_later",
    "test_eight_at_once_refresh_one_time",
    "test_of_many_long_names_those_are_told_that_fit",
    "test_of_several_the_reader_chooses",
    "test_of_twenty_callbacks_at_once_one_is_exchanged",
    "test_one_login_is_stored_once_and_both_organisations_kept",
    "test_one_organisation_of_two_logins_is_the_readers_own",
    "test_selecting_changes_which_one_is_worked_with",
    "test_swapped_secrets_open_nothing",
    "test_the_last_of_several_choices_gives_back_what_none_used",
    "test_two_organisations_of_two_logins_are_both_connected",
    "test_what_another_customer_holds_cannot_be_chosen",
    "test_what_another_open_choice_offers_is_kept_for_it",
    "test_what_was_connected_meanwhile_is_not_given_back",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url, "XERO_WEBHOOK_KEY": KEY}


def test_while_a_table_is_locked_xero_is_asked_to_come_again(app: Flask) -> None:
    """Row H2, fault row 25: within Xero's five seconds."""
    with app.app_context():
        engine = db.engine
    with engine.connect() as other:
        other.execute(text("LOCK TABLE provider_event"))
        began = time.monotonic()
        answer = send(app, told(event()))
        took = time.monotonic() - began

    assert (answer.status_code, answer.data) == (503, b"")
    assert took < BUSY_SECONDS
    assert send(app, told(event())).status_code == 200
    assert count(app, ProviderEvent) == 1


@contextmanager
def held_grant(app: Flask) -> Iterator[Callable[[int], None]]:
    """Somebody holds the login; gives a way to wait until so many others wait in the database."""
    with app.app_context():
        db.session.execute(select(Grant).with_for_update())

        def wait_for(waiting: int) -> None:
            query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            gives_up_at = time.monotonic() + 4
            while db.session.scalar(query) < waiting and time.monotonic() < gives_up_at:
                time.sleep(0.02)

        yield wait_for
        db.session.rollback()


class Pressing(threading.Thread):
    """Somebody presses a button, and waits for the answer."""

    def __init__(self, client: Client, path: str, **form: str) -> None:
        super().__init__()
        self.client, self.path, self.form = client, path, form
        self.code = 0
        self.start()

    def run(self) -> None:
        self.code = self.client.post(self.path, data=self.form).status_code


@pytest.fixture
def in_another_tab(app: Flask, client: Client) -> Callable[..., Pressing]:
    """Presses a button in a second tab of the same browser."""

    def press(path: str, **form: str) -> Pressing:
        tab, cookie = cast(Client, app.test_client()), client.get_cookie("sid")
        assert cookie is not None
        tab.set_cookie("sid", cookie.value)
        return Pressing(tab, path, **form)

    return press


@pytest.fixture
def press_choose(app: Flask, client: Client, provider: Hostile) -> Callable[[], Pressing]:
    """Company 1 is chosen, of two that are offered."""
    two(provider)
    come_back(client, provider)
    path = f"/connect/organisations/{the_only(app, Attempt).id}"
    return lambda: Pressing(client, path, tenant=tenant(provider, 1))


@pytest.fixture
def press_stop(
    app: Flask, press_choose: object, in_another_tab: Callable[..., Pressing]
) -> Callable[[], Pressing]:
    """The same attempt is ended, in another tab."""
    path = f"/connect/attempts/{the_only(app, Attempt).id}/cancel"
    return lambda: in_another_tab(path)


def test_who_chooses_first_is_not_stopped_any_more(
    app: Flask, press_choose: Callable[[], Pressing], press_stop: Callable[[], Pressing]
) -> None:
    with held_grant(app) as wait_for:
        choosing = press_choose()
        wait_for(1)
        stopping = press_stop()
        wait_for(2)
    choosing.join()
    stopping.join()

    assert (choosing.code, stopping.code) == (303, 303)
    assert the_only(app, Attempt).outcome == "connected"
    assert the_only(app, Connection).name == "Company 1"
    assert count(app, Removal) == 0


def test_who_stops_first_connects_nothing_any_more(
    app: Flask, press_choose: Callable[[], Pressing], press_stop: Callable[[], Pressing]
) -> None:
    with held_grant(app) as wait_for:
        stopping = press_stop()
        wait_for(1)
        choosing = press_choose()
        wait_for(2)
    choosing.join()
    stopping.join()

    assert (choosing.code, stopping.code) == (303, 303)
    assert the_only(app, Attempt).outcome == "cancelled"
    assert count(app, Connection) == 0
    assert count(app, Removal) == 2


def test_the_worker_ends_no_choice_that_is_being_made(
    app: Flask, press_choose: Callable[[], Pressing]
) -> None:
    with app.app_context():
        db.session.execute(update(Attempt).values(started_at=now() - timedelta(minutes=31)))
        db.session.commit()

    with held_grant(app) as wait_for:
        choosing = press_choose()
        wait_for(1)
        worker = threading.Thread(target=end_old_attempts, args=(app,))
        worker.start()
        wait_for(2)
    choosing.join()
    worker.join()

    assert choosing.code == 303
    assert the_only(app, Attempt).outcome == "connected"
    assert count(app, Removal) == 0


@pytest.mark.parametrize("button", ["disconnect", "select"])
def test_what_was_disconnected_while_we_waited_is_refused(
    app: Flask,
    client: Client,
    provider: Hostile,
    in_another_tab: Callable[..., Pressing],
    button: str,
) -> None:
    """Both judge by the connection as the first has left it; Xero is told once, and it is confirmed."""
    come_back(client, provider)
    provider.removing = lambda h: Reply(b"", "204 No Content")
    place = f"/connect/connections/{the_only(app, Connection).id}"
    rung: list[object] = []

    with signals.disconnected.connected_to(rung.append):
        with held_grant(app) as wait_for:
            first = Pressing(client, f"{place}/disconnect", next="/connect")
            wait_for(1)
            second = in_another_tab(f"{place}/{button}", next="/connect")
            wait_for(2)
        first.join()
        second.join()

    ended = the_only(app, Connection)
    assert (first.code, second.code, len(rung)) == (303, 409, 1)
    assert (ended.status, ended.reason, ended.is_selected) == ("disconnected", None, False)
    assert the_only(app, Removal).status == "delivered"


def end_old_attempts(app: Flask) -> None:
    with app.app_context():
        upkeep.end_old_attempts()
        db.session.commit()
