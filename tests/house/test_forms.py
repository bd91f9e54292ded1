"""No other site may submit our forms: for every door that changes something, whatever the headers."""

import pytest
from flask import Flask

from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.house.forms import CHOOSING, CONNECTION

UNSENT = {"Sec-Fetch-Site": None}
FOREIGN = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "another port of this host": {"Sec-Fetch-Site": "same-site"},
    "a sandboxed frame": {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    "an old browser on another site": {**UNSENT, "Origin": "https://evil.example"},
    "an old browser in a frame": {**UNSENT, "Origin": "null"},
    "this host without its port": {**UNSENT, "Origin": "http://localhost"},
    "no word of where from, with a session": UNSENT,
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_form_from_elsewhere_is_refused_by_every_door(app: Flask, kind: str) -> None:
    casey = sign_in(app, CASEY)

    answers = {path: casey.post(path, headers=FOREIGN[kind]).status_code for path in doors(app)}

    assert set(answers.values()) == {403}, answers


@pytest.mark.parametrize("kind", [kind for kind in FOREIGN if "session" not in kind])
def test_a_stranger_is_protected_as_well(app: Flask, client: Client, kind: str) -> None:
    answers = {path: client.post(path, headers=FOREIGN[kind]).status_code for path in doors(app)}

    assert set(answers.values()) == {403}, answers


def test_an_old_browser_on_our_own_page_may_send_forms(app: Flask) -> None:
    casey = sign_in(app, CASEY)

    response = casey.post("/sign-out", headers={**UNSENT, "Origin": "http://localhost:8000"})

    assert response.status_code == 303


def test_a_program_without_a_session_may_send_forms(client: Client) -> None:
    response = client.post("/connect/xero", headers=UNSENT)

    assert response.status_code == 303


def doors(app: Flask) -> list[str]:
    """The address of every view that takes a POST."""
    known = {
        "connection_id": CONNECTION,
        "attempt_id": CHOOSING,
        "article_id": 360001000101,
        "section_id": 360000100001,
        "locale": "en-gb",
        "number": 1,
    }
    somebodys = "33333333-3333-4333-8333-333333333333"
    adapter = app.url_map.bind("localhost")
    return [
        adapter.build(
            rule.endpoint, {name: known.get(name, somebodys) for name in rule.arguments}, "POST"
        )
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set())
    ]
