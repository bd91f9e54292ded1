"""Which tests stand for which row, as tests/README.md shows it; `python -m tests.rows` writes it there anew."""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

TESTS = Path(__file__).parent
README = TESTS / "README.md"
HEADING = re.compile(r"^\| row \| attack \| what must be \|.*$", re.MULTILINE)
_ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+?) \| (.+?) \|(?: .+ \|)?$", re.MULTILINE)
_DOCSTRING = re.compile(r'def test_.*?:\n    +"""(.*?)"""|^"""(.*?)"""', re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"\b[Rr]ows?\b([^.:;]*)")


def files() -> Mapping[str, list[str]]:
    """The files with tests that name a row in their docstrings, by row."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        for docstring in _DOCSTRING.findall(path.read_text()):
            for words in _NAMED.findall("".join(docstring)):
                for row in re.findall(r"\b[A-Z]\d+\b", words):
                    found[row].add(path.relative_to(TESTS).as_posix())
    return {row: sorted(names) for row, names in found.items()}


def write(text: str) -> str:
    """The text with the files of each row beside it."""
    names = files()

    def line(found: re.Match[str]) -> str:
        row, attack, must = found.groups()
        tests = ", ".join(f"`{name.removesuffix('.py')}`" for name in names.get(row, ()))
        return f"| {row} | {attack} | {must} | {tests} |"

    headed = HEADING.sub("| row | attack | what must be | tests |", text)
    ruled = re.sub(r"(\| what must be \| tests \|\n)\|[-|]+\|", r"\1|---|---|---|---|", headed)
    return _ROW.sub(line, ruled)


if __name__ == "__main__":
    README.write_text(write(README.read_text()))
