"""What an archive says of each guide besides its file: numbers, dates, votes, and texts that nobody reads yet.

It comes from outside, so that nothing in it is believed before it was looked at.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from xero_onboard.config import LOCALE
from xero_onboard.content import declared
from xero_onboard.content.declared import BadManifest
from xero_onboard.content.front_matter import LARGEST_ID, SLUG
from xero_onboard.content.manuscript import Manuscript, Place
from xero_onboard.content.models import LONGEST_NAME, LONGEST_REASON, LONGEST_SLUG
from xero_onboard.content.parts import JSON
from xero_onboard.lib.brand.changing import PIECES
from xero_onboard.lib.brand.moving import Luggage
from xero_onboard.lib.carried import CarriedComment

# An archive that says another number was made by a later version of the site.
FORMAT = 1

_STATUSES = ("published", "draft", "archived")
_WRITERS = ("file", "staff")
_KINDS = ("article", "section", "category")
_SIGNIFICANCES = ("typo", "content", "major")
_TEXTS = (
    "title",
    "description",
    "body",
    "last_reviewed_on",
    "review_in",
    "provider",
    "unpublish_at",
)

# Archives of earlier versions say nothing of these.
_TERMS = (
    *("visibility", "comments", "feedback", "search_boost", "canonical", "image"),
    *("prev", "prev_title", "next", "next_title", "publish_at", "updated"),
)


@dataclass(frozen=True)
class Kept:
    """A revision; one that readers see has its text in the file of the guide, and the others here."""

    number: int
    base: int | None
    origin: str
    reason: str
    significance: str
    created_at: datetime
    edited_on: date
    published_at: datetime | None
    renewed_at: datetime | None
    translated: int | None
    text: Manuscript | None


@dataclass(frozen=True)
class News:
    """That a revision told readers something, which itself stays behind: its number, and when it did."""

    number: int
    published_at: datetime


@dataclass(frozen=True)
class Entry:
    """A guide; `published`, `draft` and `offered` are numbers among its revisions."""

    place: Place
    status: str
    keeper: str
    owner: str
    is_turn_chosen: bool
    is_owner_chosen: bool
    is_from_file: bool
    created_at: datetime
    publish_at: datetime | None
    missed_because: str | None
    unpublish_at: datetime | None
    published: int | None
    draft: int | None
    offered: int | None
    aliases: Sequence[str]
    helpful: int
    total: int
    revisions: Sequence[Kept]
    comments: Sequence[CarriedComment]
    news: Sequence[News]

    @property
    def is_shown(self) -> bool:
        """Whether readers see it, so that there is a file."""
        return self.status == "published" and self.published is not None


@dataclass(frozen=True)
class Shelf:
    """Who has the last word on a section, and since when it is put away."""

    id: int
    keeper: str
    archived_at: datetime | None


@dataclass(frozen=True)
class Shared:
    """Who has the last word on a snippet, and what of its file waits for that word."""

    locale: str
    name: str
    keeper: str
    offered: str | None


@dataclass(frozen=True)
class Arrived:
    """What came from another help centre, and what became of it; `revision` is a number among those of the guide."""

    kind: str
    source_id: int
    locale: str
    target_id: int | None
    target_locale: str
    state: str
    revision: int | None
    is_outdated: bool
    at: datetime


@dataclass(frozen=True)
class Beside:
    """A file beside a guide, under the number it had elsewhere; one that is no picture lies in the archive."""

    id: int
    article_id: int
    name: str
    picture_id: int | None


@dataclass(frozen=True)
class Manifest:
    """Everything that an archive says besides its files."""

    guides: Sequence[Entry]
    sections: Sequence[Shelf]
    snippets: Sequence[Shared]
    arrivals: Sequence[Arrived]
    files: Sequence[Beside]
    # What its pages wear, if it is not what they are shipped with.
    look: Luggage | None = None


def told(manifest: Manifest) -> JSON:
    """The manifest as JSON."""
    return {
        "guides": [
            _plain({**asdict(entry), "revisions": [_told(each) for each in entry.revisions]})
            for entry in manifest.guides
        ],
        "sections": [_plain(asdict(each)) for each in manifest.sections],
        "snippets": [_plain(asdict(each)) for each in manifest.snippets],
        "arrivals": [_plain(asdict(each)) for each in manifest.arrivals],
        "files": [_plain(asdict(each)) for each in manifest.files],
        "look": asdict(manifest.look) if manifest.look else None,
    }


def read(found: Any) -> Manifest:
    """What an archive says; raises BadManifest."""
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadManifest(f"it is not of the format {FORMAT}, which this version of the site reads")
    manifest = Manifest(
        guides=tuple(declared.each("guides", found, _entry)),
        sections=tuple(declared.each("sections", found, _shelf)),
        snippets=tuple(declared.each("snippets", found, _shared)),
        arrivals=tuple(declared.each("arrivals", found, _arrived)),
        files=tuple(declared.each("files", found, _beside)),
        look=_look(declared.value("look", found, dict)) if found.get("look") else None,
    )
    guides = manifest.guides
    for name, values in (
        ("number", [entry.place.id for entry in guides]),
        ("old address", [path for entry in guides for path in entry.aliases]),
        ("file", [each.id for each in manifest.files]),
        ("comment", [each.id for entry in guides for each in entry.comments]),
        ("origin", [(each.kind, each.source_id, each.locale) for each in manifest.arrivals]),
    ):
        if len(values) != len(set(values)):
            raise BadManifest(f"two guides have the same {name}")
    return manifest


def _look(found: JSON) -> Luggage:
    files = declared.value("files", found, dict)
    known = {piece: declared.text(piece, files) for piece in PIECES if piece in files}
    return Luggage(
        light=declared.or_none(declared.text, "light", found),
        dark=declared.or_none(declared.text, "dark", found),
        alt=declared.text("alt", found),
        is_named=found.get("is_named") is True,
        is_icon_of_logo=found.get("is_icon_of_logo") is True,
        files=known,
    )


def _told(kept: Kept) -> JSON:
    text = kept.text and {**kept.text.matter, "body": kept.text.body}
    return {**asdict(kept), "text": text}


def _plain(value: Any) -> Any:
    """With moments, days and names of rows as texts."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # as every moment is
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _entry(found: JSON) -> Entry:
    entry = Entry(
        place=_place(found),
        status=declared.one_of("status", found, _STATUSES),
        keeper=declared.one_of("keeper", found, _WRITERS),
        owner=declared.or_none(declared.text, "owner", found) or "",
        is_turn_chosen=found.get("is_turn_chosen") is True,
        is_owner_chosen=found.get("is_owner_chosen") is True,
        is_from_file=found.get("is_from_file") is True,
        created_at=declared.moment("created_at", found),
        publish_at=declared.or_none(declared.moment, "publish_at", found),
        missed_because=declared.or_none(declared.text, "missed_because", found),
        unpublish_at=declared.or_none(declared.moment, "unpublish_at", found),
        published=declared.or_none(declared.number, "published", found),
        draft=declared.or_none(declared.number, "draft", found),
        offered=declared.or_none(declared.number, "offered", found),
        aliases=tuple(declared.each("aliases", found, declared.path)),
        helpful=declared.number("helpful", found),
        total=declared.number("total", found),
        revisions=tuple(declared.each("revisions", found, _kept)),
        # Archives of earlier versions have neither.
        comments=tuple(declared.each("comments", found, _comment) if "comments" in found else ()),
        news=tuple(declared.each("news", found, _news) if "news" in found else ()),
    )
    _agree(entry)
    return entry


