"""What Xero tells unasked: byte for byte what it signed, stored before it is answered, and once."""

import base64
import hashlib
import hmac
import json
import socket
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tests.client import Client
from tests.connect.conftest import Visitor, the_only
from xero_onboard.config import Settings
from xero_onboard.connect import signals
from xero_onboard.connect.models import Connection, Grant, ProviderEvent
from xero_onboard.factory import create_app
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.web.flood import PER_MINUTE

KEY = "webhooks-key-of-the-tests-and-of-nothing-else+/=="
PATH = "/webhooks/xero"
# As Xero sends it when a webhook is made: https://developer.xero.com/documentation/guides/webhooks/creating-webhooks/
INTENT = b'{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}'


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "XERO_WEBHOOK_KEY": KEY}


def event(tenant_id: str = "t-unknown", number: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/Contacts/{number}",
        "resourceId": f"717f2bfc-c6d4-41fd-b238-{number:012}",
        "eventDateUtc": "2026-11-27T01:15:39.902",
        "eventType": "UPDATE",
        "eventCategory": "CONTACT",
        "tenantId": tenant_id,
        "tenantType": "ORGANISATION",
        **other,
    }


def told(*events: object) -> bytes:
    """The body of a webhook, with letters beyond ASCII as they come."""
    whole = {"events": events, "firstEventSequence": 1, "lastEventSequence": 2, "entropy": "Café"}
    return json.dumps(whole, ensure_ascii=False).encode()


def signature(body: bytes, key: str = KEY) -> str:
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def send(app: Flask, body: bytes, given: str | None = None) -> TestResponse:
    client = cast(Client, app.test_client())
    headers = {"X-Xero-Signature": signature(body) if given is None else given}
    return client.post(PATH, data=body, headers=headers, content_type="application/json")


def events(app: Flask) -> list[ProviderEvent]:
    with app.app_context():
        return list(db.session.scalars(select(ProviderEvent)))


def change(app: Flask, table: type[Connection | ProviderEvent], **values: object) -> None:
    with app.app_context():
        db.session.execute(update(table).values(**values))
        db.session.commit()


@pytest.mark.parametrize(
    ("body", "given", "code"),
    [
        (INTENT, signature(INTENT), 200),
        (INTENT, signature(INTENT, "another key"), 401),
        (INTENT, signature(INTENT + b" "), 401),
        (INTENT, "", 401),
        (INTENT, "not base64 \u00e9", 401),
        (INTENT, f" {signature(INTENT)}x", 401),
        (told(event()), signature(told(event())), 200),
        (
            told(event(eventCategory="\u00fc")),
            (signature(told(event(eventCategory="\u00fc"))),),
            200,
        ),
        (b"\xff\xfe not text", signature(b"\xff\xfe not text"), 400),
        (b"[]", signature(b"[]"), 400),
        (b'{"events": {}}', signature(b'{"events": {}}'), 400),
        (b"[" * 100_000, signature(b"[" * 100_000), 400),
        (b"", signature(b""), 400),
        (b"not json", "", 401),
    ],
)
def test_only_what_xero_signed_is_taken(app: Flask, body: bytes, given: str, code: int) -> None:
    """Row H2: proven before it is read, and nothing in the answer."""
    answer = send(app, body, given)

    assert answer.status_code == code
    assert answer.data == b""
    assert "Set-Cookie" not in answer.headers
    assert len(events(app)) == (1 if code == 200 and b"tenantId" in body else 0)


def test_however_much_xero_tells_it_is_never_turned_away(app: Flask) -> None:
    """Row H2: what one network may ask a minute is for people."""
    assert {send(app, INTENT).status_code for _ in range(PER_MINUTE + 1)} == {200}


def test_too_much_is_refused(app: Flask) -> None:
    """Row H2."""
    body = told(event(padding="x" * 1_000_000))

    answer = send(app, body)

    assert (answer.status_code, answer.data) == (413, b"")
    assert send(app, told(event(padding="x" * 900_000))).status_code == 200


def test_without_a_key_there_is_no_such_address(app: Flask, settings: Settings) -> None:
    deaf = create_app(replace(settings, xero=replace(settings.xero, webhook_key="")))
    deaf.test_client_class = Client

    assert send(deaf, INTENT, signature(INTENT, "")).status_code == 404


