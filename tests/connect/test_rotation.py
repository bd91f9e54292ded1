"""Keys of the vault are changed, given up and checked from the command line, while the site goes on."""

import base64
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, update

from tests.accounts.owner import Owner, is_in
from tests.client import Client
from tests.connect.conftest import Served, Visitor, sealed_columns, the_only
from tests.connect.copies.making import work
from tests.connect.copies.operator import make_due
from tests.connect.copies.test_backups import connect_login
from tests.connect.hostile import Hostile
from tests.faults_client import Faults
from xero_onboard.config import ROOT, Settings, VaultKey
from xero_onboard.connect import vault
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.renewal import fresh_access
from xero_onboard.connect.upkeep import HELPING
from xero_onboard.factory import create_app
from xero_onboard.lib import audit
from xero_onboard.lib.audit.models import Entry
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db, new_id

NEW = VaultKey("new1", bytes(range(32)))
ROWS = 5000


def run(app: Flask, *words: str) -> Result:
    """`flask vault …`, with everything it says in `output`."""
    return app.test_cli_runner().invoke(args=["vault", *words])


def site_with(settings: Settings, *keys: VaultKey) -> Flask:
    """The same site, started with other keys."""
    site = create_app(replace(settings, vault_keys=keys))
    site.test_client_class = Client
    return site


def test_everything_goes_on_under_the_new_key_alone(
    app: Flask, riley: Visitor, settings: Settings
) -> None:
    """Row B4: tokens, an attempt on its way, an authenticator app and mail that waits."""
    owner = Owner(app).sign_up()
    owner.set_up_app()
    riley.connect()
    callback = riley.person.go_on(riley.press_connect())
    old = settings.vault_keys[0]

    said = run(site_with(settings, NEW, old), "rotate")

    assert said.exit_code == 0, said.output
    assert f"{old.id:<16} seals 0; it can be taken out of VAULT_KEYS" in said.output
    after = site_with(settings, NEW)
    assert run(after, "check").exit_code == 0
    with after.app_context():
        grant = db.session.scalars(select(Grant)).one()
        assert grant.key_id == NEW.id
        assert vault.open_pair(grant).access
    riley.client.application = after
    assert "already connected" in riley.read(riley.come_back(callback))
    owner.app = after
    assert is_in(owner.enter_fully())


def test_rotating_twice_changes_nothing_more(
    app: Flask, riley: Visitor, settings: Settings
) -> None:
    riley.connect()
    both = site_with(settings, NEW, settings.vault_keys[0])
    run(both, "rotate")
    before = sealed_columns(app)

    again = run(both, "rotate")

    assert "0 sealed anew under new1." in again.output
    assert sealed_columns(app) == before


def test_who_rotated_to_which_key_is_noted(app: Flask, settings: Settings) -> None:
    run(site_with(settings, NEW, settings.vault_keys[0]), "rotate")

    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.event == "vault_rotated")).one()
    assert entry.details["key"] == NEW.id


def test_what_does_not_open_is_named_and_left_as_it_is(
    app: Flask, riley: Visitor, settings: Settings
) -> None:
    """Row B2: by column, row and reason, and never by what is in it."""
    riley.connect()
    with app.app_context():
        grant = db.session.scalars(select(Grant)).one()
        grant.access_sealed, grant.refresh_sealed = grant.refresh_sealed, grant.access_sealed
        db.session.commit()
    before = sealed_columns(app)

    checked = run(app, "check")
    rotated = run(site_with(settings, NEW, settings.vault_keys[0]), "rotate")

    for said in (checked, rotated):
        assert said.exit_code == 1
        assert f"grant.access_sealed of row {grant.id}" in said.output
        assert "the row was changed" in said.output
        assert not any(each in said.output for each in before if each)
    assert sealed_columns(app) == before


