"""The order and the owners that staff chose: no file overwrites them, and an export brings both together again."""

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.client import Client
from tests.employees import Account
from tests.staff.test_articles import GUIDE, PLACE
from tests.staff.test_files_and_staff import FILE, change_file, environ, folder
from tests.staff.test_places import SECTION, put
from xero_onboard.config import Settings
from xero_onboard.factory import create_app

__all__ = ["environ", "folder"]

NAME = "connect-your-xero-organisation"
LAST = 360001000103
NEWS = "By file:"


def shelf(client: Client) -> TestResponse:
    return client.get(f"/hc/en-gb/sections/{SECTION}", follow_redirects=True)


def is_moved(client: Client) -> bool:
    """Whether the guide stands behind the one it was put after."""
    page = shelf(client).text
    return page.index(f"{LAST}-") < page.index(f"{GUIDE}-")


def is_owned_by(editor: Client, account: Account) -> bool:
    return PLACE in editor.get(f"/staff/articles?owner={account.id}").text


def run(app: Flask, verb: str) -> str:
    done = app.test_cli_runner().invoke(args=["content", verb])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_file_that_changes_leaves_the_order_that_staff_chose(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    put(editor, NAME, after=str(LAST))

    assert "published as revision 2" in change_file(app, folder, NEWS)

    assert is_moved(client)


def test_files_of_other_guides_leave_the_order_that_staff_chose(
    editor: Client, client: Client, app: Flask, environ: dict[str, str]
) -> None:
    put(editor, NAME, after=str(LAST))

    renamed = create_app(Settings.from_environ({**environ, "PRODUCT_NAME": "Another name"}))
    assert "published as revision 2" in run(renamed, "sync")

    assert is_moved(client)


def test_an_export_writes_the_order_into_files_which_then_have_the_last_word(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    put(editor, NAME, after=str(LAST))
    first = (folder / FILE).read_text()

    run(app, "export")
    run(app, "sync")

    turn = next(line for line in (folder / FILE).read_text().split("\n") if "order:" in line)
    assert (folder / FILE).read_text() == first.replace("order: 1", turn)
    assert is_moved(client)

    change_file(app, folder, "order: 0", turn)
    assert not is_moved(client)


def test_an_owner_whom_staff_chose_stays_until_the_file_names_them(
    editor: Client, eddie: Account, ada: Account, app: Flask, folder: Path
) -> None:
    change_file(app, folder, "\nowner: ada@example.com\ntitle:", "\ntitle:")
    put(editor, NAME, owner=str(eddie.id))

    change_file(app, folder, NEWS)
    kept = is_owned_by(editor, eddie)
    run(app, "export")
    run(app, "sync")
    written = (folder / FILE).read_text()
    change_file(app, folder, "owner: ada@example.com", "owner: eddie@example.com")

    assert kept
    assert "owner: eddie@example.com\ntitle:" in written
    assert is_owned_by(editor, ada)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_that_nobody_owns_a_guide_is_chosen_as_well(
    editor: Client, ada: Account, app: Flask, folder: Path, ends: str
) -> None:
    change_file(app, folder, "\nowner: ada@example.com\ntitle:", "\ntitle:")
    path = folder / FILE
    path.write_text(path.read_text(), newline=ends)
    run(app, "sync")
    put(editor, NAME)

    change_file(app, folder, NEWS)
    run(app, "sync")
    kept = not is_owned_by(editor, ada)
    run(app, "export")
    run(app, "sync")

    assert kept
    assert "owner" not in path.read_text().partition("title:")[0]
    assert not is_owned_by(editor, ada)
