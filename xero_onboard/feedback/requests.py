"""Requests for help: sent, confirmed by mail, followed, answered and solved."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select

from xero_onboard.feedback import guides
from xero_onboard.feedback.models import Attachment, HelpRequest, Message
from xero_onboard.feedback.uploads import File
from xero_onboard.lib import limits, mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import pseudonym
from xero_onboard.lib.db import begin_write, db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import SOURCE, Text, later
from xero_onboard.lib.limits import Limit
from xero_onboard.lib.reader import Reader
from xero_onboard.lib.web import settings

LONGEST_SUBJECT = 150
LONGEST_WORDS = 4000
OPEN = ("open", "waiting")
KEEP = timedelta(days=365)
KEEP_UNCONFIRMED = timedelta(days=2)
_HOUR = timedelta(hours=1)
BY_NETWORK = Limit("requests: network", 10, _HOUR)
BY_READER = Limit("requests: reader", 10, _HOUR)
TO_ADDRESS = Limit("requests: address", 5, _HOUR)
MESSAGES = Limit("requests: messages", 20, _HOUR)


class UnknownRequest(LookupError):
    """There is none of this name, or it is somebody else's: nobody outside learns which."""


class Unconfirmed(Exception):
    """Nobody has said yet that it was they who asked: until then there is nothing to add."""


class UnknownGuide(LookupError):
    """Readers see no such guide."""


@dataclass(frozen=True)
class Context:
    """Where somebody was who asks, as far as they want to say."""

    article_id: int | None = None
    revision: int | None = None
    step: str | None = None
    standing: str | None = None
    attempt_reference: str | None = None
    browser: str | None = None


@dataclass(frozen=True)
class Draft:
    """What was written into the form."""

    email: str
    subject: str
    words: str
    locale: str
    context: Context = Context()
    files: Sequence[File] = ()


@dataclass(frozen=True)
class FileView:
    """A file in a conversation."""

    id: UUID
    name: str
    size: int


@dataclass(frozen=True)
class MessageView:
    """One thing that was said."""

    id: UUID
    is_staffs: bool
    is_note: bool
    author_id: UUID | None
    words: str
    created_at: datetime
    files: tuple[FileView, ...] = field(default=())


def admit(address: str, reader: Reader, network: str) -> None:
    """Count a request that is about to be sent, before its pictures are drawn anew, which takes seconds.

    Raises UnsafeAddress and TooMany.
    """
    email = mail.checked_address(address)
    limits.count(BY_NETWORK, network)
    limits.count(BY_READER, str(reader.user_id or reader.browser or network))
    limits.count(TO_ADDRESS, email.lower())


def submit(draft: Draft, reader: Reader) -> HelpRequest:
    """Keep what is asked and was admitted. A stranger is mailed a link first, by which they say that it was they.

    Raises UnsafeAddress.
    """
    email = mail.checked_address(draft.email)
    begin_write()
    asked = HelpRequest(
        user_id=reader.user_id,
        email=email,
        locale=draft.locale,
        subject=draft.subject,
        status="unconfirmed",
        **vars(draft.context),
    )
    db.session.add(asked)
    db.session.flush()
    _say(asked, draft.words, draft.files, author_id=reader.user_id)
    if reader.is_signed_in:
        confirm(asked)
    else:
        _mail_link(asked, later("Confirm your request"), _CONFIRM, later("Look at it and confirm"))
    return asked


def confirm(asked: HelpRequest) -> None:
    """Put it before the support staff, once."""
    if asked.confirmed_at is not None:
        return
    asked.status, asked.confirmed_at, asked.solved_by_article_id = "open", now(), None
    _tell_staff(asked, "A new request")
    _mail_link(
        asked,
        later("We have your request %(reference)s", reference=asked.reference),
        _RECEIVED,
        later("Follow your request"),
    )


def found(
    reference: str, reader: Reader, opened: Collection[str], begun: Collection[str]
) -> HelpRequest:
    """The request of this name if it is this reader's; raises UnknownRequest.

    It is theirs who are signed in as they were when they asked, and of a browser that has `opened`
    the mailed link. A browser in which it was only `begun` sees it until it is confirmed, for
    whoever confirms it may be somebody else.
    """
    asked = db.session.scalar(select(HelpRequest).where(HelpRequest.reference == reference))
    if asked is None:
        raise UnknownRequest(reference)
    is_account = asked.user_id is not None and asked.user_id == reader.user_id
    is_begun = asked.confirmed_at is None and str(asked.id) in begun
    if is_account or is_begun or str(asked.id) in opened:
        return asked
    raise UnknownRequest(reference)


