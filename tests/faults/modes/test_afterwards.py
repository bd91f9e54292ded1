"""Modes 43 to 56: it is connected, and then something happens."""

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.connect.conftest import serving
from tests.faults.modes.conftest import HARBOUR, Witness
from tests.faults.modes.reader import PLACE, Reader
from tests.faults_client import Faults
from tests.servers import LEFT_OUT, Stage, free_ports
from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.lib import jobs

NORTHSIDE = "Northside Builders Ltd"
HALF_AN_HOUR = timedelta(minutes=31)


def test_everybody_refreshes_at_once(
    mode: Witness, stage: Stage, amara: Reader, faults: Faults
) -> None:
    stage.let_pass(HALF_AN_HOUR, "grant")
    armed = faults.stay("refresh", "delay", seconds=0.5)
    pages: list[str] = []
    pressing = [
        threading.Thread(target=lambda: pages.append(amara.press("check", HARBOUR)))
        for _ in range(8)
    ]

    for each in pressing:
        each.start()
    for each in pressing:
        each.join()

    mode.sees(*pages)
    assert all("Connected, and Xero answered" in page for page in pages)
    assert armed.met == 1


def test_the_answer_to_a_refresh_is_lost(
    mode: Witness, stage: Stage, amara: Reader, faults: Faults
) -> None:
    stage.let_pass(HALF_AN_HOUR, "grant")
    armed = faults.arm("refresh", "lost")
    waiting = amara.press("check", HARBOUR)

    mode.sees(waiting, amara.press("check", HARBOUR))

    assert armed.met == 1


def test_sixty_days_without_a_refresh(mode: Witness, stage: Stage, amara: Reader) -> None:
    stage.let_pass(timedelta(days=61), "grant")

    mode.sees(amara.read(), reconnect(amara))


def test_access_is_taken_away_in_xero(
    mode: Witness, stage: Stage, amara: Reader, faults: Faults
) -> None:
    faults.happen("revoked", person=amara.email)
    stage.let_pass(HALF_AN_HOUR, "grant")

    told = amara.press("check", HARBOUR)

    mode.sees(told, amara.come_back(amara.xero.allow(amara.press_reconnect(HARBOUR), HARBOUR)))


@pytest.mark.parametrize("found", ["when asked", "by the daily look"])
@pytest.mark.parametrize("how", ["app_removed", "demo_reset", "closed", "role"])
def test_an_organisation_is_gone(
    mode: Witness, stage: Stage, amara: Reader, faults: Faults, how: str, found: str
) -> None:
    amara.connect(NORTHSIDE)
    end_organisation(faults, amara, how)

    if found == "by the daily look":
        # A login is looked at once in a day and a bit.
        stage.let_pass(timedelta(days=2), "grant")
        stage.work()
        assert f"No longer available in Xero {HARBOUR}" in amara.read()

    mode.sees(amara.press("check", HARBOUR))

    assert f"Xero answered: {NORTHSIDE} is connected" in amara.press("check", NORTHSIDE)
    faults.put_back()
    reconnect(amara)


@pytest.mark.parametrize("place", ["connections", "organisation"])
@pytest.mark.parametrize("spelling", ["insufficient_scope", "insufficent_scope"])
def test_a_permission_is_missing(
    mode: Witness, amara: Reader, faults: Faults, spelling: str, place: str
) -> None:
    faults.arm(place, "insufficient_scope", spelling=spelling)

    told = amara.press("check", HARBOUR)

    mode.sees(told, reconnect(amara))


@pytest.mark.parametrize(
    ("fault", "values"),
    [("rate_limited", {"retry_after": "999999"}), ("failing", {"status": "500"}), ("refuse", {})],
)
def test_xero_is_down(
    mode: Witness, stage: Stage, amara: Reader, faults: Faults, fault: str, values: dict[str, str]
) -> None:
    """Fault row 11: an absurd wish is one too, and what is connected stays so."""
    armed = faults.stay("any", fault, **values)
    told = amara.press("check", HARBOUR)

    mode.sees(told, amara.read())

    armed.switch_off()


def test_one_login_serves_two_customers(
    mode: Witness, amara: Reader, robin: Reader, reader: Callable[[str], Reader]
) -> None:
    connect_nothing(robin)
    helper = reader("amara")
    helper.come_back(helper.xero.allow(helper.agree(robin.ask_a_colleague()), NORTHSIDE))

    told = amara.press("disconnect", HARBOUR)

    mode.sees(told, robin.press("check", NORTHSIDE))
    amara.connect(HARBOUR)


