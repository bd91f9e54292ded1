"""A guide that still holds is marked as verified with one press."""

import re
from datetime import date

from tests.client import Client
from tests.staff.test_articles import ADDRESS, PLACE, begin, field_of, form_of, send

MARK = "Mark as verified"
DAY = "2026-01-05"


def test_a_guide_that_still_holds_is_verified_with_one_press(
    editor: Client, client: Client
) -> None:
    send(editor, "publish", form_of(editor) | {"last_reviewed_on": DAY, "review_in": "1 month"})
    overdue = editor.get("/staff/articles?overdue=yes").text
    changed = re.findall(r"Updated <time datetime=\"([^\"]+)", client.get(ADDRESS).text)
    body = form_of(editor)["body"]

    answer = send(editor, "verify", {"base": form_of(editor)["base"]})

    page = editor.get(str(answer.location)).text
    assert "Marked as verified today. That holds until" in page
    assert date.fromisoformat(field_of(page, "last_reviewed_on")) > date.fromisoformat(DAY)
    assert field_of(page, "body") == body
    assert PLACE in overdue
    assert PLACE not in editor.get("/staff/articles?overdue=yes").text
    assert "Marked as verified" in editor.get(f"{PLACE}/history").text
    assert changed == re.findall(r"Updated <time datetime=\"([^\"]+)", client.get(ADDRESS).text)


def test_nobodys_draft_is_published_by_it(editor: Client, client: Client) -> None:
    seen = form_of(editor)["base"]
    send(editor, "draft", form_of(editor) | {"body": "Canary."})

    page = editor.get(PLACE).text
    refused = [send(editor, "verify", {"base": base}) for base in (seen, field_of(page, "base"))]

    assert MARK not in page
    assert "There is a newer draft: write the day into it" in page
    assert [each.status_code for each in refused] == [409, 409]
    assert "Canary." not in client.get(ADDRESS).text


def test_what_nobody_reads_is_not_verified(editor: Client) -> None:
    place = begin(editor)

    assert MARK not in editor.get(place).text
    assert send(editor, "verify", {"base": "1"}, place).status_code == 409
