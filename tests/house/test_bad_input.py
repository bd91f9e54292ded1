"""Every form and every query: what is wrong is refused in words, and nothing is half done."""

import ast
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.accounts.models import Membership, StoredSession
from xero_onboard.config import ROOT
from xero_onboard.connect.models import Attempt, Candidate, Connection, Errand, Grant
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db

ARTICLE = "360001000101"
CONNECTION = "11111111-1111-4111-8111-111111111111"
CHOOSING = "22222222-2222-4222-8222-222222222222"
SOMEBODY = "33333333-3333-4333-8333-333333333333"

ERRAND = "/for-a-colleague/a-link-for-somebody-else"

NEXT = {"next": "/connect"}
PLACE = {"next": "/connect", "anchor": "connect"}
PRESS = {**PLACE, "edition": f"{ARTICLE}-1"}
SEEN = {"edition": f"{ARTICLE}-1", "locale": "en-gb", "referrer": "http://localhost:8000/hc/en-gb"}
PASSWORD = "a kettle, a lamp and 9 spoons"


@dataclass(frozen=True)
class Form:
    """Where a form leads, with an honest value for each of its fields."""

    path: str
    fields: Mapping[str, str]
    # Those that take whatever is typed, or put what is wrong right without a word.
    free: frozenset[str] = frozenset({"next", "anchor"})
    is_strangers: bool = False
    # Those that take several lines, so that a break is no reason to refuse them.
    lines: frozenset[str] = frozenset()
    # It is answered with a page that is shown once.
    shows_page: bool = False
    # The page that has to be open before the form means anything.
    page: str = ""


def free(*names: str) -> frozenset[str]:
    return frozenset({"next", "anchor", *names})