def _agree(entry: Entry) -> None:
    """What an entry says must fit together; raises BadManifest."""
    by_number = {kept.number: kept for kept in entry.revisions}
    named = {number for number in (entry.published, entry.draft, entry.offered) if number}
    bases = {kept.base for kept in entry.revisions if kept.base}
    shown = entry.published if entry.is_shown else None
    gone = {each.number for each in entry.news if each.number < max(by_number, default=0)}
    if len(gone - by_number.keys()) != len(entry.news):
        raise BadManifest(f"guide {entry.place.id}: its news do not fit its revisions")
    if len(by_number) != len(entry.revisions) or not (named | bases) <= by_number.keys():
        raise BadManifest(f"guide {entry.place.id}: its revisions do not fit together")
    if (entry.status == "published" or not named) and shown is None:
        raise BadManifest(f"guide {entry.place.id}: there is no text that it shows")
    if any(kept.text is None for number, kept in by_number.items() if number != shown):
        raise BadManifest(f"guide {entry.place.id}: the text of a revision is missing")
    if entry.helpful > entry.total:
        raise BadManifest(f"guide {entry.place.id}: more found it helpful than voted")


def _place(found: JSON) -> Place:
    raw = declared.value("place", found, dict)
    place = Place(
        id=declared.value("id", raw, int),
        locale=declared.value("locale", raw, str),
        section=declared.value("section", raw, str),
        slug=declared.value("slug", raw, str),
        order=declared.number("order", raw),
        translation_of=declared.or_none(declared.identity, "translation_of", raw),
    )
    names = (place.section, place.slug)
    if not 0 < place.id <= LARGEST_ID or not LOCALE.fullmatch(place.locale):
        raise BadManifest(f"“{place.id}” in “{place.locale[:20]}” is no number of a guide")
    if not all(SLUG.fullmatch(name) and len(name) <= LONGEST_SLUG for name in names):
        raise BadManifest(f"guide {place.id}: its name cannot stand in an address")
    return place


