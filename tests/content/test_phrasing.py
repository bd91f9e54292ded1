"""What could be plainer is said with its line: long sentences, a word twice, and words that the house does not use."""

import pytest

from tests.content.archives import run
from tests.content.desk import SECTION, Desk

FIRST = 12  # the line on which the text of a guide of the desk begins

TWICE = {
    "in a line": ("Press the the button.", 0, "“the” stands here twice"),
    "over the end of a line": ("Words.\n\nPress the\nThe button.", 2, "“the” stands here twice"),
    "in an entry of a list": ("- One\n- Two two\n- Two", 1, "“Two” stands here twice"),
    "in the title of a step": (
        '<Steps>\n<Step title="Go to to it">\nWords.\n</Step>\n</Steps>',
        *(1, "“to” stands here twice"),
    ),
    "in a quotation": ("> Words and\n> and more.", 0, "“and” stands here twice"),
}
AS_THEY_SHOULD_BE = {
    "in code": "Type `the the`, then\n\n```\nthe the\n```",
    "a name beside its word": "Press **Press** and select **Select all**.",
    "in two cells": "| One | Two |\n|---|---|\n| yes | yes |\n",
    "at the end and the beginning": "That it is. Is it?",
    "what may be twice": "We know that that page had had no text.",
    "in two entries": "- Word\n- Word",
    "part of a word": "He says these theses, and is isolated.",
    "around code": "Say the `x` the same way.",
}


def advice(desk: Desk, body: str, words: str = "", **matter: str) -> list[str]:
    """What the check says of a guide, without the name of its file."""
    if words:
        (desk.folder / "words.yml").write_text(words)
    desk.guide(101, "first", body, **matter)
    lines = run(desk.app, "check").output.splitlines()
    return [line.partition("first.md:")[2] for line in lines if "first.md" in line]


@pytest.mark.parametrize("name", TWICE)
def test_a_word_that_stands_twice_is_told_of(desk: Desk, name: str) -> None:
    body, line, said = TWICE[name]

    assert advice(desk, body) == [f"{FIRST + line}: worth a second look: {said}"]


@pytest.mark.parametrize("name", AS_THEY_SHOULD_BE)
def test_what_only_looks_like_it_is_not(desk: Desk, name: str) -> None:
    assert advice(desk, AS_THEY_SHOULD_BE[name]) == []


def test_a_long_sentence_is_told_of_where_it_begins(desk: Desk) -> None:
    long, short = (" ".join(f"w{each}" for each in range(count)) for count in (29, 28))

    told = advice(desk, f"Words.\n\n{short}. Short\none. {long}.\n\n- {short}\n- {short}")

    assert told == [f"{FIRST + 3}: worth a second look: this sentence has 29 words: make two of it"]


def test_addresses_are_no_words_of_a_sentence(desk: Desk) -> None:
    address = "https://example.com/" + "/".join(["a"] * 20)
    words = " ".join(f"w{each}" for each in range(25))

    assert advice(desk, f"{words} [a page]({address}) <{address}>.") == []


WORDS = """# What we do not write
en-gb:
  utilise: use
  click on: press
  simply:
  don't: do not
  "on": "off"
fr-ca:
  mail: courriel
"""


def test_words_that_the_house_does_not_use_are_told_of_with_what_to_write(desk: Desk) -> None:
    body = "Utilise it, mail it, don’t.\n\nSimply click\non it. Reutilised.\n\n`utilise` [a](https://utilise.example/simply)"

    told = advice(desk, body, WORDS, title="How to utilise it")

    assert told == [
        "3: worth a second look: “utilise”: write “use”",
        f"{FIRST}: worth a second look: “Utilise”: write “use”",
        f"{FIRST}: worth a second look: “don’t”: write “do not”",
        f"{FIRST + 2}: worth a second look: “Simply”: leave it out",
        f"{FIRST + 2}: worth a second look: “click on”: write “press”",
    ]


def test_each_language_has_words_of_its_own(desk: Desk) -> None:
    (desk.folder / "words.yml").write_text(WORDS)
    french = desk.folder / "fr-ca" / "connexion"
    french.mkdir(parents=True)
    (french / "_section.md").write_text(SECTION.replace("10", "11"))
    text = desk.guide(101, "first", "Utilise le mail. Vous vous connectez.").read_text()
    text = text.replace("id: 101", "id: 102").replace("en-gb", "fr-ca")
    (french / "premier.md").write_text(text.replace("section: connecting", "section: connexion"))

    told = [line for line in run(desk.app, "check").output.splitlines() if "premier.md" in line]

    assert told == [
        f"content/fr-ca/connexion/premier.md:{FIRST}: worth a second look: “mail”: write “courriel”"
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("en-gb:\n  utilise: [", "words.yml:2: cannot be read"),
        ("# Ours\n\nen-gb:\n  utilise: {use: it}", "words.yml:4: expected a line like “  utilise"),
        ("en-gb: utilise", "words.yml:1: expected lines like “  utilise: use” below “en-gb:”"),
        ("utilise: use", "words.yml:1: “utilise” is no language"),
        ("- utilise", "words.yml:1: expected lines like “en-gb:”"),
    ],
)
def test_a_mistake_in_the_list_is_told_of_with_its_line(desk: Desk, words: str, said: str) -> None:
    (desk.folder / "words.yml").write_text(words)
    desk.guide(101, "first")

    result = run(desk.app, "check")

    assert f"content/{said}" in result.output
    assert result.exit_code == 1


def test_a_list_of_nothing_but_remarks_is_none(desk: Desk) -> None:
    assert advice(desk, "Utilise it.", "# en-gb:\n#   utilise: use\n") == []
