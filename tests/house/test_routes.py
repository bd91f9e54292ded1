"""Every door says who may enter, and every page what may be kept of it."""

from dataclasses import replace

import pytest
from flask import Flask

from tests.client import Client
from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.lib.web import access
from xero_onboard.lib.web.access import mark_of


def test_every_route_carries_an_access_mark(app: Flask) -> None:
    unmarked = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if mark_of(app.view_functions[rule.endpoint]) is None
    ]

    assert unmarked == []


def test_the_sandbox_has_no_way_back_where_the_real_xero_is_used(settings: Settings) -> None:
    """Rows A4 and A11: what does not exist cannot be tricked."""
    live = replace(settings, xero=replace(settings.xero, is_sandbox=False))

    callbacks = {
        is_live: {rule.rule for rule in app.url_map.iter_rules() if "callback" in rule.rule}
        for is_live, app in ((True, create_app(live)), (False, create_app(settings)))
    }

    assert callbacks[True] == {"/connect/xero/callback", "/sign-in/xero/callback"}
    assert callbacks[False] == {"/connect/sandbox/callback", "/sign-in/sandbox/callback"}


def test_a_view_without_a_mark_is_closed(app: Flask) -> None:
    app.add_url_rule("/forgotten", view_func=lambda: "open", endpoint="forgotten")

    response = app.test_client().get("/forgotten")

    assert response.status_code == 403


def test_pages_that_change_something_take_no_get(app: Flask) -> None:
    mixed = [
        rule.rule for rule in app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())
    ]

    assert mixed == []


@pytest.mark.parametrize("path", ["/hc/en-gb", "/nowhere", "/static/css/base.css", "/connect"])
def test_every_answer_carries_the_protecting_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_the_content_policy_lets_a_press_of_connect_through(settings: Settings) -> None:
    live = replace(settings.xero, login_url="https://login.xero.com", is_sandbox=False)

    practice = create_app(settings).test_client().get("/nowhere").headers
    real = create_app(replace(settings, xero=live)).test_client().get("/nowhere").headers

    assert "form-action 'self' http://localhost:8001;" in practice["Content-Security-Policy"]
    assert "form-action 'self' https://*.xero.com;" in real["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/hc/en-gb", {"Host": "evil.example"}, 400),
        ("/sign-out", {}, 405),
        ("/hc/en-gb/search?query=" + "x" * 500, {}, 400),
    ],
)
def test_an_error_that_one_visitor_caused_is_not_kept_for_others(
    client: Client, path: str, headers: dict[str, str], status: int
) -> None:
    response = client.get(path, headers=headers)

    assert (response.status_code, response.headers["Cache-Control"]) == (
        status,
        "private, no-store",
    )


def test_a_doubled_slash_leads_nowhere(client: Client) -> None:
    assert client.get("/hc//en-gb").status_code == 404


def test_a_failure_shows_no_trace(app: Flask, client: Client) -> None:
    def fail() -> str:
        raise RuntimeError("the detail that nobody outside may read")

    app.add_url_rule("/failing", view_func=access.public(fail))

    response = client.get("/failing")

    assert response.status_code == 500
    assert "the detail" not in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "private, no-store"


def test_an_unknown_host_is_refused(client: Client) -> None:
    response = client.get("/hc/en-gb", headers={"Host": "evil.example"})

    assert response.status_code == 400