def _kept(found: JSON) -> Kept:
    raw = found.get("text")
    return Kept(
        number=declared.number("number", found),
        base=declared.or_none(declared.number, "base", found),
        origin=declared.one_of("origin", found, _WRITERS),
        reason=declared.text("reason", found)[:LONGEST_REASON],
        significance=declared.one_of("significance", found, _SIGNIFICANCES),
        created_at=declared.moment("created_at", found),
        edited_on=declared.day("edited_on", found),
        published_at=declared.or_none(declared.moment, "published_at", found),
        renewed_at=declared.or_none(declared.moment, "renewed_at", found),
        translated=declared.or_none(declared.number, "translated", found),
        text=None if raw is None else _manuscript(declared.value("text", found, dict)),
    )


def _comment(found: JSON) -> CarriedComment:
    return CarriedComment(
        id=declared.name_of_row("id", found),
        name=declared.or_none(declared.text, "name", found),
        is_staffs=declared.value("is_staffs", found, bool),
        looks_like_staff=declared.value("looks_like_staff", found, bool),
        source=declared.text("source", found),
        created_at=declared.moment("created_at", found),
        edited_at=declared.or_none(declared.moment, "edited_at", found),
        shown_at=declared.moment("shown_at", found),
    )


def _news(found: JSON) -> News:
    return News(declared.number("number", found), declared.moment("published_at", found))


def _shelf(found: JSON) -> Shelf:
    return Shelf(
        id=declared.identity("id", found),
        keeper=declared.one_of("keeper", found, _WRITERS),
        archived_at=declared.or_none(declared.moment, "archived_at", found),
    )


def _shared(found: JSON) -> Shared:
    return Shared(
        locale=declared.text("locale", found),
        name=declared.text("name", found),
        keeper=declared.one_of("keeper", found, _WRITERS),
        offered=declared.or_none(declared.text, "offered", found),
    )


def _arrived(found: JSON) -> Arrived:
    return Arrived(
        kind=declared.one_of("kind", found, _KINDS),
        source_id=declared.identity("source_id", found),
        locale=declared.text("locale", found)[:20],
        target_id=declared.or_none(declared.identity, "target_id", found),
        target_locale=declared.locale("target_locale", found),
        state=declared.text("state", found)[:64],
        revision=declared.or_none(declared.number, "revision", found),
        is_outdated=found.get("is_outdated") is True,
        at=declared.moment("at", found),
    )


def _beside(found: JSON) -> Beside:
    return Beside(
        id=declared.identity("id", found),
        article_id=declared.identity("article_id", found),
        name=declared.text("name", found)[:LONGEST_NAME],
        picture_id=declared.or_none(declared.identity, "picture_id", found),
    )


def _manuscript(found: JSON) -> Manuscript:
    errors = declared.value("errors", found, dict)
    names = [*_TEXTS, *(name for name in _TERMS if name in found)]
    texts: dict[str, Any] = {name: declared.text(name, found) for name in names}
    return Manuscript(
        **texts,
        keywords=tuple(declared.each("keywords", found, declared.sound)),
        errors={
            declared.sound(code): declared.sound(str(anchor)) for code, anchor in errors.items()
        },
        promoted=found.get("promoted") is True,
        search_exclude=found.get("search_exclude") is True,
        toc=found.get("toc") is not False,
        related=tuple(declared.each("related", found, declared.sound))
        if "related" in found
        else (),
    )
