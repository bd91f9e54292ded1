"""A guide that still holds is marked as verified with one press."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.client import Client
from tests.staff.test_articles import ADDRESS, PLACE, begin, field_of, form_of, send
from xero_onboard.lib.db import db

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


def test_what_is_taken_from_readers_in_that_moment_is_not_shown_again(
    app: Flask, editor: Client, administrator: Client, client: Client
) -> None:
    base = form_of(editor)["base"]

    with before_it_writes(app, lambda: send(administrator, "unpublish", {})) as happened:
        refused = send(editor, "verify", {"base": base})

    assert happened == [303]
    assert refused.status_code == 409
    assert client.get(ADDRESS).status_code == 404


@contextmanager
def before_it_writes(app: Flask, act: Callable[[], TestResponse]) -> Iterator[list[int]]:
    """Whoever has read and is about to write is overtaken by this."""
    seen: list[str] = []
    happened: list[int] = []

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        has_read = seen[-1:] == ["BEGIN"]
        if statement.startswith("BEGIN"):
            seen.append(statement)
        if statement == "BEGIN IMMEDIATE" and has_read and not happened:
            happened.append(0)
            with ThreadPoolExecutor(1) as other:
                happened[0] = other.submit(act).result().status_code

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", look)
    try:
        yield happened
    finally:
        event.remove(engine, "before_cursor_execute", look)
