"""The little Markdown that readers may write: emphasis, code, lists, quotes and links; nothing else is one.

A renderer of its own, so that nothing that guides can do ever becomes possible in a comment. It is linear
enough for hostile input of a comment's length, and what it makes is sanitised nevertheless.
"""

import re

import nh3
from markdown_it import MarkdownIt

_RULES = (
    *("emphasis", "backticks", "escape", "newline", "link", "autolink"),
    *("list", "blockquote", "fence"),
)
_DEEPEST = 10
_TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
# Elsewhere on this site by a path, or with a scheme; never `//host`, in any way of writing it.
_TARGET = re.compile(r"(?:https?://|mailto:|/(?![/\\]))[^\s\\]*", re.IGNORECASE)

_MARKDOWN = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": _DEEPEST}).enable(
    list(_RULES)
)


def render(source: str) -> str:
    """What is shown of this text."""
    return nh3.clean(
        _MARKDOWN.render(source),
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_only_safe,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
        generic_attribute_prefixes=set(),
    )


def _only_safe(_tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "href" or _TARGET.fullmatch(value) else None
