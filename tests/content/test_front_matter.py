"""What stands at the top of a guide is checked line by line."""

from datetime import UTC, date, datetime

import pytest

from xero_onboard.content.front_matter import FrontMatter, read_article, read_section
from xero_onboard.content.page_matter import PageMatter, Turn
from xero_onboard.content.problems import Broken
from xero_onboard.content.terms import Terms

GOOD = """---
id: 360001000101
title: Connect
description: How to connect.
section: connecting
order: 2
locale: en-gb
keywords: [a, b]
aliases: [old-name, /help/old]
last_reviewed_on: 2026-01-31
review_in: 1 month
provider: xero
promoted: true
unpublish_at: 2026-12-31T18:00+01:00
errors:
  declined: you-declined
owner: eddie@example.com
---

Text
"""


def read(source: str) -> FrontMatter:
    return read_article("guide.md", source, locale="en-gb", section="connecting")


def test_everything_is_read() -> None:
    assert read(GOOD) == FrontMatter(
        id=360001000101,
        title="Connect",
        description="How to connect.",
        order=2,
        keywords=("a", "b"),
        aliases=("old-name", "/help/old"),
        last_reviewed_on=date(2026, 1, 31),
        review_in="1 month",
        review_due_on=date(2026, 2, 28),
        provider="xero",
        errors={"declined": "you-declined"},
        promoted=True,
        translation_of=None,
        unpublish_at=datetime(2026, 12, 31, 17, tzinfo=UTC),
        owner="eddie@example.com",
        terms=Terms(),
        first_line=19,
        lines={},
    )


def test_everything_is_found_again() -> None:
    lines = read(GOOD).lines

    assert (lines["id"], lines["provider"], lines["errors"]) == (2, 12, 15)
    assert (lines["keywords b"], lines["aliases /help/old"], lines["errors declined"]) == (8, 9, 16)


def test_a_section_is_read() -> None:
    section = read_section("_section.md", "---\nid: 3\ntitle: A\ndescription: B\norder: 4\n---\n")

    assert (section.id, section.title, section.description, section.order) == (3, "A", "B", 4)


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("visibility: internal", Terms(visibility="internal")),
        ("visibility: unlisted", Terms(visibility="unlisted")),
        ("unlisted: true", Terms(visibility="unlisted")),
        ("hidden: true", Terms(visibility="unlisted")),
        ("hidden: false", Terms()),
        ("hidden: true\nvisibility: unlisted", Terms(visibility="unlisted")),
        ("noindex: true", Terms(visibility="unlisted")),
        ("noindex: true\nhidden: true", Terms(visibility="unlisted")),
        ("groups: [admin]", Terms(visibility="internal")),
        ("groups: admin\nvisibility: internal", Terms(visibility="internal")),
        ("groups: []", Terms()),
        ("boost: 2", Terms(search_boost=2)),
        ("searchable: false", Terms(is_searchable=False)),
        ("searchable: true", Terms()),
        ("searchable: false\nboost: 2", Terms(search_boost=2, is_searchable=False)),
        ("boost: 2\nsearch: {exclude: true}", Terms(search_boost=2, is_searchable=False)),
        ("boost: 2\nsearch: {boost: 2}", Terms(search_boost=2)),
        ("hide: [feedback, toc]", Terms(takes_votes=False)),
        ("hide: feedback", Terms(takes_votes=False)),
        ("comments: closed", Terms(takes_comments=False)),
        ("feedback: off", Terms(takes_votes=False)),
        ("feedback: 'off'", Terms(takes_votes=False)),
        ("search: {boost: 0.1}", Terms(search_boost=0.1)),
        ("search:\n  boost: 10\n  exclude: true", Terms(search_boost=10, is_searchable=False)),
    ],
)
def test_terms_are_read(line: str, terms: Terms) -> None:
    assert read(GOOD.replace("promoted: true", line)).terms == terms


