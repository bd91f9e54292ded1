"""The editor's menu offers every component there is, and writes each as the grammar wants it."""

import pytest

from xero_onboard.content.components import parse
from xero_onboard.content.grammar import COMPONENTS
from xero_onboard.content.inserting import INSERTS, LABELS, Field, Insert

ALL = [each for those in INSERTS.values() for each in those]


def written(insert: Insert) -> str:
    """What the menu writes with every field filled in."""
    attributes = "".join(_attribute(field) for field in insert.fields)
    if insert.is_empty:
        return f"<{insert.name}{attributes} />"
    return f"<{insert.name}{attributes}>\n{insert.body}\n</{insert.name}>"


def _attribute(field: Field) -> str:
    if field.is_flag:
        return f" {field.name}"
    options = list(field.options)
    values = options if field.is_several else [options[-1] if options else "word"]
    return f' {field.name}="{" ".join(values)}"'


def test_every_component_is_offered_once() -> None:
    assert sorted(each.name for each in ALL) == sorted(COMPONENTS)


@pytest.mark.parametrize("insert", ALL, ids=lambda insert: insert.name)
def test_what_the_menu_writes_is_read(insert: Insert) -> None:
    parent = COMPONENTS[insert.name].inside
    text = written(insert)
    whole = f"<{parent}>\n{text}\n</{parent}>" if parent else text

    assert parse("guide.md", whole.split("\n"))


@pytest.mark.parametrize("insert", ALL, ids=lambda insert: insert.name)
def test_every_attribute_is_asked_for_in_words(insert: Insert) -> None:
    grammar = COMPONENTS[insert.name]
    asked = {field.name for field in insert.fields}

    assert asked == {*grammar.attributes, *grammar.flags}
    assert asked <= LABELS.keys(), "say in `inserting.LABELS` what the new attribute is called"
    assert {field.name for field in insert.fields if field.is_required} == set(grammar.required)
    assert {field.name for field in insert.fields if field.is_flag} == set(grammar.flags)


@pytest.mark.parametrize("insert", ALL, ids=lambda insert: insert.name)
def test_nothing_is_typed_that_can_only_be_chosen(insert: Insert) -> None:
    for field in insert.fields:
        check = COMPONENTS[insert.name].attributes.get(field.name)
        is_free = check is None or check("word") is None

        assert is_free or field.options, f"{insert.name}: {field.name}"
