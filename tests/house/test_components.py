"""Who gives a component a new attribute finds it in the editor, where it is asked for by its name."""

import re

import pytest
from flask import Flask

from tests.employees import EDDIE, make
from xero_onboard.content.grammar import COMPONENTS

GUIDE = "/staff/articles/360001000101"


@pytest.fixture
def dialogs(app: Flask) -> dict[str, str]:
    """What the editor asks for each component, by its name."""
    editor = make(app, EDDIE, "editor", has_second_step=True).sign_in(app)
    found = re.findall(r'<dialog[^>]*data-name="(\w+)".*?</dialog>', editor.get(GUIDE).text, re.S)
    pages = re.findall(r"<dialog.*?</dialog>", editor.get(GUIDE).text, re.S)
    return dict(zip(found, pages, strict=True))


def test_every_attribute_of_every_component_has_a_field(dialogs: dict[str, str]) -> None:
    asked = {
        name: set(re.findall(r'<(?:input|select)[^>]*\bname="(\w+)"', page))
        for name, page in dialogs.items()
    }

    assert asked == {
        name: {*grammar.attributes, *grammar.flags} for name, grammar in COMPONENTS.items()
    }


def test_what_cannot_be_left_out_is_said_to_be_needed(dialogs: dict[str, str]) -> None:
    typed = {
        name: set(re.findall(r'<input[^>]*\bname="(\w+)"[^>]*\brequired\b', page))
        for name, page in dialogs.items()
    }

    for name, grammar in COMPONENTS.items():
        free = {key for key, check in grammar.required.items() if check("word") is None}
        assert typed[name] == free, name
