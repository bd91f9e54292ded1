"""`docs.json`, or the older `mint.json`, with the files that it refers to put in, and where each thing in it stands.

https://www.mintlify.com/docs/organize/settings#split-configuration-with-ref
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from xero_onboard.content.mintlify.folder import LARGEST_SETTINGS, Folder, within
from xero_onboard.content.problems import Broken

SETTINGS = ("docs.json", "mint.json")
_REF = "$ref"
# A file may stand in many places, and each of its places hold many files again.
_MOST_REFERENCES, _LARGEST_ALTOGETHER = 500, 4 * LARGEST_SETTINGS
_DEEPEST = 200
_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*+"|[{}]')

Place = tuple[str, int]


class Table(dict[str, Any]):
    """An object of JSON that knows on which line of which file its words stand."""

    def __init__(self, values: Mapping[str, Any], place: Place, words: Mapping[str, Place]) -> None:
        super().__init__(values)
        self.place = place
        self.words = words

    def place_of(self, word: object) -> Place:
        """Where a key of it stands, or a text in one of its lists."""
        return self.words.get(str(word), self.place)


def read_settings(folder: Folder) -> Table:
    """The settings of the site; raises Broken where there are none, or none that can be read."""
    name = next((each for each in SETTINGS if folder.has(PurePosixPath(each))), SETTINGS[0])
    path = PurePosixPath(name)
    found = _References(folder).read(path)
    if not isinstance(found, Table):
        raise Broken(
            folder.name_of(path), 1, "“navigation” is missing: it says which pages there are"
        )
    return found


class _References:
    """Puts the files that are referred to in their places."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._count = self._size = 0

    def read(self, path: PurePosixPath) -> Any:
        """A file of settings, with everything in its place; raises Broken."""
        return self._put_in(self._source(path), (path,))

    def _put_in(self, value: Any, around: tuple[PurePosixPath, ...], depth: int = 0) -> Any:
        """The value with every reference in it followed; `around` are the files that it stands in."""
        if depth > _DEEPEST:
            raise Broken(self._folder.name_of(around[-1]), 1, "it is nested too deeply")
        if isinstance(value, list):
            return [self._put_in(each, around, depth + 1) for each in value]
        if not isinstance(value, Table):
            return value
        own = {
            key: self._put_in(each, around, depth + 1) for key, each in value.items() if key != _REF
        }
        if _REF not in value:
            return Table(own, value.place, value.words)
        there = self._file(value, around, depth)
        if not isinstance(there, Table):
            return there
        # What stands beside a reference has the last word.
        return Table({**there, **own}, value.place, {**there.words, **value.words})

    def _file(self, value: Table, around: tuple[PurePosixPath, ...], depth: int) -> Any:
        name = value[_REF]
        file, line = value.place_of(_REF)
        path = within(around[-1].parent, name) if isinstance(name, str) else None
        self._count += 1
        if path is None or str(name).startswith("/"):
            raise Broken(file, line, f"“{name}” leads out of the folder: it is not read")
        if path in around:
            raise Broken(file, line, f"“{name}” refers to itself, directly or by others")
        if self._count > _MOST_REFERENCES:
            raise Broken(file, line, f"there are more than {_MOST_REFERENCES} references")
        if not self._folder.has(path):
            raise Broken(file, line, f"there is no file “{name}”")
        return self._put_in(self._source(path), (*around, path), depth + 1)

    def _source(self, path: PurePosixPath) -> Any:
        source, name = self._folder.text(path, LARGEST_SETTINGS), self._folder.name_of(path)
        self._size += len(source)
        if self._size > _LARGEST_ALTOGETHER:
            raise Broken(name, 1, "the site’s settings are too large with all that they refer to")
        return _parsed(name, source)


def _parsed(name: str, source: str) -> Any:
    objects = _objects(name, source)
    try:
        # Objects are made in the order in which they end.
        return json.loads(
            source, object_pairs_hook=lambda pairs: Table(dict(pairs), *next(objects))
        )
    except json.JSONDecodeError as error:
        raise Broken(name, error.lineno, f"cannot be read: {error.msg}") from error
    except ValueError as error:  # a number of thousands of digits
        raise Broken(name, 1, "cannot be read: a number in it is too long") from error
    except RecursionError as error:
        raise Broken(name, 1, "cannot be read: it is nested too deeply") from error


def _objects(name: str, source: str) -> Iterator[tuple[Place, dict[str, Place]]]:
    """Where each object begins and what stands directly in it, in the order in which they end."""
    open_ones: list[tuple[Place, dict[str, Place]]] = []
    line, seen = 1, 0
    for token in _TOKEN.finditer(source):
        line, seen = line + source.count("\n", seen, token.start()), token.start()
        if token[0] == "{":
            open_ones.append(((name, line), {}))
        elif token[0] == "}" and open_ones:
            yield open_ones.pop()
        elif open_ones:
            open_ones[-1][1].setdefault(_word(name, line, token[0]), (name, line))


def _word(name: str, line: int, token: str) -> str:
    try:
        word = str(json.loads(token))
        word.encode()
    except json.JSONDecodeError:
        return ""
    except UnicodeEncodeError as error:
        raise Broken(name, line, "it contains half a character, which cannot be typed") from error
    return word
