"""What an author writes of a guide, as one value: it is compared, merged, kept and made into a file again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import yaml

from xero_onboard.content.addresses import article_path
from xero_onboard.content.models import Revision
from xero_onboard.content.page_matter import Turn, written_related
from xero_onboard.lib.clock import now

REVIEW_IN = "3 months"
# What only a file says, and nobody in the editor.
_OF_FILE = ("publish_at", "updated", "strays")
_TERMS = ("visibility", "comments", "feedback", "search_boost", "search_exclude")
_PAGE = ("toc", "canonical", "image", "prev", "prev_title", "next", "next_title", "related")


@dataclass(frozen=True)
class Place:
    """Where a guide stands: its number, and what makes up its address."""

    id: int
    locale: str
    section: str
    slug: str
    order: int
    translation_of: int | None = None

    @property
    def path(self) -> str:
        """Its place in the content folder."""
        return f"{self.locale}/{self.section}/{self.slug}.md"

    @property
    def address(self) -> str:
        """Where readers find it."""
        return article_path(self.locale, self.id, self.slug)


@dataclass(frozen=True)
class Manuscript:
    """The words of a guide, right or wrong: nothing here has been checked."""

    title: str
    description: str
    body: str
    keywords: tuple[str, ...] = ()
    last_reviewed_on: str = ""
    review_in: str = REVIEW_IN
    provider: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    promoted: bool = False
    unpublish_at: str = ""
    visibility: str = "public"
    comments: str = "open"
    feedback: str = "on"
    search_boost: str = ""
    search_exclude: bool = False
    toc: bool = True
    canonical: str = ""
    image: str = ""
    # Where it leads on to; empty for its neighbours, and “none” for nowhere.
    prev: str = ""
    prev_title: str = ""
    next: str = ""
    next_title: str = ""
    # The guides named as related; empty for those that are alike, and “none” for no such list.
    related: tuple[str, ...] = ()
    # What its file says of when it is published, and changed last; neither is carried on by whoever changes it here.
    publish_at: str = field(default="", compare=False)
    updated: str = field(default="", compare=False)
    # What its file has that means nothing here: staff are told of it, and it goes when they save.
    strays: tuple[str, ...] = field(default=(), compare=False)

    @property
    def matter(self) -> dict[str, Any]:
        """What stands above the text, as it is stored."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        del values["body"]
        lists = {
            "keywords": list(self.keywords),
            "related": list(self.related),
            "strays": list(self.strays),
        }
        return {**values, **lists, "errors": dict(self.errors)}

    @property
    def unusual(self) -> dict[str, Any]:
        """What holds for readers and the page of this guide and not of others, as its file says it."""
        search = {"boost": _number(self.search_boost), "exclude": self.search_exclude or None}
        usual = {"visibility": "public", "comments": "open", "feedback": "on", "search": {}}
        said = {
            "visibility": self.visibility,
            "comments": self.comments,
            "feedback": self.feedback,
            "search": {name: value for name, value in search.items() if value is not None},
        }
        unusual = {name: value for name, value in said.items() if value != usual[name]}
        return {**unusual, **self._page}

    @property
    def _page(self) -> dict[str, Any]:
        turns = {
            "prev": Turn(self.prev, self.prev_title),
            "next": Turn(self.next, self.next_title),
        }
        return {
            **({} if self.toc else {"toc": False}),
            **({"canonical": self.canonical} if self.canonical else {}),
            **({"image": self.image} if self.image else {}),
            **{key: turn.written for key, turn in turns.items() if turn != Turn("")},
            **({"related": written_related(self.related)} if self.related else {}),
        }

    @property
    def lines(self) -> list[str]:
        """All of it as lines, to be compared with other lines."""
        return [*_top(self), "", *self.body.split("\n")]


def read(revision: Revision) -> Manuscript:
    """What was written for this revision; of what is older than the editor, as much as is known."""
    if revision.matter is not None:
        return of(revision.matter, revision.source)
    day = revision.last_reviewed_on
    return Manuscript(
        title=revision.title,
        description=revision.description,
        body=revision.source.strip("\n"),
        keywords=tuple(revision.keywords),
        last_reviewed_on=day.isoformat() if day else "",
        errors=revision.errors,
    )


def of(matter: Mapping[str, Any], source: str) -> Manuscript:
    """The guide as it was stored in two pieces."""
    values: dict[str, Any] = {
        name: tuple(each) if type(each) is list else each for name, each in matter.items()
    }
    return Manuscript(body=source.strip("\n"), **values)


def compose(
    manuscript: Manuscript, place: Place, aliases: tuple[str, ...] = (), owner: str = ""
) -> str:
    """The file of a guide, as `flask content sync` reads it."""
    top = _dump(
        {
            "id": place.id,
            "translation_of": place.translation_of,
            "title": manuscript.title,
            "description": manuscript.description,
            "section": place.section,
            "order": place.order,
            "locale": place.locale,
            "keywords": list(manuscript.keywords) or None,
            "aliases": list(aliases) or None,
            "last_reviewed_on": _day(manuscript.last_reviewed_on),
            "review_in": manuscript.review_in,
            "owner": owner or None,
            "provider": manuscript.provider or None,
            "errors": dict(manuscript.errors) or None,
            "promoted": manuscript.promoted or None,
            "updated": _day(manuscript.updated) or None,
            "unpublish_at": manuscript.unpublish_at or None,
            **manuscript.unusual,
        }
    )
    return f"---\n{top}---\n\n{manuscript.body}\n"


def new(title: str, body: str) -> Manuscript:
    """A guide that is begun today."""
    return Manuscript(title, "", body, last_reviewed_on=now().date().isoformat())


def _top(manuscript: Manuscript) -> list[str]:
    told = {
        name: value or None
        for name, value in manuscript.matter.items()
        if name not in (*_OF_FILE, *_TERMS, *_PAGE)
    }
    return _dump({**told, **manuscript.unusual}).splitlines()


def _dump(values: Mapping[str, object]) -> str:
    given = {name: value for name, value in values.items() if value is not None}
    return yaml.safe_dump(given, sort_keys=False, allow_unicode=True, width=10_000)


def _number(text: str) -> float | str | None:
    """A number as YAML writes it; what is none stays, as with days."""
    try:
        found = float(text) if text else None
    except ValueError:
        return text
    return int(found) if found is not None and found.is_integer() else found


def _day(text: str) -> date | str:
    """A day as YAML writes it; what is none stays as it is, for the reader of files to complain of."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
