"""Rules of the house that linters lack."""

import ast
import re
from pathlib import Path

from xero_onboard.config import ROOT

PACKAGE = ROOT / "xero_onboard"
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONGEST_VIEW = 15
ROOMS = {
    *("__init__.py", "config", "factory.py", "lib", "content", "connect", "feedback"),
    *("accounts", "staff", "sandbox", "ops", "migrations", "translations"),
}
TOP_LEVEL = {
    *("app.py", "xero_onboard", "content", "templates", "static", "tests", "requirements.txt"),
    *("README.md", "pyproject.toml", "Makefile", "requirements.in", "deploy", "docs", "instance"),
}
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(")


def test_every_file_holds_one_idea() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in sources()}

    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_every_function_fits_on_a_screen() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        for node in functions_of(path)
        if lines_of(node) > LONGEST_FUNCTION
    ]

    assert too_long == []


def test_views_read_call_one_verb_and_answer() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        if path.name.endswith("views.py") and "sandbox" not in path.parts
        for node in functions_of(path)
        if lines_of(node) > LONGEST_VIEW
    ]

    assert too_long == []


def test_no_room_was_built_without_a_plan() -> None:
    found = {path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"}

    assert found == ROOMS


def test_nothing_unexpected_lies_at_the_top() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__pycache__"))}

    assert found - TOP_LEVEL == set()


def test_colours_stand_in_tokens_alone() -> None:
    strays = [
        f"{path.name}:{number} {line.strip()}"
        for path in (ROOT / "static" / "css").glob("*.css")
        if path.name != "tokens.css"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if COLOUR.search(line)
    ]

    assert strays == []


def sources() -> list[Path]:
    """The package's own modules; migrations are written by a tool."""
    return [path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts]


def functions_of(path: Path) -> list[ast.FunctionDef]:
    return [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
    ]


def lines_of(node: ast.FunctionDef) -> int:
    """Lines of code: the signature and the docstring are free."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1
