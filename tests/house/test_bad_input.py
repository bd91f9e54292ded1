"""Every form and every query: what is wrong is refused in words, and nothing is half done."""

import ast
import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.house.forms import (
    CHOOSING,
    CONNECTION,
    ERRAND,
    FOR_MACHINES,
    FOR_STAFF,
    FOR_THE_SIGNED_IN,
    FORMS,
    OTHER_QUERIES,
    QUERIES,
    STAFFS_FIELDS,
    WITHOUT_FIELDS,
    Form,
)
from xero_onboard.accounts.models import Membership, StoredSession
from xero_onboard.config import ROOT
from xero_onboard.connect.models import Attempt, Candidate, Connection, Errand, Grant
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db

# What no field takes.
HOSTILE = {
    "over-long": ["x" * 5000],
    "repeated": ["one", "two"],
    "control characters": ["a\x00b\x1b[31m"],
    "a header": ["a\r\nSet-Cookie: sid=planted"],
}
# What a field takes only if it takes any text.
WRONG = {
    "empty": "",
    "blank": "   ",
    "wrong": "no-such-value",
    "a script": "<script>alert(1)</script>",
    "a query": "' OR 1=1; DROP TABLE attempt; --",
    "right to left": "\u202egnorw",
    "a template": "{{ settings.secret_key }}${7*7}",
    "a path": "../../../../etc/passwd",
    "elsewhere": "//evil.example/%0d%0aSet-Cookie:sid=planted",
    "far elsewhere": "https://evil.example/connect",
}
EACH_FIELD = [
    pytest.param(form, field, id=f"{rule} {field}")
    for rule, form in FORMS.items()
    for field in form.fields
]


# Where it is noted that somebody came, and was refused; and what was looked for.
NOTED = ("audit", "audit_visitor", "limit_bucket", "search_count", "session")


def test_every_form_of_the_site_is_listed_here(app: Flask) -> None:
    forms = {
        generic(rule.rule) for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())
    }

    assert forms == set(FORMS) | WITHOUT_FIELDS | FOR_STAFF | FOR_MACHINES


def test_every_field_that_is_read_is_listed_here() -> None:
    read = {name for file in sources() for name in names_read(file, "form")}

    assert read == {name for form in FORMS.values() for name in form.fields} | STAFFS_FIELDS


def test_every_query_that_is_read_is_listed_here() -> None:
    read = {name for file in sources() for name in names_read(file, "args")}

    assert read == {name for _, name in QUERIES} | OTHER_QUERIES


@pytest.mark.parametrize(("form", "field"), EACH_FIELD)
def test_a_hostile_field_is_refused_and_changes_nothing(app: Flask, form: Form, field: str) -> None:
    browser = browser_for(app, form)
    before = contents(app)

    for kind, values in HOSTILE.items():
        if kind in ("a header", "control characters") and field in form.lines:
            continue
        response = browser.post(form.path, data={**form.fields, field: values})

        assert response.status_code == 400, kind
        assert contents(app) == before, kind


@pytest.mark.parametrize(("form", "field"), EACH_FIELD)
def test_a_wrong_field_is_answered_in_words(app: Flask, form: Form, field: str) -> None:
    browser = browser_for(app, form)
    before = contents(app)

    for kind, value in WRONG.items():
        response = browser.post(form.path, data={**form.fields, field: value})

        is_refused = 400 <= response.status_code < 500
        is_shown = (form.shows_page and response.status_code == 200) or response.status_code == 204
        assert is_refused or is_shown or response.status_code == 303, (kind, response.status_code)
        assert "<script>alert" not in response.get_data(as_text=True), kind
        assert "evil.example" not in response.headers.get("Location", ""), kind
        assert "sid=planted" not in "".join(response.headers.getlist("Set-Cookie")), kind
        if field not in form.free:
            assert contents(app) == before, kind
            assert is_refused or is_shown or response.location.startswith("/"), kind


@pytest.mark.parametrize("path", [form.path for form in FORMS.values()])
def test_a_form_that_is_far_too_large_is_refused(app: Flask, path: str) -> None:
    casey = connected(app)
    before = contents(app)

    response = casey.post(path, data={"value": "x" * 100_000})

    assert response.status_code == 413
    assert contents(app) == before


