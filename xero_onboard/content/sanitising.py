"""The last word on HTML: what is not listed here does not reach a reader."""

import nh3

PICTURES = "/hc/article_attachments/"

# No style, svg, math, form, input or iframe: the shapes in which scripts hide.
_TAG_NAMES = (
    "a abbr b blockquote br code dd del dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark"
    " ol p pre s small strong sub sup table tbody td th thead tr ul wbr"
)
_TAGS = set(_TAG_NAMES.split())
_BLOCK_TAGS = _TAGS | {"details", "div", "section", "span", "summary"}

_ATTRIBUTES = {
    "*": {"class", "id"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
_BLOCK_ATTRIBUTES = {
    **_ATTRIBUTES,
    "*": {
        "class",
        "id",
        "role",
        "aria-hidden",
        "aria-label",
        "aria-labelledby",
        "data-behaviour",
        "data-title",
    },
    "details": {"open"},
}


def clean_prose(html: str) -> str:
    """What an author may write: no attributes that our scripts or live parts listen to."""
    return _clean(html, _TAGS | {"div"}, _ATTRIBUTES)


def clean_page(html: str) -> str:
    """The whole article, with the components' own mark-up."""
    return _clean(html, _BLOCK_TAGS, _BLOCK_ATTRIBUTES)


def _clean(html: str, tags: set[str], attributes: dict[str, set[str]]) -> str:
    return nh3.clean(
        html,
        tags=tags,
        attributes=attributes,
        attribute_filter=_only_own,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
        generic_attribute_prefixes=set(),
    )


def _only_own(tag: str, attribute: str, value: str) -> str | None:
    """Pictures come from this site only, and no link leaves it without naming its scheme."""
    if tag == "img" and attribute == "src":
        return value if value.startswith(PICTURES) else None
    if attribute == "href" and value.replace("\\", "/").lstrip().startswith("//"):
        return None
    return value
