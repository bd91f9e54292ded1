"""The editor's menu offers every component there is, and writes each as the grammar wants it."""

import pytest

from xero_onboard.content.components import parse
from xero_onboard.content.grammar import COMPONENTS
from xero_onboard.content.inserting import INSERTS, Insert

ALL = [each for those in INSERTS.values() for each in those]


def written(insert: Insert) -> str:
    """What the menu writes with every field filled in."""
    values = {field.name: ([*field.options, "active"])[0] or "signed_in" for field in insert.fields}
    attributes = "".join(f' {name}="{value}"' for name, value in values.items())
    if insert.is_empty:
        return f"<{insert.name}{attributes} />"
    return f"<{insert.name}{attributes}>\n{insert.body}\n</{insert.name}>"


def test_every_component_is_offered_once() -> None:
    assert sorted(each.name for each in ALL) == sorted(COMPONENTS)


@pytest.mark.parametrize("insert", ALL, ids=lambda insert: insert.name)
def test_what_the_menu_writes_is_read(insert: Insert) -> None:
    parent = COMPONENTS[insert.name].inside
    text = written(insert)
    whole = f"<{parent}>\n{text}\n</{parent}>" if parent else text

    assert parse("guide.md", whole.split("\n"))


@pytest.mark.parametrize("insert", ALL, ids=lambda insert: insert.name)
def test_every_attribute_is_asked_for(insert: Insert) -> None:
    grammar = COMPONENTS[insert.name]

    assert {field.name for field in insert.fields} == set(grammar.attributes)
    assert {field.name for field in insert.fields if field.is_required} == set(grammar.required)
