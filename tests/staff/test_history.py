"""What changed from one text of a guide to the next: for readers, and in what was written."""

import re
from html import unescape
from io import BytesIO

import pytest

from tests.client import Client
from tests.staff.test_articles import begin, form_of, send
from tests.zoo import encoded


def differences(browser: Client, place: str, number: int) -> tuple[str, str]:
    """What readers read and what was written, each as lines that begin with − or +."""
    page = browser.get(f"{place}/history/{number}").text
    rendered, _, source = page.partition("What was written")
    return _lines(rendered), _lines(source)


def _lines(page: str) -> str:
    items = re.findall(r'<li class="difference-(gone|new)">(.*?)</li>', page, re.DOTALL)
    signs = {"gone": "−", "new": "+"}
    words = ((kind, unescape(re.sub(r"<[^>]+>", "", text))) for kind, text in items)
    return "\n".join(f"{signs[kind]} {' '.join(text.split()[1:])}" for kind, text in words)


def test_before_anything_is_published_each_text_is_compared_with_the_one_before(
    editor: Client,
) -> None:
    place = begin(editor)
    for words in ("First words.", "Second words."):
        form = form_of(editor, place) | {"description": "About it.", "body": words}
        send(editor, "draft", form, place)

    rendered, source = differences(editor, place, 3)

    assert rendered == source == "− First words.\n+ Second words."
    assert "Against revision 2" in editor.get(f"{place}/history/3").text
    assert "The first text." in editor.get(f"{place}/history/1").text


def _ticked(check: str) -> str:
    return f'<Steps>\n<Step title="Go" check="{check}">\nGo.\n</Step>\n</Steps>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[On](https://example.com/a)", "[On](https://example.com/b)"),
        ("![A form](one.png)", "![A form](two.png)"),
        ("![A form](one.png)", "![The form](one.png)"),
        ('<Connect provider="xero" />', '<AskAdministrator provider="xero" />'),
        (_ticked("xero.connected"), _ticked("signed_in")),
    ],
    ids=["link", "picture", "words of a picture", "live part", "check"],
)
def test_a_change_that_has_no_words_is_shown_where_readers_meet_it(
    editor: Client, before: str, after: str
) -> None:
    place = begin(editor)
    names = {f"{name}.png": _upload(editor, place, name) for name in ("one", "two")}
    for body in (before, after):
        for name, kept in names.items():
            body = body.replace(name, kept)
        form = form_of(editor, place) | {"description": "About it.", "body": body}
        send(editor, "draft", form, place)

    rendered, _ = differences(editor, place, 3)

    gone, new = rendered.split("\n")
    assert (gone[0], new[0]) == ("−", "+")
    assert gone[1:] != new[1:]


def _upload(browser: Client, place: str, alt: str) -> str:
    """The name of a picture that is kept beside the guide."""
    form = {"alt": alt, "picture": (BytesIO(encoded("PNG")), "shot.png")}
    answer = browser.post(f"{place}/pictures", data=form, headers={"Accept": "application/json"})
    return re.findall(r"\(([^)]+)\)", answer.get_json()["markdown"])[0]