def test_reconnecting_with_another_organisation(
    mode: Witness, amara: Reader, faults: Faults
) -> None:
    faults.happen("app_removed", person=amara.email, organisation=HARBOUR)
    amara.press("check", HARBOUR)

    told = amara.come_back(amara.xero.allow(amara.press_reconnect(HARBOUR), NORTHSIDE))

    mode.sees(told)
    amara.come_back(amara.xero.allow(amara.press_reconnect(HARBOUR), HARBOUR))


@pytest.mark.parametrize("fault", ["failing", "refuse"])
def test_disconnecting_while_xero_is_down(
    mode: Witness, stage: Stage, amara: Reader, faults: Faults, fault: str
) -> None:
    amara.connect(NORTHSIDE)
    armed = faults.stay("disconnection", fault)

    told = amara.press("disconnect", NORTHSIDE)

    mode.sees(told, amara.read())
    armed.switch_off()
    stage.let_pass(timedelta(days=1), "removal")
    stage.work()
    assert NORTHSIDE not in amara.read()


def test_a_key_that_is_not_there(mode: Witness, stage: Stage, amara: Reader) -> None:
    (port,) = free_ports(1)
    own = {**dict.fromkeys(LEFT_OUT, ""), **stage.environ, "PORT": str(port)}
    another_key = f"another:{'B' * 43}="
    keyless = create_app(Settings.from_environ({**own, "VAULT_KEYS": another_key}))

    with serving(keyless, port) as served:
        mode.sees(amara.read(f"{served.origin}/connect"))


def test_a_copied_database_spends_no_token(
    mode: Witness, stage: Stage, amara: Reader, faults: Faults, tmp_path: Path
) -> None:
    stage.let_pass(HALF_AN_HOUR, "grant")
    (port,) = free_ports(1)
    own = {**dict.fromkeys(LEFT_OUT, ""), **stage.environ, "PORT": str(port)}
    copy = create_app(Settings.from_environ({**own, "INSTANCE_DIR": str(copied(stage, tmp_path))}))
    asked = faults.stay("token", "delay", seconds=0.1)

    with serving(copy, port) as served:
        place = f"{served.origin}/connect"
        pressed = amara.follow(amara.site.post(f"{place}/xero", data=PLACE))
        checked = amara.read(place)
        assert jobs.run_due(copy)
    mode.sees(pressed, checked)

    assert asked.met == 0


def test_using_what_was_disconnected(mode: Witness, amara: Reader) -> None:
    amara.connect(NORTHSIDE)
    old_page = amara.button("select", NORTHSIDE)
    amara.press("disconnect", NORTHSIDE)

    answer = amara.site.post(old_page, data=PLACE)

    assert answer.status_code == 409
    mode.sees(amara.follow(answer))


def reconnect(reader: Reader) -> str:
    """Press Reconnect beside Harbour Café, and allow what there is to allow; the page that follows."""
    at_xero = reader.press_reconnect(HARBOUR)
    if f"{HARBOUR} (Already connected)" in reader.xero.open(at_xero).text:
        return reader.come_back(reader.xero.go_on(at_xero))
    return reader.come_back(reader.xero.allow(at_xero, HARBOUR))


def copied(stage: Stage, folder: Path) -> Path:
    """What a second site would begin with: the database of this one, and its keys."""
    shutil.copyfile(stage.instance / "secrets.env", folder / "secrets.env")
    with (
        closing(sqlite3.connect(stage.instance / "site.db")) as source,
        closing(sqlite3.connect(folder / "site.db")) as target,
    ):
        source.backup(target)
    return folder


def end_organisation(faults: Faults, reader: Reader, how: str) -> None:
    """One way in which an organisation is no longer there for its connection."""
    if how == "closed":
        faults.happen("condition_changed", organisation=HARBOUR, value="closed")
    elif how == "role":
        faults.happen("role_changed", person=reader.email, organisation=HARBOUR, value="Read only")
    else:
        faults.happen(how, person=reader.email, organisation=HARBOUR)


def connect_nothing(reader: Reader) -> None:
    """Sign in, and no more."""
    answer = reader.site.post("/sign-in/xero", data={"next": "/connect"})
    reader.come_back(reader.xero.allow(answer.headers["Location"]))
