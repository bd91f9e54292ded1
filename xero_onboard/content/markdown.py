"""A guide's tree as HTML, cut where the reader's own state goes; done once, when a guide is published.

The order matters: one pass of Markdown over the whole text, the author's HTML sanitised, the components put around it
from the inside out, and everything sanitised again as one document. Fragments that are sanitised one by one can be
harmless alone and harmful together.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import unquote

from jinja2 import Environment
from markdown import Markdown
from markdown.extensions.attr_list import AttrListTreeprocessor

from xero_onboard.content.anchors import is_reserved, slug
from xero_onboard.content.audiences import check_audiences
from xero_onboard.content.components import Code, Node
from xero_onboard.content.layout import IDS, INDENTED, Layout
from xero_onboard.content.marks import Marks
from xero_onboard.content.parts import JSON, Heading
from xero_onboard.content.problems import Broken
from xero_onboard.content.prose import check_prose
from xero_onboard.content.references import ReferenceProcessor, References, Shelf
from xero_onboard.content.sanitising import clean_page, clean_prose
from xero_onboard.content.videos import in_words
from xero_onboard.content.writing import Writer
from xero_onboard.lib.languages import gettext as _

# Raised whenever the same text would give other HTML; published guides are then rendered anew.
VERSION = "3"

_EXTENSIONS = (
    "tables",
    "footnotes",
    "def_list",
    "attr_list",
    "sane_lists",
    "toc",
    "pymdownx.tasklist",
)
# Python-Markdown's own is tried at every blank of a row of them: for a long row it takes seconds.
_ATTRIBUTES_OF_HEADING = re.compile(f"(?<! ){AttrListTreeprocessor.HEADER_RE.pattern}")
_CHECKBOX = re.compile(r'<input type="checkbox" disabled( checked)? ?/?>')
_DEEPEST_LISTED = 4
_BETWEEN = re.compile(
    r"</?(?:p|li|h[2-6]|t[dhr]|d[dt]|div|section|summary|figcaption|pre|blockquote)[^>]*>|<br[^>]*>"
)
_HEADING_BEGINS = re.compile(r"<h[2-6]\b[^>]*>")
_HEADING = re.compile(r'<(h[2-6])((?:\s+[\w:-]+="[^"]*")*)>(.*?)</\1>', re.DOTALL)
HEADING_ANCHOR = re.compile(r'<a(?=[^>]* class="heading-anchor")(?:\s+[\w:-]+="[^"]*")*>#</a>')
_LOCAL = re.compile(r'\shref="#([^"]*)"')
_TAG = re.compile(r'</?[a-z][a-z0-9]*(?:\s+[\w:-]+="[^"]*")*\s*/?>')


@dataclass(frozen=True)
class Rendering:
    """What is stored with a revision for people."""

    parts: list[JSON]
    contents: tuple[Heading, ...]
    anchors: frozenset[str]
    text: str


@dataclass(frozen=True)
class Renderer:
    """What all guides have in common: where references lead, the settings in words, the blocks' templates."""

    shelf: Shelf
    words: Mapping[str, str]
    blocks: Environment
    # Of which sites videos may be shown.
    video_hosts: tuple[str, ...]

    def render(self, file: str, path: PurePosixPath, nodes: Sequence[Node]) -> Rendering:
        """Make the HTML of a guide; raises Broken."""
        check_prose(file, nodes)
        check_audiences(file, nodes)
        marks = Marks()
        writer = Writer(marks)
        references = References(file, path, nodes, self.shelf)
        md = _markdown(marks, self.words, references)
        try:
            prose = md.convert(writer.text(nodes))
        except RecursionError as error:
            raise Broken(file, 1, "lists or quotations are nested too deeply") from error
        prose = _with_code(file, prose, marks, writer.codes)
        prose = clean_prose(_CHECKBOX.sub(_symbol, prose))
        layout = Layout(
            *(file, writer.components, marks, references, self.words, self.blocks),
            self.video_hosts,
        )
        page = clean_page(_with_anchors(layout.html(prose)))
        parts = _cut(page, marks, layout.live)
        anchors = _check_anchors(parts, layout.live, references)
        return Rendering(
            parts=_put_words(parts, marks, self.words),
            contents=_contents(md, marks, self.words, layout.hidden),
            anchors=anchors,
            text=_plain(parts, marks, self.words),
        )


def _markdown(marks: Marks, words: Mapping[str, str], references: References) -> Markdown:
    def slugify(text: str, _separator: str) -> str:
        return slug(marks.put_words(text, words))

    md = Markdown(
        extensions=list(_EXTENSIONS),
        extension_configs={
            "tables": {"use_align_attribute": True},
            "toc": {"slugify": slugify, "marker": ""},
        },
    )
    # Tags of HTML are refused before this, and the parser of HTML blocks can be kept busy for minutes.
    md.preprocessors.deregister("html_block")
    md.treeprocessors.register(ReferenceProcessor(md, references), "references", 12)
    attributes = cast(AttrListTreeprocessor, md.treeprocessors["attr_list"])
    attributes.HEADER_RE = _ATTRIBUTES_OF_HEADING  # type: ignore[misc] # final in its stubs alone
    return md


