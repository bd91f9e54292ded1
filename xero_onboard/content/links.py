"""Links from one guide to a heading of another, which only both together can show to be right."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from urllib.parse import unquote

from sqlalchemy import Text, cast, select

from xero_onboard.content.addresses import article_path
from xero_onboard.content.layout import IDS
from xero_onboard.content.manuscript import Place
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.parts import JSON
from xero_onboard.content.revisions import Draft
from xero_onboard.lib.db import db

_LINK = re.compile(r'href=\\"(/hc/[^"#\\]+)(?:#([^"\\]+))?\\"')
_NUMBER = re.compile(r"/articles/(\d+)-")

# The anchors of the guide at an address; None where there is no guide that can be read.
Anchors = Callable[[str], Collection[str] | None]


def stray_links(draft: Draft, anchors: Anchors) -> Iterator[tuple[int, str]]:
    """Links to a heading that the other guide does not have; those within a guide are checked when it is rendered."""
    for path, anchor in _links(draft):
        there = anchors(path)
        if anchor and there is not None and unquote(anchor) not in there:
            yield (
                _line(draft, anchor),
                f"“#{anchor}” is no heading of the guide that the link leads to",
            )


def hidden_links(draft: Draft, anchors: Anchors) -> Iterator[tuple[int, str]]:
    """Links to guides that readers cannot see."""
    for path in sorted({path for path, _ in _links(draft) if "/articles/" in path}):
        if anchors(path) is None:
            slug = path.rpartition("/")[2].partition("-")[2]
            yield (
                _line(draft, slug, "/"),
                f"the guide “{slug}” is not published: readers get no page",
            )


def stored_anchors(path: str) -> Collection[str] | None:
    """The anchors of a published guide."""
    number = _NUMBER.search(path)
    parts = db.session.scalar(
        select(Revision.parts)
        .join(Article, Article.published_revision_id == Revision.id)
        .where(Article.id == int(number[1] if number else 0), Article.status == "published")
    )
    return None if parts is None else frozenset(_anchors(parts))


def leading_to(place: Place) -> Mapping[int, str]:
    """The titles of published guides that link to this one, whatever state it is in."""
    own = f"{article_path(place.locale, place.id, place.slug)}.md"
    query = (
        select(Article.id, Revision.title)
        .join(Revision, Article.published_revision_id == Revision.id)
        .where(
            Article.status == "published",
            Article.id != place.id,
            Revision.machine.contains(own, autoescape=True),
        )
        .order_by(Revision.title, Article.id)
    )
    return {row.id: row.title for row in db.session.execute(query)}


def leading_nowhere() -> Mapping[int, int]:
    """To how many guides that readers cannot see each published guide links, where there are any."""
    is_published = Article.status == "published"
    hidden = frozenset(db.session.scalars(select(Article.id).where(~is_published)))
    if not hidden:
        return {}
    # As text, because reading it as JSON takes longer than everything else here.
    query = select(Article.id, cast(Revision.parts, Text)).where(is_published)
    rows = db.session.execute(query.join(Revision, Article.published_revision_id == Revision.id))
    found = {article_id: len(hidden & _numbers(parts)) for article_id, parts in rows}
    return {article_id: count for article_id, count in found.items() if count}


def _numbers(parts: str) -> frozenset[int]:
    paths = (_NUMBER.search(path) for path, _ in _LINK.findall(parts))
    return frozenset(int(number[1]) for number in paths if number)


def _links(draft: Draft) -> list[tuple[str, str]]:
    return sorted(set(_LINK.findall(json.dumps(draft.rendering.parts))))


def _line(draft: Draft, name: str, before: str = "#") -> int:
    # The name of a file or an address stands before an anchor, unlike before a link within the guide.
    behind = r"(?<=\w)#" if before == "#" else r"[(/\"]"
    link = re.search(rf"{behind}{re.escape(name)}(?![\w-])", draft.source)
    return draft.matter.first_line + (draft.source.count("\n", 0, link.start()) if link else 0)


def _anchors(parts: list[JSON]) -> Iterator[str]:
    for part in parts:
        if part["kind"] == "html":
            yield from IDS.findall(part["html"])
        elif part["kind"] in ("connect", "ask"):
            yield part["anchor"]
        elif part["kind"] == "when":
            yield from _anchors(part["parts"])