@pytest.mark.parametrize(
    ("line", "page"),
    [
        ("toc: false", PageMatter(has_contents=False)),
        ("tableOfContents: false", PageMatter(has_contents=False)),
        ("hide: [toc]", PageMatter(has_contents=False)),
        ("hide: [toc]\ntoc: false", PageMatter(has_contents=False)),
        ("canonical: https://a.example/b?c=1", PageMatter(canonical="https://a.example/b?c=1")),
        ("prev: false", PageMatter(previous=Turn("none"))),
        ("next: 360001000102", PageMatter(next=Turn("360001000102"))),
        ("next: {path: ../other/b.md, title: B}", PageMatter(next=Turn("../other/b.md", "B"))),
    ],
)
def test_what_is_said_of_the_page_is_read(line: str, page: PageMatter) -> None:
    assert read(GOOD.replace("promoted: true", line)).page == page


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("order: 2", "position: 2"),
        ("order: 2", "sidebar_position: 2"),
        ("aliases: [", "redirect_from: ["),
        ("keywords: [", "tags: ["),
        ("keywords: [", "label_names: ["),
    ],
)
def test_other_names_of_the_same_are_read(before: str, after: str) -> None:
    assert before in GOOD
    assert read(GOOD.replace(before, after)) == read(GOOD)


@pytest.mark.parametrize(
    ("line", "status"), [("draft: true", "draft"), ("draft: false", "published")]
)
def test_a_draft_by_its_other_name_is_read(line: str, status: str) -> None:
    assert read(GOOD.replace("promoted: true", line)).status == status


