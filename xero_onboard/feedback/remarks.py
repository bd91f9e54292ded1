"""What readers say of a guide in words: why they voted as they did, and what is wrong with a page."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import delete, select

from xero_onboard.feedback.models import Remark, Vote
from xero_onboard.feedback.whereabouts import Whereabouts
from xero_onboard.lib import limits
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import marked
from xero_onboard.lib.limits import Limit

LONGEST_WORDS = 600
KEEP = timedelta(days=365)
BY_VOTER = Limit("remarks: voter", 20, timedelta(hours=1))
BY_NETWORK = Limit("remarks: network", 40, timedelta(hours=1))
PROBLEMS_BY_NETWORK = Limit("problems: network", 10, timedelta(hours=1))

# What is asked after each answer; a code is never given another meaning, for counts go by it.
REASONS: Mapping[str, Mapping[str, str]] = {
    "up": {
        "solved": marked("It solved my problem"),
        "easy": marked("It was easy to follow"),
        "accurate": marked("It matched what I saw in Xero"),
        "else": marked("Something else"),
    },
    "down": {
        "unclear": marked("It was hard to follow"),
        "outdated": marked("It did not match what I saw in Xero"),
        "incomplete": marked("Something is missing"),
        "failed": marked("I followed it, and it did not work"),
        "off_topic": marked("It is not what I was looking for"),
        "else": marked("Something else"),
    },
}
ALL_REASONS = frozenset(code for codes in REASONS.values() for code in codes)


class NoVote(LookupError):
    """Nobody explains an answer that they have not given."""


class WrongReason(ValueError):
    """This is no reason for that answer."""


class NothingSaid(ValueError):
    """Neither a reason nor words."""


def explain(
    article_id: int, voter: str, reason: str | None, words: str | None, *, network: str
) -> None:
    """Note why this voter answered as they did, once for each vote and with their latest word.

    Raises NoVote, WrongReason, NothingSaid and TooMany.
    """
    if not reason and not words:
        raise NothingSaid
    limits.count(BY_NETWORK, network)
    limits.count(BY_VOTER, voter)
    vote = db.session.scalar(select(Vote).where(Vote.article_id == article_id, Vote.voter == voter))
    if vote is None:
        raise NoVote(article_id)
    kind = "up" if vote.value == 1 else "down"
    if reason and reason not in REASONS[kind]:
        raise WrongReason(reason)
    remark = db.session.scalar(select(Remark).where(Remark.vote_id == vote.id))
    if remark is None:
        remark = Remark(kind=kind, article_id=article_id, vote_id=vote.id, voter=voter)
        db.session.add(remark)
    remark.reason, remark.words, remark.updated_at = reason, words, now()
    for name in asdict(Whereabouts()):
        setattr(remark, name, getattr(vote, name))


def report(
    article_id: int,
    voter: str | None,
    doing: str | None,
    wrong: str,
    where: Whereabouts,
    *,
    network: str,
) -> None:
    """Keep what is wrong with a page; raises TooMany."""
    limits.count(PROBLEMS_BY_NETWORK, network)
    words = f"{wrong}\n\nWhat they were doing: {doing}" if doing else wrong
    db.session.add(
        Remark(kind="problem", article_id=article_id, voter=voter, words=words, **asdict(where))
    )


@every_minute("forget old remarks")
def forget_old() -> None:
    """Delete what was said of revisions that nobody reads any more."""
    db.session.execute(delete(Remark).where(Remark.created_at < now() - KEEP))
