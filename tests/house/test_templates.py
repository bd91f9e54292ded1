"""Every template compiles with strict undefined, and uses what it imports."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined, meta

from xero_onboard.config import ROOT

FOLDER = ROOT / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
IMPORTS = re.compile(r"{%-?\s*from\s+\"[^\"]+\"\s+import\s+([^%]+?)\s*(?:with context\s*)?-?%}")


def test_undefined_is_an_error(app: Flask) -> None:
    assert app.jinja_env.undefined is StrictUndefined


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles_and_finds_what_it_names(app: Flask, name: str) -> None:
    source = (FOLDER / name).read_text()

    app.jinja_env.get_template(name)

    tree = app.jinja_env.parse(source)
    named = [other for other in meta.find_referenced_templates(tree) if other]
    assert [other for other in named if not (FOLDER / other).exists()] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_uses_the_macros_it_imports(name: str) -> None:
    source = (FOLDER / name).read_text()

    imported = [part.strip() for found in IMPORTS.findall(source) for part in found.split(",")]

    assert [macro for macro in imported if source.count(f"{macro}(") == 0] == []


def test_every_template_is_used() -> None:
    code = "".join(path.read_text() for path in (ROOT / "xero_onboard").rglob("*.py"))
    everything = code + "".join((FOLDER / name).read_text() for name in TEMPLATES)

    unused = [name for name in TEMPLATES if name not in everything and not is_found_by_name(name)]

    assert unused == []


def is_found_by_name(name: str) -> bool:
    """Components are looked up by their tag, error pages by their number, mail by what it says."""
    return Path(name).parts[0] in ("blocks", "errors", "mail")
