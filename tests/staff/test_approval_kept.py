"""What becomes of an approval while nobody writes: whatever else changes what readers would see takes it away."""

import pytest

from tests.client import Client
from tests.staff.test_approval import answer, approver, ask, grace, rule
from tests.staff.test_articles import ADDRESS, form_of, send

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
