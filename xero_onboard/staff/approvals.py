"""Drafts that wait for approval: who may answer, and the mail about what was asked and answered.

Everybody who works here may answer, but for those who wrote the text last or asked about it.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from xero_onboard.accounts import letters, people
from xero_onboard.content import approvals, approving, drafts, history
from xero_onboard.content.approvals import Request
from xero_onboard.content.drafts import Writing
from xero_onboard.lib import mail
from xero_onboard.lib.web import settings


class UnknownReviewer(LookupError):
    """Whoever was chosen does not work here, or no longer, or could not approve this text."""


def ask(article_id: int, number: int, by: UUID, note: str, reviewer_id: UUID | None) -> int:
    """Ask for approval, and write to those who may give it, or to the one; how many. As `approving.ask` otherwise."""
    writing = drafts.opened(article_id)
    able = set(reviewers(writing, by))
    if reviewer_id is not None and reviewer_id not in able:
        raise UnknownReviewer(reviewer_id)
    approving.ask(article_id, number, by, note, reviewer_id)
    lines = (f"{_name(by)} asks you to approve “{writing.text.title}”.", *_quoted(note))
    asked = {reviewer_id} if reviewer_id else able
    _write(asked, "A guide waits for your approval", lines, article_id)
    return len(asked)


def approve(article_id: int, number: int, by: UUID) -> None:
    """Say that the text may be published, and tell whoever asked."""
    asked = approving.approve(article_id, number, by)
    words = f"{_name(by)} has approved “{_title(article_id)}”. Publish it, or choose a time for it."
    _write(_asking(asked), "Your guide was approved", (words,), article_id)


def publish(article_id: int, number: int, by: UUID) -> None:
    """Approve the text and show it to readers, and tell whoever asked."""
    asked = approving.publish(article_id, number, by)
    words = f"{_name(by)} has approved and published “{_title(article_id)}”."
    _write(_asking(asked), "Your guide was approved and published", (words,), article_id)


def send_back(article_id: int, number: int, by: UUID, reason: str) -> None:
    """Say what is to be changed first, and tell those who wrote it and asked."""
    asked = approving.send_back(article_id, number, by, reason)
    lines = (f"{_name(by)} has sent back “{_title(article_id)}”.", *_quoted(reason))
    _write(approving.own(article_id, asked), "Your guide was sent back", lines, article_id)


def reviewers(writing: Writing, by: UUID) -> Mapping[UUID, str]:
    """Whom this person can ask to approve the draft."""
    return {
        user_id: name
        for user_id, name in people.staff().items()
        if user_id not in (by, writing.author_id)
    }


def page_of(article_id: int, reader_id: UUID) -> dict[str, Any]:
    """Everything that the page of one draft shows to whoever looks at it."""
    writing = drafts.opened(article_id)
    asked = approvals.latest(writing)
    is_waiting = asked is not None and asked.state == "waiting"
    own = approving.own(article_id, asked) if asked else set()
    return {
        **standing_of(writing),
        "writing": writing,
        "compared": history.compare_with_shown(article_id, writing.head)
        if writing.is_draft
        else None,
        "reviewers": reviewers(writing, reader_id),
        "is_own": is_waiting and reader_id in own,
        "may_answer": is_waiting and reader_id not in own,
    }


def standing_of(writing: Writing) -> dict[str, Any]:
    """What was asked last about a draft and by whom, and whether it needs an approval at all."""
    asked = approvals.latest(writing)
    return {
        "asked": asked,
        "names": people.names_of(asked.people) if asked else {},
        "colleagues": people.staff() if asked else {},
        "needs_approval": approvals.are_needed(),
    }


def _asking(asked: Request) -> set[UUID]:
    return {asked.asked_by_id} if asked.asked_by_id else set()


def _title(article_id: int) -> str:
    return drafts.opened(article_id).text.title


def _name(user_id: UUID) -> str:
    return mail.name(people.names_of({user_id}).get(user_id, "")) or "A colleague"


def _quoted(words: str) -> tuple[str, ...]:
    return tuple(f"“{line}”" for line in [" ".join(words.split())] if line)


def _write(user_ids: Collection[UUID], title: str, lines: tuple[str, ...], article_id: int) -> None:
    """To those of them who still work here: the page is for nobody else, and neither are the title and the words."""
    place = f"{settings().public_origin}/staff/articles/{article_id}/approval"
    link = {"link_label": "Look at it", "link_href": place}
    for user_id in sorted(set(user_ids) & set(people.staff())):
        letters.write_to_login(user_id, title, lines, link)
