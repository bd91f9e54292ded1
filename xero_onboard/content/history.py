"""What a guide said at each time, and how two of its revisions differ: in the source, and for readers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select

from xero_onboard.content import drafts, editing, manuscript
from xero_onboard.content.differing import Effort, Matcher
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.parts import JSON
from xero_onboard.content.problems import Broken
from xero_onboard.content.videos import in_words
from xero_onboard.lib.db import db

Kind = Literal["same", "gone", "new", "left_out", "cut_off"]
_AROUND = 3
_MOST_SHOWN = 10_000
_LEAVES = frozenset(
    {
        "p",
        "li",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "td",
        "th",
        "dt",
        "dd",
        "pre",
        "figcaption",
        "summary",
    }
)


@dataclass(frozen=True)
class Version:
    """One revision in the list."""

    number: int
    origin: str
    author_id: UUID | None
    reason: str
    significance: str
    base: int | None
    created_at: datetime
    published_at: datetime | None
    is_shown: bool
    is_draft: bool
    is_offered: bool


@dataclass(frozen=True)
class Change:
    """One line of a difference; `pieces` are its words, each with what became of it."""

    kind: Kind
    pieces: tuple[tuple[Kind, str], ...]


@dataclass(frozen=True)
class Comparison:
    """Two revisions beside each other; no rendering where one of them has a mistake."""

    before: int | None
    after: int
    source: tuple[Change, ...]
    rendering: tuple[Change, ...] | None


def versions(article_id: int) -> tuple[Version, ...]:
    """All revisions, the newest first; raises NoSuchArticle."""
    article = db.session.get(Article, article_id)
    if article is None:
        raise drafts.NoSuchArticle(article_id)
    query = select(Revision).where(Revision.article_id == article_id)
    rows = db.session.scalars(query.order_by(Revision.number.desc()))
    return tuple(_version(article, row) for row in rows)


def compare(article_id: int, number: int, with_number: int | None = None) -> Comparison:
    """What this revision changed, against another one or the one that it goes on from; raises NoSuchArticle.

    Before anything is published, that is the one before it.
    """
    after = drafts.revision(article_id, number)
    before_number = with_number if with_number is not None else after.base or _last_before(after)
    before = drafts.revision(article_id, before_number) if before_number else None
    return _compared(before, after)


def compare_with_shown(article_id: int, number: int) -> Comparison:
    """What readers would see of this revision that they do not see now; raises NoSuchArticle."""
    after = drafts.revision(article_id, number)
    return _compared(drafts.shown(db.session.get_one(Article, article_id)), after)


def compare_texts(
    before: manuscript.Manuscript, after: manuscript.Manuscript
) -> tuple[Change, ...]:
    """How two texts differ that are not both kept."""
    return tuple(_changes(before.lines, after.lines))


def compare_bodies(before: str, after: str) -> tuple[Change, ...]:
    """How two texts differ that have nothing above them."""
    return tuple(_changes(before.split("\n"), after.split("\n")))


def _compared(before: Revision | None, after: Revision) -> Comparison:
    old = manuscript.read(before).lines if before else []
    return Comparison(
        before=before.number if before else None,
        after=after.number,
        source=tuple(_changes(old, manuscript.read(after).lines)),
        rendering=_rendered(before, after),
    )


def _last_before(revision: Revision) -> int | None:
    query = select(func.max(Revision.number)).where(
        Revision.article_id == revision.article_id, Revision.number < revision.number
    )
    return db.session.scalar(query)


def _version(article: Article, row: Revision) -> Version:
    is_shown = article.status == "published" and row.id == article.published_revision_id
    return Version(
        number=row.number,
        origin=row.origin,
        author_id=row.author_id,
        reason=row.reason,
        significance=row.significance,
        base=row.base,
        created_at=row.created_at,
        published_at=row.published_at,
        is_shown=is_shown,
        is_draft=row.id == article.draft_revision_id,
        is_offered=row.id == article.offered_revision_id,
    )


def _rendered(before: Revision | None, after: Revision) -> tuple[Change, ...] | None:
    try:
        old = list(_leaves(_parts_of(before))) if before else []
        return tuple(_changes(old, list(_leaves(_parts_of(after)))))
    except Broken:
        return None


def _parts_of(revision: Revision) -> Sequence[JSON]:
    """As it was published; a draft as it would be now."""
    if revision.parts or not revision.source.strip():
        return revision.parts
    place = drafts.opened(revision.article_id).place
    return editing.press(place, manuscript.read(revision)).rendering.parts


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """At most so many: a text longer than any guide may be would make a page that no browser shows."""
    found = _all_changes(before, after)
    yield from islice(found, _MOST_SHOWN)
    if next(found, None):
        yield Change("cut_off", ())


def _all_changes(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    effort = Effort()
    groups = list(Matcher(before, after, effort).get_grouped_opcodes(_AROUND))
    for index, group in enumerate(groups):
        if index or group[0][1]:
            yield Change("left_out", ())
        for tag, a, b, c, d in group:
            if tag == "equal":
                yield from (Change("same", (("same", line),)) for line in before[a:b])
            elif tag == "replace" and b - a == d - c:
                for old, new in zip(before[a:b], after[c:d], strict=True):
                    yield from _in_words(old, new, effort)
            else:
                yield from (Change("gone", (("gone", line),)) for line in before[a:b])
                yield from (Change("new", (("new", line),)) for line in after[c:d])


def _in_words(old: str, new: str, effort: Effort) -> Iterator[Change]:
    """Two lines of which one took the other's place, with the words that differ."""
    ours, theirs = _words(old), _words(new)
    gone: list[tuple[Kind, str]] = []
    come: list[tuple[Kind, str]] = []
    for tag, a, b, c, d in Matcher(ours, theirs, effort, autojunk=False).get_opcodes():
        is_same = tag == "equal"
        gone.append(("same" if is_same else "gone", "".join(ours[a:b])))
        come.append(("same" if is_same else "new", "".join(theirs[c:d])))
    yield Change("gone", tuple(each for each in gone if each[1]))
    yield Change("new", tuple(each for each in come if each[1]))


