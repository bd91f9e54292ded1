"""The editor: guides are begun, written, looked at, published and taken back, and no text is overwritten."""

import re
from collections.abc import Mapping
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.client import Client
from tests.staff.test_people import newest_entry

GUIDE = 360001000101
PLACE = f"/staff/articles/{GUIDE}"
ADDRESS = f"/hc/en-gb/articles/{GUIDE}-connect-your-xero-organisation"
SECTION = "360000100001"


# What it says of the page around the text.
PAGE = ("canonical", "image", "prev", "prev_title", "next", "next_title", "related")


def field_of(page: str, name: str) -> str:
    """What a form field of the editor holds."""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    if area:
        return unescape(area[1])
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page, re.DOTALL)
    assert tag, name
    value = re.search(r'value="([^"]*)"', tag[0])
    return unescape(value[1]) if value else ""


def form_of(browser: Client, place: str = PLACE) -> dict[str, str]:
    """The editor's form as a browser sends it: a box that is not ticked is left out."""
    page = browser.get(place).text
    names = ("base", "title", "description", "body", "keywords", "errors")
    fields = (*names, "last_reviewed_on", "review_in", *PAGE)
    form = {name: field_of(page, name) for name in fields}
    chosen = re.search(r'<select name="provider">.*?</select>', page, re.DOTALL)
    provider = re.search(r'value="(\w*)" selected', chosen[0] if chosen else "")
    for box in ("promoted", "toc_off"):
        if re.search(rf'<input[^>]*name="{box}"[^>]*checked', page, re.DOTALL):
            form[box] = "yes"
    return {**form, "provider": provider[1] if provider else "", "significance": "content"}


def send(browser: Client, verb: str, form: Mapping[str, str], place: str = PLACE) -> TestResponse:
    return browser.post(f"{place}/{verb}", data=form)


def begin(
    browser: Client,
    title: str = "Set up reminders",
    skeleton: str = "steps",
    section: str = SECTION,
) -> str:
    """Begin a guide; where it is written."""
    form = {"title": title, "section": section, "skeleton": skeleton}
    return str(browser.post("/staff/articles/new", data=form).location)


def test_a_draft_without_a_title_is_found_by_words_that_stand_for_it(
    client: Client, editor: Client
) -> None:
    place = begin(editor)
    send(editor, "draft", form_of(editor, place) | {"title": ""}, place)
    number = place.rpartition("/")[2]

    for page in ("/staff/articles", place, f"{place}/history", f"{place}/translations"):
        assert "Without a title" in editor.get(page).text
    assert f'href="{place}">Without a title</a>' in editor.get("/staff/articles").text
    assert (
        f'<option value="{number}">Without a title</option>' in editor.get("/staff/feedback").text
    )
    other = editor.get(f"{PLACE}/place").text
    assert f'<option value="{number}">Without a title</option>' in other


def test_a_guide_is_begun_written_and_published(app: Flask, editor: Client, client: Client) -> None:
    place = begin(editor)
    assert newest_entry(app, "guide_begun").subject == f"article:{place.rpartition('/')[2]}"
    number = place.rpartition("/")[2]
    public = f"/hc/en-gb/articles/{number}-set-up-reminders"
    assert client.get(public).status_code == 404
    form = form_of(editor, place) | {
        "description": "How to be reminded.",
        "body": "Press **Remind**.",
    }

    saved = send(editor, "draft", form, place)
    hidden = client.get(public)
    form = form_of(editor, place)
    published = send(editor, "publish", form, place)

    assert (saved.status_code, published.status_code) == (303, 303)
    assert hidden.status_code == 404
    page = client.get(public).text
    assert "Press <strong>Remind</strong>." in page
    assert "Set up reminders" in client.get("/hc/en-gb").text


def test_what_nobody_sees_in_a_copied_text_is_left_out(editor: Client) -> None:
    form = form_of(editor)
    copied = {**form, "body": "A hyphen\x02ated word.\x0bA line.\x0cA page\x00.\x1b[31m"}

    tried = [send(editor, verb, copied).status_code for verb in ("preview", "unsaved", "draft")]

    assert tried == [200, 204, 303]
    assert form_of(editor)["body"] == "A hyphenated word.\nA line.\nA page.[31m"


