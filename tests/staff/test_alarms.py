"""What only the operator can mend stands where those who work here look first, with cause and remedy."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.connect.conftest import (
    Served,
    Visitor,
    amara,
    environ,
    filled_sandbox,
    provider_port,
    riley,
    the_only,
    xero,
)
from xero_onboard.config import VaultKey
from xero_onboard.connect import trouble
from xero_onboard.connect.installation import Installation
from xero_onboard.connect.models import Connection, Grant, Removal, VaultKeyProof
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, begin_write, db
from xero_onboard.staff.models import AuditCheck

__all__ = ["amara", "environ", "filled_sandbox", "provider_port", "riley", "xero"]

PLACES = ("/staff", "/staff/connections")
Change = Callable[[Flask], None]


def rows(table: type[Table], values: Mapping[str, object]) -> Change:
    def change(app: Flask) -> None:
        with app.app_context():
            db.session.execute(update(table).values(values))
            db.session.commit()

    return change


def of_setup(**values: object) -> Change:
    def change(app: Flask) -> None:
        before = app.extensions["settings"]
        app.extensions["settings"] = replace(before, xero=replace(before.xero, **values))

    return change


def noted(cause: str) -> Change:
    def change(app: Flask) -> None:
        with app.app_context():
            begin_write()
            trouble.note(cause, "invalid_client")
            db.session.commit()

    return change


def lose_the_key(app: Flask) -> None:
    key = VaultKey("other", b"k" * 32)
    app.extensions["settings"] = replace(app.extensions["settings"], vault_keys=(key,))


def audit_broken(app: Flask) -> None:
    with app.app_context():
        db.session.merge(
            AuditCheck(
                id=1,
                at=now(),
                count=3,
                last_hash="h",
                broken_number=4,
                reason="changed: by somebody",
            )
        )
        db.session.commit()


LONG_AGO = now() - timedelta(days=46)
BEFORE = now() - timedelta(hours=2)


@pytest.mark.parametrize(
    ("change", "words", "remedy"),
    [
        (noted("client_refused"), "Xero refuses us, and Connect is closed", "XERO_CLIENT_SECRET"),
        (noted("authorize_refused"), "came back with an error about us", "XERO_SCOPES"),
        (noted("saw_error_page"), "Readers saw an error page at Xero", "/connect/sandbox/callback"),
        (noted("saw_limit"), "Readers were told that we are full", "XERO_CONNECTION_LIMIT"),
        (of_setup(scopes=("accounting.nonsense",)), "may refuse what we ask for", "XERO_SCOPES"),
        (of_setup(connection_limit=1), "No organisation can be added", "1 of 1 connections"),
        (lose_the_key, "Stored connections cannot be opened", "seals 1 login."),
        (rows(VaultKeyProof, {"sealed": "dev1.AAAA"}), "is not the one it was", "VAULT_KEYS"),
        (rows(Installation, {"host": "elsewhere.example"}), "connections rest", "adopt here"),
        (rows(Installation, {"doubted_at": BEFORE}), "put back from a backup", "adopt here"),
        (rows(Grant, {"rotated_at": LONG_AGO}), "1 login has not been renewed", "flask work"),
        (rows(Grant, {"next_refresh_at": BEFORE}), "1 login has been due for", "flask work"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(
    app: Flask, editor: Client, riley: Visitor, change: Change, words: str, remedy: str
) -> None:
    riley.connect()
    for place in PLACES:
        assert "What needs you" not in editor.get(place).text

    change(app)

    for place in PLACES:
        page = editor.get(place).text
        assert words in page
        assert remedy in page.partition("What needs you")[2]


def test_there_is_a_warning_before_the_limit_is_reached(
    app: Flask, editor: Client, riley: Visitor
) -> None:
    riley.connect()
    with app.app_context():
        first = db.session.query(Connection).one()
        for number in range(3):
            db.session.add(
                Connection(
                    environment="sandbox",
                    provider="xero",
                    customer_id=first.customer_id,
                    grant_id=first.grant_id,
                    tenant_id=f"t-{number}",
                    remote_id=f"r-{number}",
                    name="Another",
                )
            )
        db.session.commit()

    of_setup(connection_limit=6)(app)
    assert "little room" not in editor.get("/staff").text
    of_setup(connection_limit=5)(app)

    assert "There is little room left" in editor.get("/staff").text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"status": "pending", "finished_at": None, "created_at": now() - timedelta(days=2)},
            "1 removal has waited for more than a day.",
        ),
        ({"status": "unconfirmed"}, "1 removal was given up in the last 30 days."),
    ],
)
def test_what_xero_has_not_confirmed_is_said(
    app: Flask,
    editor: Client,
    riley: Visitor,
    xero: Served,
    values: Mapping[str, object],
    words: str,
) -> None:
    riley.connect()
    riley.press("disconnect", the_only(app, Connection).id)
    assert "What needs you" not in editor.get("/staff").text

    rows(Removal, values)(app)

    page = editor.get("/staff").text
    assert "Xero has not confirmed what was disconnected" in page
    assert words in page


def test_what_another_set_up_ran_into_is_no_longer_said(app: Flask, editor: Client) -> None:
    noted("client_refused")(app)
    assert "Xero refuses us" in editor.get("/staff").text

    of_setup(client_secret="another one")(app)

    assert "Xero refuses us" not in editor.get("/staff").text


def test_a_broken_audit_log_is_said_first(app: Flask, administrator: Client) -> None:
    audit_broken(app)

    page = administrator.get("/staff").text

    assert "The audit log is broken" in page
    assert "At number 4: changed: by somebody" in page
