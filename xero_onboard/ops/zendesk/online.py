"""A help centre that is read from its own API, politely: a page after the other, and later when it asks for patience."""

import re
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from typing import Any
from urllib.parse import urljoin, urlsplit

from xero_onboard.config import LOCALE
from xero_onboard.content.attached import LARGEST_FILE
from xero_onboard.lib import http
from xero_onboard.lib.clock import now
from xero_onboard.lib.http import Reach, Unanswered
from xero_onboard.ops.zendesk import shape
from xero_onboard.ops.zendesk.shape import Attachment, BadShape, Json
from xero_onboard.ops.zendesk.sources import NoFile, Unreadable

_API = "/api/v2/help_center"
_LARGEST_LIST = 32 * 1024 * 1024
_DEADLINE = 60.0
_TRIES = 5
_LONGEST_PATIENCE = 120.0
_MOST_PAGES = 10_000
_MOST_TURNS = 3
_BUSY = (429, 500, 502, 503, 504)
_LEADS_ON = (301, 302, 303, 307, 308)
# Zendesk gives the files of help centres back from hosts of its own.
_FILE_HOSTS = (".zdassets.com", ".zdusercontent.com")
_LANGUAGE = re.compile(rf"/hc/({LOCALE.pattern})(?=/|$)", re.IGNORECASE)
_WHY = {
    "ConnectError": "cannot be reached",
    "ConnectTimeout": "cannot be reached in time",
    "ReadTimeout": "did not answer in time",
    "WriteTimeout": "did not answer in time",
    "ReadError": "broke off in the middle of an answer",
    "RemoteProtocolError": "broke off in the middle of an answer",
}


