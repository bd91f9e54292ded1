"""Where the site stood on its host: often not at the top, but in a part of another site, such as /docs.

https://www.mintlify.com/docs/deploy/docs-subpath. Pages then link to each other with that part and without it.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from xero_onboard.content.mintlify.settings import Table

# Where Mintlify puts a site that is part of another, unless somebody asks for another place.
_USUAL = "/docs"


@dataclass(frozen=True)
class Base:
    """The host, where it is known, as “https://example.com”, and the part of it, as “/docs” or nothing."""

    host: str = ""
    path: str = ""

    def inside(self, href: str) -> str | None:
        """What a link with the host means as one without; None for one that leads to something else there."""
        if not self.host or not href.lower().startswith(self.host):
            return None
        rest = href[len(self.host) :]
        if rest[:1] not in ("", "/", "?", "#"):
            return None
        name = rest.partition("?")[0].partition("#")[0]
        is_ours = not self.path or name == self.path or name.startswith(f"{self.path}/")
        return ("" if rest.startswith("/") else "/") + rest if is_ours else None

    def without(self, name: str) -> str | None:
        """The path without the part, if it begins with it."""
        part = self.path or _USUAL
        if name == part or name.startswith(f"{part}/"):
            return name[len(part) :] or "/"
        return None

    def addresses(self, name: str) -> tuple[str, ...]:
        """Where a path of the site was found: with the part, and at the address that Mintlify gives every site."""
        return (f"{self.path}{name}".rstrip("/") or "/", name) if self.path else (name,)


def read_base(settings: Table, given: str) -> Base:
    """What was said when the import was begun, or else in the settings."""
    seo = settings.get("seo")
    tags = seo.get("metatags") if isinstance(seo, Table) else None
    canonical = tags.get("canonical") if isinstance(tags, Table) else None
    for each in (given, settings.get("basePath"), canonical):
        base = _base(each) if isinstance(each, str) else None
        if base:
            return base
    return Base()


def _base(text: str) -> Base | None:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    if parts.netloc and parts.scheme not in ("http", "https"):
        return None
    host = f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
    path = "/".join(part for part in parts.path.split("/") if part not in ("", ".", ".."))
    return Base(host, f"/{path}" if path else "") if host or path else None
