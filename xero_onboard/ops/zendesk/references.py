"""Where the references of one article lead: to guides, pictures and files here, or on into the world."""

import base64
import binascii
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from posixpath import relpath
from urllib.parse import unquote, urljoin, urlsplit

from xero_onboard.config import LOCALE
from xero_onboard.content import attached
from xero_onboard.content.arrivals import ArrivingShelf
from xero_onboard.content.foreign import NoPicture
from xero_onboard.content.pictures import PictureFile, read_picture
from xero_onboard.content.references import BadPicture
from xero_onboard.content.uploads import LARGEST, redraw
from xero_onboard.ops.zendesk.planning import Plan, Planned
from xero_onboard.ops.zendesk.shape import Attachment
from xero_onboard.ops.zendesk.sources import NoFile, Source

_HERE = re.compile(
    rf"/hc(?:/(?P<locale>{LOCALE.pattern}))?"
    r"(?:/(?P<kind>articles|sections|categories|article_attachments|requests|search)(?:/(?P<number>\d{1,18})?(?P<rest>[^?#]*))?)?/?",
    re.IGNORECASE,
)
_NOT_IN_NAMES = re.compile(r"[^\w.()-]+")


@dataclass
class References:
    """The references of one article; remembers what was fetched for it."""

    planned: Planned
    plan: Plan
    source: Source
    shelf: ArrivingShelf
    draw: Callable[[str], str]
    # The files that stand beside the article, by number.
    listed: Mapping[int, Attachment]
    video_hosts: Collection[str]
    # What stands behind each number, to be stored with the guide.
    pictures: dict[int, tuple[str, int]] = field(default_factory=dict)
    files: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    shown: int = 0
    missing: int = 0
    is_whole: bool = True

    def render(self, markdown: str) -> str:
        """The HTML that readers would get; raises Broken."""
        return self.draw(markdown)

    def link(self, href: str) -> tuple[str, str]:
        """The target as guides here write it, and what there is to say of it."""
        scheme = href.partition(":")[0].lower() if re.match(r"[A-Za-z][\w+.-]*:", href) else ""
        if scheme == "mailto":
            return href, ""
        if scheme not in ("", "http", "https"):
            return (
                "",
                f"a link to “{href[:80]}” was left out, because links may not use “{scheme}:”: its words are kept",
            )
        try:
            target = urljoin(self._base, href)
            parts = urlsplit(target)
        except ValueError:
            return "", f"a link to “{href[:80]}” leads nowhere: its words are kept"
        if not parts.netloc:
            return (
                "",
                f"a link to “{href[:80]}” leads nowhere, since it is not known where the article was: its words are kept",
            )
        if parts.netloc.lower() not in self._own_hosts:
            return target, ""
        return self._here(target, parts.path, parts.fragment)

    def picture(self, src: str) -> str:
        """Fetch a picture and lay it beside the guide; raises NoPicture."""
        try:
            picture = self._drawn(src)
        except NoFile as problem:
            self.missing += 1
            self.is_whole = self.is_whole and not problem.is_passing
            raise NoPicture(str(problem)) from problem
        except BadPicture as problem:
            self.missing += 1
            raise NoPicture(f"it {problem}") from problem
        self.shown += 1
        folder = PurePosixPath(self.planned.place.path).parent
        self.shelf.keep(f"{folder}/images/{picture.name}", picture)
        return f"images/{picture.name}"

    def attach(self, file: Attachment) -> tuple[str, str]:
        """Keep a file beside the guide: its address, and what there is to say of it."""
        name = _NOT_IN_NAMES.sub("-", file.name).strip("-.") or "file"
        if file.id not in self.files and not attached.is_kept(file.id):
            try:
                body = self.source.fetch(urljoin(self._base, file.url))
            except (NoFile, ValueError) as problem:
                self.missing += 1
                self.is_whole = self.is_whole and not getattr(problem, "is_passing", False)
                return "", f"the file “{file.name}” is missing: {problem}"
            self.files[file.id] = (name, body)
        return attached.address(file.id, name), ""

    @property
    def _base(self) -> str:
        article = self.planned.article
        usual = f"{self.source.origin}/hc/{article.locale}/articles/{article.id}"
        return article.url or (usual if self.source.origin else "")

    @property
    def _own_hosts(self) -> tuple[str, ...]:
        return tuple(
            urlsplit(each).netloc.lower() for each in (self.source.origin, self._base) if each
        )

    def _here(self, target: str, path: str, fragment: str) -> tuple[str, str]:
        """A link within the help centre as it is here; what is not here leads to where it was."""
        found = _HERE.fullmatch(path)
        if found is None:
            return target, f"a link leads to the old help centre, to {target}"
        if (found["kind"] or "").lower() == "article_attachments":
            return self._file(found, target)
        locale = (found["locale"] or self.planned.article.locale).lower()
        here = self._address(found, locale)
        if here is None:
            return (
                target,
                f"a link leads to what did not come along, {target}: it leads to the old help centre",
            )
        return (f"{here}#{fragment}" if fragment else here), ""

    def _file(self, found: re.Match[str], target: str) -> tuple[str, str]:
        """A link to a file; what cannot be had is linked to where it was."""
        number = int(found["number"] or 0)
        name = unquote(found["rest"] or "").rpartition("/")[2] or "file"
        usual = Attachment(number, name, target, is_inline=False)
        address, remark = self.attach(self.listed.get(number, usual))
        return (address or target), remark

    def _address(self, found: re.Match[str], locale: str) -> str | None:
        kind, number = (found["kind"] or "").lower(), int(found["number"] or 0)
        if kind == "articles":
            guide = self.plan.article(number, locale)
            folder = PurePosixPath(self.planned.place.path).parent
            return relpath(guide.place.path, folder) if guide else None
        if kind in ("sections", "categories"):
            one = "section" if kind == "sections" else "category"
            return self.plan.path_of(one, number, locale)
        page = {"requests": "/requests/new", "search": "/search"}.get(kind, "")
        return f"/hc/{self.planned.place.locale}{page}"

    def _drawn(self, src: str) -> PictureFile:
        if src.startswith("data:"):
            return _named(_inline(src))
        try:
            address = urljoin(self._base, src)
            found = _HERE.fullmatch(urlsplit(address).path)
        except ValueError as error:
            raise NoFile("its address is none") from error
        is_numbered = (
            found is not None and found["kind"] == "article_attachments" and found["number"]
        )
        number = int(found["number"]) if found and is_numbered else 0
        picture = attached.picture_of(number) if number else None
        if picture is None:
            picture = _named(self.source.fetch(address))
        if number and found:
            name = unquote(found["rest"] or "").rpartition("/")[2] or picture.name
            self.pictures[number] = (name[:200], picture.id)
        return picture


def _named(body: bytes) -> PictureFile:
    """The picture drawn anew, under a name that the same picture always has."""
    drawn = redraw(body)
    return read_picture(f"{sha256(drawn.body).hexdigest()[:16]}.{drawn.ending}", drawn.body)


def _inline(src: str) -> bytes:
    head, _, data = src.partition(",")
    if ";base64" not in head or len(data) > LARGEST * 4 // 3 + 4:
        raise NoFile("it is written into the text in a way that is not read")
    try:
        return base64.b64decode(unquote(data), validate=False)
    except binascii.Error as error:
        raise NoFile("it is written into the text and broken") from error
