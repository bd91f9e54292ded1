"""A process dies while it publishes: readers and machines have the guide as it was, or as it is to be."""

import os
import signal
from collections.abc import Mapping

from flask import Flask
from sqlalchemy import event

from tests.client import Client
from tests.staff.conftest import eddie, editor
from tests.staff.test_articles import ADDRESS, GUIDE, form_of, send
from xero_onboard.lib.db import db

__all__ = ["eddie", "editor"]

WORD = "zephyr"
# Of its statements so many are passed between one death and the next.
STEP = 4
OLD, NEW = (False, False, False), (True, True, True)


def shown(app: Flask) -> tuple[bool, bool, bool]:
    """Whether its page, its Markdown and the search have the new text."""
    reader = app.test_client()
    page, text, found = (
        reader.get(path, follow_redirects=True).text
        for path in (ADDRESS, f"{ADDRESS}.md", f"/hc/search/suggest?query={WORD}")
    )
    return WORD in page, WORD in text, str(GUIDE) in found


def publish(app: Flask, editor: Client, form: Mapping[str, str], dies_at: int) -> bool:
    """In a process of its own, killed before this one of its statements; whether it lived to the end."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    child = os.fork()
    if child == 0:
        code = 0
        try:
            with app.app_context():
                _die_at(dies_at)
            code = send(editor, "publish", form).status_code
        finally:
            # Whatever happens, no second process goes on with the tests.
            os._exit(0 if code == 303 else 1)
    _, status = os.waitpid(child, 0)
    ending = os.waitstatus_to_exitcode(status)
    assert ending in (0, -signal.SIGKILL)
    return ending == 0


def _die_at(number: int) -> None:
    left = iter(range(number))

    def count(*_: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", count)


def test_whoever_is_killed_publishes_all_or_nothing(app: Flask, editor: Client) -> None:
    """Fault row 8, all along the way through the database."""
    form = form_of(editor) | {"body": f"Press **{WORD}**."}
    seen = []

    while not publish(app, editor, form, dies_at=STEP * len(seen)):
        seen.append(shown(app))

    assert len(seen) > 5
    assert set(seen) <= {OLD, NEW}
    assert seen[0] == OLD
    assert shown(app) == NEW
