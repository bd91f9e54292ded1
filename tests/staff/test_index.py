"""Where support staff begin, and who gets there."""

import pytest
from flask import Flask

from tests.client import Client
from tests.employees import ADA, EDDIE, RILEY, make

PAGES = ("/staff", "/staff/audit", "/staff/people")


def test_editors_find_what_they_can_do(editor: Client) -> None:
    page = editor.get("/staff").get_data(as_text=True)

    assert "as an editor" in page
    assert "/hc/articles/360001000401" in page
    assert "/staff/audit" not in page
    assert editor.get("/hc/articles/360001000401", follow_redirects=True).status_code == 200


def test_administrators_find_the_log_and_the_people_as_well(administrator: Client) -> None:
    page = administrator.get("/staff").get_data(as_text=True)

    assert "as an administrator" in page
    assert 'href="/staff/audit"' in page
    assert 'href="/staff/people"' in page


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_asked_to_sign_in_and_readers_are_refused(
    app: Flask, client: Client, path: str
) -> None:
    """Row E1."""
    riley = make(app, RILEY).sign_in(app)

    assert client.get(path).location == f"/sign-in?next={path}"
    assert riley.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/staff/audit", "/staff/people"])
def test_what_is_for_administrators_is_not_for_editors(editor: Client, path: str) -> None:
    """Row E1."""
    assert editor.get(path).status_code == 403


@pytest.mark.parametrize(("email", "role"), [(ADA, "admin"), (EDDIE, "editor")])
def test_whoever_works_here_must_set_up_a_second_step_first(
    app: Flask, email: str, role: str
) -> None:
    """Row E1."""
    browser = make(app, email, role).sign_in(app)

    answer = browser.get("/staff")

    assert answer.status_code == 303
    assert answer.location.endswith("next=/staff")
    assert "two-step" in answer.location
