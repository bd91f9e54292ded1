"""What waits for somebody who works here: in the guides they look after, and in those that nobody is told of.

The weekly digest, the page of the same name and the command line all tell what is found here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from xero_onboard.accounts import subscribers
from xero_onboard.accounts.subscribers import Subscriber
from xero_onboard.content import approvals, links, scheduling, verifying
from xero_onboard.content.models import Article
from xero_onboard.feedback import comments, requests
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.mail import Link
from xero_onboard.staff import opinions, remarks

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Part:
    """Things of one kind, each with the page on which one sees to it."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Waiting:
    """What waits for one person; `nobodys` is what nobody who has a guide to look after hears of."""

    own: tuple[Part, ...]
    nobodys: tuple[Part, ...]

    @property
    def count(self) -> int:
        """How many things these are."""
        return sum(len(part.links) for part in (*self.own, *self.nobodys))


@dataclass(frozen=True)
class _Item:
    """One thing; `article_id` is the guide that it is about, if there is one."""

    title: str
    article_id: int | None
    link: Link
    # Those who may not see to it, owners or not.
    barred: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Found:
    """Everything that waits, whoever it is for."""

    items: tuple[_Item, ...]
    owners: Mapping[int | None, UUID | None]
    # Those to whom it can be said by mail what waits for them.
    reached: frozenset[UUID]

    def of(self, person: Subscriber) -> Waiting:
        """What one person is to see to."""
        own = (each for each in self.items if self._owner(each) == person.user_id)
        stray = (each for each in self.items if self._owner(each) not in self.reached)
        # Who is not reached finds their own on the page, and need not find it there twice.
        others = (
            each
            for each in stray
            if self._owner(each) != person.user_id and person.user_id not in each.barred
        )
        return Waiting(_parts(own), _parts(others) if person.role == "admin" else ())

    def _owner(self, item: _Item) -> UUID | None:
        owner = self.owners.get(item.article_id)
        return None if owner in item.barred else owner


def found() -> Found:
    """Everything that waits now."""
    titles = {article_id: f"“{title}”" for article_id, title in remarks.titles().items()}
    items = tuple(item for look in _LOOKS for item in look(titles))
    owners = {row.id: row.owner_id for row in db.session.execute(_OWNED)}
    # Whoever switched the mail off knows that they look after guides; their guides are not left alone.
    reached = (each.user_id for each in subscribers.everybody() if each.address)
    return Found(items, owners, frozenset(reached))


def _missed(titles: Mapping[int, str]) -> Iterator[_Item]:
    for article_id, missed in scheduling.missed().items():
        words = f"{titles[article_id]} was to be published on {_moment(missed.at)}: {missed.reason}"
        yield _Item("Not published at their time", article_id, _editor(article_id, words))


def _approvals(titles: Mapping[int, str]) -> Iterator[_Item]:
    waiting = approvals.waiting_by_guide()
    for article_id, name in titles.items():
        if article_id in waiting:
            link = Link(f"{name}: waits for approval", f"/staff/articles/{article_id}/approval")
            yield _Item("Approval", article_id, link, waiting[article_id])


def _requests(titles: Mapping[int, str]) -> Iterator[_Item]:
    waiting = requests.waiting_by_guide()
    title = "Requests"
    for article_id, name in titles.items():
        if count := waiting.get(article_id, 0):
            words = f"{name}: {_count(count, 'request waits', 'requests wait')} for an answer"
            href = f"/staff/requests?status=open&article={article_id}"
            yield _Item(title, article_id, Link(words, href))
    if count := waiting.get(None, 0):
        words = f"{_count(count, 'request waits', 'requests wait')} for an answer, about no guide"
        yield _Item(title, None, Link(words, "/staff/requests?status=open"))


def _comments(titles: Mapping[int, str]) -> Iterator[_Item]:
    for article_id, count in _named(titles, comments.waiting_by_guide()):
        words = (
            f"{titles[article_id]}: {_count(count, 'comment waits', 'comments wait')} to be read"
        )
        yield _Item("Comments", article_id, Link(words, f"/staff/comments?article={article_id}"))


def _remarks(titles: Mapping[int, str]) -> Iterator[_Item]:
    for article_id, count in _named(titles, remarks.in_words_by_guide()):
        words = f"{titles[article_id]}: {_count(count, 'remark waits', 'remarks wait')} to be dealt with"
        href = f"/staff/feedback?words=yes&article={article_id}"
        yield _Item("Feedback in words", article_id, Link(words, href))


def _unhelpful(titles: Mapping[int, str]) -> Iterator[_Item]:
    for week in opinions.unhelpful_this_week():
        if week.now.no > week.now.yes:
            then = f"the week before, {week.before.no} No and {week.before.yes} Yes"
            words = f"{titles[week.article_id]}: {week.now.no} No and {week.now.yes} Yes; {then}"
            href = f"/staff/feedback/votes?article={week.article_id}"
            yield _Item("Unhelpful this week", week.article_id, Link(words, href))


def _reviews(titles: Mapping[int, str]) -> Iterator[_Item]:
    today = now().date()
    for article_id, due_on in verifying.due_before(today + WEEK).items():
        words = f"review {'was' if due_on < today else 'is'} due on {_day(due_on)}"
        yield _Item("Reviews", article_id, _editor(article_id, f"{titles[article_id]}: {words}"))


def _dead_links(titles: Mapping[int, str]) -> Iterator[_Item]:
    for article_id, count in _named(titles, links.leading_nowhere()):
        words = f"links to {_count(count, 'guide', 'guides')} that readers cannot see"
        yield _Item("Links", article_id, _editor(article_id, f"{titles[article_id]}: {words}"))


def _named(titles: Mapping[int, str], counts: Mapping[int, int]) -> Iterable[tuple[int, int]]:
    """The counts in the order of the titles."""
    return ((article_id, counts[article_id]) for article_id in titles if article_id in counts)


def _parts(items: Iterable[_Item]) -> tuple[Part, ...]:
    grouped = groupby(items, key=lambda each: each.title)
    return tuple(Part(title, tuple(each.link for each in those)) for title, those in grouped)


def _editor(article_id: int, words: str) -> Link:
    return Link(words, f"/staff/articles/{article_id}")


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _moment(at: datetime) -> str:
    return f"{_day(at)}, {at:%H:%M} UTC"


_OWNED = select(Article.id, Article.owner_id).where(Article.owner_id.is_not(None))
# What readers suffer from first.
_LOOKS: tuple[Callable[[Mapping[int, str]], Iterator[_Item]], ...] = (
    *(_missed, _approvals, _requests, _comments, _remarks, _unhelpful, _reviews, _dead_links),
)
