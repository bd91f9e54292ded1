"""One section of a guide, to be shown where its problem has just happened."""

import re

from markupsafe import Markup  # noqa: TID251

from xero_onboard.content.parts import HtmlPart, Part
from xero_onboard.lib.web import trust_html

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)(?:\s[^>]*)?>")
_VOID = frozenset({"br", "hr", "img", "wbr"})
_FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)
_ID = re.compile(r'\sid="[^"]*"')
_FOOTNOTE = re.compile(r"<sup\b[^>]*>\s*<a[^>]*footnote.*?</sup>", re.DOTALL)


def section_below(parts: tuple[Part, ...], anchor: str, href: str) -> Markup | None:
    """What stands below the heading with this anchor; None where it cannot be cut out whole.

    Pictures are left out, and names of places, because another page shows it; links within the guide
    lead to `href`.
    """
    heading = re.compile(rf'<h([2-6])\sid="{re.escape(anchor)}".*?</h\1>', re.DOTALL)
    # Live parts are left out, too: the page has its own.
    html = "".join(str(part.html) for part in parts if isinstance(part, HtmlPart))
    found = heading.search(html)
    if found is None:
        return None
    section = _for_elsewhere(_cut(html[found.end() :], int(found[1])), href)
    return trust_html(section) if section.strip() else None


def _cut(html: str, level: int) -> str:
    """As far as the next heading that is no deeper, or the end of what the heading stands in."""
    depth = 0
    for tag in _TAG.finditer(html):
        if depth == 0 and re.fullmatch(rf"h[1-{level}]", tag[2]):
            return html[: tag.start()]
        if tag[2] not in _VOID:
            depth += -1 if tag[1] else 1
        if depth < 0:
            return html[: tag.start()]
    return html if depth == 0 else ""


def _for_elsewhere(html: str, href: str) -> str:
    plain = _ID.sub("", _FOOTNOTE.sub("", _FIGURE.sub("", html)))
    return plain.replace('href="#', f'href="{href}#')
