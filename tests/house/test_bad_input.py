"""Every form and every query: what is wrong is refused in words, and nothing is half done."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.accounts.models import Membership
from xero_onboard.connect.models import Attempt, Candidate, Connection, Grant
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

ARTICLE = "360001000101"
CONNECTION = "11111111-1111-4111-8111-111111111111"
CHOOSING = "22222222-2222-4222-8222-222222222222"
SOMEBODY = "33333333-3333-4333-8333-333333333333"

# Every form with a field that it reads. The test below fails when a form is added and not listed.
FORMS = {
    "/hc/articles/<id>/vote": (f"/hc/articles/{ARTICLE}/vote", "value"),
    "/connect/xero": ("/connect/xero", "next"),
    "/connect/connections/<id>/select": (f"/connect/connections/{CONNECTION}/select", "next"),
    "/connect/connections/<id>/check": (f"/connect/connections/{CONNECTION}/check", "next"),
    "/connect/connections/<id>/reconnect": (f"/connect/connections/{CONNECTION}/reconnect", "next"),
    "/connect/connections/<id>/disconnect": (
        f"/connect/connections/{CONNECTION}/disconnect",
        "next",
    ),
    "/connect/organisations/<id>": (f"/connect/organisations/{CHOOSING}", "tenant"),
    "/connect/attempts/<id>/saw": (f"/connect/attempts/{CHOOSING}/saw", "saw"),
    "/sign-in/xero": ("/sign-in/xero", "next"),
    "/account/colleagues/invite": ("/account/colleagues/invite", "email"),
    "/account/colleagues/<id>/right": (f"/account/colleagues/{SOMEBODY}/right", "right"),
    "/account/customers/rename": ("/account/customers/rename", "name"),
    "/account/customers/switch": ("/account/customers/switch", "customer"),
    "/invitations": ("/invitations", "confirm"),
    "/register": ("/register", "name"),
    "/register/code": ("/register/code", "code"),
    "/password/forgotten": ("/password/forgotten", "email"),
    "/sign-in/password": ("/sign-in/password", "email"),
    "/sign-in/passkey": ("/sign-in/passkey", "answer"),
    "/sign-in/second-step": ("/sign-in/second-step", "code"),
    "/sign-in/recovery-code": ("/sign-in/recovery-code", "code"),
    "/sign-in/mailed-code": ("/sign-in/mailed-code", "code"),
    "/password/reset/<id>": ("/password/reset/of-no-mail", "password"),
    "/account/alternative": ("/account/alternative", "email"),
    "/account/alternative/code": ("/account/alternative/code", "code"),
    "/account/passkeys": ("/account/passkeys", "name"),
    "/account/password": ("/account/password", "password"),
    "/account/password/code": ("/account/password/code", "code"),
    "/account/prove/code": ("/account/prove/code", "code"),
    "/account/prove/passkey": ("/account/prove/passkey", "answer"),
    "/account/prove/password": ("/account/prove/password", "password"),
    "/account/prove/xero": ("/account/prove/xero", "next"),
    "/account/two-step": ("/account/two-step", "code"),
    "/account/privacy/delete": ("/account/privacy/delete", "confirmation"),
    "/password/recover/<id>": ("/password/recover/of-no-link", "password"),
}
WITHOUT_FIELDS = {
    "/sign-out",
    "/connect/attempts/<id>/cancel",
    "/account/colleagues/<id>/remove",
    "/account/colleagues/<id>/hand-over",
    "/account/colleagues/invitations/<id>/withdraw",
    "/account/customers/leave",
    "/sign-in/passkey/options",
    "/sign-in/mailed-code/ask",
    "/account/alternative/remove",
    "/account/passkeys/options",
    "/account/passkeys/<id>/remove",
    "/account/prove/passkey/options",
    "/account/recovery-codes",
    "/account/sessions/<id>/end",
    "/account/sessions/end-others",
    "/account/two-step/remove",
    "/account/privacy/export",
    "/staff/audit/check",
    "/staff/people/<id>/disable",
    "/staff/people/<id>/enable",
    "/staff/people/<id>/second-step",
    "/account/xero/link",
    "/account/xero/unlink",
}
# Closed to readers, whatever they send; `tests/staff` sends what is hostile as an administrator.
FOR_STAFF = {"/staff/people/<id>/role"}

QUERIES = [
    ("/hc/en-gb/search", "query"),
    ("/hc/search/suggest", "query"),
    ("/sign-in", "next"),
    ("/register", "next"),
    ("/account/prove", "next"),
    ("/account/two-step", "next"),
    ("/connect", "attempt"),
]

HOSTILE = {
    "over-long": ["x" * 5000],
    "repeated": ["one", "two"],
    "control characters": ["a\x00b\x1b[31m"],
    "a header": ["a\r\nSet-Cookie: sid=1"],
}


def test_every_form_of_the_site_is_listed_here(app: Flask) -> None:
    forms = {
        generic(rule.rule) for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())
    }

    assert forms == set(FORMS) | WITHOUT_FIELDS | FOR_STAFF


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("path", "field"), FORMS.values(), ids=FORMS.keys())
def test_a_hostile_field_is_refused_and_changes_nothing(
    app: Flask, path: str, field: str, kind: str
) -> None:
    casey = connected(app)
    before = contents(app)

    response = casey.post(path, data={field: HOSTILE[kind]})

    assert response.status_code == 400
    assert contents(app) == before


@pytest.mark.parametrize("path", [path for path, _ in FORMS.values()])
def test_a_form_that_is_far_too_large_is_refused(app: Flask, path: str) -> None:
    casey = connected(app)
    before = contents(app)

    response = casey.post(path, data={"value": "x" * 100_000})

    assert response.status_code == 413
    assert contents(app) == before


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("path", "field"), QUERIES)
def test_a_hostile_query_is_refused_in_words(app: Flask, path: str, field: str, kind: str) -> None:
    response = connected(app).get(path, query_string={field: HOSTILE[kind]})

    assert response.status_code == 400
    assert field in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/hc/en-gb/articles/0",
            "/hc/en-gb/articles/99999999999999999999999",
            "/hc/zz/articles/x",
        ),
        *("/hc/en-gb/sections/7-none", "/connect/problem/<script>", "/%00", "/hc/%ff"),
        *("/connect/organisations/not-an-id", "/static/../app.py", "/static/%2e%2e/app.py"),
        "/hc/article_attachments/1/../../etc/passwd",
    ],
)
def test_an_address_that_leads_nowhere_says_so(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code in (400, 404)
    assert "<script>" not in response.get_data(as_text=True).replace("<script src", "")


def connected(app: Flask) -> Client:
    """Casey's browser: one organisation is connected, and for another attempt she has to choose."""
    casey = sign_in(app, CASEY)
    with app.app_context():
        user_id, customer_id = db.session.execute(
            select(Membership.user_id, Membership.customer_id)
        ).one()
        grant = Grant(
            environment="sandbox",
            provider="xero",
            issuer=CASEY.issuer,
            subject=CASEY.subject,
            scopes="openid",
            access_expires_at=now(),
            refresh_expires_at=now(),
            rotated_at=now(),
            next_refresh_at=now() + timedelta(days=1),
        )
        db.session.add(grant)
        db.session.flush()
        shared = {"environment": "sandbox", "provider": "xero", "grant_id": grant.id}
        db.session.add(
            Connection(
                **shared,
                id=UUID(CONNECTION),
                customer_id=customer_id,
                tenant_id="t-1",
                remote_id="r-1",
                name="Wattle Street Bakery",
            )
        )
        db.session.add(
            Attempt(
                **shared,
                id=UUID(CHOOSING),
                purpose="connect",
                status="choosing",
                state_digest="s",
                nonce="n",
                verifier_sealed="v",
                browser_digest="b",
                owner_user_id=user_id,
                owner_customer_id=customer_id,
                return_path="/connect",
                anchor="",
                scopes="openid",
            )
        )
        db.session.flush()
        db.session.add(
            Candidate(attempt_id=UUID(CHOOSING), tenant_id="t-2", remote_id="r-2", name="Second")
        )
        db.session.commit()
    return casey


def generic(rule: str) -> str:
    """The rule with every variable part written the same."""
    return "/".join("<id>" if part.startswith("<") else part for part in rule.split("/"))


def contents(app: Flask) -> str:
    """A digest of every row of every table."""
    with app.app_context():
        return hashlib.sha256("\n".join(rows()).encode()).hexdigest()


def rows() -> Iterator[str]:
    """Every row of every table but the audit log's, which may note that somebody was refused."""
    for table in db.metadata.sorted_tables:
        if table.name in ("audit", "audit_visitor"):
            continue
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608
            yield f"{table.name} {row}"
