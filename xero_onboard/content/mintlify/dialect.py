"""Mintlify's components and plain HTML, with what each of them is here; https://www.mintlify.com/docs/components."""

import re
from collections.abc import Callable, Mapping

Attrs = Mapping[str, str | None]

# Components that are written here under another name.
ALIKE = {
    "Callout": "Note",
    "Expandable": "Accordion",
    "Columns": "CardGroup",
    "Tile": "Card",
    "Tiles": "CardGroup",
}
# Attributes that are written here under another name.
RENAMED = {"defaultOpen": "open", "label": "title"}
# What they do not say, because everybody sees it where it stands.
ORNAMENTS = frozenset(
    {
        *("icon", "iconType", "iconLibrary", "color", "horizontal", "arrow", "titleSize", "style"),
        *(
            "className",
            "class",
            "key",
            "width",
            "height",
            "size",
            "sync",
            "borderBottom",
            "noAnchor",
        ),
        *("stepNumber", "noZoom", "shape", "stroke", "type", "loading", "cols", "align", "id"),
        *("dropdown", "defaultTabIndex", "frameBorder", "allow", "allowFullScreen"),
    }
)
# Elements that mean nothing to a reader: what they hold stands for itself.
SILENT = frozenset(
    {
        *("", "div", "span", "p", "section", "article", "center", "figure", "font", "header"),
        *("Column", "Accordions", "Cards", "Fragment", "React.Fragment", "tbody", "thead"),
    }
)


def _wrapped(mark: str) -> Callable[[str, Attrs], str]:
    return lambda text, _attrs: f"{mark}{text.strip()}{mark}" if text.strip() else text


def _raw(name: str) -> Callable[[str, Attrs], str]:
    return lambda text, _attrs: f"<{name}>{text}</{name}>"


def _link(text: str, attrs: Attrs) -> str:
    href = attrs.get("href")
    return f"[{' '.join(text.split())}]({href.replace(' ', '%20')})" if href else text


def _explained(text: str, attrs: Attrs) -> str:
    tip = " ".join((attrs.get("tip") or "").split())
    return f"{text.strip()} ({tip})" if tip else text


def inline_code(text: str, _attrs: Attrs | None = None) -> str:
    """The text as inline code, whatever backticks it holds."""
    ticks = "`" * (max(map(len, re.findall(r"`+", text)), default=0) + 1)
    edge = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{edge}{text}{edge}{ticks}"


# What stands within a line.
INLINE: Mapping[str, Callable[[str, Attrs], str]] = {
    **dict.fromkeys(("b", "strong"), _wrapped("**")),
    **dict.fromkeys(("i", "em"), _wrapped("*")),
    **{name: _raw(name) for name in ("kbd", "sup", "sub", "mark", "del", "ins", "small")},
    "br": lambda _text, _attrs: "<br>",
    "wbr": lambda _text, _attrs: "<wbr>",
    "a": _link,
    "code": inline_code,
    "Latex": inline_code,
    "Badge": _wrapped("**"),
    "Tooltip": _explained,
}
HEADINGS = {f"h{level}": "#" * max(level, 2) for level in range(1, 7)}
EMBEDDED = frozenset({"iframe", "video", "Video", "embed", "audio"})
# Those in which a site shows its player; the others play a file.
FRAMED = frozenset({"iframe", "Video", "embed"})
FIELDS = frozenset({"ParamField", "ResponseField", "Param"})
ORDERED = {"ol": "1.", "ul": "-"}
# Wrappers that show beside the text what is read below it here.
ASIDE = frozenset({"RequestExample", "ResponseExample", "Panel", "Prompt", "View"})
