"""`flask content check` looks at the guides that staff keep in the site as it looks at files."""

from click.testing import Result
from flask import Flask

from tests.client import Client
from tests.staff.test_articles import PLACE, begin, form_of, send

TITLE = "Connect your Xero organisation"


def check(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["content", "check"])


def test_where_staff_keep_none_only_files_are_looked_at(app: Flask) -> None:
    assert "staff" not in check(app).output


def test_what_could_be_better_is_said_with_guide_and_line(app: Flask, editor: Client) -> None:
    send(editor, "publish", form_of(editor) | {"body": "One.\n\n[Here](http://example.com)"})

    checked = check(app)

    assert checked.exit_code == 0
    assert (
        f"{PLACE} “{TITLE}”, text, line 3: worth a second look: the link “Here” does not say where"
        " it leads: name what is found there\n"
    ) in checked.output
    assert "guides that staff keep and that were looked at: 1\n" in checked.output


def test_a_draft_is_looked_at_beside_what_is_published(app: Flask, editor: Client) -> None:
    form = form_of(editor) | {"body": "[Here](https://example.com)"}
    send(editor, "publish", form)
    send(editor, "draft", form_of(editor) | {"title": "Anew", "body": "One.\n\n<Nonsense>"})

    checked = check(app)

    assert checked.exit_code == 0, "a draft may be wrong as long as it is one"
    assert f"{PLACE} “{TITLE}”, text, line 1: worth a second look: the link" in checked.output
    assert f"{PLACE} “Anew”, draft, text, line 3: <Nonsense> is not a" in checked.output


def test_what_readers_see_and_is_wrong_by_now_fails(app: Flask, editor: Client) -> None:
    other = begin(editor)
    form = form_of(editor, other) | {"description": "About it.", "body": "Words."}
    send(editor, "publish", form, other)
    send(editor, "publish", form_of(editor) | {"body": "[Reminders](set-up-reminders.md)"})
    assert check(app).exit_code == 0

    send(editor, "archive", {}, other)

    checked = check(app)
    assert checked.exit_code == 1
    assert f"{PLACE} “{TITLE}”, text, line 1: " in checked.output
    assert f"{other} " not in checked.output


def test_a_field_above_the_text_is_named(app: Flask, editor: Client) -> None:
    send(editor, "publish", form_of(editor) | {"last_reviewed_on": "2024-01-01"})

    assert f"{PLACE} “{TITLE}”, last_reviewed_on: worth a second look: the review was due" in (
        check(app).output
    )


def test_how_a_text_could_be_plainer_is_said_in_the_editor_too(app: Flask, editor: Client) -> None:
    send(editor, "publish", form_of(editor) | {"body": "One.\n\nPress the the button."})

    assert "“the” stands here twice" in editor.get(PLACE).text
    assert (
        f"{PLACE} “{TITLE}”, text, line 3: worth a second look: “the” stands" in check(app).output
    )
