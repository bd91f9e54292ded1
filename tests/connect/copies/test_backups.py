"""A backup that was put back uses no token that was replaced since (fault row 35)."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from tests.connect.conftest import Served, Visitor, the_only
from tests.connect.copies.making import back_up, close, restore, start, work
from tests.connect.copies.operator import RESTS, adopt, cause, hours_pass, make_due, memory_of, run
from tests.connect.hostile import Hostile, Reply, said, signed
from tests.connect.test_hostile_provider import come_back
from tests.connect.test_states import change
from tests.faults_client import Faults
from xero_onboard.connect import removals
from xero_onboard.connect.installation import Installation
from xero_onboard.connect.models import Connection, Grant, Removal
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.upkeep import HELPING
from xero_onboard.connect.vault import VaultLocked
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

MANY = HELPING + 1


def test_a_backup_that_is_put_back_is_noticed(
    app: Flask, connected: Visitor, xero: Served, tmp_path: Path
) -> None:
    """Fault row 35: the same machine, the same folder, and a database from an hour ago."""
    hours_pass(app)
    backup = back_up(app, tmp_path / "backup.db")
    make_due(app)
    work(app)
    work(app)

    restore(app, backup)

    make_due(app)
    xero.requests.clear()
    work(app)
    assert xero.requests == []
    assert cause(app) == "older"
    assert RESTS in connected.read("/connect")
    assert "was put back from a backup" in run(app, "connections", "list").stderr
    adopt(app)
    work(app)
    assert xero.asked("/connect/token") == 1
    assert cause(app) is None


@pytest.mark.parametrize("has_name", [True, False])
def test_what_is_refused_leaves_no_trace_of_a_use(
    app: Flask, connected: Visitor, xero: Served, has_name: bool
) -> None:
    """A removal that staff ask for begins with a note of the use, and the vault refuses it after that."""
    hours_pass(app)
    with app.app_context():
        if not has_name:
            db.session.execute(delete(Installation))
        grant_id = db.session.query(Grant.id).scalar()
        removal = Removal(environment="sandbox", grant_id=grant_id, remote_id="stray")
        db.session.add(removal)
        db.session.commit()
        xero.requests.clear()

        with pytest.raises(VaultLocked):
            removals.deliver(current_provider(), removal.id)

    assert cause(app) == "older"
    assert xero.requests == []


def test_a_backup_within_the_grace_goes_on_by_itself(
    app: Flask, connected: Visitor, xero: Served, tmp_path: Path
) -> None:
    """Xero takes a used refresh token for 30 minutes, so all that may have been used is used again."""
    version = restored_after_a_check(app, connected, tmp_path)
    asked = xero.asked("/connect/token")

    work(app)
    work(app)

    assert cause(app) is None
    assert xero.asked("/connect/token") == asked + 1
    assert the_only(app, Connection).status == "active"
    assert the_only(app, Grant).version == version + 1


def test_who_is_lost_by_a_young_backup_is_told_whose_doing_it_was(
    app: Flask, connected: Visitor, faults: Faults, tmp_path: Path
) -> None:
    """The site was off for so long that Xero's grace had ended."""
    restored_after_a_check(app, connected, tmp_path)
    faults.arm("refresh", "invalid_grant", times=2)

    work(app)
    work(app)

    assert the_only(app, Connection).reason == "outdated"


def test_a_button_before_the_workers_minute_hides_no_young_backup(
    app: Flask, connected: Visitor, amara: Visitor, xero: Served, tmp_path: Path
) -> None:
    """Fault row 35: another reader's press is a use of the older database, and of one login alone."""
    amara.connect("Northside Builders Ltd")
    work(app)
    amaras, rileys = (
        the_only(app, Connection, name=name)
        for name in ("Northside Builders Ltd", "Riley's Roastery")
    )
    hours_pass(app, 0.25)
    change(app, Grant, access_expires_at=now())
    backup = back_up(app, tmp_path / "backup.db")
    version = the_only(app, Grant, id=rileys.grant_id).version
    connected.press("check", rileys.id)
    work(app)
    restore(app, backup)

    amara.press("check", amaras.id)
    asked = xero.asked("/connect/token")
    work(app)
    work(app)

    assert the_only(app, Grant, id=rileys.grant_id).version == version + 1
    assert xero.asked("/connect/token") == asked + 1


def restored_after_a_check(app: Flask, reader: Visitor, folder: Path) -> int:
    """A reader's Check renewed the login once after the backup that is put back; its version in that."""
    hours_pass(app, 0.25)
    change(app, Grant, access_expires_at=now())
    backup, version = back_up(app, folder / "backup.db"), the_only(app, Grant).version
    reader.press("check", the_only(app, Connection).id)
    assert the_only(app, Grant).version == version + 1
    work(app)
    restore(app, backup)
    return version


