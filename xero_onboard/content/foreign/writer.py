"""The converter: each element of HTML as our Markdown, on top of markdownify."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import unquote

from bs4 import Tag
from bs4.element import NavigableString
from markdownify import ATX, MarkdownConverter, abstract_inline_conversion, chomp

from xero_onboard.content.foreign import tables
from xero_onboard.content.foreign.callouts import callout_of, callout_parts
from xero_onboard.content.foreign.escaping import escaped, guarded
from xero_onboard.content.foreign.places import PLACE
from xero_onboard.content.foreign.surroundings import Surroundings
from xero_onboard.content.foreign.tables import NotATable
from xero_onboard.content.foreign.tree import BLOCKS, HEADING, VIDEO, Say, attr, children
from xero_onboard.content.videos import BadVideo, allowed_video

# How a paragraph is given a name.
BELOW = "\n{: #%s}"
_LANGUAGE = re.compile(r"\b(?:language|lang|brush|highlight)-(?:source-)?([\w+#.-]+)")
_IN_ADDRESS = str.maketrans(
    {
        "(": "%28",
        ")": "%29",
        " ": "%20",
        "<": "%3C",
        ">": "%3E",
        '"': "%22",
        "\\": "%5C",
        "\n": "",
        "\r": "",
        "\t": "",
    }
)
_LINES = re.compile(r"^(.+)$", re.MULTILINE)


def _raw(name: str) -> Any:
    """One of the few tags that a guide may hold."""
    return abstract_inline_conversion(lambda _self: f"<{name}>")


class Writer(MarkdownConverter):  # type: ignore[misc]
    """Writes one guide; what it cannot keep it says."""

    def __init__(self, surroundings: Surroundings, places: Mapping[str, str], say: Say) -> None:
        super().__init__(heading_style=ATX, bullets="-", autolinks=False)
        self._surroundings = surroundings
        self._places = places
        self._say = say

    def write(self, tag: Tag) -> str:
        """The Markdown of one block."""
        return str(self.process_tag(tag, parent_tags=set())).strip("\n")

    def escape(self, text: str, parent_tags: set[str]) -> str:
        return escaped(text)

    convert_del = _raw("del")
    convert_s = convert_strike = convert_del
    convert_ins = _raw("ins")
    convert_kbd = _raw("kbd")
    convert_mark = _raw("mark")
    convert_small = _raw("small")
    convert_sub = _raw("sub")
    convert_sup = _raw("sup")
    convert_var = convert_cite = MarkdownConverter.convert_em

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        code = str(super().convert_code(el, text, parent_tags))
        before = el.previous_sibling
        # The signs of two pieces in a row would run together.
        is_close = (
            isinstance(before, Tag) and before.name == "code" and "_noformat" not in parent_tags
        )
        return f"&#8203;{code}" if is_close and code else code

    convert_samp = convert_code

    def convert_q(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"“{text}”"

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "pre" in parent_tags:
            return "\n"
        if parent_tags & {"td", "th"}:
            return "<br>"
        return " " if "_inline" in parent_tags else "  \n"

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return "\n\n* * *\n\n"

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        href = attr(el, "href").strip()
        before, after, words = chomp(text)
        if not href or not words:
            return text
        if "_noformat" in parent_tags:
            self._say(el, f"a link in code was left out: {href}")
            return text
        target = self._target(el, href)
        return f"{before}[{words}]({target.translate(_IN_ADDRESS)}){after}" if target else text

    def _target(self, el: Tag, href: str) -> str:
        if href.startswith("#"):
            place = self._places.get(unquote(href[1:]))
            if place:
                return f"#{place}"
            self._say(
                el, f"the link to “{href}” leads to no place of this article: its words are kept"
            )
            return ""
        target, remark = self._surroundings.link(href)
        if remark:
            self._say(el, remark)
        return target

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"![{escaped(attr(el, 'alt'))}]({attr(el, 'src')})"

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802 - markdownify's name
        words = " ".join(text.split())
        if not words:
            return ""
        if "_inline" in parent_tags:
            return words
        ending = re.sub(r"#+$", lambda found: "&#35;" * len(found[0]), words)
        return f"\n\n{'#' * n} {ending}{_place(el, ' {#%s}')}\n\n"

    def convert_p(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if parent_tags & {"td", "th"}:
            return f"<br>{text.strip()}<br>"
        if "_inline" in parent_tags:
            return f" {text.strip()} "
        words = text.strip(" \t\r\n")
        # Spaces that open or close a line would make code or a break of it.
        lines = guarded(words)
        return f"\n\n{lines}{_place(el, BELOW)}\n\n" if words else ""

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = text.strip()
        if parent_tags & {"td", "th"}:
            return f"<br>{words}"
        if _begins_with_words(el):
            head, end, rest = words.partition("\n")
            words = guarded(head) + end + rest
        indented = _LINES.sub(r"    \1", words or "&#8203;")
        mark = "-"
        if el.parent is not None and el.parent.name == "ol":
            start = attr(el.parent, "start")
            first = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
            mark = f"{first + len(el.find_previous_siblings('li'))}."
        return f"{mark} {indented[4:]}\n"

    def convert_list(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if parent_tags & {"td", "th"}:
            return text
        if is_steps(el) and not parent_tags & {"_inline", "blockquote"}:
            return f"\n\n<Steps>\n{self._steps(el, parent_tags)}\n</Steps>\n\n"
        if el.name == "ol" and attr(el, "type") in ("a", "A", "i", "I"):
            self._say(el, "the letters of a list became numbers")
        return str(super().convert_list(el, text, parent_tags))

    convert_ul = convert_ol = convert_list

    def _steps(self, el: Tag, parent_tags: set[str]) -> str:
        steps = []
        for item in el.find_all("li", recursive=False):
            head, *rest = children(item)
            inner = self._inside(rest, parent_tags | {"ol", "li"})
            title = (
                self.write_inline(head) + _place(head, " {#%s}") if isinstance(head, Tag) else ""
            )
            steps.append(f'<Step title="{escape(title)}">\n{inner}\n</Step>')
        return "\n".join(steps)

    def _inside(self, said: list[Tag | NavigableString], parent_tags: set[str]) -> str:
        """Several things in order, with one empty line between blocks."""
        text = ""
        for each in said:
            piece = str(self.process_element(each, parent_tags=parent_tags))
            is_apart = text.endswith("\n") or piece.startswith("\n")
            text = (
                f"{text.rstrip(chr(10))}\n\n{piece.lstrip(chr(10))}" if is_apart else text + piece
            )
        return text.strip("\n")

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        code = el.get_text() if not el.find("br") else text
        if el.find(["a", "img"]):
            self._say(el, "links and pictures in code were left out")
        longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
        fence = "`" * (longest + 1)
        inner = el.find("code")
        classes = f"{attr(el, 'class')} {attr(inner, 'class') if isinstance(inner, Tag) else ''}"
        language = _LANGUAGE.search(classes)
        return f"\n\n{fence}{language[1] if language else ''}\n{code.strip(chr(10)).rstrip()}\n{fence}\n\n"

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        table, remarks = tables.write(el, self._cell)
        for remark in remarks:
            self._say(el, remark)
        caption = el.find("caption")
        head = guarded(self.write_inline(caption)) if isinstance(caption, Tag) else ""
        return f"\n\n{head}\n\n{table}\n\n"

    def _cell(self, cell: Tag) -> str:
        text = "".join(
            str(self.process_element(each, parent_tags={"td", "_inline", "table"}))
            for each in cell.children
        )
        lines = re.sub(r"(?:\s*<br>\s*)+", "<br>", " ".join(text.split()))
        return lines.removeprefix("<br>").removesuffix("<br>").strip()

    def write_inline(self, el: Tag) -> str:
        """What it holds, on one line."""
        pieces = (self.process_element(each, parent_tags={"_inline"}) for each in el.children)
        return " ".join("".join(str(each) for each in pieces).split())

    def convert_div(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        kind = callout_of(el)
        if kind and not parent_tags & {"_inline", "blockquote"}:
            title, body = callout_parts(el)
            opening = f'<{kind} title="{_quoted(title)}">' if title else f"<{kind}>"
            inner = text if body is el else str(self.process_tag(body, parent_tags=parent_tags))
            return f"\n\n{opening}\n{inner.strip(chr(10))}\n</{kind}>\n\n"
        if is_tabs(el) and not parent_tags & {"_inline", "blockquote"}:
            return f"\n\n<Tabs>\n{self._tabs(el, parent_tags)}\n</Tabs>\n\n"
        if parent_tags & {"td", "th"}:
            return f"<br>{text.strip()}<br>"
        return str(super().convert_div(el, text, parent_tags))

    convert_aside = convert_section = convert_article = convert_div

    def _tabs(self, el: Tag, parent_tags: set[str]) -> str:
        tabs = []
        for tab in el.find_all("section", recursive=False):
            said = [each for each in children(tab) if not _is_named(each, "tab-title")]
            inner = self._inside(said, parent_tags | {"section"})
            tabs.append(f'<Tab title="{_quoted(attr(tab, "data-title"))}">\n{inner}\n</Tab>')
        return "\n".join(tabs)

    def convert_figure(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        video = self._video(el)
        if video and not parent_tags & {"_inline", "blockquote", "td", "th"}:
            return f"\n\n{video}\n\n"
        images, captions = el.find_all("img"), el.find_all("figcaption")
        caption = " ".join(captions[0].get_text(" ").split()) if captions else ""
        is_plain = (
            not any(tag.find("a") for tag in captions)
            and " ".join(el.get_text(" ").split()) == caption
        )
        if len(images) != 1 or not is_plain or parent_tags & {"_inline", "blockquote"}:
            return f"\n\n{text.strip()}\n\n"
        opening = f'<Frame caption="{_quoted(caption)}">' if caption else "<Frame>"
        return f"\n\n{opening}\n{self.convert_img(images[0], '', parent_tags)}\n</Frame>\n\n"

    def _video(self, el: Tag) -> str:
        """The figure as a video, if it holds a link to one and nothing else but its caption."""
        links, captions = el.find_all("a"), el.find_all("figcaption")
        caption = " ".join(captions[0].get_text(" ").split()) if captions else ""
        if VIDEO not in attr(el, "class").split() or len(links) != 1 or el.find("img"):
            return ""
        title, page = " ".join(links[0].get_text().split()), attr(links[0], "href")
        if f"{title} {caption}".split() != el.get_text(" ").split():
            return ""
        try:
            allowed_video(page, "", self._surroundings.video_hosts)
        except BadVideo:
            return ""
        said = f' caption="{_quoted(caption)}"' if caption else ""
        return f'<Video src="{_quoted(page)}" title="{_quoted(title)}"{said} />'

    def convert_figcaption(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{guarded(text.strip())}\n\n"

    def convert_details(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        summary = el.find("summary", recursive=False)
        title = " ".join(summary.get_text().split()) if isinstance(summary, Tag) else ""
        if not isinstance(summary, Tag) or not title or "_inline" in parent_tags:
            raise NotATable("it cannot be folded here")
        if summary.find("a"):
            raise NotATable("its heading is a link")
        said = [each for each in children(el) if each is not summary]
        inner = self._inside(said, parent_tags | {"details"})
        opening = f'<Accordion title="{_quoted(title)}"{" open" if el.has_attr("open") else ""}>'
        return f"\n\n<AccordionGroup>\n{opening}\n{inner}\n</Accordion>\n</AccordionGroup>\n\n"


def _place(el: Tag, form: str) -> str:
    """The name of a place, so that links to it from anywhere go on leading there."""
    name = attr(el, PLACE)
    return form % name if name else ""


def _begins_with_words(item: Tag) -> bool:
    first = next(children(item), None)
    return isinstance(first, Tag) and first.name not in BLOCKS or isinstance(first, NavigableString)


def _is_named(el: Tag | NavigableString, name: str) -> bool:
    return isinstance(el, Tag) and name in attr(el, "class").split()


def is_steps(el: Tag) -> bool:
    """A list of steps, each with a heading."""
    items = el.find_all("li", recursive=False)
    if el.name != "ol" or "step" not in attr(el, "class").lower() or not items:
        return False
    heads = [next(children(item), None) for item in items]
    return all(isinstance(head, Tag) and HEADING.fullmatch(head.name) for head in heads)


def is_tabs(el: Tag) -> bool:
    """Tabs as pages of ours have them."""
    tabs = list(children(el))
    return (
        "tabs" in attr(el, "class").split()
        and bool(tabs)
        and all(
            isinstance(tab, Tag) and tab.name == "section" and attr(tab, "data-title")
            for tab in tabs
        )
    )


def _quoted(text: str) -> str:
    """An attribute's value: settings are put into it, so that what looks like one is spelt out."""
    return escape(" ".join(text.split())).replace("{", "&#123;")
