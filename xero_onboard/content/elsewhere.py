"""Links of guides to other sites, each address tried once: whether a reader who follows it finds a page."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from xero_onboard.content import kept, manuscript
from xero_onboard.content.revisions import Draft
from xero_onboard.content.spans import without_code
from xero_onboard.lib import http
from xero_onboard.lib.http import NoSuchHost, NotProven, OutOfReach, Unanswered
from xero_onboard.lib.web import settings

_LINK = re.compile(r'href=\\"(https?://[^"\\]+)\\"')
# So many sites are asked at a time; each of them for one page after the other.
_AT_ONCE = 4
_MOST_TURNS = 5
_LEADS_ON = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_GONE = (404, 410)
_FOR_PEOPLE_ALONE = (401, 403)
_PASSING = "which may pass: try it again later"
_HERE = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Link:
    """Where a guide leads out; `place` is its file and line as they are told of."""

    place: str
    address: str


@dataclass(frozen=True)
class Answer:
    """What is to be said of an address; nothing where all is well."""

    said: str = ""
    is_gone: bool = False
    is_of_nobody: bool = False


# Where none of several hosts is known, it is this machine that knows none.
_CUT_OFF = Answer("was not found, nor was any other: has this machine a way to the internet?")


def of_drafts(drafts: Iterable[Draft]) -> Iterator[Link]:
    """The links of guides in files."""
    for draft in drafts:
        for line, address in _links(draft.rendering.parts, draft.source):
            yield Link(f"{draft.name}:{draft.matter.first_line + line}", address)


def of_kept() -> Iterator[Link]:
    """The links of guides that staff keep, as readers see them."""
    for article_id in kept.guides():
        revision = kept.shown(article_id)
        if revision is not None:
            name = f"/staff/articles/{article_id} “{revision.title}”"
            for line, address in _links(revision.parts, manuscript.read(revision).body):
                yield Link(f"{name}, text, line {line + 1}", address)


def tried(links: Sequence[Link]) -> Iterator[tuple[Link, Answer]]:
    """The links of which there is something to say; raises nothing, whatever others answer."""
    answers = _ask_all({each.address for each in links})
    are_several = len({_site(each) for each in answers}) > 1
    if are_several and all(each.is_of_nobody for each in answers.values()):
        answers = dict.fromkeys(answers, _CUT_OFF)
    for link in links:
        if answers[link.address].said:
            yield link, answers[link.address]


def _links(parts: list[Any], source: str) -> Iterator[tuple[int, str]]:
    """As readers get them, each with the lines it stands on, counted from 0; out of a snippet it stands on none."""
    own, text = settings().public_origin, without_code(source)
    found = _LINK.findall(json.dumps(parts))
    for address in sorted({unescape(each).partition("#")[0] for each in found}):
        if f"{address}/".startswith(f"{own}/"):
            continue
        whole = re.compile(rf"{re.escape(address)}(?![\w/?&=%-]|\.\w)")
        places = {text.count("\n", 0, each.start()) for each in whole.finditer(text)}
        for line in sorted(places or {0}):
            yield line, address


def _ask_all(addresses: Iterable[str]) -> Mapping[str, Answer]:
    visitor = _Visitor(settings().public_origin, may_be_local=not settings().is_production)
    by_site: dict[str, list[str]] = {}
    for address in sorted(addresses):
        by_site.setdefault(_site(address), []).append(address)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(
            lambda site: [(each, visitor.visit(each)) for each in site], by_site.values()
        )
        return dict(pair for pairs in found for pair in pairs)


def _site(address: str) -> str:
    """The host, as it is written; whatever it is, it stands between the second “/” and the third."""
    return address.split("/")[2]


class _Visitor:
    """Goes where a link leads, without a cookie, and says who asks."""

    def __init__(self, origin: str, *, may_be_local: bool) -> None:
        self._headers = {"Accept": "*/*", "User-Agent": f"Xero-Onboard-links (+{origin})"}
        self._may_be_local = may_be_local

    def visit(self, address: str) -> Answer:
        """Follow the link to its end."""
        here = home = address
        is_lasting = True
        for _ in range(_MOST_TURNS + 1):
            try:
                status, location = self._knock(here)
            except http.UNREADABLE:
                return Answer(
                    f"{_way(address, here)}is no address that can be opened", is_gone=True
                )
            except Unanswered as error:
                return _of_silence(error, _way(address, here))
            if status not in _LEADS_ON or not location:
                return _of_status(status, _way(address, here), home if home != address else "")
            here = urljoin(here, location).partition("#")[0]
            is_lasting = is_lasting and status in _FOR_GOOD
            home = here if is_lasting else home
        return Answer("leads on and on: open it in a browser, and link to where it ends")

    def _knock(self, address: str) -> tuple[int, str]:
        """The status, and where it leads on to; who refuses to answer in short is asked for the page."""
        if urlsplit(address).scheme not in ("http", "https"):
            raise ValueError("no page can be had there")
        is_here = self._may_be_local and urlsplit(address).hostname in _HERE
        reach = http.anywhere if is_here else http.on_the_internet
        for method in ("HEAD", "GET"):
            # A client each time, which keeps no cookie for the next.
            with http.client(largest=0, reach=reach) as client:
                answer = client.request(method, address, headers=self._headers)
            if answer.status_code < 400 or answer.status_code == 429:
                break
        return answer.status_code, str(answer.headers.get("location", ""))


def _way(address: str, here: str) -> str:
    return "" if here == address else f"leads on to “{here}”, which "


def _of_status(status: int, way: str, home: str) -> Answer:
    if status in _GONE:
        said = f"{way}answered {status}: the page is gone; link to another, or take the link out"
        return Answer(said, is_gone=True)
    if status in _FOR_PEOPLE_ALONE:
        said = f"{way}answered {status}: it may keep programs out; open it in a browser"
    elif status == 429 or status >= 500:
        said = f"{way}answered {status}, {_PASSING}"
    elif status >= 400:
        said = f"{way}answered {status}: open it in a browser"
    else:
        said = f"has moved for good: link to “{home}”" if home else ""
    return Answer(said)


def _of_silence(error: Unanswered, way: str) -> Answer:
    if isinstance(error, NoSuchHost):
        said = f"{way}is at no host that is known: correct the address, or take the link out"
        return Answer(said, is_gone=True, is_of_nobody=True)
    if isinstance(error, NotProven):
        return Answer(f"{way}has a certificate that browsers warn of: tell whoever keeps that site")
    if isinstance(error, OutOfReach):
        return Answer(
            f"{way}is not on the internet, and was not tried: readers elsewhere get no page"
        )
    return Answer(f"{way}could not be reached, {_PASSING}")
