"""A copied or restored database uses no token before its operator has decided (fault row 35)."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.connect.conftest import ARTICLE, Served, Visitor, the_only
from tests.connect.copies.making import back_up, close, restore, start, work
from tests.connect.copies.operator import (
    CLOSED,
    RESTS,
    StartCopy,
    adopt,
    cause,
    make_due,
    memory_of,
    run,
)
from tests.connect.test_colleagues import sign_in
from tests.connect.test_states import change
from tests.employees import ADA, make
from tests.staff.waits import a_week_passes, digests, overdue
from xero_onboard.connect.installation import Installation
from xero_onboard.connect.models import Attempt, Connection, Grant, Removal
from xero_onboard.lib.audit.models import Entry
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.models import Mail


def test_a_site_knows_itself_and_goes_on(app: Flask, connected: Visitor, xero: Served) -> None:
    make_due(app)
    calls = xero.asked("/connect/token")

    work(app)

    assert cause(app) is None
    assert xero.asked("/connect/token") == calls + 1
    assert RESTS not in connected.read("/connect")
    assert memory_of(app).stat().st_mode & 0o077 == 0


def test_a_copy_asks_xero_nothing_and_its_site_goes_on(
    app: Flask, connected: Visitor, xero: Served, copied: StartCopy
) -> None:
    """Fault row 35: not for its worker, and whichever button is pressed."""
    copy = copied()
    reader = Visitor(copy, xero, "riley@practice.example")
    sign_in(reader)
    connection_id = the_only(copy, Connection).id
    with copy.app_context():
        row = db.session.query(Connection).one()
        db.session.add(
            Removal(environment="sandbox", grant_id=row.grant_id, remote_id=row.remote_id)
        )
        db.session.commit()
    xero.requests.clear()

    work(copy)
    for button in ("check", "disconnect"):
        answer = reader.client.post(
            f"/connect/connections/{connection_id}/{button}", data={"next": "/connect"}
        )
        assert answer.status_code in (303, 503)
    for path in ("/connect/xero", f"/connect/connections/{connection_id}/reconnect"):
        pressed = reader.client.post(path, data={"next": "/connect"})
        assert pressed.location.startswith("/connect?attempt=")

    assert xero.requests == []
    assert the_only(copy, Grant).refresh_sealed == the_only(app, Grant).refresh_sealed
    make_due(app)
    work(app)
    assert the_only(app, Connection).status == "active"
    assert xero.asked("/connect/token") == 1


def test_the_pages_of_a_copy_are_honest(
    app: Flask, connected: Visitor, xero: Served, copied: StartCopy
) -> None:
    copy = copied()
    reader = Visitor(copy, xero, "riley@practice.example")
    sign_in(reader)

    page = reader.read("/connect")

    assert "Paused" in page
    assert RESTS in page
    assert "Nothing was disconnected, and there is nothing for you to do" in page
    for button in ("reconnect", "disconnect", "check", "select"):
        assert f"/{button}" not in page
    assert "Connect another organisation" not in page


def test_a_newcomer_to_a_copy_is_told_before_they_leave(
    connected: Visitor, xero: Served, copied: StartCopy
) -> None:
    copy = copied()
    newcomer = Visitor(copy, xero, "amara@practice.example")

    pressed = newcomer.client.post("/connect/xero", data={"next": ARTICLE, "anchor": "connect"})

    assert pressed.location.startswith(f"{ARTICLE}?attempt=")
    assert pressed.location.endswith("#connect")
    page = newcomer.read(pressed.location.replace(ARTICLE, "/connect"))
    assert CLOSED in page
    assert "#at-rest" in page
    assert "Xero refuses" not in page


def test_who_comes_back_to_a_copy_uses_up_nothing(
    app: Flask, riley: Visitor, xero: Served, copied: StartCopy
) -> None:
    """Their site was copied while they were at Xero, and the copy answers under its address."""
    riley.connect()
    callback = riley.person.go_on(riley.press_connect())
    copy = copied()
    browser = copy.test_client()
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = riley.client.get_cookie(name)
    assert cookie is not None
    browser.set_cookie(name, cookie.value)
    xero.requests.clear()

    way = browser.get(callback.removeprefix("http://localhost:8000")).location

    assert xero.requests == []
    assert CLOSED in browser.get(way.replace(ARTICLE, "/connect")).get_data(as_text=True)
    with copy.app_context():
        outcomes = db.session.query(Attempt.outcome).order_by(Attempt.started_at).all()
    assert [each for (each,) in outcomes] == ["connected", "at_rest"]
    assert "was already connected" in riley.read(riley.come_back(callback))


def test_a_copy_writes_to_no_customer(app: Flask, connected: Visitor, copied: StartCopy) -> None:
    then = now() - timedelta(days=50)
    change(app, Grant, rotated_at=then, refresh_expires_at=then + timedelta(days=60))
    copy = copied()

    work(copy)

    with copy.app_context():
        assert db.session.query(Mail).count() == 0


def test_a_copy_writes_to_none_of_the_support_staff(
    app: Flask, connected: Visitor, copied: StartCopy
) -> None:
    ada = make(app, ADA, "admin")
    overdue(app)
    copy = copied()

    for site in (copy, app):
        a_week_passes(site)

    assert [len(digests(site, ada)) for site in (copy, app)] == [0, 1]


def test_the_command_line_of_a_copy_says_so(connected: Visitor, copied: StartCopy) -> None:
    copy = copied(PUBLIC_ORIGIN="https://staging.example.com")

    for words in (("connections", "list"), ("vault", "check"), ("work", "--once")):
        said = run(copy, *words)
        assert said.exit_code == 0, said.output
        assert "The connections rest." in said.stderr
        assert "at localhost, which last used them on" in said.stderr
        assert "This one is staging.example.com" in said.stderr
        assert "flask connections adopt" in said.stderr


def test_nothing_is_adopted_without_a_yes(connected: Visitor, copied: StartCopy) -> None:
    copy = copied()

    done = run(copy, "connections", "adopt", says="n\n")

    assert done.exit_code == 1
    assert "switch that one off for good" in done.output
    assert cause(copy) == "elsewhere"


def test_what_is_adopted_goes_on(connected: Visitor, xero: Served, copied: StartCopy) -> None:
    """Fault row 35: the copy takes the place of its site, at its operator's word."""
    copy = copied()
    xero.requests.clear()

    assert "goes on with them" in adopt(copy)
    work(copy)
    work(copy)

    assert cause(copy) is None
    assert xero.asked("/connect/token") == 1
    assert the_only(copy, Connection).status == "active"
    with copy.app_context():
        assert db.session.query(Entry).filter_by(event="installation_adopted").count() == 1
    assert "there is nothing to do" in adopt(copy)