def test_a_guide_that_would_be_too_large_a_file_stays_a_draft(
    editor: Client, client: Client
) -> None:
    """In bytes: letters of some languages are three each."""
    large = "\n\n".join("語" * 1990 for _ in range(95))

    send(editor, "publish", form_of(editor) | {"body": large})

    page = editor.get(PLACE).text
    assert "the guide is larger than 512 kB: part it into several" in page
    assert field_of(page, "body") == large
    assert "語" not in client.get(ADDRESS).text


def test_a_draft_stands_beside_the_published_page_until_it_is_published(
    editor: Client, client: Client
) -> None:
    before = client.get(ADDRESS).text
    form = form_of(editor)

    send(editor, "draft", form | {"body": form["body"] + "\n\nCanary sentence."})

    assert client.get(ADDRESS).text == before
    assert "Canary sentence." in field_of(editor.get(PLACE).text, "body")
    assert "Canary" in editor.get(f"{PLACE}/preview").text

    send(editor, "publish", form_of(editor))

    assert "Canary sentence." in client.get(ADDRESS).text


def test_publishing_a_shipped_guide_unchanged_changes_nothing(editor: Client) -> None:
    send(editor, "publish", form_of(editor))

    assert "Revision 2" not in editor.get(f"{PLACE}/history").text


def test_a_text_with_a_mistake_is_kept_and_not_published(editor: Client, client: Client) -> None:
    before = client.get(ADDRESS).text
    form = form_of(editor) | {"body": "Fine.\n\n<Steps>\n<Stap>\n</Steps>"}

    answer = send(editor, "publish", form)

    assert answer.status_code == 303
    page = editor.get(PLACE).text
    assert "Not published: put right what is listed below" in page
    assert "Text, line 4" in page
    assert "did you mean “Step”?" in unescape(page)
    assert client.get(ADDRESS).text == before


def test_taking_a_guide_from_readers_and_bringing_it_back(
    app: Flask, editor: Client, client: Client
) -> None:
    send(editor, "unpublish", {})
    unpublished = client.get(ADDRESS).status_code
    send(editor, "archive", {})
    listed = editor.get("/staff/articles").text
    archived = editor.get("/staff/articles?state=archived").text
    send(editor, "bring-back", {})
    form = form_of(editor)

    send(editor, "publish", form)

    assert (
        newest_entry(app, "guide_unpublished").number
        < newest_entry(app, "guide_brought_back").number
    )
    assert unpublished == 404
    assert PLACE not in listed
    assert PLACE in archived
    assert client.get(ADDRESS).status_code == 200
    assert "Revision 2" not in editor.get(f"{PLACE}/history").text


@pytest.mark.parametrize("verb", ["unpublish", "bring-back", "discard", "offer/take"])
def test_what_does_not_fit_the_state_any_more_is_refused_in_words(
    editor: Client, verb: str
) -> None:
    send(editor, "archive", {}) if verb == "unpublish" else None

    answer = send(editor, verb, {"base": "9"})

    assert answer.status_code == 409
    assert "Somebody has changed the state of this guide" in answer.text


def test_a_draft_that_is_put_away_stays_in_the_history(editor: Client) -> None:
    form = form_of(editor)
    send(editor, "draft", form | {"body": "Thrown away."})

    send(editor, "discard", {"base": "2"})

    assert field_of(editor.get(PLACE).text, "body") == form["body"]
    assert "Thrown away." in editor.get(f"{PLACE}/history/2").text


