"""The table names every mode once, a test for each that can occur, and says of the others why they cannot."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.faults.modes import text
from tests.faults.modes.table import MODES, Mode

CAUSED = [mode for mode in MODES if mode.test]
AVOIDED = [mode for mode in MODES if not mode.test]
HERE = Path(__file__).parent


def causes() -> set[str]:
    """Every test beside this file that causes something."""
    modules = (path.stem for path in HERE.glob("test_*.py") if path.name != Path(__file__).name)
    return {
        f"{module}.{name}"
        for module in modules
        for name in vars(import_module(f"{__package__}.{module}"))
        if name.startswith("test_")
    }


def test_every_mode_has_its_row() -> None:
    assert [mode.number for mode in MODES] == [*range(1, 57)]


def test_every_row_names_a_test_of_its_own() -> None:
    assert sorted(mode.test for mode in CAUSED) == sorted(causes())


@pytest.mark.parametrize("mode", CAUSED, ids=lambda mode: str(mode.number))
def test_every_mode_that_is_caused_says_what_is_seen(mode: Mode) -> None:
    assert all(sentence for told in mode.told for sentence in told.sentences)
    assert mode.told


@pytest.mark.parametrize("mode", AVOIDED, ids=lambda mode: str(mode.number))
def test_every_mode_that_cannot_occur_says_why(mode: Mode) -> None:
    assert mode.why_not.endswith(".")


def test_the_readme_shows_the_table() -> None:
    """Write it anew with `python -m tests.faults.modes.text`."""
    assert text.table() in text.README.read_text()
