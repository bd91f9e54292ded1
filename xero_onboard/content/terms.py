"""Who may read a guide, what readers may do with it, and how easily it is found: as the top of its file says it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

VISIBILITIES = ("public", "unlisted", "internal")
LEAST_BOOST, MOST_BOOST = 0.1, 10


class Unfit(Exception):
    """The value does not fit its key; the message says why."""


@dataclass(frozen=True)
class Terms:
    """What holds for a guide; each is a column of its row."""

    visibility: str = "public"
    takes_comments: bool = True
    takes_votes: bool = True
    search_boost: float = 1
    is_searchable: bool = True

    @property
    def is_listed(self) -> bool:
        """Whether it stands where readers look for guides."""
        return self.visibility == "public"


def of(found: Mapping[str, Any]) -> Terms:
    """The terms that these values of keys make; what is not said is as usual."""
    search = found.get("search", {})
    return Terms(
        visibility=found.get("visibility", "public"),
        takes_comments=found.get("comments", True),
        takes_votes=found.get("feedback", True),
        search_boost=search.get("boost", 1),
        is_searchable=not search.get("exclude", False),
    )


def _visibility(value: object) -> str:
    if value not in VISIBILITIES:
        raise Unfit("must be public, unlisted or internal")
    return str(value)


def _comments(value: object) -> bool:
    if value not in ("open", "closed"):
        raise Unfit("must be open or closed")
    return value == "open"


def _feedback(value: object) -> bool:
    # YAML reads a bare “off” as false.
    if value in ("on", "off"):
        return value == "on"
    if not isinstance(value, bool):
        raise Unfit("must be on or off")
    return value


def flag(value: object) -> bool:
    """What is so, or is not; raises Unfit."""
    if not isinstance(value, bool):
        raise Unfit("must be true or false")
    return value


def boost(value: object) -> float:
    """How far a guide comes before others; raises Unfit."""
    factor = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
    if not LEAST_BOOST <= factor <= MOST_BOOST:
        raise Unfit(f"must be a number from {LEAST_BOOST} to {MOST_BOOST}")
    return factor


def _search(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not value.keys() <= {"boost", "exclude"}:
        raise Unfit("must say boost, exclude or both, as in “search: {boost: 2}”")
    try:
        boost(value.get("boost", 1))
    except Unfit as error:
        raise Unfit(f"has a boost that is no number from {LEAST_BOOST} to {MOST_BOOST}") from error
    exclude = value.get("exclude", False)
    if not isinstance(exclude, bool):
        raise Unfit("has an exclude that is neither true nor false")
    return value


KEYS: Mapping[str, Callable[[object], object]] = {
    "visibility": _visibility,
    "comments": _comments,
    "feedback": _feedback,
    "search": _search,
}