def by_link(reference: str, token: str) -> HelpRequest:
    """The request that a mailed link leads to; raises UnknownRequest."""
    asked = db.session.scalar(select(HelpRequest).where(HelpRequest.reference == reference))
    if asked is None or not hmac.compare_digest(_token(asked).encode(), token.encode()):
        raise UnknownRequest(reference)
    return asked


def send_link(reference: str, address: str, network: str) -> None:
    """Mail the link again if this is the address that asked; says nothing of whether it is.

    Raises TooMany.
    """
    limits.count(BY_NETWORK, network)
    limits.count(TO_ADDRESS, address.lower())
    asked = db.session.scalar(
        select(HelpRequest).where(
            HelpRequest.reference == reference,
            func.lower(HelpRequest.email) == address.lower(),
        )
    )
    if asked is not None:
        _mail_link(
            asked,
            later("Your request %(reference)s", reference=asked.reference),
            _AGAIN,
            later("Follow your request"),
        )


def admit_message(asked: HelpRequest) -> None:
    """Count a message that is about to be sent, before its pictures are drawn anew. Raises Unconfirmed and TooMany."""
    if asked.confirmed_at is None:
        raise Unconfirmed(asked.id)
    limits.count(MESSAGES, str(asked.id))


def write(asked: HelpRequest, words: str, files: Sequence[File], reader: Reader) -> None:
    """The one who asked says more, as was admitted; what was solved is open again."""
    asked = db.session.get_one(HelpRequest, asked.id)
    _say(asked, words, files, author_id=reader.user_id)
    if asked.status in ("waiting", "solved"):
        asked.status = "open"
    asked.solved_by_article_id = None
    if asked.status == "open":
        _tell_staff(asked, "More about a request")


def solve(asked: HelpRequest, article_id: int | None) -> None:
    """The one who asked needs no answer any more; a guide that has given it is counted. Raises UnknownGuide."""
    if article_id is not None and guides.path("article", article_id) is None:
        raise UnknownGuide(article_id)
    asked.status, asked.updated_at = "solved", now()
    asked.solved_by_article_id = article_id


def answer(asked: HelpRequest, words: str, author_id: UUID | None, status: str) -> None:
    """Support staff answer, on the page and by mail."""
    _say(asked, words, (), author_id=author_id, is_staffs=True)
    put(asked, status)
    lines = tuple(part for part in words.split("\n") if part.strip())
    _mail_link(
        asked,
        later("An answer to your request %(reference)s", reference=asked.reference),
        lines,
        later("Answer, or add something"),
    )


def put(asked: HelpRequest, status: str) -> None:
    """Say how it stands; what is not solved was not solved by a guide either."""
    asked.status = status
    if status != "solved":
        asked.solved_by_article_id = None


def note(asked: HelpRequest, words: str, author_id: UUID | None) -> None:
    """Something that only support staff read."""
    message = Message(
        request_id=asked.id, author_id=author_id, is_staffs=True, is_note=True, words=words
    )
    db.session.add(message)


def conversation(asked: HelpRequest, *, with_notes: bool = False) -> tuple[MessageView, ...]:
    """Everything that was said, in order."""
    query = select(Message).where(Message.request_id == asked.id)
    if not with_notes:
        query = query.where(Message.is_note.is_(False))
    messages = db.session.scalars(query.order_by(Message.created_at, Message.id)).all()
    columns = (Attachment.message_id, Attachment.id, Attachment.name, Attachment.size)
    files = db.session.execute(
        select(*columns)
        .where(Attachment.message_id.in_([message.id for message in messages]))
        .order_by(Attachment.created_at, Attachment.name)
    ).all()
    return tuple(
        MessageView(
            each.id,
            each.is_staffs,
            each.is_note,
            each.author_id,
            each.words,
            each.created_at,
            tuple(FileView(*file[1:]) for file in files if file[0] == each.id),
        )
        for each in messages
    )


def attachment(attachment_id: UUID) -> tuple[Attachment, HelpRequest]:
    """A file, and the request that it belongs to; raises UnknownRequest."""
    query = (
        select(Attachment, HelpRequest)
        .join(Message, Message.id == Attachment.message_id)
        .join(HelpRequest, HelpRequest.id == Message.request_id)
    )
    row = db.session.execute(query.where(Attachment.id == attachment_id)).first()
    if row is None:
        raise UnknownRequest(attachment_id)
    return row[0], row[1]


