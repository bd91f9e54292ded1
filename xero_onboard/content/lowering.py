"""A guide as plain Markdown for machines: every component becomes what any reader of Markdown understands.

What only a person can do is said, never offered: there is no address here that changes anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from xero_onboard.content.audiences import is_for_people
from xero_onboard.content.components import Code, Component, Line, Node
from xero_onboard.content.grammar import CALLOUTS
from xero_onboard.content.marks import put_words
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import References, Shelf
from xero_onboard.content.spans import without_code
from xero_onboard.content.videos import read_video

_HEADING = re.compile(r"(#{2,6})(?!#)")
_ATTRIBUTES = re.compile(r"(?<!\s)\s*\{:?[ ]*[#.][^}\n]*\}\s*$")
_INLINE = re.compile(r"(!?)\[([^\]\n]*)\]\(\s*<?([^)\s>]+)>?")
_DEFINED = re.compile(r"( {0,3}\[(?!\^)[^\]\n]+\]: *)<?(\S+?)>?( .*)?$")
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_STATES = {
    "not_connected": "not connected",
    "connecting": "in the middle of connecting",
    "needs_org": "about to choose an organisation",
    "active": "connected",
    "closed": "unable to connect because Xero refuses us at the moment",
    "limit_blocked": "unable to connect because the limit of connections is reached",
    "expiring_soon": "connected, but only for a short while longer",
    "paused": "connected, but paused",
    "degraded": "connected while Xero is not answering",
    "needs_reauth": "in need of reconnecting",
    "org_unavailable": "without access to the organisation in Xero",
}


_CONNECTED = ("active", "expiring_soon", "paused", "degraded")


def state_in_words(state: str) -> str:
    """The state as it is named where one is chosen."""
    words = _STATES.get(state, state.replace("_", " "))
    return words[:1].upper() + words[1:]


def readers_in(states: Sequence[str]) -> str:
    """Who is in one of these states, in words; who is connected in whichever way is simply connected."""
    is_any_way = set(_CONNECTED) <= set(states)
    others = [_STATES[each] for each in states if not (is_any_way and each in _CONNECTED)]
    return "; or ".join(["connected", *others] if is_any_way else others)


def escape_markdown(text: str) -> str:
    """The text so that Markdown reads it as it stands."""
    return _SPECIAL.sub(r"\\\1", text)


class Lowering:
    """Lowers one guide, which is found at `address`."""

    def __init__(
        self, path: PurePosixPath, address: str, origin: str, words: Mapping[str, str], shelf: Shelf
    ) -> None:
        self._path = path
        self._page = f"{origin}{address}"
        self._origin = origin
        self._words = {name: escape_markdown(word) for name, word in words.items()}
        self._shelf = shelf
        self._references = References("", path, (), shelf)
        self._level = 1

    def document(self, title: str, description: str, nodes: Sequence[Node]) -> str:
        """The whole file; the references of the guide have been checked before."""
        self._references = References("", self._path, nodes, self._shelf)
        lines = [
            f"> Index of all guides: <{self._origin}/llms.txt>. Read it before you look further.",
            "",
            f"# {escape_markdown(title)}",
            "",
            escape_markdown(description),
            "",
            *self._lower(nodes),
        ]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"

    def _lower(self, nodes: Sequence[Node]) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, Line):
                yield self._line(node.text)
            elif isinstance(node, Code):
                yield from _indented(_fenced(node), node.indent)
            else:
                yield ""
                yield from _indented(self._component(node), node.indent)
                yield ""

    def _line(self, text: str) -> str:
        heading = _HEADING.match(text)
        if heading:
            self._level = len(heading[1])
            text = _ATTRIBUTES.sub("", text)
        return self._with_addresses(put_words(text, self._words))

    def _component(self, component: Component) -> list[str]:
        if component.name in CALLOUTS:
            return self._callout(component)
        lower = {
            "Steps": self._steps,
            "Tabs": self._sections,
            "AccordionGroup": self._sections,
            "Accordion": self._accordion,
            "Frame": self._frame,
            "CardGroup": self._cards,
            "Card": self._card,
            "Video": self._video,
            "Visibility": self._visibility,
            "When": self._when,
            "Connect": self._button,
            "AskAdministrator": self._asking,
            "ConnectionStatus": self._status,
        }
        return lower[component.name](component)

    def _frame(self, component: Component) -> list[str]:
        caption = self._plain(component.attrs.get("caption", ""))
        return [*self._lower(component.children), "", caption]

    def _button(self, _component: Component) -> list[str]:
        place = f"<{self._page}#connect>"
        return [
            f"**Connect to Xero:** only a person can do this, in a browser, with the button at {place}."
        ]

    def _asking(self, _component: Component) -> list[str]:
        place = f"<{self._page}#ask>"
        return [
            f"**Ask somebody else to connect:** a person who is signed in makes a link for them at {place}."
        ]

    def _status(self, _component: Component) -> list[str]:
        return ["_The page itself shows signed-in readers how their connection is._"]

    def _video(self, component: Component) -> list[str]:
        given = {name: put_words(value, self._words) for name, value in component.attrs.items()}
        page = read_video(given["src"], given.get("start", "")).page
        lines = [f"**Video:** [{self._plain(component.attrs['title'])}]({page})"]
        caption = component.attrs.get("caption")
        return [*lines, "", self._plain(caption)] if caption else lines

    def _steps(self, component: Component) -> list[str]:
        return self._sections(component, is_numbered=True)

    def _accordion(self, component: Component) -> list[str]:
        return self._section(component, component.attrs["title"], self._level)

    def _cards(self, component: Component) -> list[str]:
        cards = [child for child in component.children if isinstance(child, Component)]
        return [line for card in cards for line in self._card(card)]

    def _callout(self, component: Component) -> list[str]:
        title = component.attrs.get("title")
        lead = [f"**{self._plain(title)}**", ""] if title else []
        inner = "\n".join([*lead, *self._lower(component.children)]).strip().split("\n")
        return [f"> [!{CALLOUTS[component.name]}]", *(f"> {line}".rstrip() for line in inner)]

    def _sections(self, component: Component, *, is_numbered: bool = False) -> list[str]:
        level, lines = self._level, []
        parts = [child for child in component.children if isinstance(child, Component)]
        for number, part in enumerate(parts, 1):
            title = part.attrs["title"]
            lines += self._section(part, f"{number}. {title}" if is_numbered else title, level)
            self._level = level
        return lines

    def _section(self, component: Component, title: str, level: int) -> list[str]:
        self._level = min(level + 1, 6)
        heading = f"{'#' * self._level} {put_words(_ATTRIBUTES.sub('', title), self._words)}"
        lines = ["", heading, "", *self._lower(component.children), ""]
        self._level = level
        return lines

    def _card(self, node: Component) -> list[str]:
        title, href = self._plain(node.attrs["title"]), node.attrs.get("href")
        name = f"[{title}]({self._absolute(href)})" if href else f"**{title}**"
        text = " ".join(" ".join(self._lower(node.children)).split())
        return [f"- {name}: {text}" if text else f"- {name}"]

    def _visibility(self, component: Component) -> list[str]:
        return [] if is_for_people(component) else list(self._lower(component.children))

    def _when(self, component: Component) -> list[str]:
        states = component.attrs["connection"].split()
        return [
            f"_For a reader who is {readers_in(states)}:_",
            "",
            *self._lower(component.children),
        ]

    def _plain(self, text: str) -> str:
        return put_words(escape_markdown(text), self._words)

    def _with_addresses(self, text: str) -> str:
        """The line with addresses that work outside the site; inline code is left alone."""
        defined = _DEFINED.match(text)
        if defined:
            return f"{defined[1]}{self._absolute(defined[2])}{defined[3] or ''}"
        plain, pieces, done = without_code(text), [], 0
        for found in _INLINE.finditer(plain):
            start, end = found.span(3)
            target = text[start:end]
            pieces += [
                text[done:start],
                self._picture(target) if found[1] else self._absolute(target),
            ]
            done = end
        return "".join([*pieces, text[done:]])

    def _picture(self, src: str) -> str:
        try:
            return f"{self._origin}{self._references.picture(src, 'checked before').address}"
        except Broken:
            return src  # not read as a picture by Markdown either

    def _absolute(self, href: str) -> str:
        if href.startswith("#"):
            return f"{self._page}{href}"
        try:
            address = self._references.link(href)
        except Broken:
            return href  # not read as a link by Markdown either
        path, hash_mark, anchor = address.partition("#")
        if path.startswith("/hc/") and "/articles/" in path:
            return f"{self._origin}{path}.md{hash_mark}{anchor}"
        return f"{self._origin}{address}" if address.startswith("/") else address


def _fenced(code: Code) -> list[str]:
    runs = re.findall(r"`{3,}", code.text)
    fence = "`" * (max(map(len, runs), default=2) + 1)
    return [fence + code.language, *code.text.split("\n"), fence]


def _indented(lines: Sequence[str], indent: int) -> list[str]:
    return [" " * indent + line if line else line for line in lines]
