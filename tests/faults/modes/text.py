"""The table of modes as tests/README.md shows it; `python -m tests.faults.modes.text` writes it there anew."""

from pathlib import Path

from tests.faults.modes.table import MODES, Mode
from tests.faults.modes.told import Told

README = Path(__file__).parents[2] / "README.md"
BEGIN = "| mode | what goes wrong | caused by | what the reader sees |"
END = "\n\n"


def table() -> str:
    """All rows, in Markdown."""
    return "\n".join([BEGIN, "|---|---|---|---|", *map(_row, MODES)])


def write(text: str) -> str:
    """The text with this table in place of the one it has."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{table()}{END}{after}"


def _row(mode: Mode) -> str:
    if not mode.test:
        return f"| {mode.number} | {mode.what} | cannot be | {mode.why_not} |"
    module, _, test = mode.test.partition(".")
    seen = " · ".join(map(_seen, mode.told))
    return f"| {mode.number} | {mode.what} | `{module}.py` `{test}` | {seen} |"


def _seen(told: Told) -> str:
    """What happened and what to do; the reason between them is left to the page."""
    first, *_, last = (*told.sentences, "")
    next_step = told.sentences[-1] if len(told.sentences) > 1 else last
    return f"{told.source}: {' – '.join(part for part in (first, next_step) if part)}"


if __name__ == "__main__":
    README.write_text(write(README.read_text()))