@pytest.mark.parametrize("verb", ["check", "rotate"])
def test_a_wrong_key_is_refused_before_anything_is_touched(
    app: Flask, riley: Visitor, settings: Settings, verb: str
) -> None:
    """Row B3."""
    riley.connect()
    before = sealed_columns(app)
    wrong = VaultKey(settings.vault_keys[0].id, b"x" * 32)

    said = run(site_with(settings, wrong), verb)

    assert said.exit_code == 1
    assert "is not the key that sealed what is stored" in said.output
    assert sealed_columns(app) == before


def test_a_lost_key_is_given_up_and_everybody_reconnects(
    app: Flask, riley: Visitor, settings: Settings, xero: Served
) -> None:
    """Fault row 38: first nothing changes, then the operator decides, then a new key takes over."""
    riley.connect()
    lost = settings.vault_keys[0]
    after = site_with(settings, NEW)
    riley.client.application = after
    assert "please do not reconnect yet" in riley.read("/connect")

    said = run(after, "forget-key", lost.id, "--yes")

    assert "1 login has to reconnect; 0 removals" in said.output
    with after.app_context():
        assert len(audit.search(event="vault_key_forgotten").entries) == 1
    assert "our fault: reconnect to carry on" in riley.read("/connect")
    connection = the_only(after, Connection)
    form = {"next": "/connect"}
    way = riley.client.post(f"/connect/connections/{connection.id}/reconnect", data=form).location
    assert "connected again" in riley.read(riley.come_back(riley.person.go_on(way)))
    assert run(after, "check").exit_code == 0


def test_logins_that_wait_for_a_lost_key_hold_up_nobody(
    app: Flask, provider: Hostile, settings: Settings
) -> None:
    for number in range(HELPING):
        connect_login(app, provider, number)
    connect_login(site_with(settings, NEW, *settings.vault_keys), provider, HELPING)
    make_due(app)
    provider.received.clear()

    work(site_with(settings, NEW))

    (renewed,) = [body for path, body in provider.received if path == "POST /connect/token"]
    assert f"refresh-{HELPING}-".encode() in renewed


def test_a_disconnection_that_waits_for_a_lost_key_ends(
    app: Flask, riley: Visitor, settings: Settings, faults: Faults
) -> None:
    """Nothing can tell Xero of it any more, and its owner is told to look there."""
    riley.connect()
    connection = the_only(app, Connection)
    faults.stay("disconnection", "failing")
    riley.press("disconnect", connection.id)
    lost = settings.vault_keys[0]
    after = site_with(settings, NEW)

    said = run(after, "forget-key", lost.id, "--yes")

    assert "1 removal at Xero was given up" in said.output
    ended = the_only(after, Connection)
    assert (ended.status, ended.reason) == ("disconnected", "remote_unknown")


def test_a_key_that_is_there_is_not_given_up(app: Flask, settings: Settings) -> None:
    said = run(app, "forget-key", settings.vault_keys[0].id, "--yes")

    assert said.exit_code == 1
    assert "nothing is lost" in said.output


def test_giving_up_a_key_asks_first(app: Flask, riley: Visitor, settings: Settings) -> None:
    riley.connect()
    lost = settings.vault_keys[0]

    said = (
        site_with(settings, NEW)
        .test_cli_runner()
        .invoke(args=["vault", "forget-key", lost.id], input="n\n")
    )

    assert said.exit_code == 1
    assert the_only(app, Grant).status == "ok"


@pytest.mark.parametrize("key_id", ["", "with-dash", "x" * 17, "dev1"])
def test_a_key_needs_an_id_of_its_own(app: Flask, key_id: str) -> None:
    assert run(app, "new-key", key_id).exit_code == 1
    assert run(app, "new-key", "k2").output.startswith("k2:")