def test_of_several_machines_one_tells_the_others_that_it_is_older(
    app: Flask, environ: dict[str, str], connected: Visitor, tmp_path: Path
) -> None:
    name = the_only(app, Installation).name
    shared = {"DATABASE_URL": f"sqlite:///{app.extensions['settings'].instance / 'site.db'}"}
    other = start(environ, tmp_path / "other", **shared, INSTALLATION=name)
    hours_pass(app)
    backup = back_up(app, tmp_path / "backup.db")
    make_due(app)
    work(app)
    work(app)
    close(other)
    restore(app, backup)
    assert cause(other) is None

    work(app)

    assert (cause(app), cause(other)) == ("older", "older")
    adopt(other)
    assert (cause(app), cause(other)) == (None, None)
    close(other)


def test_every_login_is_renewed_at_once_after_adopting(
    app: Flask, connected: Visitor, xero: Served, tmp_path: Path
) -> None:
    """Fault row 35: while Xero still gives again what the backup does not hold."""
    version = restored_after_a_check(app, connected, tmp_path)
    hours_pass(app, 0.15)
    work(app)
    assert cause(app) == "older"

    adopt(app)
    work(app)

    assert the_only(app, Grant).version == version + 1
    assert the_only(app, Connection).status == "active"


def test_however_many_logins_are_renewed_at_once_and_those_that_were_due_first(
    app: Flask, provider: Hostile
) -> None:
    """Fault row 35: Xero's grace ends for all of them within minutes."""
    for number in range(MANY):
        connect_login(app, provider, number)
    work(app)
    with app.app_context():
        latest = select(Grant.id).order_by(Grant.created_at.desc()).limit(1).scalar_subquery()
        soon = now() - timedelta(minutes=5)
        db.session.execute(update(Grant).where(Grant.id == latest).values(next_refresh_at=soon))
        db.session.commit()
    memory_of(app).unlink()

    adopt(app)
    provider.received.clear()
    work(app)

    renewed = [body for path, body in provider.received if path == "POST /connect/token"]
    assert len(set(renewed)) == len(renewed) == MANY
    assert f"refresh-{MANY - 1}-".encode() in renewed[0]


def connect_login(app: Flask, provider: Hostile, number: int) -> None:
    """One more login, with an organisation of its own, which its tokens are known by."""

    def play(hostile: Hostile, number: int | str) -> Reply:
        row = hostile.organisation(id=f"link-{number}", tenantId=f"tenant-{number}")
        hostile.connections = lambda _: said([row])
        identity = signed(
            hostile.claims(xero_userid=f"login-{number}", email=f"{number}@a.example")
        )
        fresh = f"refresh-{number}-{uuid4().hex}"
        return said(hostile.tokens(id_token=identity, refresh_token=fresh))

    provider.token = lambda hostile: play(hostile, number)
    provider.refreshing = lambda hostile, body: play(
        hostile, body.split("refresh-")[1].split("-")[0]
    )
    come_back(app.test_client(), provider)


def test_whose_token_was_replaced_since_the_backup_reconnects_after_adopting(
    app: Flask, connected: Visitor, faults: Faults, tmp_path: Path
) -> None:
    memory_of(app).unlink()
    make_due(app)
    work(app)
    assert the_only(app, Connection).status == "active"

    adopt(app)
    faults.arm("refresh", "invalid_grant", times=2)
    work(app)

    connection = the_only(app, Connection)
    assert (connection.status, connection.reason) == ("needs_reauth", "outdated")
    page = connected.read("/connect")
    assert "We restored our records from a copy" in page
    assert f"/connect/connections/{connection.id}/reconnect" in page


def test_what_was_renewed_since_is_not_called_outdated(
    app: Flask, connected: Visitor, faults: Faults
) -> None:
    memory_of(app).unlink()
    adopt(app)
    make_due(app)
    work(app)

    faults.happen("revoked", person="riley@practice.example")
    make_due(app)
    work(app)

    assert the_only(app, Connection).reason == "revoked_in_xero"


def test_a_database_from_before_there_were_names_is_used_by_the_site_it_is_of(
    app: Flask, connected: Visitor, xero: Served
) -> None:
    with app.app_context():
        db.session.execute(delete(Installation))
        db.session.commit()
    memory_of(app).unlink()
    make_due(app)
    calls = xero.asked("/connect/token")

    work(app)

    assert xero.asked("/connect/token") == calls + 1
    assert the_only(app, Installation).name == json.loads(memory_of(app).read_text())["name"]


def test_a_backup_from_before_there_were_names_is_noticed(app: Flask, connected: Visitor) -> None:
    with app.app_context():
        db.session.execute(delete(Installation))
        db.session.commit()

    assert cause(app) == "older"
    adopt(app)
    assert cause(app) is None


def test_an_empty_database_is_used_whatever_lay_there_before(
    app: Flask, connected: Visitor
) -> None:
    with app.app_context():
        db.session.execute(delete(Installation))
        db.session.execute(update(Grant).values(refresh_sealed=None))
        db.session.commit()

    assert cause(app) is None


def test_what_belongs_to_the_real_xero_does_not_concern_the_practice_one(
    app: Flask, connected: Visitor
) -> None:
    with app.app_context():
        db.session.execute(update(Installation).values(environment="live", host="elsewhere"))
        db.session.execute(update(Grant).values(environment="live"))
        db.session.commit()

    assert cause(app) is None
