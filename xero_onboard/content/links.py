"""Links from one guide to a heading of another, which only both together can show to be right."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from urllib.parse import unquote

from flask import current_app
from sqlalchemy import BigInteger, ColumnElement, Text, and_, cast, or_, select

from xero_onboard.content import page_links
from xero_onboard.content.advice import Advice
from xero_onboard.content.layout import IDS
from xero_onboard.content.manuscript import Place
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.parts import JSON
from xero_onboard.content.revisions import Draft
from xero_onboard.content.visibility import state
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

_LINK = re.compile(r'href=\\"(/hc/[^"#\\]+)(?:#([^"\\]+))?\\"')
# The rest of an address may be left out, and changes nothing.
_NUMBER = re.compile(r"/articles/(\d{1,18})(?!\d)")
_UNPUBLISHED, _INTERNAL = "is not published", "is for staff alone"

_TOLD = (Revision.machine, cast(Revision.parts, Text))
_TURNS = {"prev": "before", "next": "after"}

# What is remembered of links that lead nowhere, and of which state of the public pages.
_MEMORY = "content_links"
_Memory = tuple[tuple[int, int], Mapping[int, int]]
# So many guides are held in memory while all of them are read.
_AT_ONCE = 50

# Why readers do not see the guide with a number; None where they do.
Barrier = Callable[[int], str | None]
# The anchors of the guide at an address; None where there is no guide that can be read.
Anchors = Callable[[str], Collection[str] | None]


def stray_links(draft: Draft, anchors: Anchors) -> Iterator[tuple[int, str]]:
    """Links to a heading that the other guide does not have; those within a guide are checked when it is rendered."""
    for path, anchor in _links(draft):
        there = anchors(path)
        if anchor and there is not None and unquote(anchor) not in there:
            yield (
                # The name of a file or an address stands before it, unlike within the guide.
                _line(draft, rf"(?<=\w)#{re.escape(anchor)}"),
                f"“#{anchor}” is no heading of the guide that the link leads to",
            )


def hidden_links(draft: Draft, barrier: Barrier) -> Iterator[Advice]:
    """Links to guides that readers of this one cannot see, in its text and to go on from it."""
    for path in sorted({path for path, _ in _links(draft) if "/articles/" in path}):
        reason = _reason(draft, _number(path), barrier)
        if reason:
            digits, _, slug = path.rpartition("/")[2].partition("-")
            names = "|".join(re.escape(name) for name in (f"{digits}-{slug}", slug, digits) if name)
            words = f"the guide “{slug or digits}” {reason}: readers get no page"
            yield Advice("body", _line(draft, rf"[(/\"](?:{names})"), words)
    for key, number in page_links.guides_in(draft.page):
        reason = _reason(draft, number, barrier)
        if reason and key in _TURNS:
            words = f"the guide {_TURNS[key]} it {reason}: readers are led on to nothing"
            yield Advice(key, draft.matter.lines[key], words)
    for name, number in zip(
        draft.matter.page.related or (), draft.page.get("related", ()), strict=True
    ):
        reason = _reason(draft, number, barrier)
        if reason:
            words = f"the guide “{name}” {reason}: readers do not find it among those related"
            yield Advice("related", page_links.line_of_related(draft.matter, name), words)


def stored_barrier(number: int) -> str | None:
    """Why readers do not see a guide as it is stored."""
    columns = (Article.status, Article.visibility, Article.unpublish_at)
    row = db.session.execute(select(*columns).where(Article.id == number)).one_or_none()
    if row is None or row.status != "published":
        return _UNPUBLISHED
    return barrier_of(row.visibility, row.unpublish_at)


def barrier_of(visibility: str, unpublish_at: datetime | None) -> str | None:
    """Why readers do not see a guide that is published."""
    if unpublish_at and unpublish_at <= now():
        return _UNPUBLISHED
    return _INTERNAL if visibility == "internal" else None


def stored_anchors(path: str) -> Collection[str] | None:
    """The anchors of a published guide; an address may name it in a language in which another one stands there."""
    parts = db.session.scalar(
        select(Revision.parts)
        .join(Article, Article.published_revision_id == Revision.id)
        .where(
            Article.id == _number(path),
            Article.locale == path.split("/")[2],
            Article.status == "published",
        )
    )
    return None if parts is None else frozenset(_anchors(parts))


def leading_to(place: Place) -> Mapping[int, str]:
    """The titles of published guides that link to this one, whatever state it is in."""
    query = (
        select(Article.id, Revision.title)
        .join(Revision, Article.published_revision_id == Revision.id)
        .where(
            Article.status == "published",
            Article.id != place.id,
            or_(leading_to_number(place.id), _goes_on_to(place.id)),
        )
        .order_by(Revision.title, Article.id)
    )
    return {row.id: row.title for row in db.session.execute(query)}


def mentioning(address: str) -> ColumnElement[bool]:
    """Whether a revision names this address: on its page, or in its Markdown, which may say what the other does not."""
    return or_(*(column.contains(address, autoescape=True) for column in _TOLD))


def leading_to_number(number: int) -> ColumnElement[bool]:
    """Whether a revision leads to the guide with this number, by whatever address; most are passed over at once."""
    address = f"/articles/{number}"
    is_whole = or_(*(column.regexp_match(rf"{address}(?!\d)") for column in _TOLD))
    return and_(mentioning(address), is_whole)


def _goes_on_to(number: int) -> ColumnElement[bool]:
    """Whether the page of a revision leads on to this guide, which it names by its number and not by its address."""
    named = (Revision.page[(key, "article_id")].as_string() for key in _TURNS)
    page = cast(Revision.page, Text)
    is_related = page.regexp_match(rf'"related": \[([0-9]+, )*{number}(,|\])')
    # Numbers from another help centre are longer than what as_integer() makes of them on PostgreSQL.
    return or_(*(cast(each, BigInteger) == number for each in named), is_related)


def leading_nowhere() -> Mapping[int, int]:
    """To how many guides that readers cannot see each published guide links, where there are any.

    All that is published is read for it, so it is remembered for as long as public pages stay as they are.
    """
    present = state()
    memory: _Memory = current_app.extensions.get(_MEMORY, ((-1, 0), {}))
    if memory[0] != present:
        memory = current_app.extensions[_MEMORY] = (present, _leading_nowhere())
    return memory[1]


def _leading_nowhere() -> Mapping[int, int]:
    is_published = Article.status == "published"
    is_internal = Article.visibility == "internal"
    hidden = frozenset(
        db.session.scalars(select(Article.id).where(or_(~is_published, is_internal)))
    )
    if not hidden:
        return {}
    # As text, because reading it as JSON takes longer than everything else here.
    columns = (Article.id, cast(Revision.parts, Text), Revision.page)
    query = select(*columns).where(is_published, ~is_internal)
    query = query.join(Revision, Article.published_revision_id == Revision.id)
    rows = db.session.execute(query.execution_options(yield_per=_AT_ONCE))
    found = {
        article_id: len(
            hidden & (_numbers(parts) | {number for _, number in page_links.guides_in(page)})
        )
        for article_id, parts, page in rows
    }
    return {article_id: count for article_id, count in found.items() if count}


def _reason(draft: Draft, number: int, barrier: Barrier) -> str | None:
    """Staff may read from one of their guides to the next."""
    found = barrier(number)
    is_internal = draft.matter.terms.visibility == "internal"
    return None if is_internal and found == _INTERNAL else found


def _number(path: str) -> int:
    found = _NUMBER.search(path)
    return int(found[1]) if found else 0


def _numbers(parts: str) -> frozenset[int]:
    paths = (_NUMBER.search(path) for path, _ in _LINK.findall(parts))
    return frozenset(int(number[1]) for number in paths if number)


def _links(draft: Draft) -> list[tuple[str, str]]:
    return sorted(set(_LINK.findall(json.dumps(draft.rendering.parts))))


def _line(draft: Draft, pattern: str) -> int:
    link = re.search(rf"{pattern}(?![\w-])", draft.source)
    return draft.matter.first_line + (draft.source.count("\n", 0, link.start()) if link else 0)


def _anchors(parts: list[JSON]) -> Iterator[str]:
    for part in parts:
        if part["kind"] == "html":
            yield from IDS.findall(part["html"])
        elif part["kind"] in ("connect", "ask"):
            yield part["anchor"]
        elif part["kind"] == "when":
            yield from _anchors(part["parts"])
