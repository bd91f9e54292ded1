"""What becomes of an approval while nobody writes: whatever else changes what readers would see takes it away."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.client import Client
from tests.staff.test_approval import answer, approver, ask, grace, rule
from tests.staff.test_articles import ADDRESS, begin, field_of, form_of, send
from tests.staff.test_places import put, wait_until
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now

__all__ = ["approver", "grace", "rule"]


@pytest.mark.usefixtures("rule")
def test_what_comes_back_from_the_archive_is_approved_anew(
    editor: Client, approver: Client, client: Client
) -> None:
    shared = "/staff/snippets/en-gb/shared"
    editor.post("/staff/snippets", data={"name": "shared", "locale": "en-gb"})
    editor.post(shared, data={"base": "1", "body": "Shared."})
    answer(approver, "publish", ask(editor, '<Snippet name="shared" />'))
    send(editor, "archive", {})
    editor.post(shared, data={"base": "2", "body": "Swapped."})

    send(editor, "bring-back", {})
    told = send(editor, "publish", form_of(editor))

    assert "Not published: a colleague must approve" in editor.get(told.location).text
    assert client.get(ADDRESS).status_code == 404
    answer(approver, "publish", ask(editor, '<Snippet name="shared" />'))
    assert "Swapped." in client.get(ADDRESS).text


@pytest.mark.usefixtures("rule")
def test_a_link_that_follows_a_name_leaves_an_approval_as_it_is(
    app: Flask, editor: Client, approver: Client, client: Client
) -> None:
    place = linking(editor)
    base = field_of(editor.get(f"{place}/approval").text, "base")
    send(editor, "approval", {"base": base}, place)
    send(approver, "approval/approve", {"base": base}, place)
    editor.post(f"{place}/schedule", data={"publish_at": "2099-01-01T09:00"})

    assert put(approver, "join-xero") == 303

    page = editor.get(place).text
    assert "(join-xero.md)" in field_of(page, "body")
    assert "Grace Testperson approved revision 3" in page
    wait_until(app, now() - timedelta(seconds=1), place)
    assert jobs.run_due(app)
    assert "By staff" in client.get("/hc/en-gb").text


@pytest.mark.usefixtures("rule")
def test_a_name_in_what_the_draft_has_dropped_does_not_keep_it_from_its_time(
    app: Flask, editor: Client, approver: Client, client: Client
) -> None:
    answer(approver, "publish", ask(editor, "See [another](connect-another-organisation.md)."))
    answer(approver, "approve", ask(editor, "Nothing else to see."))
    send(editor, "schedule", {"publish_at": "2099-01-01T09:00"})

    assert put(editor, "join-another", place="/staff/articles/360001000102") == 303

    assert "join-another" in client.get(ADDRESS).text
    wait_until(app, now() - timedelta(seconds=1))
    assert jobs.run_due(app)
    assert "Nothing else to see." in client.get(ADDRESS).text


@pytest.mark.usefixtures("rule")
def test_whoever_renames_what_it_links_to_may_answer_and_its_author_may_not(
    editor: Client, approver: Client, administrator: Client, client: Client
) -> None:
    place = linking(editor)
    base = field_of(editor.get(f"{place}/approval").text, "base")
    send(administrator, "approval", {"base": base}, place)

    put(approver, "join-xero")

    base = field_of(approver.get(f"{place}/approval").text, "base")
    assert send(editor, "approval/publish", {"base": base}, place).status_code == 403
    assert send(approver, "approval/publish", {"base": base}, place).status_code == 303
    assert "By staff" in client.get("/hc/en-gb").text


def linking(browser: Client) -> str:
    """A draft of a new guide that links to another one; its place."""
    place = begin(browser, "By staff")
    words = {"body": "[Connect](connect-your-xero-organisation.md).", "description": "Links."}
    send(browser, "approval/draft", form_of(browser, place) | words, place)
    return place