@pytest.mark.parametrize(
    ("signatures", "code"), [((KEY,), b" 200 "), ((KEY, KEY), b" 401 "), ((KEY, "x"), b" 401 ")]
)
def test_a_body_in_pieces_is_read_whole(
    app: Flask, signatures: tuple[str, ...], code: bytes
) -> None:
    """Row H2: as it comes over a socket, with no word of how long it is; two signatures are none."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    body = told(event())
    signed = "".join(f"X-Xero-Signature: {signature(body, key)}\r\n" for key in signatures)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: localhost:8000\r\nTransfer-Encoding: chunked\r\n"
        f"Connection: close\r\n{signed}\r\n"
    )
    with closing(socket.create_connection(("localhost", server.server_port), 10)) as link:
        link.sendall(head.encode())
        for piece in (body[:30], body[30:]):
            link.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        link.sendall(b"0\r\n\r\n")
        answer = link.makefile("rb").readline()
    server.shutdown()
    thread.join()
    server.server_close()

    assert code in answer
    assert len(events(app)) == (1 if code == b" 200 " else 0)


def test_the_same_thing_three_times_in_any_order_is_one(app: Flask, riley: Visitor) -> None:
    """Row H3: one row, one effect."""
    riley.connect()
    tenant_id = the_only(app, Connection).tenant_id
    rung: list[str] = []

    def listen(_connection: Connection, event: ProviderEvent) -> None:
        rung.append(event.resource_id)

    three = [told(event(tenant_id, number), event("t-unknown", number)) for number in (1, 2, 3)]
    shuffled = [three[number] for number in (2, 0, 1, 1, 2, 0, 0, 2, 1)]

    with signals.told.connected_to(listen):
        for body in shuffled[:5]:
            assert send(app, body).status_code == 200
        assert jobs.run_due(app)
        for body in shuffled[5:]:
            assert send(app, body).status_code == 200
        assert jobs.run_due(app)

    assert len(events(app)) == 6
    assert len(rung) == 3
    assert the_only(app, Connection).heard_at is not None


def test_an_unknown_organisation_is_taken_and_means_nothing(app: Flask, riley: Visitor) -> None:
    """Row H3."""
    riley.connect()
    before = the_only(app, Connection)

    assert send(app, told(event("t-of-nobody"))).status_code == 200
    assert jobs.run_due(app)

    (row,) = events(app)
    assert (row.is_known, row.settled_at is not None) == (False, True)
    assert the_only(app, Connection).heard_at is before.heard_at is None


def test_what_is_not_as_xero_says_is_left_out_and_the_rest_is_kept(app: Flask) -> None:
    odd = [None, 7, "text", {}, event(tenantId=9), event(tenantId=""), event(tenantId="x" * 99)]

    assert send(app, told(*odd, event())).status_code == 200

    assert len(events(app)) == 1


def test_word_of_a_connection_that_stopped_has_us_look_again(app: Flask, riley: Visitor) -> None:
    tenant_id = stopped(app, riley, looked_at=timedelta(minutes=11))

    send(app, told(event(tenant_id)))
    assert jobs.run_due(app)
    assert jobs.run_due(app)

    assert the_only(app, Connection).status == "active"


@pytest.mark.parametrize(
    ("looked_at", "failures", "due_in"),
    [
        (timedelta(minutes=11), 3, timedelta(hours=2)),
        (timedelta(minutes=11), 0, timedelta(minutes=50)),
        (timedelta(minutes=1), 0, timedelta(hours=20)),
    ],
)
def test_however_much_it_tells_xero_is_not_asked_before_its_time(
    app: Flask, riley: Visitor, looked_at: timedelta, failures: int, due_in: timedelta
) -> None:
    """Put off after failures, left alone for as long as it wants, or looked at just now."""
    tenant_id = stopped(app, riley, looked_at)
    put_off = now() + due_in
    with app.app_context():
        db.session.execute(update(Grant).values(failures=failures, next_refresh_at=put_off))
        db.session.commit()

    send(app, told(event(tenant_id, 1), event(tenant_id, 2)))
    assert jobs.run_due(app)

    assert the_only(app, Connection).heard_at is not None
    assert the_only(app, Grant).next_refresh_at == put_off


def stopped(app: Flask, riley: Visitor, looked_at: timedelta) -> str:
    """Xero did not list the organisation so long ago, and lists it now; its id there."""
    riley.connect()
    seen = {"reason": "organisation_gone", "checked_at": now() - looked_at}
    change(app, Connection, status="org_unavailable", **seen)
    return the_only(app, Connection).tenant_id


def test_what_no_webhook_tells_is_found_at_the_daily_look(app: Flask, riley: Visitor) -> None:
    """Fault row 26: Xero tells of no connection that ends, and of nothing while we were away."""
    riley.connect()
    riley.person.disconnect("Riley's Roastery")
    with app.app_context():
        db.session.execute(update(Grant).values(next_refresh_at=now()))
        db.session.commit()

    assert jobs.run_due(app)

    assert the_only(app, Connection).status == "org_unavailable"


def test_what_cannot_be_kept_is_asked_for_again(app: Flask, settings: Settings) -> None:
    """Row H2, fault row 25: within Xero's five seconds, while another process has the database."""
    with closing(sqlite3.connect(settings.instance / "site.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        answer = send(app, told(event()))
        took = time.monotonic() - began
        other.execute("ROLLBACK")

    assert (answer.status_code, answer.data) == (503, b"")
    assert took < 5
    assert events(app) == []
    assert send(app, told(event())).status_code == 200


def test_it_is_kept_for_a_month(app: Flask) -> None:
    send(app, told(event()))
    change(app, ProviderEvent, received_at=now() - timedelta(days=32))

    assert jobs.run_due(app)

    assert events(app) == []


def test_a_page_of_another_site_is_refused_before_it_is_read(app: Flask) -> None:
    client = cast(Client, app.test_client())
    headers = {"X-Xero-Signature": signature(INTENT), "Sec-Fetch-Site": "cross-site"}

    assert client.post(PATH, data=INTENT, headers=headers).status_code == 403
