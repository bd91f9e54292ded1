"""Guides in the shape in which Zendesk's API tells of a help centre's articles, for programs that know that one.

Names and types are those of https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/,
…/sections/ and …/translations/. There an article is one thing with one number, which is told in a language; so a guide
goes by the number of its original here, and only its translation by its own. What this site has no word for is null or
empty. Everything belongs to the one category that stands for the site.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape
from typing import Any

from xero_onboard.content.addresses import (
    DEFAULT_LOCALE,
    article_path,
    home_path,
    section_path,
)
from xero_onboard.content.listing import Guide, Shelf, Shown
from xero_onboard.content.lowering import readers_in
from xero_onboard.content.markdown import HEADING_ANCHOR
from xero_onboard.content.parts import JSON
from xero_onboard.content.pictures import shown_at
from xero_onboard.content.videos import as_link

API = "/api/v2/help_center"
CATEGORY = 1

# A path of ours within a tag; text that looks like one holds no “<”, which is escaped in it.
_OWN_PATH = re.compile(r'(<(?:a|img)(?:\s+[\w-]+="[^"]*")*?\s+(?:href|src)=")(?=/)')


@dataclass(frozen=True)
class ZendeskShape:
    """Tells of guides with whole addresses; votes are (helpful, total)."""

    origin: str
    product_name: str

    def category(self, since: datetime | None, until: datetime | None, locale: str) -> JSON:
        """The site; `since` and `until` are when it began and when it was changed last."""
        return {
            **self._heads(f"categories/{CATEGORY}", home_path(locale), locale, DEFAULT_LOCALE),
            "id": CATEGORY,
            "name": f"{self.product_name} help centre",
            "description": "",
            "position": 0,
            "outdated": False,
            "created_at": since and moment(since),
            "updated_at": until and moment(until),
        }

    def section(self, shelf: Shelf) -> JSON:
        """A section, in the one category."""
        path = section_path(shelf.locale, shelf.id, shelf.slug)
        return {
            **self._heads(f"sections/{shelf.number}", path, shelf.locale, shelf.source_locale),
            "id": shelf.number,
            "category_id": CATEGORY,
            "parent_section_id": None,
            "name": shelf.title,
            "description": shelf.description,
            "position": shelf.position,
            "sorting": "manual",
            "outdated": False,
            "created_at": moment(shelf.created_at),
            "updated_at": moment(shelf.updated_at),
        }

    def article(
        self, guide: Guide, votes: tuple[int, int] = (0, 0), outdated_locales: Sequence[str] = ()
    ) -> JSON:
        """A guide, how many more found it helpful than not out of how many, and where it has fallen behind."""
        helpful, total = votes
        where = f"articles/{guide.number}"
        return {
            **self._heads(where, self._path(guide), guide.locale, guide.source_locale),
            **_of_nobody(),
            "id": guide.number,
            "section_id": guide.section_number,
            "outdated": guide.is_outdated,
            "outdated_locales": list(outdated_locales),
            "name": guide.title,
            "title": guide.title,
            "body": self.body(guide),
            "draft": False,
            "comments_disabled": not guide.takes_comments,
            "promoted": guide.is_promoted,
            "position": guide.position,
            "label_names": list(guide.keywords),
            "vote_sum": 2 * helpful - total,
            "vote_count": total,
            "created_at": moment(guide.created_at),
            "edited_at": moment(guide.edited_on),
            "updated_at": moment(guide.updated_at),
        }

    def translation(self, guide: Guide) -> JSON:
        """What a guide says in its language."""
        source = _Source("Article", guide.number, guide.locale, self._path(guide))
        return {
            **self._translated(source, guide.created_at, guide.updated_at),
            "id": guide.id,
            "title": guide.title,
            "body": self.body(guide),
            "outdated": guide.is_outdated,
        }

    def section_translation(self, shelf: Shelf) -> JSON:
        """What a section is called in its language."""
        path = section_path(shelf.locale, shelf.id, shelf.slug)
        source = _Source("Section", shelf.number, shelf.locale, path)
        return {
            **self._translated(source, shelf.created_at, shelf.updated_at),
            "id": shelf.id,
            "title": shelf.title,
            "body": shelf.description,
            "outdated": False,
        }

    def attachment(self, guide: Guide, picture: Shown) -> JSON:
        """A picture that a guide shows."""
        address = shown_at(picture.id, picture.name, 0, 0).address
        return {
            "id": picture.id,
            "url": f"{self.origin}{API}/articles/attachments/{picture.id}.json",
            "article_id": guide.number,
            "file_name": picture.name,
            "content_type": picture.content_type,
            "content_url": f"{self.origin}{address}",
            "relative_path": address,
            "size": picture.size,
            "inline": True,
            "created_at": moment(guide.created_at),
            "updated_at": moment(guide.updated_at),
        }

    def body(self, guide: Guide) -> str:
        """The guide as HTML that is read elsewhere: live parts are links to where they live."""
        return "".join(self._html(guide.parts, f"{self.origin}{self._path(guide)}"))

    def _html(self, parts: Sequence[JSON], page: str) -> Iterator[str]:
        for part in parts:
            match part["kind"]:
                case "html":
                    html = HEADING_ANCHOR.sub("", part["html"])
                    yield _OWN_PATH.sub(lambda found: f"{found[1]}{self.origin}", html)
                case "connect":
                    yield _link(f"{page}#{part['anchor']}", "Connect to Xero")
                case "ask":
                    yield _link(f"{page}#{part['anchor']}", "Ask somebody else to connect")
                case "status":
                    yield _link(f"{self.origin}/connect", "See your connections")
                case "video":
                    yield as_link(part)
                case "when":
                    yield f"<p><em>For a reader who is {escape(readers_in(part['states']))}:</em></p>"
                    yield from self._html(part["parts"], page)

    def _path(self, guide: Guide) -> str:
        return article_path(guide.locale, guide.id, guide.slug)

    def _heads(self, name: str, path: str, locale: str, source_locale: str) -> JSON:
        return {
            "url": f"{self.origin}{API}/{locale}/{name}.json",
            "html_url": f"{self.origin}{path}",
            "locale": locale,
            "source_locale": source_locale,
        }

    def _translated(self, source: "_Source", since: datetime, until: datetime) -> JSON:
        place = f"{source.kind.lower()}s/{source.number}/translations/{source.locale}"
        return {
            "url": f"{self.origin}{API}/{place}.json",
            "html_url": f"{self.origin}{source.path}",
            "source_id": source.number,
            "source_type": source.kind,
            "locale": source.locale,
            "draft": False,
            "hidden": False,
            "created_at": moment(since),
            "updated_at": moment(until),
            "created_by_id": None,
            "updated_by_id": None,
        }


@dataclass(frozen=True)
class _Source:
    """What a translation is one of."""

    kind: str
    number: int
    locale: str
    path: str


def moment(at: datetime | date) -> str:
    """A time in UTC to the second; a day is its first moment."""
    whole = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%SZ}"


def _of_nobody() -> dict[str, Any]:
    """What Zendesk knows of authors and of who may read; everybody may, and names are not told."""
    return {
        "author_id": None,
        "content_tag_ids": [],
        "permission_group_id": None,
        "user_segment_id": None,
    }


def _link(href: str, words: str) -> str:
    return f'<p><a href="{escape(href)}">{words}</a></p>'
