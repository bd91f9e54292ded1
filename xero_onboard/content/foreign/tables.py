"""Tables: what fits into lines of cells, and what does not."""

from collections.abc import Callable

from bs4 import Tag

from xero_onboard.content.foreign.tree import attr

_TOO_MUCH = (
    "table",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "details",
    "blockquote",
    "hr",
    "dl",
)
_WIDEST = 30

Cell = Callable[[Tag], str]


class NotATable(Exception):
    """It cannot be written with lines of cells; the message says why."""


def own_rows(table: Tag) -> list[Tag]:
    """Its rows, and not those of a table within."""
    return [row for row in table.find_all("tr") if row.find_parent("table") is table]


def own_cells(row: Tag) -> list[Tag]:
    """The cells of a row."""
    return row.find_all(["td", "th"], recursive=False)


def is_layout(table: Tag) -> bool:
    """A table with one cell, or with one column that says no more than what stands in it: a box or a frame."""
    return all(len(own_cells(row)) <= 1 for row in own_rows(table))


def write(table: Tag, cell: Cell) -> tuple[str, list[str]]:
    """The table, and what is not as it was; raises NotATable."""
    rows = [row for row in own_rows(table) if own_cells(row)]
    if not rows:
        raise NotATable("it has no cells")
    found = table.find(_TOO_MUCH)
    if isinstance(found, Tag):
        raise NotATable(f"<{found.name}> stands in a cell")
    width = max(sum(_span(each, "colspan") for each in own_cells(row)) for row in rows)
    if width > _WIDEST:
        raise NotATable(f"it is {width} columns wide")
    grid = _grid(rows, width, cell)
    lines = [_line(cells) for cells in grid]
    rule = _line(["---"] * width)
    remarks = []
    if any(
        _span(each, name) > 1
        for each in table.find_all(["td", "th"])
        for name in ("colspan", "rowspan")
    ):
        remarks.append(
            "a cell over several columns or rows became one cell, with empty ones beside it"
        )
    if table.find(["ul", "ol"]):
        remarks.append("a list in a cell became lines")
    if not _has_head(rows[0]):
        remarks.append("the first row of a table became its head")
    return "\n".join([lines[0], rule, *lines[1:]]), remarks


def _grid(rows: list[Tag], width: int, cell: Cell) -> list[list[str]]:
    """Every place of the table: what a cell covers besides its first place is empty."""
    taken: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        x = 0
        for each in own_cells(row):
            while (y, x) in taken:
                x += 1
            for down in range(_span(each, "rowspan")):
                for across in range(_span(each, "colspan")):
                    taken[y + down, x + across] = ""
            taken[y, x] = cell(each)
    wide = max(width, *(x + 1 for _, x in taken))
    return [[taken.get((y, x), "") for x in range(wide)] for y in range(len(rows))]


def _has_head(row: Tag) -> bool:
    return all(each.name == "th" for each in own_cells(row))


def _span(cell: Tag, name: str) -> int:
    given = attr(cell, name)
    return (
        max(1, min(int(given), 100))
        if given.isascii() and given.isdigit() and len(given) < 5
        else 1
    )


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