class TestTwoAtOnce:
    """Eddie and Ada have the same guide open."""

    def test_changes_in_different_places_are_put_together_and_wait_to_be_read(
        self, editor: Client, administrator: Client, client: Client
    ) -> None:
        eddies = form_of(editor)
        adas = dict(eddies)
        body = eddies["body"]

        send(administrator, "publish", adas | {"body": f"{body}\n\nAda at the end."})
        answer = send(editor, "publish", eddies | {"body": f"Eddie at the top.\n\n{body}"})

        assert answer.status_code == 303
        page = editor.get(PLACE).text
        assert "Both changes are in the draft" in page
        text = field_of(page, "body")
        assert text.startswith("Eddie at the top.")
        assert text.endswith("Ada at the end.")
        public = client.get(ADDRESS).text
        assert "Ada at the end." in public
        assert "Eddie at the top." not in public

    def test_changes_of_the_same_words_are_shown_and_nothing_is_overwritten(
        self, editor: Client, administrator: Client, client: Client
    ) -> None:
        eddies = form_of(editor)
        send(administrator, "publish", eddies | {"title": "Ada's title"})

        answer = send(editor, "publish", eddies | {"title": "Eddie's title"})

        page = unescape(answer.text)
        assert answer.status_code == 409
        assert "Ada Testperson has changed the same words" in page
        assert "Ada's title" in page
        assert field_of(answer.text, "title") == "Eddie's title"
        assert "Ada&#39;s title" in client.get(ADDRESS).text

        chosen = eddies | {"title": "Both of us", "base": field_of(answer.text, "base")}
        send(editor, "publish", chosen)

        assert "<h1>Both of us</h1>" in client.get(ADDRESS).text

    def test_a_change_of_another_field_is_kept(self, editor: Client, administrator: Client) -> None:
        eddies = form_of(editor)
        send(administrator, "draft", eddies | {"description": "By Ada."})

        send(editor, "draft", eddies | {"title": "By Eddie"})

        form = form_of(editor)
        assert (form["title"], form["description"]) == ("By Eddie", "By Ada.")


def test_the_history_says_who_when_and_why_and_an_old_text_comes_back(
    editor: Client, client: Client
) -> None:
    form = form_of(editor)
    change = {"body": "All is new.", "reason": "The pages changed", "significance": "major"}
    send(editor, "publish", form | change)

    history = unescape(editor.get(f"{PLACE}/history").text)
    compared = editor.get(f"{PLACE}/history/2").text
    overtaken = editor.post(f"{PLACE}/history/1/restore", data={"base": "1"})
    send(editor, "history/1/restore", {"base": "2"})
    draft = form_of(editor)
    send(editor, "publish", draft)

    assert "Eddie Testperson: The pages changed (readers must do something" in history
    assert "From the file" in history
    assert "All is new." in compared
    assert "difference-gone" in compared
    assert overtaken.status_code == 409
    assert draft["body"] == form["body"]
    assert "All is new." not in client.get(ADDRESS).text
    assert "Back to revision 1" in editor.get(f"{PLACE}/history").text


def test_only_a_slip_of_the_pen_leaves_the_day_of_the_last_change(
    editor: Client, client: Client
) -> None:
    day = re.compile(r"Updated <time datetime=\"([^\"]+)")
    before = day.findall(client.get(ADDRESS).text)

    send(editor, "publish", form_of(editor) | {"title": "A slip", "significance": "typo"})

    assert day.findall(client.get(ADDRESS).text) == before


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("stranger", "Connect to Xero"),
        ("active", "Riley&#39;s Roastery"),
        ("needs_reauth", "Reconnect"),
        ("connecting", "What did you see at Xero?"),
        ("ended:declined", 'id="outcome"'),
    ],
)
def test_the_preview_is_seen_as_any_reader_and_keeps_nothing(
    editor: Client, view: str, words: str
) -> None:
    form = form_of(editor)
    form["body"] = "Canary.\n\n" + form["body"]

    answer = send(editor, "preview", form | {"view": view})

    assert answer.status_code == 200
    assert "Canary." in answer.text
    assert words in answer.text
    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "Canary." not in field_of(editor.get(PLACE).text, "body")


def test_a_preview_of_a_text_with_a_mistake_names_its_line(editor: Client) -> None:
    answer = send(editor, "preview", form_of(editor) | {"body": "One.\n\n<Nonsense>"})

    assert "Line 3 of the text" in answer.text


def test_what_is_not_written_yet_is_said_to_be_empty(editor: Client) -> None:
    place = begin(editor)

    page = " ".join(editor.get(place).text.split())

    assert "Description</a>: is empty" in page
    preview = send(editor, "preview", form_of(editor, place), place).text
    assert "Description: is empty" in " ".join(preview.split())
