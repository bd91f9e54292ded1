"""The words that this house does not use, and what to write instead: a file that each site may have."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from xero_onboard.config import LOCALE
from xero_onboard.content.problems import Broken
from xero_onboard.content.top import pairs

FILE = "words.yml"

# Of each language the words to avoid, each with what to write; with nothing where they can be left out.
HouseWords = Mapping[str, Mapping[str, str]]


def read(folder: Path) -> HouseWords:
    """What stands in the file beside the guides, if there is one; raises Broken."""
    name = f"{folder.name}/{FILE}"
    try:
        text = (folder / FILE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise Broken(name, 1, "the file is not UTF-8 text") from error
    except OSError as error:
        raise Broken(name, 1, f"the file cannot be read: {error.strerror}") from error
    return dict(_languages(name, text))


def read_if_sound(folder: Path) -> HouseWords:
    """For whoever cannot mend the file: none, while it cannot be read."""
    try:
        return read(folder)
    except Broken:
        return {}


def _languages(name: str, text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    if all(line.strip().startswith("#") or not line.strip() for line in text.split("\n")):
        return
    for key, value, places in pairs(name, text, above=0, example="en-gb:", is_all_words=True):
        if not LOCALE.fullmatch(key):
            message = f"“{key}” is no language as the folders of guides name it: write “en-gb:”"
            raise Broken(name, places[key], message)
        if not isinstance(value, dict):
            message = f"expected lines like “  utilise: use” below “{key}:”"
            raise Broken(name, places[key], message)
        for word, instead in value.items():
            if not word.strip() or not isinstance(instead, str):
                line = places.get(f"{key} {word}", places[key])
                raise Broken(name, line, "expected a line like “  utilise: use”")
        yield key, value
