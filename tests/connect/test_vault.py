"""Tokens at rest: sealed, bound to their place, and never lost to a wrong key."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.client import Client
from tests.connect.conftest import Served, Visitor, sealed_columns, the_only
from xero_onboard.config import Settings, VaultKey, XeroSettings
from xero_onboard.connect import upkeep
from xero_onboard.connect.models import Connection, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.renewal import fresh_access
from xero_onboard.connect.vault import WrongEnvironment
from xero_onboard.factory import create_app
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


def connection_of(app: Flask, name: str) -> Connection:
    with app.app_context():
        return db.session.scalars(select(Connection).where(Connection.name == name)).one()


def test_no_token_lies_anywhere_in_the_clear(
    app: Flask, riley: Visitor, xero: Served, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Row B1: in no file of ours, no log, no cookie and no page, through a whole life."""
    caplog.set_level(logging.DEBUG)
    callback = riley.person.allow(riley.press_connect())
    way = riley.come_back(callback)
    connection = the_only(app, Connection)
    pages = [riley.read(way.replace("/hc/en-gb/articles/1", "/connect"))]
    with app.app_context():
        db.session.execute(update(Grant).values(access_expires_at=now()))
        db.session.commit()
    pages.append(riley.press("check", connection.id))
    pages.append(riley.press("disconnect", connection.id))

    secrets = [*xero.tokens(), settings.xero.client_secret]
    assert len(secrets) == 6 + 1
    files = [path for path in settings.instance.rglob("site.db*") if path.is_file()]
    assert files
    for secret in secrets:
        assert all(secret.encode() not in path.read_bytes() for path in files)
        assert secret not in caplog.text
        assert secret not in "".join(pages)
        assert secret not in str(riley.client.get_cookie("sid"))


def test_swapped_secrets_open_nothing(
    app: Flask,
    riley: Visitor,
    amara: Visitor,
    xero: Served,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Row B2: the sealed tokens of one row in another are noticed, and never used."""
    riley.connect()
    amara.connect("Harbour Café Ltd")
    rileys = connection_of(app, "Riley's Roastery")
    with app.app_context():
        mine, hers = (db.session.get_one(Grant, each) for each in grant_ids(app, rileys))
        mine.access_sealed, hers.access_sealed = hers.access_sealed, mine.access_sealed
        mine.refresh_sealed, hers.refresh_sealed = hers.refresh_sealed, mine.refresh_sealed
        db.session.commit()
    asked = len(xero.requests)

    page = riley.press("check", rileys.id)

    assert "has to be renewed" in page
    assert "Reconnect" in page
    assert "were changed or moved" in caplog.text
    assert len(xero.requests) == asked


def test_swapped_columns_open_nothing(app: Flask, riley: Visitor) -> None:
    """Row B2: nor does a refresh token serve as an access token."""
    riley.connect()
    with app.app_context():
        grant = db.session.scalars(select(Grant)).one()
        grant.access_sealed, grant.refresh_sealed = grant.refresh_sealed, grant.access_sealed
        db.session.commit()

    assert "has to be renewed" in riley.press("check", the_only(app, Connection).id)


def grant_ids(app: Flask, mine: Connection) -> tuple[object, object]:
    others = select(Grant.id).where(Grant.id != mine.grant_id)
    return mine.grant_id, db.session.scalars(others).one()


@pytest.mark.parametrize("key_id", ["dev1", "new1"], ids=["same name", "another name"])
def test_a_wrong_key_changes_nothing(
    app: Flask, riley: Visitor, settings: Settings, xero: Served, key_id: str
) -> None:
    """Row B3: pages are served, the vault answers 503, and every row stays as it is."""
    riley.connect()
    connection, before = the_only(app, Connection), sealed_columns(app)
    wrong = create_app(replace(settings, vault_keys=(VaultKey(key_id, b"x" * 32),)))
    wrong.test_client_class = Client
    browser = cast(Client, wrong.test_client())
    cookie = riley.client.get_cookie("sid")
    assert cookie is not None
    browser.set_cookie("sid", cookie.value)
    asked = len(xero.requests)

    for button in ("check", "disconnect"):
        answer = browser.post(f"/connect/connections/{connection.id}/{button}")
        assert answer.status_code == 503
    with wrong.app_context():
        db.session.execute(update(Grant).values(next_refresh_at=now()))
        db.session.commit()
        upkeep.look_after_grants()

    page = browser.get("/connect")
    assert page.status_code == 200
    assert "Riley's Roastery" in unescape(page.text)
    assert sealed_columns(app) == before
    assert the_only(app, Connection).status == "active"
    assert len(xero.requests) == asked
    if key_id == "new1":
        assert "please do not reconnect yet" in page.text


def test_live_code_refuses_rows_of_the_sandbox(
    app: Flask, riley: Visitor, settings: Settings, xero: Served
) -> None:
    """Row A11: a copied database brings nobody's practice connection to life."""
    riley.connect()
    connection = the_only(app, Connection)
    live = create_app(replace(settings, xero=live_settings(settings.xero)))
    live.test_client_class = Client
    browser = cast(Client, live.test_client())
    cookie = riley.client.get_cookie("sid")
    assert cookie is not None
    browser.set_cookie("sid", cookie.value)
    asked = len(xero.requests)

    assert "Riley's Roastery" not in unescape(browser.get("/connect").text)
    for button in ("check", "disconnect", "reconnect", "select"):
        answer = browser.post(f"/connect/connections/{connection.id}/{button}")
        assert answer.status_code == 404
    with live.app_context():
        with pytest.raises(WrongEnvironment):
            fresh_access(current_provider(), connection.grant_id)
        db.session.execute(update(Grant).values(next_refresh_at=now() - timedelta(days=1)))
        db.session.commit()
        upkeep.look_after_grants()
        upkeep.deliver_removals()
    assert len(xero.requests) == asked


def live_settings(sandbox: XeroSettings) -> XeroSettings:
    """As for the real Xero, but for the addresses: nothing in a test may reach it."""
    return replace(sandbox, is_sandbox=False, client_id="A-REAL-CLIENT")


def test_two_people_of_one_login_share_one_grant(
    app: Flask, riley: Visitor, another_visitor: Callable[[str], Visitor]
) -> None:
    """One pair of tokens per user of the app: a second copy would strand the first."""
    riley.connect()
    again = another_visitor("riley@practice.example")
    again.come_back(again.person.go_on(again.press_connect()))

    assert the_only(app, Grant).version == 2
    assert the_only(app, Connection).status == "active"