@pytest.mark.parametrize(("path", "field"), QUERIES)
def test_a_hostile_query_is_refused_in_words(app: Flask, path: str, field: str) -> None:
    stranger = [] if path in FOR_THE_SIGNED_IN else [cast(Client, app.test_client())]

    for browser in [connected(app), *stranger]:
        for kind, values in HOSTILE.items():
            response = browser.get(path, query_string={field: values})

            assert response.status_code == 400, kind
            assert field in response.get_data(as_text=True), kind


@pytest.mark.parametrize(("path", "field"), QUERIES)
def test_a_wrong_query_is_answered_in_words(app: Flask, path: str, field: str) -> None:
    casey = connected(app)
    before = contents(app)

    for kind, value in WRONG.items():
        response = casey.get(path, query_string={field: value})

        assert response.status_code in (200, 303, 400), kind
        assert response.is_json or "<script>alert" not in response.get_data(as_text=True), kind
        assert "evil.example" not in response.headers.get("Location", ""), kind
        assert contents(app) == before, kind


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/hc/en-gb/articles/0",
            "/hc/en-gb/articles/99999999999999999999999",
            "/hc/zz/articles/x",
        ),
        *(
            "/hc/en-gb/sections/7-none",
            "/connect/problem/<script>",
            "/%00",
            "/hc/%ff",
        ),
        *("/connect/organisations/not-an-id", "/static/../app.py", "/static/%2e%2e/app.py"),
        "/hc/article_attachments/1/../../etc/passwd",
    ],
)
def test_an_address_that_leads_nowhere_says_so(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code in (400, 404)
    assert "<script>" not in response.get_data(as_text=True).replace("<script src", "")


def sources() -> list[Path]:
    """Where the site reads what a browser sent."""
    rooms = (ROOT / "xero_onboard").rglob("*.py")
    return [path for path in rooms if "sandbox" not in path.parts]


def names_read(file: Path, source: str) -> Iterator[str]:
    """The names of the fields, or of the queries, that a file reads."""
    for call in ast.walk(ast.parse(file.read_text())):
        if not isinstance(call, ast.Call):
            continue
        said = ast.unparse(call)
        is_typed = said.startswith(("_typed(", "_is_ticked(")) and source == "form"
        if (
            is_typed
            or f"(request.{source}, " in said.partition(",")[0] + ", "
            or said.startswith((f"request.{source}.getlist(", f"request.{source}.get("))
            # So the modules call them to which the API's views hand their queries over.
            or (source == "args" and "(values, " in said.partition(",")[0] + ", ")
        ):
            yield from named(call)


def named(call: ast.Call) -> Iterator[str]:
    for argument in call.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def browser_for(app: Flask, form: Form) -> Client:
    browser = cast(Client, app.test_client()) if form.is_strangers else connected(app)
    if form.page:
        assert browser.get(form.page, follow_redirects=True).status_code == 200
    return browser


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
        runs_an_errand(shared, user_id, customer_id)
        db.session.commit()
    return casey


def runs_an_errand(shared: Mapping[str, Any], user_id: UUID, customer_id: UUID) -> None:
    """A link of Casey's was opened in this very browser, which has come back and has to choose."""
    session = db.session.scalars(select(StoredSession)).one()
    session.content = {**session.content, "browser": "caseys"}
    errand = Errand(
        environment="sandbox",
        customer_id=customer_id,
        asked_by_id=user_id,
        token_digest=digest(ERRAND.rpartition("/")[2]),
        expires_at=now() + timedelta(days=1),
    )
    db.session.add(errand)
    db.session.flush()
    attempt = Attempt(
        **shared,
        purpose="errand",
        status="choosing",
        outcome="choose_organisation",
        state_digest="e",
        nonce="n",
        verifier_sealed="v",
        browser_digest=digest("caseys"),
        owner_user_id=user_id,
        owner_customer_id=customer_id,
        errand_id=errand.id,
        return_path="/for-a-colleague",
        anchor="",
        scopes="openid",
    )
    db.session.add(attempt)
    db.session.flush()
    db.session.add(Candidate(attempt_id=attempt.id, tenant_id="t-2", remote_id="r-2", name="Third"))


def generic(rule: str) -> str:
    """The rule with every variable part written the same."""
    return "/".join("<id>" if part.startswith("<") else part for part in rule.split("/"))


def contents(app: Flask) -> str:
    """A digest of every row of every table."""
    with app.app_context():
        return hashlib.sha256("\n".join(rows()).encode()).hexdigest()


def rows() -> Iterator[str]:
    """Every row of every table but where it is noted that somebody was refused."""
    for table in db.metadata.sorted_tables:
        if table.name in NOTED:
            continue
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608
            yield f"{table.name} {row}"
