"""Where each page will stand here: its number, its section and its name, the same at every import."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePosixPath

from markdown.extensions.toc import slugify

from xero_onboard.content.addresses import article_path
from xero_onboard.content.manuscript import Place
from xero_onboard.content.mintlify.languages import original_shelves, originals
from xero_onboard.content.mintlify.navigation import Plan, Shelf
from xero_onboard.content.models import LONGEST_SLUG

# As long as those of guides begun here, and made of what they stand for.
_LEAST_ID, _IDS = 500_000_000_000, 400_000_000_000
_LONGEST_TITLE = 150


@dataclass(frozen=True)
class Section:
    """A section with its pages, in order, each with its place."""

    id: int
    locale: str
    slug: str
    title: str
    order: int
    pages: tuple[tuple[PurePosixPath, Place], ...]
    translation_of: int | None = None


def lay_out(plan: Plan) -> list[Section]:
    """The sections of the site, each in one language."""
    translated = originals(plan.shelves)
    sections = list(_sections(plan, translated))
    for number, original in original_shelves(plan.shelves, translated).items():
        sections[number] = replace(sections[number], translation_of=sections[original].id)
    return sections


def addresses(sections: list[Section]) -> dict[str, str]:
    """The address of each page's guide, by the path of its file."""
    places = [place for section in sections for _, place in section.pages]
    return {place.path: article_path(place.locale, place.id, place.slug) for place in places}


def _sections(plan: Plan, translated: Mapping[PurePosixPath, PurePosixPath]) -> Iterator[Section]:
    taken: set[tuple[str, str]] = set()
    for order, shelf in enumerate(plan.shelves, 1):
        title = _title(shelf, plan.name)
        if (shelf.locale, slug_of(title)) in taken:
            title = " – ".join(name for _, name in shelf.trail)[:_LONGEST_TITLE]
        slug = _unlike(slug_of(title), taken, shelf.locale)
        yield Section(
            id=_number(plan.name, "section", f"{shelf.locale}/{slug}"),
            locale=shelf.locale,
            slug=slug,
            title=title,
            order=order,
            pages=tuple(
                (path, replace(place, translation_of=_translated(plan.name, path, translated)))
                for path, place in _pages(plan.name, shelf, slug)
            ),
        )


def _title(shelf: Shelf, site: str) -> str:
    groups = [name for kind, name in shelf.trail if kind == "group"]
    others = [name for kind, name in shelf.trail if kind != "language"]
    return " – ".join(groups or others[-1:] or [site])[:_LONGEST_TITLE]


def _pages(site: str, shelf: Shelf, section: str) -> Iterator[tuple[PurePosixPath, Place]]:
    taken: set[tuple[str, str]] = set()
    for order, path in enumerate(shelf.pages, 1):
        parts = [part for part in path.parts if part != "index"] or ["index"]
        slug = slug_of(parts[-1])
        if (shelf.locale, slug) in taken:
            slug = slug_of("-".join(parts))
        slug = _unlike(slug, taken, shelf.locale)
        number = _number(site, "page", str(path))
        yield path, Place(number, shelf.locale, section, slug, order)


def _translated(
    site: str, path: PurePosixPath, translated: Mapping[PurePosixPath, PurePosixPath]
) -> int | None:
    return _number(site, "page", str(translated[path])) if path in translated else None


def slug_of(words: str) -> str:
    """A name for an address, of letters that need no escape."""
    name = re.sub(r"-{2,}", "-", slugify(words.replace("_", "-"), "-")).strip("-")
    return name[:LONGEST_SLUG].strip("-") or "guides"


def _unlike(slug: str, taken: set[tuple[str, str]], locale: str) -> str:
    candidate, number = slug, 1
    while (locale, candidate) in taken:
        number += 1
        candidate = f"{slug[: LONGEST_SLUG - 6]}-{number}"
    taken.add((locale, candidate))
    return candidate


def _number(*parts: str) -> int:
    digest = sha256("\0".join(("mintlify", *parts)).encode("utf-8", "replace")).digest()
    return _LEAST_ID + int.from_bytes(digest[:8]) % _IDS