class _Refused(Exception):
    """An answer that is none of use; `status` is 0 where there was none at all."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status


class Online:
    """A public help centre at an address."""

    def __init__(self, address: str, *, may_be_local: bool) -> None:
        self.origin = origin_of(address, may_be_local=may_be_local)
        self.name = urlsplit(self.origin).netloc
        named = _LANGUAGE.match(urlsplit(address).path)
        self._named = named[1].lower() if named else ""
        is_local = may_be_local and _is_local(self.origin)
        self._own_reach: Reach = http.anywhere if is_local else http.on_the_internet
        self._locales: tuple[str, ...] | None = None

    def categories(self) -> Iterator[Json]:
        yield from self._in_all_languages("categories")

    def sections(self) -> Iterator[Json]:
        yield from self._in_all_languages("sections")

    def articles(self) -> Iterator[Json]:
        yield from self._in_all_languages("articles")

    def attachments(self, article_id: int, locale: str) -> tuple[Attachment, ...]:
        path = f"{_API}/{locale}/articles/{article_id}/attachments.json?per_page=100"
        try:
            return tuple(
                shape.attachment(each) for each in self._pages(path, "article_attachments")
            )
        except BadShape as error:
            raise Unreadable(f"{self.name}: the files of article {article_id}: {error}") from error

    def fetch(self, address: str) -> bytes:
        if urlsplit(address).scheme != "https" and not address.startswith(f"{self.origin}/"):
            raise NoFile("only https:// is followed")
        try:
            body: bytes = self._get(address, LARGEST_FILE, is_file=True).content
        except _Refused as error:
            is_passing = error.status == 0 or error.status in _BUSY
            raise NoFile(str(error), is_passing=is_passing) from error
        return body

    def _in_all_languages(self, name: str) -> Iterator[Json]:
        """Whoever is not signed in is told of one language at a time."""
        if self._locales is None:
            self._locales = self._languages()
        for locale in self._locales:
            yield from self._pages(f"{_API}/{locale}/{name}.json?per_page=100", name)

    def _languages(self) -> tuple[str, ...]:
        address = f"{self.origin}{_API}/locales.json"
        try:
            found = self._json(address)
        except Unreadable as error:
            if not self._named:
                raise Unreadable(
                    f"{error}. Name a language in the address, as in {self.origin}/hc/en-us"
                ) from error
            return (self._named,)
        named = [found.get("default_locale"), *(found.get("locales") or [])]
        locales = tuple(dict.fromkeys(each.lower() for each in named if isinstance(each, str)))
        if not locales:
            raise Unreadable(f"{self.name} names no language of its help centre")
        return locales

    def _pages(self, path: str, name: str) -> Iterator[Json]:
        address, seen = f"{self.origin}{path}", set[str]()
        while address:
            if address in seen or len(seen) > _MOST_PAGES:
                raise Unreadable(f"{self.name}: the list of {name} never ends")
            seen.add(address)
            page = self._json(address)
            rows = page.get(name)
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise Unreadable(
                    f"{address} answered without a list of {name}: is this a Zendesk help centre?"
                )
            yield from rows
            address = self._next(page, address)

    def _next(self, page: Json, address: str) -> str:
        """The way on: the older lists name the next page, the newer ones a cursor."""
        links, meta = page.get("links"), page.get("meta")
        following = page.get("next_page")
        if isinstance(meta, dict) and isinstance(links, dict):
            following = links.get("next") if meta.get("has_more") else None
        if following is None:
            return ""
        target = urljoin(address, str(following))
        if not target.startswith(f"{self.origin}/"):
            raise Unreadable(
                f"{address} leads on to another host, {urlsplit(target).netloc}: it is not followed"
            )
        return target

    def _json(self, address: str) -> Json:
        try:
            answer = self._get(address, _LARGEST_LIST)
        except _Refused as error:
            raise Unreadable(f"{address} {error}") from error
        if "html" in answer.headers.get("content-type", ""):
            raise Unreadable(
                f"{address} answered with a page instead of data: is this a Zendesk help centre?"
            )
        try:
            found = answer.json()
        except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unreadable(
                f"{address} answered with something cut off or no JSON: run the import again"
            ) from error
        if not isinstance(found, dict):
            raise Unreadable(f"{address} answered with no object of JSON")
        return found

    def _get(self, address: str, largest: int, *, is_file: bool = False) -> Any:
        for _ in range(_MOST_TURNS):
            answer = self._patiently(address, largest)
            if answer.status_code not in _LEADS_ON:
                break
            address = self._followed(address, answer.headers.get("location", ""), is_file=is_file)
        if answer.status_code != 200:
            raise _Refused(_said(answer.status_code), answer.status_code)
        return answer

    def _followed(self, address: str, location: str, *, is_file: bool) -> str:
        target = urljoin(address, location)
        parts = urlsplit(target)
        if (
            f"{parts.scheme}://{parts.netloc}"
            == f"{urlsplit(address).scheme}://{urlsplit(address).netloc}"
        ):
            return target
        if is_file and parts.scheme == "https" and (parts.hostname or "").endswith(_FILE_HOSTS):
            return target
        place = f"{parts.scheme}://{parts.netloc}"
        raise _Refused(
            f"leads elsewhere, to {place}: it is not followed. If that is yours, import from there",
            300,
        )

    def _patiently(self, address: str, largest: int) -> Any:
        """Ask again, later, when the other side is busy or was not heard."""
        is_own = address.startswith(f"{self.origin}/")
        reach = self._own_reach if is_own else http.on_the_internet
        for tried in range(1, _TRIES + 1):
            wait = 0.25 * 2**tried
            try:
                with http.client(_DEADLINE, largest, reach) as client:
                    answer = client.get(
                        address, headers={"Accept": "*/*", "User-Agent": "Xero-Onboard-import"}
                    )
            except Unanswered as error:
                is_final = str(error) not in _WHY or tried == _TRIES
                if is_final:
                    raise _Refused(_WHY.get(str(error), str(error))) from error
            except ValueError as error:  # what httpx thinks of an address that is none
                raise _Refused("is no address", 400) from error
            else:
                if answer.status_code not in _BUSY or tried == _TRIES:
                    return answer
                wait = _patience(answer.headers.get("retry-after"), wait)
            time.sleep(wait)
        raise AssertionError("the last try ends it")


def origin_of(address: str, *, may_be_local: bool) -> str:
    """The host of the help centre, whichever of its pages is named; raises Unreadable."""
    parts = urlsplit(address if "://" in address else f"https://{address}")
    if not parts.hostname or parts.username or parts.password:
        raise Unreadable(
            f"{address} is no address of a help centre: write https://help.example.com"
        )
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    if parts.scheme != "https" and not (
        parts.scheme == "http" and may_be_local and _is_local(origin)
    ):
        raise Unreadable(f"{address} is not protected: write https://")
    return origin


def _is_local(origin: str) -> bool:
    return urlsplit(origin).hostname in ("localhost", "127.0.0.1")


def _patience(asked: str | None, usual: float) -> float:
    """So long as it asks for: seconds, or a moment to come back at."""
    if asked is None:
        return usual
    try:
        seconds = (
            float(asked)
            if asked.isdigit()
            else (parsedate_to_datetime(asked) - now()).total_seconds()
        )
    except (ValueError, TypeError):
        return usual
    return min(max(seconds, 0.0), _LONGEST_PATIENCE)


def _said(status: int) -> str:
    if status in (401, 403):
        return f"answered {status}: it is not open to the public"
    if status == 404:
        return "answered 404: there is nothing at this address"
    if status == 429:
        return "answered 429: it asks for more patience than we have; run the import again later"
    if status in _LEADS_ON:
        return "leads on and on"
    return f"answered {status}"