# Tests below fail when a form is added and not listed, or a field of one.
FORMS = {
    "/hc/articles/<id>/vote": Form(
        f"/hc/articles/{ARTICLE}/vote", {"value": "up", **SEEN}, free(*SEEN)
    ),
    "/hc/articles/<id>/remark": Form(
        f"/hc/articles/{ARTICLE}/remark",
        {"reason": "easy", "words": "Thank you."},
        free("reason", "words"),
        lines=frozenset({"words"}),
    ),
    "/hc/articles/<id>/problem": Form(
        f"/hc/articles/{ARTICLE}/problem",
        {"doing": "Reading.", "wrong": "A picture is missing.", "website": "", **SEEN},
        free("doing", "wrong", "website", *SEEN),
        lines=frozenset({"doing", "wrong"}),
    ),
    "/hc/articles/<id>/comments": Form(
        f"/hc/articles/{ARTICLE}/comments",
        {"words": "Thank you.", "edition": f"{ARTICLE}-1", "website": ""},
        free("words", "edition", "website"),
        lines=frozenset({"words"}),
    ),
    "/hc/comments/<id>/edit": Form(
        f"/hc/comments/{SOMEBODY}/edit", {"words": "Thank you."}, lines=frozenset({"words"})
    ),
    "/hc/following/new": Form(
        "/hc/following/new",
        {
            "kind": "article",
            "target": ARTICLE,
            "locale": "en-gb",
            "email": "nell@example.com",
            "website": "",
        },
        free("website"),
        is_strangers=True,
    ),
    "/hc/<id>/requests/new": Form(
        "/hc/en-gb/requests/new",
        {
            "email": "nell@example.com",
            "subject": "Help",
            "words": "Please.",
            "with": "guide",
            "edition": f"{ARTICLE}-1",
            "step": "Before you start",
            "reference": "XC-7F3K",
            "website": "",
            "shown_at": "now",
        },
        lines=frozenset({"words"}),
    ),
    "/hc/<id>/requests/<id>/messages": Form(
        "/hc/en-gb/requests/R-ABCD-EFGH/messages", {"words": "More."}, lines=frozenset({"words"})
    ),
    "/hc/<id>/requests/<id>/solved": Form(
        "/hc/en-gb/requests/R-ABCD-EFGH/solved", {"article": ARTICLE}
    ),
    "/hc/<id>/requests/<id>/link": Form(
        "/hc/en-gb/requests/R-ABCD-EFGH/link", {"email": "nell@example.com"}
    ),
    "/connect/xero": Form("/connect/xero", PRESS, free("edition")),
    "/hc/search/told": Form(
        "/hc/search/told",
        {"query": "phone", "from": "page", "article": str(ARTICLE), "place": "1"},
        free("query", "place"),
    ),
    "/connect/shown": Form("/connect/shown", {"edition": f"{ARTICLE}-1"}),
    "/connect/attempts/<id>/saw": Form(f"/connect/attempts/{CHOOSING}/saw", {"saw": "saw_limit"}),
    **{
        f"/connect/connections/<id>/{verb}": Form(
            f"/connect/connections/{CONNECTION}/{verb}", PRESS, free("edition")
        )
        for verb in ("select", "check", "reconnect", "disconnect")
    },
    "/connect/organisations/<id>": Form(f"/connect/organisations/{CHOOSING}", {"tenant": "t-2"}),
    "/connect/organisations/<id>/instead": Form(
        f"/connect/organisations/{CHOOSING}/instead", {"tenant": "t-2"}
    ),
    "/connect/errands": Form("/connect/errands", {**PLACE, "email": "amara@example.com"}),
    "/connect/errands/link": Form("/connect/errands/link", PLACE, shows_page=True),
    "/connect/errands/<id>/again": Form(f"/connect/errands/{SOMEBODY}/again", PLACE),
    "/connect/errands/<id>/withdraw": Form(f"/connect/errands/{SOMEBODY}/withdraw", PLACE),
    "/for-a-colleague": Form(
        "/for-a-colleague", {"confirm": "yes", "offer": SOMEBODY}, free("offer"), page=ERRAND
    ),
    "/for-a-colleague/organisations": Form(
        "/for-a-colleague/organisations",
        {"tenant": "t-2", "attempt": ""},
        free("attempt"),
        page=ERRAND,
    ),
    "/sign-in/xero": Form("/sign-in/xero", NEXT, is_strangers=True),
    "/account/colleagues/invite": Form(
        "/account/colleagues/invite", {"email": "kim@example.com", "right": "see"}
    ),
    "/account/colleagues/<id>/right": Form(
        f"/account/colleagues/{SOMEBODY}/right", {"right": "see"}
    ),
    "/account/customers/rename": Form(
        "/account/customers/rename", {"name": "Wattle"}, free("name")
    ),
    "/account/customers/switch": Form("/account/customers/switch", {**PLACE, "customer": SOMEBODY}),
    "/invitations": Form("/invitations", {"confirm": "yes", "offer": SOMEBODY}),
    "/register": Form(
        "/register",
        {"name": "Nell", "email": "nell@example.com", "password": PASSWORD, **NEXT},
        free("name", "password"),
        is_strangers=True,
    ),
    "/register/code": Form("/register/code", {"code": "123456"}, is_strangers=True),
    "/password/forgotten": Form(
        "/password/forgotten", {"email": "nell@example.com"}, is_strangers=True
    ),
    "/sign-in/password": Form(
        "/sign-in/password",
        {"email": "nell@example.com", "password": PASSWORD, **NEXT},
        is_strangers=True,
    ),
    "/sign-in/passkey": Form("/sign-in/passkey", {"answer": "{}", **NEXT}, is_strangers=True),
    "/sign-in/second-step": Form("/sign-in/second-step", {"code": "123456"}, is_strangers=True),
    "/sign-in/recovery-code": Form(
        "/sign-in/recovery-code", {"code": "ABCD-EFGH"}, is_strangers=True
    ),
    "/sign-in/mailed-code": Form("/sign-in/mailed-code", {"code": "123456"}, is_strangers=True),
    "/password/reset/<id>": Form(
        "/password/reset/of-no-mail", {"password": PASSWORD}, is_strangers=True
    ),
    "/password/recover/<id>": Form(
        "/password/recover/of-no-link", {"password": PASSWORD}, is_strangers=True
    ),
    "/account/address": Form("/account/address", {"email": "newer@example.com"}),
    "/account/address/code": Form("/account/address/code", {"code": "123456"}),
    "/account/alternative": Form("/account/alternative", {"email": "spare@example.com"}),
    "/account/alternative/code": Form("/account/alternative/code", {"code": "123456"}),
    "/account/passkeys": Form(
        "/account/passkeys", {"name": "Telephone", "answer": "{}"}, free("name")
    ),
    "/account/password": Form(
        "/account/password", {"password": PASSWORD, "email": "nell@example.com"}, free("password")
    ),
    "/account/password/code": Form("/account/password/code", {"code": "123456"}),
    "/account/prove/code": Form("/account/prove/code", {"code": "123456"}),
    "/account/prove/passkey": Form("/account/prove/passkey", {"answer": "{}"}),
    "/account/prove/password": Form("/account/prove/password", {"password": PASSWORD}),
    "/account/prove/xero": Form("/account/prove/xero", NEXT),
    "/account/two-step": Form(
        "/account/two-step", {"code": "123456", **NEXT}, page="/account/two-step"
    ),
    "/account/privacy/delete": Form("/account/privacy/delete", {"confirmation": "delete"}),
}
# No form at all: `connect/test_hearing.py` tries what may be in it.
FOR_MACHINES = {"/webhooks/xero"}
WITHOUT_FIELDS = {
    "/sign-out",
    "/connect/attempts/<id>/cancel",
    "/hc/<id>/requests/<id>/confirm",
    "/hc/comments/<id>/delete",
    *(f"/hc/following/<id>/verify/<id>/{verb}" for verb in ("confirm", "end")),
    "/connect/organisations/<id>/take-over",
    "/account/colleagues/<id>/remove",
    "/account/colleagues/<id>/hand-over",
    "/account/colleagues/invitations/<id>/withdraw",
    "/account/customers/leave",
    "/sign-in/passkey/options",
    "/sign-in/mailed-code/ask",
    "/account/address/stop",
    "/account/alternative/keep",
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
    "/staff/feedback/export",
    *(f"/staff/articles/<id>/{verb}" for verb in ("unpublish", "archive", "bring-back")),
    "/staff/articles/<id>/unsaved/forget",
    "/staff/articles/<id>/unschedule",
    *(f"/staff/articles/<id>/offer/{verb}" for verb in ("take", "leave")),
    "/staff/articles/<id>/history/<id>/restore",
    *(f"/staff/connections/<id>/{verb}" for verb in ("check", "pause", "resume", "disconnect")),
    "/staff/connections/logins/<id>/look",
    "/staff/certification/<id>/withdraw",
    "/staff/people/<id>/disable",
    "/staff/people/<id>/enable",
    "/staff/people/<id>/second-step",
    "/account/xero/link",
    "/account/xero/unlink",
}
# Closed to readers, whatever they send; `tests/staff` sends what is hostile as an administrator.
FOR_STAFF = {
    "/staff/articles/new",
    *(f"/staff/articles/<id>/{verb}" for verb in ("draft", "publish", "preview", "discard")),
    "/staff/articles/<id>/pictures",
    "/staff/articles/<id>/unsaved",
    *(f"/staff/articles/<id>/{verb}" for verb in ("place", "schedule")),
    "/staff/people/<id>/role",
    "/staff/connections/logins/<id>/remove",
    "/staff/certification/<id>/confirm",
    "/staff/feedback/<id>",
    "/staff/comments/<id>",
    *(f"/staff/requests/<id>{verb}" for verb in ("", "/answer", "/note")),
}