def test_what_none_can_hide_is_told_of_and_refuses_nothing() -> None:
    matter = read(GOOD.replace("promoted: true", "hide:\n  - navigation\n  - toc"))

    message = "hide: “navigation” means nothing here; known are feedback and toc"
    assert [(each.line, each.message) for each in matter.strays] == [(14, message)]
    assert not matter.page.has_contents


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        ("---\nid", "id", 1, "must begin with “---”"),
        ("---\n\nText", "Text", 1, "that ends the top of the file is missing"),
        ("title: Connect\n", "", 1, "title is missing"),
        ("section: connecting\n", "", 1, "section is missing"),
        ("order: 2\n", "", 1, "order is missing"),
        ("locale: en-gb\n", "", 1, "locale is missing"),
        ("last_reviewed_on: 2026-01-31\n", "", 1, "last_reviewed_on is missing"),
        ("review_in: 1 month\n", "", 1, "review_in is missing"),
        ("title: Connect", "titel: Connect", 3, "unknown key “titel”; did you mean “title”?"),
        ("title: Connect", "title: Connect\ntitle: Again", 4, "title is there twice"),
        (
            "order: 2",
            "order: 2\nposition: 3",
            7,
            "position is there twice: it means the same as order",
        ),
        ("promoted: true", "draft: true\nstatus: published", 13, "draft contradicts status"),
        ("title: Connect", "title: 12", 3, "title must be a text"),
        ("title: Connect", "title: ", 3, "title must be a text"),
        ("title: Connect", "title: 'a", 3, "cannot be read"),
        ("title: Connect", "title: a: b", 3, "cannot be read"),
        ("How to connect.", "x" * 161, 4, "161 characters, and 160 is the most"),
        ("id: 360001000101", "id: abc", 2, "id must be a whole number"),
        ("id: 360001000101", "id: true", 2, "id must be a whole number"),
        ("id: 360001000101", f"id: {2**63}", 2, "id must be a whole number"),
        ("id: 360001000101", "id: -1", 2, "id must be a whole number"),
        ("section: connecting", "section: other", 5, "lies in the folder “connecting”"),
        ("locale: en-gb", "locale: de", 7, "lies in the folder “en-gb”"),
        ("order: 2", "order: first", 6, "order must be a whole number"),
        ("keywords: [a, b]", "keywords: a", 8, "keywords must be a list"),
        ("[old-name, /help/old]", "['Old Name']", 9, "“Old Name”"),
        ("2026-01-31", "yesterday", 10, "must be a day like"),
        ("1 month", "soon", 11, "must be a time like “3 months”"),
        ("provider: xero", "provider: zero", 12, "provider must be xero"),
        ("promoted: true", "promoted: maybe", 13, "promoted must be true or false"),
        ("promoted: true", "visibility: secret", 13, "visibility must be public, unlisted or int"),
        ("promoted: true", "unlisted: perhaps", 13, "unlisted must be true or false"),
        ("promoted: true", "comments: shut", 13, "comments must be open or closed"),
        ("promoted: true", "feedback: none", 13, "feedback must be on or off"),
        ("promoted: true", "search: 2", 13, "search must say boost, exclude or both"),
        ("promoted: true", "search: {bost: 2}", 13, "search must say boost, exclude or both"),
        ("promoted: true", "search: {boost: 11}", 13, "search has a boost that is no number"),
        ("promoted: true", "search: {boost: .nan}", 13, "search has a boost that is no number"),
        ("promoted: true", "search: {boost: true}", 13, "search has a boost that is no number"),
        ("promoted: true", "search: {exclude: 1}", 13, "search has an exclude that is neither"),
        ("promoted: true", "boost: 11", 13, "boost must be a number from 0.1 to 10"),
        ("promoted: true", "searchable: no way", 13, "searchable must be true or false"),
        ("promoted: true", "groups: 2", 13, "groups must be a list of names"),
        ("promoted: true", "hide: {toc: true}", 13, "hide must be a list of feedback and toc"),
        (
            "promoted: true",
            "toc: true\ntableOfContents: false",
            14,
            "tableOfContents contradicts toc: leave one of them out",
        ),
        ("promoted: true", "toc: true\nhide: toc", 14, "hide contradicts toc"),
        ("promoted: true", "feedback: on\nhide: feedback", 14, "hide contradicts feedback"),
        ("promoted: true", "search: {boost: 3}\nboost: 2", 14, "boost contradicts search"),
        (
            "promoted: true",
            "searchable: true\nsearch: {exclude: true}",
            13,
            "searchable contradicts search",
        ),
        ("promoted: true", "noindex: true\ngroups: [a]", 14, "groups contradicts noindex"),
        ("promoted: true", "visibility: public\nnoindex: true", 14, "noindex contradicts vis"),
        ("promoted: true", "prev: true", 13, "prev must be a guide"),
        ("promoted: true", "next: {title: A}", 13, "next must say title and path"),
        ("promoted: true", "next: {title: 2, path: a.md}", 13, "next has a title that is no text"),
        (
            "promoted: true",
            "visibility: public\nhidden: true",
            14,
            "hidden contradicts visibility: leave one of them out",
        ),
        ("errors:\n  declined: you-declined", "errors: declined", 15, "errors must say"),
        ("declined: you-declined", "declined: 3", 15, "errors has “declined”"),
        ("title: Connect", 'title: "a\\0b"', 3, "title contains characters that cannot be typed"),
        (
            "title: Connect",
            'title: "a\\ud800"',
            3,
            "title contains characters that cannot be typed",
        ),
        ("title: Connect", "title: a\x07b", 3, "it contains a character that cannot be typed"),
        ("title: Connect", "title: !!int ''", 3, "the value does not fit the tag before it"),
        ("title: Connect", "? [a]\n: b", 3, "expected a line like"),
        ("title: Connect", "title: !!bool x", 3, "cannot be read"),
        ("How to connect.", "How\u2028to\x85connect: x.", 4, "cannot be read"),
        ("[a, b]", '["a\\0"]', 8, "keywords contains characters"),
        ("old-name", "x" * 275, 9, "aliases has a name of 275 characters"),
        ("2026-01-31", "2026-02-30", 10, "cannot be read: day is out of range"),
        ("2026-01-31", "9999-12-31", 11, "review_in ends after the year 9999"),
        ("2026-01-31\nreview_in: 1 month", "9999-12-31\nreview_in: 2 days", 11, "review_in ends"),
    ],
)
def test_a_mistake_is_named_with_its_line(before: str, after: str, line: int, message: str) -> None:
    assert before in GOOD

    with pytest.raises(Broken) as caught:
        read(GOOD.replace(before, after, 1))

    assert message in str(caught.value)
    assert str(caught.value).startswith(f"guide.md:{line}: ")


@pytest.mark.parametrize("key", ["id", "title", "description", "order"])
def test_a_section_needs_everything(key: str) -> None:
    lines = ["id: 3", "title: A", "description: B", "order: 4"]
    matter = "\n".join(line for line in lines if not line.startswith(key))

    with pytest.raises(Broken, match=f"_section.md:1: {key} is missing"):
        read_section("_section.md", f"---\n{matter}\n---\n")


@pytest.mark.parametrize(
    "matter", ["- a", "a", "!!python/object/apply:os.system ['true']", "? [a]\n: b", "a: &x [*x]"]
)
def test_other_yaml_is_refused(matter: str) -> None:
    with pytest.raises(Broken):
        read(f"---\n{matter}\n---\n")