def test_what_was_adopted_is_not_opened_by_the_next_copy(
    app: Flask, connected: Visitor, copied: StartCopy
) -> None:
    copy = copied()
    adopt(copy)

    restore(copy, back_up(app, copy.extensions["settings"].instance / "again.db"))

    assert cause(copy) == "elsewhere"


def test_a_copy_of_the_whole_folder_is_noticed(
    app: Flask, environ: dict[str, str], connected: Visitor, tmp_path: Path
) -> None:
    close(app)
    folder = tmp_path / "all of it"
    shutil.copytree(app.extensions["settings"].instance, folder)

    copy = start(environ, folder)

    assert memory_of(copy).read_text() == memory_of(app).read_text()
    assert cause(copy) == "elsewhere"
    close(copy)


def test_the_same_folder_under_another_address_is_noticed(
    app: Flask, environ: dict[str, str], connected: Visitor
) -> None:
    folder = app.extensions["settings"].instance

    copy = start(environ, folder, PUBLIC_ORIGIN="https://help.example.com")

    assert cause(copy) == "elsewhere"
    close(copy)


def test_without_the_file_only_its_operator_knows(
    app: Flask, connected: Visitor, xero: Served
) -> None:
    memory_of(app).unlink()
    make_due(app)
    xero.requests.clear()
    work(app)
    assert xero.requests == []
    assert cause(app) == "elsewhere"

    adopt(app)
    work(app)

    assert the_only(app, Connection).status == "active"
    assert xero.asked("/connect/token") == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"name": "me"}', '{"name": 1, "place": 2, "x": 3}']
)
def test_a_file_that_says_nothing_is_none(app: Flask, connected: Visitor, text: str) -> None:
    memory_of(app).write_text(text)

    assert cause(app) == "elsewhere"
    adopt(app)
    assert cause(app) is None


def test_where_nothing_can_be_remembered_a_name_is_asked_for(
    app: Flask, connected: Visitor
) -> None:
    memory_of(app).unlink()
    (memory_of(app) / "in the way").mkdir(parents=True)

    done = run(app, "connections", "adopt", "--yes")

    assert done.exit_code == 1
    assert "Set INSTALLATION" in done.output
    assert cause(app) == "elsewhere"


def test_a_setting_stands_in_for_the_file(
    app: Flask, environ: dict[str, str], connected: Visitor, tmp_path: Path
) -> None:
    """Where disks are temporary, each container begins with an empty folder."""
    shared = {"DATABASE_URL": f"sqlite:///{app.extensions['settings'].instance / 'site.db'}"}
    named = start(environ, tmp_path / "first", **shared, INSTALLATION="production")
    assert cause(named) == "elsewhere"
    adopt(named)

    second = start(environ, tmp_path / "second", **shared, INSTALLATION="production")
    staging = start(environ, tmp_path / "third", **shared, INSTALLATION="staging")

    assert (cause(second), cause(staging)) == (None, "elsewhere")
    for each in (named, second, staging):
        close(each)


def test_one_more_machine_joins_by_the_name(
    app: Flask, environ: dict[str, str], connected: Visitor, tmp_path: Path
) -> None:
    shared = {"DATABASE_URL": f"sqlite:///{app.extensions['settings'].instance / 'site.db'}"}
    other = start(environ, tmp_path / "other", **shared)
    name = the_only(app, Installation).name
    assert f"set INSTALLATION={name} on it" in run(other, "connections", "list").stderr
    close(other)

    other = start(environ, tmp_path / "other", **shared, INSTALLATION=name)

    assert (cause(app), cause(other)) == (None, None)
    close(other)
