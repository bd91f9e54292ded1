"""The components around an author's HTML, put in place from the inside out."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field

from jinja2 import Environment

from xero_onboard.content.anchors import slug, unlike
from xero_onboard.content.audiences import is_for_agents
from xero_onboard.content.components import Component
from xero_onboard.content.grammar import COMPONENTS
from xero_onboard.content.marks import Marks, put_words
from xero_onboard.content.parts import JSON
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import References
from xero_onboard.content.videos import BadVideo, allowed_video
from xero_onboard.lib.web import trust_html

IDS = re.compile(r'\sid="([^"]*)"')
_TAGS = re.compile(r'<(/?)([a-z][a-z0-9]*)(?:\s+[\w:-]+="[^"]*")*\s*>')
_VOID = frozenset({"br", "hr", "img", "wbr"})
_HEADING = re.compile(r"\s*<h[2-6][^>]*>.*?</h[2-6]>", re.DOTALL)
_SOURCE = re.compile(r'\ssrc="([^"]*)"')
_PICTURE = re.compile(r'(?:<p>)?\s*(<img(?:\s+[\w:-]+="[^"]*")*\s*>)\s*(?:</p>)?')

INDENTED = "this is indented so far that Markdown takes it for code"


@dataclass
class _Frame:
    """A component that is being filled; `depth` counts the HTML elements open where it began."""

    number: int
    depth: int
    pieces: list[str] = field(default_factory=list)
    children: int = 0


class Layout:
    """Lays out one guide; afterwards `live` and `hidden` tell what its parts need."""

    def __init__(
        self,
        file: str,
        components: list[Component],
        marks: Marks,
        references: References,
        words: Mapping[str, str],
        blocks: Environment,
        video_hosts: Collection[str],
    ) -> None:
        self.live: list[JSON] = []
        self.hidden: set[str] = set()
        self._file = file
        self._components = components
        self._marks = marks
        self._references = references
        self._words = words
        self._blocks = blocks
        self._video_hosts = video_hosts
        self._in_code = 0
        self._taken: set[str] = set()
        self._buttons: set[str] = set()

    def html(self, prose: str) -> str:
        """The whole article, with marks where live parts belong; raises Broken."""
        self._taken = set(IDS.findall(prose))
        stack, depth, placed = [_Frame(-1, 0)], 0, 0
        for before, kind, number in self._marks.split("OC", prose):
            frame = stack[-1]
            frame.pieces.append(before)
            depth = self._depth(before, depth, frame)
            if kind and self._in_code:
                raise Broken(self._file, self._components[number].number, INDENTED)
            if kind == "O":
                frame.children += 1
                stack.append(_Frame(number, depth))
            elif kind == "C":
                if number != frame.number or depth != frame.depth:
                    raise self._torn(number)
                stack.pop()
                stack[-1].pieces.append(self._block(frame, stack[-1].children))
                placed += 1
        if len(stack) > 1 or placed != len(self._components):
            raise self._torn(max(stack[-1].number, 0))
        return "".join(stack[0].pieces)

    def _depth(self, html: str, depth: int, frame: _Frame) -> int:
        for found in _TAGS.finditer(html):
            step = -1 if found[1] else 1
            if found[2] not in _VOID:
                depth += step
            if found[2] == "pre":
                self._in_code += step
            if depth < frame.depth:
                raise self._torn(max(frame.number, 0))
        return depth

    def _torn(self, number: int) -> Broken:
        component = self._components[number]
        return Broken(
            self._file,
            component.number,
            f"a list, quotation or tag begins inside <{component.name}> and ends outside it, or the other way"
            " round: check the indentation",
        )

    def _block(self, frame: _Frame, index: int) -> str:
        component, body = self._components[frame.number], "".join(frame.pieces)
        match component.name:
            case "Connect" | "AskAdministrator" | "ConnectionStatus":
                return self._live_mark(component)
            case "Video":
                return self._video(component)
            case "Visibility":
                return self._for_agents(body) if is_for_agents(component) else body
            case "When":
                return self._when(component, body)
            case "Step" if "check" in component.attrs:
                body = self._ticked(component, body)
            case "Frame":
                body = self._picture(component, body)
        attrs = {name: put_words(value, self._words) for name, value in component.attrs.items()}
        if "href" in attrs:
            attrs["href"] = self._references.link(attrs["href"], component.number)
        template = self._blocks.get_template(f"blocks/{COMPONENTS[component.name].template}.html")
        return template.render(
            attrs=attrs,
            body=trust_html(body),
            index=index,
            anchor=self._anchor(component.name, attrs),
        )

    def _anchor(self, name: str, attrs: Mapping[str, str]) -> str:
        return unlike(slug(attrs["title"]), self._taken) if name in ("Accordion", "Tab") else ""

    def _live_mark(self, component: Component) -> str:
        kind = {"Connect": "connect", "AskAdministrator": "ask"}.get(component.name)
        if kind is None:
            return self._mark("L", {"kind": "status"})
        anchor = unlike(kind, self._buttons)
        provider = component.attrs["provider"]
        return self._mark("L", {"kind": kind, "provider": provider, "anchor": anchor})

    def _video(self, component: Component) -> str:
        given = {name: put_words(value, self._words) for name, value in component.attrs.items()}
        try:
            video = allowed_video(given["src"], given.get("start", ""), self._video_hosts)
        except BadVideo as problem:
            raise Broken(self._file, component.number, f"<Video>: {problem}") from problem
        said = {"title": given["title"], "caption": given.get("caption", "")}
        return self._mark("L", {"kind": "video", **asdict(video), **said})

    def _when(self, component: Component, body: str) -> str:
        self.hidden.update(IDS.findall(body))
        states = component.attrs["connection"].split()
        opening = self._mark("W", {"kind": "when", "states": states})
        return f"{opening}{body}{self._marks.make('E', 0)}"

    def _for_agents(self, body: str) -> str:
        self.hidden.update(IDS.findall(body))
        return f"{self._mark('W', {'kind': 'agents'})}{body}{self._marks.make('E', 0)}"

    def _ticked(self, component: Component, body: str) -> str:
        heading = _HEADING.match(body)
        end = heading.end() if heading else 0
        return (
            body[:end]
            + self._mark("L", {"kind": "tick", "check": component.attrs["check"]})
            + body[end:]
        )

    def _picture(self, component: Component, body: str) -> str:
        found = _PICTURE.fullmatch(body.strip())
        if found is None:
            message = "<Frame> holds exactly one picture and nothing else"
            if any(
                isinstance(each, Component) and each.name == "Video" for each in component.children
            ):
                message = (
                    "a video needs no <Frame>: take it out, and write the caption into <Video>"
                )
            raise Broken(self._file, component.number, message)
        # As a link the picture opens at its full size, with a script in place and without one.
        address = _SOURCE.search(found[1])
        return f'<a href="{address[1]}">{found[1]}</a>' if address else found[1]

    def _mark(self, kind: str, part: JSON) -> str:
        self.live.append(part)
        return self._marks.make(kind, len(self.live) - 1)
