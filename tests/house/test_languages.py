"""Every text of a reader's page is marked, translated into each language that ships, and keeps its placeholders."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes
from jinja2.visitor import NodeVisitor

from xero_onboard.config import ROOT

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None, "later": None}
CATALOGUES = sorted((ROOT / "xero_onboard" / "translations").glob("*.po"))
TEMPLATES = [
    path
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if not {"staff", "ops"} & set(path.relative_to(ROOT / "templates").parts)
]
# Said alike in every language.
NAMES = ("Xero", "UTC", "llms.txt")
_SIDES = re.compile(
    r"(?:margin|padding|border)-(?:left|right)(?:-\w+)?:|^\s+(?:left|right):|(?:align|float): (?:left|right)"
)
_PLACES = re.compile(r"%\((\w+)\)s|\{(\w*)\}|(%s)|href=\"([^\"]*)\"|<(/?\w+)")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_text_is_translated(path: Path) -> None:
    texts, catalogue = set(texts_of_pages()), read(path)

    translated = {key(message) for message in catalogue if message.id and is_complete(message)}

    assert sorted(map(str, texts - translated)) == [], "`make words` writes them into the catalogue"
    assert sorted(map(str, translated - texts)) == [], "nothing says this any more"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_keeps_what_stands_in_for_names(path: Path) -> None:
    wrong = [
        (one, other)
        for message in read(path)
        if message.id
        for one, other in zip(several(message.id), several(message.string), strict=False)
        if places(one) != places(other) and "num" not in str(places(other) ^ places(one))
    ]

    assert wrong == []


def test_french_is_set_as_in_canada() -> None:
    messages = [each for each in read(ROOT / "xero_onboard/translations/fr-ca.po") if each.id]
    said = [text for each in messages for text in several(each.string)]

    wrong = [
        text
        for text in said
        if re.search(
            r"[^\u00a0]»|«[^\u00a0]|[^\u00a0\d]:(?=\s|$)|[ \u00a0][;?!]|'|\"(?![\w/#%>-])\b", text
        )
        and "https://" not in text
    ]

    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_of_a_page_is_unmarked(path: Path) -> None:
    source = path.read_text()

    assert [*unmarked_texts(source), *unmarked_strings(source)] == []


@pytest.mark.parametrize("name", ["base", "parts", "prose"])
def test_styles_know_start_and_end_instead_of_left_and_right(name: str) -> None:
    lines = (ROOT / "static" / "css" / f"{name}.css").read_text().splitlines()

    assert [line.strip() for line in lines if _SIDES.search(line)] == []


def texts_of_pages() -> Iterator[str | tuple[str, ...]]:
    with (ROOT / "xero_onboard" / "translations" / "extraction.cfg").open() as opened:
        methods, options = parse_mapping_cfg(opened)
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return (message for _, _, message, _, _ in found)


def read(path: Path) -> Catalog:
    with path.open("rb") as opened:
        return read_po(opened, locale=path.stem.replace("-", "_"))


def key(message: Message) -> str | tuple[str, ...]:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def several(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def is_complete(message: Message) -> bool:
    return not message.fuzzy and all(several(message.string))


def places(text: str) -> set[tuple[str, ...]]:
    return set(_PLACES.findall(text))


def unmarked_texts(source: str) -> Iterator[str]:
    """What stands between elements and is not inside a mark."""
    for pattern in (
        r"\{#.*?#\}",
        r"\{%-?\s*trans\b.*?endtrans\s*-?%\}",
        r"(?s)<script.*?</script>",
        r"\{%.*?%\}",
        r"\{\{.*?\}\}",
    ):
        source = re.sub(pattern, "", source, flags=re.DOTALL)
    for name, value in re.findall(r'\b(aria-label|title|placeholder|alt)="([^"]*)"', source):
        if re.search(r"[A-Za-z]{2}", value):
            yield f"{name}: {value}"
    for text in re.sub(r"<[^>]*>", "|", source).split("|"):
        if re.search(r"[A-Za-z]{2}", text) and text.strip(" \n,.–") not in NAMES:
            yield text.strip()


def unmarked_strings(source: str) -> Iterator[str]:
    """Words in quotation marks inside expressions, such as the label of a button."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    finder = _Strings()
    finder.visit(environment.parse(source))
    return iter(finder.found)


class _Strings(NodeVisitor):
    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Call(self, node: nodes.Call) -> None:  # noqa: N802
        name = getattr(node.node, "name", "") or getattr(node.node, "attr", "")
        if name not in ("_", "gettext", "ngettext", "strftime"):
            self.generic_visit(node)

    def visit_Compare(self, node: nodes.Compare) -> None:  # noqa: N802
        """A value that something is compared with is shown to nobody."""

    def visit_Const(self, node: nodes.Const) -> None:  # noqa: N802
        said = node.value
        if isinstance(said, str) and re.match(r"[A-Z][a-z]+\b(?![\w-]*-)|\w+ \w+ \w+", said):
            self.found.append(said)
