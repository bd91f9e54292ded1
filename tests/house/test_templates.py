"""Every template compiles with strict undefined, and uses what it imports: the site's and the practice Xero's."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, StrictUndefined, meta

from tests.sandbox.conftest import close, told
from xero_onboard.config import ROOT
from xero_onboard.sandbox import create_app as create_sandbox

# A folder of templates, and the code that shows them.
ROOMS = {
    "site": (ROOT / "templates", ROOT / "xero_onboard"),
    "sandbox": (ROOT / "xero_onboard" / "sandbox" / "templates", ROOT / "xero_onboard" / "sandbox"),
}
TEMPLATES = [
    (room, str(path.relative_to(folder)))
    for room, (folder, _) in ROOMS.items()
    for path in sorted(folder.rglob("*.html"))
]
IMPORTS = re.compile(r"{%-?\s*from\s+\"[^\"]+\"\s+import\s+([^%]+?)\s*(?:with context\s*)?-?%}")


@pytest.fixture
def environments(app: Flask, tmp_path: Path) -> dict[str, Environment]:
    sandbox = create_sandbox(told(tmp_path / "sandbox.db"))
    close(sandbox)
    return {"site": app.jinja_env, "sandbox": sandbox.jinja_env}


def test_undefined_is_an_error(environments: dict[str, Environment]) -> None:
    assert {each.undefined for each in environments.values()} == {StrictUndefined}


def test_every_template_compiles_and_finds_what_it_names(
    environments: dict[str, Environment],
) -> None:
    for room, name in TEMPLATES:
        folder, environment = ROOMS[room][0], environments[room]

        environment.get_template(name)

        tree = environment.parse((folder / name).read_text())
        named = [other for other in meta.find_referenced_templates(tree) if other]
        assert [other for other in named if not (folder / other).exists()] == [], name


@pytest.mark.parametrize(("room", "name"), TEMPLATES)
def test_template_uses_the_macros_it_imports(room: str, name: str) -> None:
    source = (ROOMS[room][0] / name).read_text()

    imported = [part.strip() for found in IMPORTS.findall(source) for part in found.split(",")]

    assert [macro for macro in imported if source.count(f"{macro}(") == 0] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_template_is_used(room: str) -> None:
    folder, code = ROOMS[room]
    names = [name for where, name in TEMPLATES if where == room]
    everything = "".join(path.read_text() for path in code.rglob("*.py"))
    everything += "".join((folder / name).read_text() for name in names)

    unused = [
        name for name in names if name not in everything and not is_found_by_name(name, everything)
    ]

    assert unused == []


def is_found_by_name(name: str, everything: str) -> bool:
    """Components are looked up by their tag, error pages by their number, mail by what it says.

    The steps of the practice Xero are called by their name, and their folder is put before it.
    """
    folder, stem = Path(name).parts[0], Path(name).stem
    is_step = folder in ("second_step", "set_up") and f'"{stem}"' in everything
    return is_step or folder in ("blocks", "errors", "mail")