STAFFS_FIELDS = {
    *("role", "remote_id", "note", "status", "assignee"),
    *("title", "section", "skeleton", "description", "body", "keywords", "last_reviewed_on"),
    *(
        "review_in",
        "provider",
        "errors",
        "promoted",
        "significance",
        "reason",
        "base",
        "onto",
        "view",
    ),
    *("alt", "caption", "slug", "after", "owner", "publish_at"),
}
# `v` only says how long a picture or a style may be kept; `tests/staff` asks for the others.
OTHER_QUERIES = {
    *("page", "v", "kind", "state", "code", "article", "days"),
    *("section", "owner", "overdue", "view", "with", "unsaved", "status", "whose"),
}

QUERIES = [
    ("/hc/en-gb/search", "query"),
    ("/hc/search/suggest", "query"),
    *(("/hc/en-gb/requests/new", name) for name in ("subject", "edition", "step", "reference")),
    ("/sign-in", "next"),
    ("/register", "next"),
    ("/account/prove", "next"),
    ("/account/two-step", "next"),
    ("/connect", "attempt"),
    ("/hc/en-gb", "attempt"),
    (f"/hc/en-gb/articles/{ARTICLE}-connect-your-xero-organisation", "attempt"),
    ("/connect/problem/other_browser", "attempt"),
]
FOR_THE_SIGNED_IN = {"/account/prove", "/account/two-step"}

# What no field takes.
HOSTILE = {
    "over-long": ["x" * 5000],
    "repeated": ["one", "two"],
    "control characters": ["a\x00b\x1b[31m"],
    "a header": ["a\r\nSet-Cookie: sid=1"],
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
    "elsewhere": "//evil.example/%0d%0aSet-Cookie:sid=1",
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
        if kind == "a header" and field in form.lines:
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
        assert "sid=1" not in "".join(response.headers.getlist("Set-Cookie")), kind
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
        is_typed = said.startswith("_typed(") and source == "form"
        if (
            is_typed
            or f"(request.{source}, " in said.partition(",")[0] + ", "
            or said.startswith((f"request.{source}.getlist(", f"request.{source}.get("))
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
