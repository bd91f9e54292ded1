"""The paths at which sections and articles are found."""

import re
import unicodedata
from dataclasses import dataclass

from xero_onboard.lib.languages import SOURCE

DEFAULT_LOCALE = SOURCE

_ADDRESS = re.compile(r"(\d{1,19})(?:-([^/]*?))?((?:\.html)?\.md)?")
# What is made of a title leaves room for a number behind it.
LONGEST_OF_TITLE = 80


@dataclass(frozen=True)
class Address:
    """What the last part of a path asks for; `slug` may be old or wrong, the id decides."""

    id: int
    slug: str
    is_markdown: bool


def read_address(part: str) -> Address | None:
    """The id, slug and form in the last part of a path."""
    found = _ADDRESS.fullmatch(part)
    if found is None or not found[1].isascii() or int(found[1]) >= 2**63:
        return None
    return Address(int(found[1]), found[2] or "", bool(found[3]))


def slug_of(title: str, otherwise: str) -> str:
    """A title as it stands in addresses: its letters without their accents; `otherwise` where it has none of ours."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    return slug[:LONGEST_OF_TITLE].rstrip("-") or otherwise


def home_path(locale: str) -> str:
    """The path of the help centre."""
    return f"/hc/{locale}"


def section_path(locale: str, section_id: int, slug: str) -> str:
    """The path of a section."""
    return f"/hc/{locale}/sections/{section_id}-{slug}"


def article_path(locale: str, article_id: int, slug: str) -> str:
    """The path of an article."""
    return f"/hc/{locale}/articles/{article_id}-{slug}"


def alias_path(locale: str, alias: str) -> str:
    """The path that an old name of an article stands for."""
    return alias if alias.startswith("/") else f"/hc/{locale}/articles/{alias}"