def of_reader(reader: Reader, opened: Collection[str]) -> Sequence[HelpRequest]:
    """What this reader has asked: in their account, and what this browser has opened by mailed links."""
    ids = [UUID(each) for each in opened]
    theirs = HelpRequest.user_id == reader.user_id if reader.user_id else HelpRequest.id.in_(())
    query = select(HelpRequest).where(or_(theirs, HelpRequest.id.in_(ids)))
    return db.session.scalars(query.order_by(HelpRequest.updated_at.desc()).limit(50)).all()


def open_about(article_id: int) -> int:
    """How many requests about this guide are not solved."""
    query = select(func.count()).select_from(HelpRequest)
    of_guide = (HelpRequest.article_id == article_id, HelpRequest.status.in_(OPEN))
    return db.session.scalar(query.where(*of_guide)) or 0


def open_by_guide() -> Mapping[int, int]:
    """The same of every guide that has any."""
    query = select(HelpRequest.article_id, func.count()).where(HelpRequest.status.in_(OPEN))
    rows = db.session.execute(query.group_by(HelpRequest.article_id))
    return {article_id: count for article_id, count in rows if article_id is not None}


def waiting_by_guide() -> Mapping[int | None, int]:
    """How many wait for an answer of ours, by the guide that they came from; None for those that name none."""
    query = select(HelpRequest.article_id, func.count()).where(HelpRequest.status == "open")
    rows = db.session.execute(query.group_by(HelpRequest.article_id))
    return dict(rows.all())


@every_minute("forget old requests")
def forget_old() -> None:
    """Delete what nobody confirmed, and what nobody has said anything about for long.

    That a guide was the answer counts on, in a row of its own that knows neither who asked nor what.
    """
    is_old = HelpRequest.created_at < now() - KEEP_UNCONFIRMED
    unconfirmed = (HelpRequest.confirmed_at.is_(None), is_old, HelpRequest.email != "")
    kept = ("locale", "status", "solved_by_article_id", "created_at", "updated_at")
    for each in db.session.scalars(select(HelpRequest).where(*unconfirmed)):
        if each.solved_by_article_id is not None:
            nobodys = {name: getattr(each, name) for name in kept}
            db.session.add(HelpRequest(email="", subject="", **nobodys))
    db.session.execute(delete(HelpRequest).where(*unconfirmed))
    db.session.execute(delete(HelpRequest).where(HelpRequest.updated_at < now() - KEEP))


def _say(
    asked: HelpRequest,
    words: str,
    files: Sequence[File],
    *,
    author_id: UUID | None,
    is_staffs: bool = False,
) -> None:
    message = Message(request_id=asked.id, author_id=author_id, is_staffs=is_staffs, words=words)
    db.session.add(message)
    db.session.flush()
    for file in files:
        kept = Attachment(
            message_id=message.id,
            name=file.name,
            content_type=file.content_type,
            size=len(file.body),
            body=file.body,
        )
        db.session.add(kept)
    asked.updated_at = now()


def _token(asked: HelpRequest) -> str:
    """Made of our key, so that nothing that opens a request lies in the database."""
    return pseudonym(str(asked.id), "request link")


def _mail_link(asked: HelpRequest, title: Text, lines: tuple[Text, ...], label: Text) -> None:
    mail.send(
        asked.email,
        "notice",
        title=title,
        lines=lines,
        link_label=label,
        link_href=f"/hc/{asked.locale}/requests/{asked.reference}/verify/{_token(asked)}",
        why=later("somebody asked us for help with this address"),
        locale=asked.locale,
    )


def _tell_staff(asked: HelpRequest, title: str) -> None:
    mail.send(
        settings().support_email,
        "notice",
        title=f"{title}: {asked.reference}",
        lines=(asked.subject,),
        link_label="Read and answer it",
        link_href=f"/staff/requests/{asked.id}",
        why="this is the address of the support staff there",
        locale=SOURCE,
    )


_CONFIRM = (
    later(
        "Somebody wrote to our support staff with your address. If that was you, confirm it, and a person will answer."
    ),
    later("Without your confirmation nobody reads it, and it is deleted after two days."),
)
_RECEIVED = (
    later(
        "A person will answer by mail. You can look at your request, add to it, or say that it is solved."
    ),
)
_AGAIN = (later("Here is the link to your request again. Whoever has it can read what you wrote."),)
