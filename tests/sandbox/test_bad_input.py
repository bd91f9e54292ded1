"""Every form and query of the practice Xero: what is wrong is refused in words, and nothing is kept of it."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_URL, uuid5

import pytest
from flask import Flask
from sqlalchemy import text

from tests.house.test_bad_input import HOSTILE, WRONG, named
from tests.sandbox.dance import (
    AMARA,
    ANSWERS,
    CASEY,
    QUESTIONS,
    RILEY,
    Backend,
    Browser,
    authorize_address,
)
from xero_onboard.config import ROOT
from xero_onboard.sandbox import unknowns
from xero_onboard.sandbox.store import store

STYLE = "multi-factor"
SET_UP = f"/account/set-up/{STYLE}"
TWO_STEP = "/account/two-step-authentication"
ALTERNATIVE = "/account/alternative-email"
NEW = "spare@practice.example"

Come = Callable[[Browser], object]


@dataclass(frozen=True)
class Form:
    """Where a form leads, how somebody comes to it, and an honest value for each of its fields."""

    path: str
    come: Come
    fields: Mapping[str, str]
    # Those of which any text is taken, or what is wrong is put right without a word.
    free: frozenset[str] = frozenset()


def nobody(browser: Browser) -> None:
    """Has only opened the page."""


def owes_a_code(browser: Browser) -> None:
    browser.begin(AMARA)


def was_sent_a_code(browser: Browser) -> None:
    browser.begin(AMARA)
    browser.post(f"{TWO_STEP}/backup")


def is_in(browser: Browser) -> None:
    browser.log_in(RILEY)


def was_sent_to_a_new_address(browser: Browser) -> None:
    browser.log_in(RILEY)
    browser.post(f"{ALTERNATIVE}/address", email=NEW)


def sets_up(browser: Browser) -> None:
    browser.begin(CASEY)
    browser.get(f"{SET_UP}/app")


def has_set_up_the_app(browser: Browser) -> None:
    browser.begin(CASEY)
    browser.confirm_app(STYLE)


def sets_up_an_address(browser: Browser) -> None:
    has_set_up_the_app(browser)
    browser.post(f"{SET_UP}/email", email=NEW)


CODE = {"code": "000000"}
FORMS = {
    "/identity/user/login": Form(
        "/identity/user/login",
        nobody,
        {"email": RILEY, "password": "not-the-password", "ReturnUrl": "/connected-apps"},
        frozenset({"ReturnUrl"}),
    ),
    "/logout": Form("/logout", is_in, {"ReturnUrl": "/connected-apps"}, frozenset({"ReturnUrl"})),
    TWO_STEP: Form(TWO_STEP, owes_a_code, {**CODE, "trust": "yes"}, frozenset({"trust"})),
    f"{TWO_STEP}/email": Form(f"{TWO_STEP}/email", was_sent_a_code, CODE),
    f"{TWO_STEP}/questions": Form(f"{TWO_STEP}/questions", owes_a_code, ANSWERS),
    ALTERNATIVE: Form(ALTERNATIVE, owes_a_code, CODE),
    f"{ALTERNATIVE}/questions": Form(f"{ALTERNATIVE}/questions", owes_a_code, ANSWERS),
    f"{ALTERNATIVE}/address": Form(f"{ALTERNATIVE}/address", is_in, {"email": NEW}),
    f"{ALTERNATIVE}/code": Form(f"{ALTERNATIVE}/code", was_sent_to_a_new_address, CODE),
    "/account/send-the-code-again": Form(
        "/account/send-the-code-again",
        was_sent_to_a_new_address,
        {"style": STYLE},
        frozenset({"style"}),
    ),
    "/account/set-up/<style>/code": Form(f"{SET_UP}/code", sets_up, CODE),
    "/account/set-up/<style>/backup": Form(
        f"{SET_UP}/backup", has_set_up_the_app, {"method": "email"}
    ),
    "/account/set-up/<style>/questions": Form(
        f"{SET_UP}/questions",
        has_set_up_the_app,
        QUESTIONS,
        frozenset({"answer_1", "answer_2", "answer_3"}),
    ),
    "/account/set-up/<style>/email": Form(f"{SET_UP}/email", has_set_up_the_app, {"email": NEW}),
    "/account/set-up/<style>/email-code": Form(f"{SET_UP}/email-code", sets_up_an_address, CODE),
    "/faults": Form(
        "/faults",
        nobody,
        {
            "fault": "delay",
            "place": "token",
            "lasts": "times",
            "times": "3",
            "seconds": "2",
            "work": "first",
        },
    ),
    "/faults/answers": Form(
        "/faults/answers", nobody, {each.name: each.usual for each in unknowns.UNKNOWNS}
    ),
    "/faults/happenings": Form(
        "/faults/happenings",
        nobody,
        {
            "happening": "role_changed",
            "person": RILEY,
            "organisation": "Riley's Roastery",
            "value": "Read only",
        },
        # The first value is meant where none is given.
        frozenset({"value"}),
    ),
    "/webhooks/events": Form(
        "/webhooks/events",
        nobody,
        {
            "organisation": str(uuid5(NAMESPACE_URL, "https://practice.example/Osei & Partners")),
            "category": "CONTACT",
            "type": "UPDATE",
            "signature": "good",
        },
    ),
    "/identity/connect/authorize": Form(
        "authorize", is_in, {"decision": "allow", "organisation": ""}
    ),
}
WITHOUT_FIELDS = {
    "/reset",
    f"{TWO_STEP}/backup",
    "/account/set-up/not-now",
    "/connected-apps/<connection_id>/disconnect",
    "/connect/userinfo",
    "/faults/off",
    "/faults/put-back",
    "/faults/<int:armed_id>/off",
    "/webhooks/intent",
    "/webhooks/<uuid:webhook_id>/again",
}
# An app fills these in, not a person: they are answered with a word.
FOR_APPS: Mapping[str, Mapping[str, str]] = {
    "/connect/token": {
        "grant_type": "authorization_code",
        "code": "no-code-of-ours",
        "redirect_uri": "http://localhost:8000/connect/sandbox/callback",
        "code_verifier": "v" * 43,
        "refresh_token": "no-token-of-ours",
        "client_id": "",
        "client_secret": "",
    },
    "/connect/revocation": {"token": "no-token-of-ours"},
}
QUERIES = [
    ("/identity/user/login", "ReturnUrl"),
    ("/identity/user/login", "email"),
    ("/inbox", "to"),
    ("/authenticator", "email"),
    ("/connected-apps", "disconnected"),
    ("/identity/error", "errorId"),
    ("/faults", "done"),
    ("/webhooks", "done"),
]
AUTHORIZE = (
    *("client_id", "redirect_uri", "response_type", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method"),
)
EACH_FIELD = [
    pytest.param(form, field, id=f"{rule} {field}")
    for rule, form in FORMS.items()
    for field in form.fields
]
# Where it is noted that somebody came and failed, and how far they are on the way in.
NOTED = ("login_session", "email_code", "mail")
COUNTED = ("failures", "locked_until")


def test_every_form_is_listed_here(xero: Flask) -> None:
    forms = {rule.rule for rule in xero.url_map.iter_rules() if "POST" in (rule.methods or set())}

    assert forms == set(FORMS) | WITHOUT_FIELDS | set(FOR_APPS)


def test_every_field_and_query_that_is_read_is_listed_here() -> None:
    fields = {name for form in FORMS.values() for name in form.fields}
    for_apps = {name for each in FOR_APPS.values() for name in each}

    assert names_read("request.form") <= fields
    assert names_read("_field(", "_needed(") == for_apps
    assert names_read("request.args") == {
        *(name for _, name in QUERIES),
        *("authEventId", "acr_values"),
    }


@pytest.mark.parametrize(("form", "field"), EACH_FIELD)
def test_a_bad_field_is_refused_in_words(xero: Flask, form: Form, field: str) -> None:
    browser = Browser(xero)
    form.come(browser)
    path = authorize_address(xero) if form.path == "authorize" else form.path
    before = list(contents(xero))

    for kind, value in [*HOSTILE.items(), *WRONG.items()]:
        answer = browser.client.post(path, data={**form.fields, field: value})

        assert answer.status_code == 302 or 400 <= answer.status_code < 500, kind
        if kind in HOSTILE and field not in form.free and field != "organisation":
            assert answer.status_code in (400, 302), kind
        if answer.status_code == 302:
            assert answer.location.startswith("/"), (kind, answer.location)
            assert not answer.location.startswith("//"), kind
        else:
            assert "<h1" in answer.text, kind
        assert "<script>alert" not in answer.text, kind
        if field not in form.free:
            assert list(contents(xero)) == before, kind


@pytest.mark.parametrize(
    ("path", "field"), [(path, name) for path, fields in FOR_APPS.items() for name in fields]
)
def test_an_app_that_sends_nonsense_gets_a_word(
    xero: Flask, backend: Backend, path: str, field: str
) -> None:
    kind_of_grant = {"grant_type": "refresh_token"} if field == "refresh_token" else {}
    before = list(contents(xero))

    for kind, value in [*HOSTILE.items(), *WRONG.items()]:
        sent = {**FOR_APPS[path], **kind_of_grant, **backend.secrets, field: value}
        answer = backend.client.post(path, data=sent)

        is_unknown_token = path == "/connect/revocation" and answer.status_code == 200
        assert is_unknown_token or (answer.status_code == 400 and answer.get_json()["error"]), kind
        assert list(contents(xero)) == before, kind


@pytest.mark.parametrize("field", AUTHORIZE)
def test_an_app_that_asks_for_nonsense_is_told_on_the_error_page(xero: Flask, field: str) -> None:
    browser = Browser(xero)
    browser.log_in(RILEY)
    before = list(contents(xero))

    for kind, value in [*HOSTILE.items(), *((kind, [one]) for kind, one in WRONG.items())]:
        query = parse_qs(urlsplit(authorize_address(xero)).query) | {field: value}
        answer = browser.client.get("/identity/connect/authorize", query_string=query)

        is_free = field in ("state", "nonce")
        assert answer.status_code == 302 or (answer.status_code in (200, 400)), kind
        if kind in ("over-long", "repeated") or (field == "redirect_uri"):
            assert answer.status_code == 302, kind
            assert "/identity/error?errorId=" in answer.location, kind
        elif not is_free and field in ("client_id", "response_type") and kind != "blank":
            assert "/identity/error?errorId=" in answer.location, kind
        assert "<script>alert" not in answer.text, kind
        assert "evil.example" not in urlsplit(answer.headers.get("Location", "")).netloc, kind
        assert list(contents(xero)) == before, kind


@pytest.mark.parametrize(("path", "field"), QUERIES)
def test_a_bad_query_is_answered_in_words(xero: Flask, path: str, field: str) -> None:
    browser = Browser(xero)
    before = list(contents(xero))

    for kind, value in [*HOSTILE.items(), *WRONG.items()]:
        answer = browser.client.get(path, query_string={field: value})

        assert answer.status_code in (200, 302, 400, 404), kind
        assert "<script>alert" not in answer.text, kind
        assert "evil.example" not in urlsplit(answer.headers.get("Location", "")).netloc, kind
        assert list(contents(xero)) == before, kind


def names_read(*how: str) -> set[str]:
    """The names of the values that the views read in this way."""
    return {
        name
        for file in (ROOT / "xero_onboard" / "sandbox" / "views").glob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        for said in [ast.unparse(call).removeprefix("optional(").removeprefix("required(")]
        if said.startswith(how)
        for name in named(call)
        if name
    }


def contents(xero: Flask) -> Iterator[str]:
    """Every row that says who may do what."""
    with xero.app_context():
        names = store.session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ).all()
        for name in names:
            if name in NOTED:
                continue
            for row in store.session.execute(text(f'SELECT * FROM "{name}"')).mappings():  # noqa: S608
                kept = {key: value for key, value in row.items() if key not in COUNTED}
                yield f"{name} {kept}"