def _with_code(file: str, html: str, marks: Marks, codes: Sequence[Code]) -> str:
    pieces, depth = [], 0
    for before, kind, number in marks.split("F", html):
        pieces.append(before)
        depth += before.count("<pre>") - before.count("</pre>")
        if kind:
            code = codes[number]
            if depth:
                raise Broken(file, code.number, INDENTED)
            language = f' class="language-{escape(code.language)}"' if code.language else ""
            pieces.append(f"<pre><code{language}>{escape(code.text)}\n</code></pre>")
    return "".join(pieces)


def _symbol(found: re.Match[str]) -> str:
    """The sanitiser lets no form fields through, and the boxes cannot be ticked anyway."""
    return "☑" if found[1] else "☐"


def _with_anchors(html: str) -> str:
    """Beside each heading a link to it, so that its address can be copied."""

    def link(found: re.Match[str]) -> str:
        anchor = IDS.search(found[2])
        if anchor is None:
            return found[0]
        title = _TAG.sub("", found[3]).replace('"', "&quot;")
        label = _("Link to “%(title)s”", title=title)
        attributes = f'class="heading-anchor" href="#{anchor[1]}" aria-label="{label}"'
        return f"<{found[1]}{found[2]}>{found[3]}<a {attributes}>#</a></{found[1]}>"

    return _HEADING.sub(link, html)


def _cut(page: str, marks: Marks, live: Sequence[JSON]) -> list[JSON]:
    stack: list[list[JSON]] = [[]]
    for html, kind, number in marks.split("LWE", page):
        if html.strip():
            stack[-1].append({"kind": "html", "html": html})
        if kind == "L":
            stack[-1].append(live[number])
        elif kind == "W":
            inner: list[JSON] = []
            stack[-1].append({**live[number], "parts": inner})
            stack.append(inner)
        elif kind == "E":
            stack.pop()
    return stack[0]


def _put_words(parts: Sequence[JSON], marks: Marks, words: Mapping[str, str]) -> list[JSON]:
    def put(name: str, value: Any) -> Any:
        if name == "html":
            return marks.put_words(value, words, escape)
        return _put_words(value, marks, words) if name == "parts" else value

    return [{name: put(name, value) for name, value in part.items()} for part in parts]


def _check_anchors(
    parts: Sequence[JSON], live: Sequence[JSON], references: References
) -> frozenset[str]:
    """Every place has a name of its own, and every link within the guide leads to one that its reader has."""
    page, unseen = ("".join(pieces) for pieces in _for_each(parts))
    names, further = IDS.findall(page), IDS.findall(unseen)
    buttons = [part["anchor"] for part in live if part["kind"] in ("connect", "ask")]
    for name in (*names, *further):
        if is_reserved(name) and not name.startswith(("fn:", "fnref:")):
            message = f"the anchor “{name}” belongs to the page around the guide: choose another"
            raise references.broken_anchor(name, message)
    for name, count in (*Counter(names).items(), *Counter(further).items()):
        if count > 1:
            raise references.broken_anchor(name, f"two headings have the anchor “{name}”")
    anchors = frozenset({*names, *buttons})
    of_people = {unquote(unescape(name)) for name in _LOCAL.findall(page)}
    for href in sorted(references.local):
        name = unquote(href[1:])
        if name not in anchors and (name in of_people or name not in further):
            raise references.broken(href, f"the link “{href}” leads to no heading of this guide")
    return anchors


def _for_each(parts: Sequence[JSON]) -> tuple[list[str], list[str]]:
    """The HTML that people see, in whichever state, and what is for machines alone."""
    page: list[str] = []
    unseen: list[str] = []
    for part in parts:
        if part["kind"] == "html":
            page.append(part["html"])
        elif part["kind"] in ("when", "agents"):
            seen, hidden = _for_each(part["parts"])
            (unseen if part["kind"] == "agents" else page).extend(seen)
            unseen += hidden
    return page, unseen


def _contents(
    md: Markdown, marks: Marks, words: Mapping[str, str], hidden: set[str]
) -> tuple[Heading, ...]:
    """The headings that every reader sees, in order."""
    found: list[Heading] = []
    waiting: list[JSON] = list(reversed(getattr(md, "toc_tokens", [])))
    while waiting:
        token = waiting.pop()
        waiting += reversed(token["children"])
        if token["level"] <= _DEEPEST_LISTED and token["id"] not in hidden:
            text = marks.put_words(unescape(token["name"]), words)
            found.append(Heading(token["level"], text, token["id"]))
    return tuple(found)


def _plain(parts: Sequence[JSON], marks: Marks, words: Mapping[str, str]) -> str:
    """The words alone; each heading begins a line of its own, which ends before the next heading."""
    text = marks.put_words(unescape(_without_tags(parts)), words)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(lines).strip()


def _without_tags(parts: Sequence[JSON]) -> str:
    pieces = []
    for part in parts:
        if part["kind"] == "html":
            html = HEADING_ANCHOR.sub("", " ".join(part["html"].split("\n")))
            pieces.append(_TAG.sub("", _BETWEEN.sub(" ", _HEADING_BEGINS.sub("\n", html))))
        elif part["kind"] == "video":
            pieces.append(in_words(part))
        elif part["kind"] == "when":
            pieces.append(_without_tags(part["parts"]))
    return " ".join(pieces)
