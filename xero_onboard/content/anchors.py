"""Names of places in an article, unlike each other and unlike those of the page around it."""

import re

from markdown.extensions.toc import slugify_unicode

_OF_THE_PAGE = frozenset(
    {
        *(
            "connect",
            "feedback",
            "main",
            "masthead-query",
            "outcome",
            "picker-error",
            "query",
            "theme-toggle",
            "true",
        ),
        *(
            f"{part}-title"
            for part in (
                "add",
                "connection",
                "contents",
                "feedback",
                "promoted",
                "sections",
                "siblings",
            )
        ),
    }
)
_OF_A_PART = re.compile(
    r"(?:connect|ask)(?:-\d+)?(?:-title|-saw-\d+|-email(?:-error|-hint)?)?|vote-(?:up|down)|tenant-\d+|section-\d+|fn(?:ref)?:.*"
)


def is_reserved(anchor: str) -> bool:
    """Whether the page around the article may use this name."""
    return anchor in _OF_THE_PAGE or _OF_A_PART.fullmatch(anchor) is not None


def slug(text: str) -> str:
    """A name made of the words of a heading."""
    name = slugify_unicode(text, "-") or "part"
    return f"about-{name}" if is_reserved(name) else name


def unlike(name: str, taken: set[str]) -> str:
    """The name, numbered if it is taken; from now on it is."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    taken.add(candidate)
    return candidate
