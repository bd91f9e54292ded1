"""A library of any size: guides that are long and varied as those of a grown help centre, and always the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

FIRST_ID = 700_000_000_000
PER_SECTION = 100
_PARAGRAPHS = (8, 16)
_SYLLABLES = [
    a + b for a in "bcdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "ol")
]
_COMMON = (
    *("the", "to", "and", "of", "your", "in", "is", "that", "you", "press", "open", "choose"),
    *("xero", "organisation", "connect", "account", "invoice", "payment", "contact", "report"),
    *("login", "role", "permission", "guide", "step", "button", "message", "settings", "bank"),
)


@dataclass(frozen=True)
class Shelf:
    """Words by how often they are used, as in any language: few often, most of them seldom."""

    words: tuple[str, ...]
    # Added up, as `random.choices` likes them best.
    weights: tuple[float, ...]


def fill(folder: Path, count: int) -> None:
    """Write so many guides below the folder, a hundred to a section."""
    shelf = make_shelf()
    for number in range(count):
        section = number // PER_SECTION
        place = folder / "en-gb" / f"section-{section}"
        if number % PER_SECTION == 0:
            place.mkdir(parents=True, exist_ok=True)
            (place / "_section.md").write_text(_section(section))
        (place / f"guide-{number}.md").write_text(guide(number, shelf))


def make_shelf(rare: int = 30_000) -> Shelf:
    """The vocabulary of all guides."""
    chance = Random(1)  # noqa: S311 - the same library every time
    made: dict[str, None] = dict.fromkeys(_COMMON)
    while len(made) < rare:
        made["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))] = None
    words = tuple(made)
    return Shelf(words, tuple(accumulate(1 / (rank + 10) for rank in range(len(words)))))


def guide(number: int, shelf: Shelf, extra: str = "") -> str:
    """The text of one guide, about 6 kB of it."""
    chance = Random(number)  # noqa: S311
    title = _words(chance, shelf, 5)
    lines = [
        *("---", f"id: {FIRST_ID + number}", f"title: {title.capitalize()} {number}"),
        *(
            f"description: {_words(chance, shelf, 12).capitalize()}.",
            f"section: section-{number // PER_SECTION}",
        ),
        *(f"order: {number % PER_SECTION}", "locale: en-gb", "last_reviewed_on: 2026-11-22"),
        *("review_in: 3 months", "---", "", extra),
    ]
    for paragraph in range(chance.randint(*_PARAGRAPHS)):
        if paragraph % 3 == 0:
            lines += ["", f"## {_words(chance, shelf, 4).capitalize()}"]
        lines += ["", f"{_words(chance, shelf, 80).capitalize()}."]
    return "\n".join((*lines, ""))


def titles(count: int) -> Iterator[list[str]]:
    """The words of each guide's title, to look for."""
    shelf = make_shelf()
    for number in range(count):
        yield _words(Random(number), shelf, 5).split()  # noqa: S311


def _words(chance: Random, shelf: Shelf, count: int) -> str:
    return " ".join(chance.choices(shelf.words, cum_weights=shelf.weights, k=count))


def _section(number: int) -> str:
    return f"---\nid: {FIRST_ID - 1 - number}\ntitle: Section {number}\ndescription: What is told here.\norder: {number}\n---\n"