def _words(line: str) -> list[str]:
    """Words with the blank behind them, at most so many: beyond that a line is one word."""
    words = line.replace(" ", " \0").split("\0")
    return words if len(words) <= 400 else [line]


def _leaves(parts: Sequence[JSON]) -> Iterator[str]:
    """What readers read, paragraph by paragraph; a live part by its name and what it is given."""
    for part in parts:
        if part["kind"] == "html":
            reader = _Reader()
            reader.feed(part["html"])
            reader.close()
            yield from reader.leaves
        elif part["kind"] == "video":
            yield f"[video to {part['page']}] {in_words(part)}"
        elif part["kind"] == "when":
            yield f"[for readers who are: {', '.join(part['states'])}]"
            yield from _leaves(part["parts"])
            yield "[for everybody]"
        elif part["kind"] == "agents":
            yield "[for machines alone]"
            yield from _leaves(part["parts"])
            yield "[for everybody]"
        else:
            given = [value for name, value in sorted(part.items()) if name != "kind"]
            yield f"[{' '.join([part['kind'], *given])}]"


class _Reader(HTMLParser):
    """Collects the paragraphs of a page, with what its links lead to and its pictures show."""

    def __init__(self) -> None:
        super().__init__()
        self.leaves: list[str] = []
        self._words: list[str] = []
        self._href = ""
        self._is_anchor = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        values = dict(attrs)
        self._is_anchor = tag == "a" and values.get("class") == "heading-anchor"
        if tag in _LEAVES:
            self._end()
        if tag == "a" and not self._is_anchor:
            self._href = values.get("href") or ""
        if tag == "img":
            self._words.append(f"[picture {values.get('src')}: {values.get('alt') or 'no words'}]")

    def handle_endtag(self, tag: str) -> None:
        self._is_anchor = False
        if tag == "a" and self._href:
            self._words.append(f" [to {self._href}]")
            self._href = ""
        if tag in _LEAVES:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._is_anchor:
            self._words.append(data)

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        text = " ".join("".join(self._words).split())
        if text:
            self.leaves.append(text)
        self._words = []
