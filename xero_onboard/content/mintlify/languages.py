"""Which pages of a site are the same in several languages: those with the same name in the folder of each.

https://www.mintlify.com/docs/guides/internationalization#file-structure
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.mintlify.navigation import Shelf


def originals(shelves: Sequence[Shelf]) -> Mapping[PurePosixPath, PurePosixPath]:
    """Of each page that is a translation the page that it translates, of which no other in its language is one."""
    source = source_of(shelves)
    own: dict[str, PurePosixPath] = {}
    for shelf in shelves:
        for path in shelf.pages if shelf.locale == source else ():
            own.setdefault(_name(path, shelf.language), path)
    found: dict[PurePosixPath, PurePosixPath] = {}
    taken: set[tuple[str, PurePosixPath]] = set()
    for shelf in shelves:
        for path in shelf.pages if shelf.locale != source else ():
            original = own.get(_name(path, shelf.language))
            if original and (shelf.locale, original) not in taken:
                taken.add((shelf.locale, original))
                found[path] = original
    return found


def source_of(shelves: Sequence[Shelf]) -> str:
    """The language in which the site is written: ours if it has that, or else its first."""
    locales = [shelf.locale for shelf in shelves]
    return DEFAULT_LOCALE if DEFAULT_LOCALE in locales or not locales else locales[0]


def original_shelves(
    shelves: Sequence[Shelf], pages: Mapping[PurePosixPath, PurePosixPath]
) -> Mapping[int, int]:
    """By its number in the list, of each shelf that is a translation the one it translates: where most of its pages come from."""
    home = {path: number for number, shelf in enumerate(shelves) for path in shelf.pages}
    found: dict[int, int] = {}
    taken: set[tuple[str, int]] = set()
    for number, shelf in enumerate(shelves):
        counts = Counter(home[pages[path]] for path in shelf.pages if path in pages)
        for original, _ in counts.most_common():
            if (shelf.locale, original) not in taken:
                taken.add((shelf.locale, original))
                found[number] = original
                break
    return found


def _name(path: PurePosixPath, language: str) -> str:
    """The path without the folder of its language."""
    alike = {language.lower(), language.lower().partition("-")[0]}
    parts = list(path.parts)
    folder = next((part for part in parts[:-1] if part.lower().replace("_", "-") in alike), None)
    if folder:
        parts.remove(folder)
    # The first page of a language may be the folder itself: “fr” beside “fr/quickstart”.
    elif len(parts) == 1 and parts[0].lower().replace("_", "-") in alike:
        parts = ["index"]
    return "/".join(parts)