def test_a_refresh_that_comes_in_between_wins(
    app: Flask, riley: Visitor, settings: Settings, xero: Served
) -> None:
    """Row B4: under load; what was read before a refresh is not written over it."""
    riley.connect()
    both = site_with(settings, NEW, settings.vault_keys[0])
    stop, grant_id = threading.Event(), the_only(app, Grant).id
    failures: list[str] = []

    def refresh() -> None:
        while not stop.is_set():
            with both.app_context():
                try:
                    run_out()
                    fresh_access(current_provider(), grant_id)
                except Exception as error:
                    failures.append(repr(error))

    thread = threading.Thread(target=refresh)
    thread.start()
    said = [run(site_with(settings, NEW, settings.vault_keys[0]), "rotate") for _ in range(20)]
    stop.set()
    thread.join()

    assert failures == []
    assert [each.exit_code for each in said] == [0] * 20
    with both.app_context():
        assert vault.open_pair(db.session.scalars(select(Grant)).one()).refresh
        # The chain of refresh tokens is unbroken: Xero takes the present one.
        run_out()
        fresh_access(current_provider(), grant_id)


def test_a_rotation_that_is_killed_half_way_is_finished_by_the_next(
    app: Flask, settings: Settings
) -> None:
    """Row B4, fault row 37: 5,000 logins are read meanwhile, and each opens at every moment."""
    fill(app, settings)
    environ = {
        "INSTANCE_DIR": str(settings.instance),
        "VAULT_KEYS": ",".join(map(written, (NEW, settings.vault_keys[0]))),
    }
    readers = Readers(site_with(settings, NEW, settings.vault_keys[0]))

    with readers:
        with start_rotation(environ) as first:
            wait_until_half_is_done(settings)
            first.send_signal(signal.SIGKILL)
        half = renewed(settings)
        with start_rotation(environ) as second:
            said, _ = second.communicate(timeout=120)

    assert 0 < half < ROWS
    assert second.returncode == 0, said
    assert renewed(settings) == ROWS
    assert readers.failures == []
    assert readers.count > 100
    assert run(site_with(settings, NEW), "check").exit_code == 0


def run_out() -> None:
    """As if half an hour had passed since the last refresh."""
    begin_write()
    db.session.execute(update(Grant).values(access_expires_at=now()))
    commit()


class Readers:
    """Open one login after another, as long as the block lasts."""

    def __init__(self, app: Flask) -> None:
        self.app, self.count = app, 0
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._stop.is_set():
            with self.app.app_context():
                grant = db.session.scalars(
                    select(Grant).offset(secrets.randbelow(ROWS)).limit(1)
                ).one()
                try:
                    assert vault.open_pair(grant).refresh.startswith("refresh-")
                    self.count += 1
                except Exception as error:
                    self.failures.append(repr(error))


def fill(app: Flask, settings: Settings) -> None:
    """Many logins, sealed with the key that is about to go."""
    with app.app_context():
        vault.enrol()
        moment = now()
        later = moment + timedelta(days=1)
        for number in range(ROWS):
            grant_id = new_id()
            sealed = {
                f"{name}_sealed": vault.seal("grant", grant_id, name, "sandbox", f"{name}-{number}")
                for name in ("access", "refresh")
            }
            db.session.add(
                Grant(
                    id=grant_id,
                    environment="sandbox",
                    provider="xero",
                    issuer="http://localhost",
                    subject=str(number),
                    key_id=settings.vault_keys[0].id,
                    scopes="",
                    access_expires_at=later,
                    refresh_expires_at=later,
                    rotated_at=moment,
                    next_refresh_at=later,
                    **sealed,
                )
            )
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(Attempt)) == 0


def written(key: VaultKey) -> str:
    return f"{key.id}:{base64.b64encode(key.key).decode()}"


def start_rotation(environ: Mapping[str, str]) -> "subprocess.Popen[str]":
    command = (sys.executable, "-m", "flask", "--app", "app", "vault", "rotate")
    return subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def wait_until_half_is_done(settings: Settings) -> None:
    ends_at = time.monotonic() + 300
    while renewed(settings) < ROWS // 2:
        assert time.monotonic() < ends_at
        time.sleep(0.005)


def renewed(settings: Settings) -> int:
    path = settings.instance / "site.db"
    with closing(sqlite3.connect(f"file:{os.fspath(path)}?mode=ro", uri=True)) as database:
        query = 'SELECT count(*) FROM "grant" WHERE key_id = ?'
        return int(database.execute(query, (NEW.id,)).fetchone()[0])
