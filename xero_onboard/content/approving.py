"""Asking that a draft is approved, and answering: of the very text that was looked at, and never by who wrote it."""

from uuid import UUID

from xero_onboard.content import approvals, drafts, editing, manuscript
from xero_onboard.content.approvals import Request, State
from xero_onboard.content.editing import NotPossible
from xero_onboard.content.models import Approval, Article, Revision
from xero_onboard.content.revisions import Note
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_read, commit, db


class OwnText(Exception):
    """Whoever wrote the text or asked for its approval cannot answer, and nobody else can take the question back."""


def ask(article_id: int, number: int, by: UUID, note: str, reviewer_id: UUID | None) -> None:
    """Ask that the draft is approved as it is saved.

    Raises NoSuchArticle; Broken, because nobody could publish it; NotPossible where it is another text by now, or where
    nothing is to be asked.
    """
    writing = drafts.opened(article_id)
    editing.press(writing.place, writing.text)
    article = drafts.hold(article_id)
    asked = approvals.latest(drafts.opened(article_id))
    if asked and asked.state in ("waiting", "approved"):
        raise NotPossible(asked.state)
    head = _draft(article, number)
    row = Approval(article_id=article_id, revision_id=head.id, asked_by_id=by, note=note)
    row.reviewer_id = reviewer_id
    db.session.add(row)
    audit.record("approval_asked", subject=f"article:{article_id}", revision=number)


def own(article_id: int, asked: Request) -> set[UUID]:
    """Who wrote this text last, and who asked about it: they cannot answer."""
    author = drafts.revision(article_id, asked.number).author_id
    return set(filter(None, (asked.asked_by_id, author)))


def withdraw(article_id: int, number: int, by: UUID) -> None:
    """Ask no longer; raises NotPossible where it was answered, and OwnText for anybody but who asked or wrote it."""
    drafts.hold(article_id)
    asked = _waiting(article_id, number)
    if by not in own(article_id, asked):
        raise OwnText(article_id)
    _answer(asked, "withdrawn", by)
    audit.record("approval_withdrawn", subject=f"article:{article_id}", revision=number)


def approve(article_id: int, number: int, by: UUID) -> Request:
    """Say that this text may be published, by its author or at its time. Raises NotPossible and OwnText."""
    drafts.hold(article_id)
    asked = _answerable(article_id, number, by)
    _answer(asked, "approved", by)
    audit.record("guide_approved", subject=f"article:{article_id}", revision=number)
    return asked


def publish(article_id: int, number: int, by: UUID) -> Request:
    """Approve this text, and show it to readers at once. Raises NotPossible, OwnText, Overtaken and Broken.

    What was published meanwhile is put together with it, in a draft that is to be approved anew: NotPossible.
    """
    asked = _answerable(article_id, number, by)
    _show(article_id, number)
    # Nobody else has the article from here on; before, somebody may have answered.
    _answer(asked, "approved", by)
    audit.record("guide_approved", subject=f"article:{article_id}", revision=number)
    return asked


def send_back(article_id: int, number: int, by: UUID, reason: str) -> Request:
    """Say what keeps this text from being published. Raises NotPossible and OwnText."""
    drafts.hold(article_id)
    asked = _answerable(article_id, number, by)
    _answer(asked, "sent_back", by, reason)
    audit.record("guide_sent_back", subject=f"article:{article_id}", revision=number)
    return asked


def override(article_id: int, number: int, by: UUID, reason: str) -> None:
    """Publish this text without anybody's approval; the reason stands in its history and in the audit log.

    Raises what `publish` does, and NotPossible where no approval is missing.
    """
    head = _draft(drafts.hold(article_id), number)
    if not approvals.are_needed() or approvals.is_approved(head.id):
        raise NotPossible("there is nothing to override")
    _show(article_id, number)
    at = now()
    row = Approval(article_id=article_id, revision_id=head.id, asked_by_id=by, asked_at=at, note="")
    row.outcome, row.answered_by_id, row.answer, row.answered_at = "overridden", by, reason, at
    db.session.add(row)
    words = audit.plainly(reason)
    subject = f"article:{article_id}"
    audit.record("approval_overridden", subject=subject, revision=number, reason=words)


def _draft(article: Article, number: int) -> Revision:
    """The draft, where it is still the one that was seen."""
    head, shown = drafts.head_of(article), drafts.shown(article)
    is_draft = article.status != "archived" and not (shown and shown.id == head.id)
    if head.number != number or not is_draft:
        raise NotPossible("the draft is another one, or none")
    return head


def _waiting(article_id: int, number: int) -> Request:
    asked = approvals.latest(drafts.opened(article_id))
    if asked is None or asked.state != "waiting" or asked.number != number:
        raise NotPossible("nothing is asked about this text any more")
    return asked


def _answerable(article_id: int, number: int, by: UUID) -> Request:
    asked = _waiting(article_id, number)
    if by in own(article_id, asked):
        raise OwnText(article_id)
    return asked


def _show(article_id: int, number: int) -> None:
    begin_read()
    text = drafts.revision(article_id, number)
    note = Note("staff", text.author_id, text.reason, text.significance)
    saved = editing.publish(article_id, number, manuscript.read(text), note, is_cleared=True)
    if not saved.is_published:
        commit()  # what was put together with it stays, to be read and asked about
        raise NotPossible("the draft or the published text was changed")


def _answer(asked: Request, outcome: State, by: UUID, words: str = "") -> None:
    """While nobody else has the article, so that nobody answers twice."""
    row = db.session.get_one(Approval, asked.id, populate_existing=True)
    if row.outcome is not None:
        raise NotPossible(row.outcome)
    row.outcome, row.answered_by_id, row.answer, row.answered_at = outcome, by, words, now()
