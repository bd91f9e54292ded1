"""A guide as it comes out of the editor's form, and as it goes into it."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Protocol
from uuid import UUID

from flask import abort, request
from werkzeug.exceptions import BadRequest

from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.front_matter import SLUG
from xero_onboard.content.grammar import PROVIDERS
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.models import LONGEST_REASON, LONGEST_SLUG
from xero_onboard.content.revisions import Note
from xero_onboard.content.shelf import LARGEST_GUIDE
from xero_onboard.content.terms import VISIBILITIES
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import optional, required, written
from xero_onboard.staff.asking import chosen

# A letter takes up to four bytes, and each byte up to three more signs in a form that is not sent in parts.
LARGEST_FORM = 4 * 1024 * 1024
SIGNIFICANCES: Mapping[str, str] = {
    "typo": "A slip of the pen: the day of the last change stays",
    "content": "Something is said differently",
    "major": "Readers must do something differently",
}
PUT_AWAY = "The section is archived. Bring the section back first, under “Sections”."
_LONGEST_FIELD = 1_000
_LONGEST_LIST = 5_000


class InOneLanguage(Protocol):
    """What is written in one language."""

    @property
    def locale(self) -> str:
        """As it stands in addresses."""


def typed_text() -> Manuscript:
    """The guide as it was typed; nothing of it has been checked."""
    body = written(request.form, "body", longest=LARGEST_GUIDE)
    return Manuscript(
        title=optional(request.form, "title", longest=_LONGEST_FIELD) or "",
        description=optional(request.form, "description", longest=_LONGEST_FIELD) or "",
        body=body.strip("\n"),
        keywords=tuple(_lines(written(request.form, "keywords", longest=_LONGEST_LIST))),
        last_reviewed_on=optional(request.form, "last_reviewed_on", longest=20) or "",
        review_in=optional(request.form, "review_in", longest=20) or "",
        provider=chosen("provider", optional(request.form, "provider"), PROVIDERS),
        errors=dict(_pairs(written(request.form, "errors", longest=_LONGEST_LIST))),
        promoted=_is_ticked("promoted"),
        unpublish_at=optional(request.form, "unpublish_at", longest=25) or "",
        visibility=chosen("visibility", optional(request.form, "visibility"), VISIBILITIES)
        or "public",
        comments="closed" if _is_ticked("comments_closed") else "open",
        feedback="off" if _is_ticked("feedback_off") else "on",
        search_boost=optional(request.form, "search_boost", longest=10) or "",
        search_exclude=_is_ticked("search_exclude"),
        toc=not _is_ticked("toc_off"),
        canonical=optional(request.form, "canonical", longest=_LONGEST_FIELD) or "",
        image=optional(request.form, "image", longest=_LONGEST_FIELD) or "",
        prev=optional(request.form, "prev", longest=_LONGEST_FIELD) or "",
        prev_title=optional(request.form, "prev_title", longest=_LONGEST_FIELD) or "",
        next=optional(request.form, "next", longest=_LONGEST_FIELD) or "",
        next_title=optional(request.form, "next_title", longest=_LONGEST_FIELD) or "",
        related=tuple(_lines(written(request.form, "related", longest=_LONGEST_LIST))),
    )


def typed_note() -> Note:
    """Who changes it, why, and how much that means."""
    given = optional(request.form, "significance", longest=10)
    return Note(
        origin="staff",
        author_id=author(),
        reason=optional(request.form, "reason", longest=LONGEST_REASON) or "",
        significance=chosen("significance", given, SIGNIFICANCES) or "content",
    )


def typed_base() -> int:
    """The revision that the text goes on from."""
    return number("base", required(request.form, "base", longest=9))


def typed_onto() -> int | None:
    """What was published meanwhile, for somebody who was shown it."""
    given = optional(request.form, "onto", longest=9)
    return number("onto", given) if given else None


def number(name: str, given: str) -> int:
    """A whole number; raises BadRequest in words."""
    if not given.isascii() or not given.isdigit():
        raise BadRequest(f"The field “{name}” must be a number.")
    return int(given)


def sent_file(name: str) -> bytes:
    """The bytes of a file that was sent along; none when it was not."""
    given = request.files.get(name)
    if given is None:
        return b""
    with closing(given):
        body: bytes = given.read()
    return body


def author() -> UUID:
    """Who is writing."""
    return current_reader().user_id or abort(403)


def languages_of(things: Iterable[InOneLanguage]) -> tuple[str, ...]:
    """The languages that these are in, and that of the site itself before them."""
    return tuple(dict.fromkeys((DEFAULT_LOCALE, *(each.locale for each in things))))


def is_slug(given: str) -> bool:
    """Whether this can stand in an address."""
    return len(given) <= LONGEST_SLUG and SLUG.fullmatch(given) is not None


def _is_ticked(name: str) -> bool:
    return optional(request.form, name, longest=3) is not None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = (line.partition(":") for line in _lines(text))
    return [(code.strip(), anchor.strip().removeprefix("#")) for code, _, anchor in pairs]
