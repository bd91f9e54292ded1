"""Comments below guides: written by people with an account, read by staff before they are trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from markupsafe import Markup  # noqa: TID251 - a type here; lib.web vouches
from sqlalchemy import exists, func, or_, select

from xero_onboard.feedback.models import LONGEST_NAME, Comment
from xero_onboard.feedback.names import like_staff, looks_like_staff
from xero_onboard.feedback.writing import render
from xero_onboard.lib import limits
from xero_onboard.lib.carried import CarriedComment
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.limits import Limit
from xero_onboard.lib.moments import becomes_news
from xero_onboard.lib.reader import Reader
from xero_onboard.lib.web import has_controls, trust_html

LONGEST = 2000
_MOST_SHOWN = 200
_BETWEEN_LINES = {ord("\n"): None, ord("\t"): None}
BY_AUTHOR = Limit("comments: author", 10, timedelta(hours=1))
BY_NETWORK = Limit("comments: network", 30, timedelta(hours=1))
STATUSES: Mapping[str, str] = {
    "held": "Waits to be read",
    "shown": "Shown",
    "rejected": "Not shown",
}


class UnknownComment(LookupError):
    """It was deleted, is somebody else's, or never was."""


@dataclass(frozen=True)
class CommentView:
    """A comment as one reader sees it."""

    id: UUID
    author: str
    is_staffs: bool
    html: Markup
    status: str
    created_at: datetime
    edited_at: datetime | None
    is_own: bool


def on(article_id: int, reader: Reader) -> tuple[CommentView, ...]:
    """What everybody sees below a guide, and what this reader wrote that is not, or not yet."""
    own = Comment.author_id == reader.user_id if reader.user_id else Comment.id.in_(())
    query = (
        select(Comment)
        .where(Comment.article_id == article_id)
        .where(or_(Comment.status == "shown", Comment.status.in_(("held", "rejected")) & own))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(_MOST_SHOWN)
    )
    # The newest are taken, or nobody would see what they have just written.
    newest = db.session.scalars(query).all()
    return tuple(_view(row, reader) for row in reversed(newest))


@dataclass(frozen=True)
class Said:
    """A comment that everybody sees, as news."""

    id: UUID
    author: str
    html: str
    shown_at: datetime


def newest(article_id: int, most: int) -> Sequence[Said]:
    """What was shown last below a guide."""
    query = select(Comment).where(Comment.article_id == article_id, Comment.status == "shown")
    rows = db.session.scalars(query.order_by(Comment.shown_at.desc(), Comment.id).limit(most))
    return [
        Said(row.id, row.author_name or _("A reader"), row.html, row.shown_at or row.created_at)
        for row in rows
    ]


def write(
    article_id: int, source: str, revision: int | None, reader: Reader, network: str
) -> Comment:
    """Keep a comment; whoever has none shown yet waits for staff to read it. Raises TooMany."""
    limits.count(BY_NETWORK, network)
    limits.count(BY_AUTHOR, str(reader.user_id))
    name = reader.name or _("A reader")
    comment = Comment(
        article_id=article_id,
        author_id=reader.user_id,
        author_name=name,
        is_staffs=reader.works_here,
        looks_like_staff=not reader.works_here and looks_like_staff(name),
        source=source,
        html=render(source),
        revision=revision,
        status="held",
    )
    if _is_trusted(comment):
        _show(comment)
    db.session.add(comment)
    db.session.flush()
    return comment


def packed() -> Mapping[int, Sequence[CarriedComment]]:
    """What everybody sees below each guide, to be carried to another site."""
    shown = select(Comment).where(Comment.status == "shown")
    rows = db.session.scalars(shown.order_by(Comment.created_at, Comment.id)).all()
    alike = like_staff({row.author_name for row in rows if row.author_name and not row.is_staffs})
    found: dict[int, list[CarriedComment]] = {}
    for row in rows:
        carried = CarriedComment(
            id=row.id,
            name=row.author_name,
            is_staffs=row.is_staffs,
            looks_like_staff=not row.is_staffs
            and (row.looks_like_staff or row.author_name in alike),
            source=row.source,
            created_at=row.created_at,
            edited_at=row.edited_at,
            shown_at=row.shown_at or row.created_at,
        )
        found.setdefault(row.article_id, []).append(carried)
    return found


def press(found: Sequence[CarriedComment]) -> Mapping[UUID, str]:
    """What is shown of each; raises ValueError in words for one that nobody could have written here."""
    alike = like_staff({each.name for each in found if each.name and not _is_known(each)})
    for each in found:
        why = _mistake(each)
        if why is None and each.name in alike and not _is_known(each):
            # Without what a terminal would obey.
            shown = "".join(filter(str.isprintable, each.name or ""))
            why = f"bears a name that could be taken for one of your staff: “{shown}”; hide it where it is shown"
        if why:
            raise ValueError(f"the comment {each.id} {why}")
    return {each.id: render(each.source) for each in found}


def take_over(
    article_id: int, found: Sequence[CarriedComment], pressed: Mapping[UUID, str]
) -> None:
    """Show below this guide what was shown below it elsewhere.

    It belongs to nobody: who has an account here may not be who had one there, whatever they are called.
    """
    for each in found:
        comment = Comment(
            id=each.id,
            article_id=article_id,
            author_name=each.name,
            is_staffs=each.is_staffs,
            looks_like_staff=each.looks_like_staff,
            source=each.source,
            html=pressed[each.id],
            status="shown",
            created_at=each.created_at,
            edited_at=each.edited_at,
            shown_at=each.shown_at,
        )
        db.session.add(comment)
    db.session.flush()


def own(comment_id: UUID, reader: Reader, *, is_held: bool = False) -> Comment:
    """A comment that this reader may take back, held against everybody else if wanted; raises UnknownComment."""
    comment = db.session.get(
        Comment, comment_id, populate_existing=is_held, with_for_update=is_held
    )
    if comment is None or comment.author_id != reader.user_id or comment.author_id is None:
        raise UnknownComment(comment_id)
    if comment.status == "deleted":
        raise UnknownComment(comment_id)
    return comment


def own_to_change(comment_id: UUID, reader: Reader, *, is_held: bool = False) -> Comment:
    """The same to say it otherwise: not one that staff have read and do not show."""
    comment = own(comment_id, reader, is_held=is_held)
    if comment.status == "rejected":
        raise UnknownComment(comment_id)
    return comment


def edit(comment: Comment, source: str, reader: Reader) -> None:
    """Say it otherwise; who is not trusted yet, or no longer speaks as staff, waits again.

    Raises UnknownComment for what staff have read by now and do not show.
    """
    # Or it would be shown by staff who decide in this moment about what it said before.
    comment = own_to_change(comment.id, reader, is_held=True)
    comment.source, comment.html, comment.edited_at = source, render(source), now()
    has_left = comment.is_staffs and not reader.works_here
    if has_left:
        comment.is_staffs = False
        comment.looks_like_staff = looks_like_staff(comment.author_name or "")
    if has_left or not _is_trusted(comment):
        comment.status = "held"


def delete(comment: Comment) -> None:
    """Leave nothing of it but that there was one."""
    comment.source = comment.html = ""
    comment.author_name, comment.status = None, "deleted"


def wording(comment: Comment) -> str:
    """What stands for its words in the form of whoever has read them, who decides about nothing else."""
    return sha256(comment.source.encode()).hexdigest()[:32]


def moderate(comment: Comment, status: str) -> None:
    """Show it, or do not, as staff who have read it decide."""
    if status == "shown" and comment.status != "shown":
        _show(comment)
    comment.status = status


def waiting() -> int:
    """How many wait to be read."""
    query = select(func.count()).select_from(Comment).where(Comment.status == "held")
    return db.session.scalar(query) or 0


def waiting_by_guide() -> Mapping[int, int]:
    """The same of every guide below which any do."""
    query = select(Comment.article_id, func.count()).where(Comment.status == "held")
    rows = db.session.execute(query.group_by(Comment.article_id))
    return dict(rows.all())


def _show(comment: Comment) -> None:
    comment.status, comment.shown_at = "shown", becomes_news()


def _is_trusted(comment: Comment) -> bool:
    """Staff, and whoever has another comment shown; never somebody who looks like staff and is not."""
    if comment.is_staffs or comment.looks_like_staff:
        return comment.is_staffs
    others = exists().where(
        Comment.author_id == comment.author_id,
        Comment.status == "shown",
        Comment.id != comment.id,
    )
    return bool(db.session.scalar(select(others)))


def _is_known(carried: CarriedComment) -> bool:
    """Whether staff wrote it, or have read it and show it nevertheless."""
    return carried.is_staffs or carried.looks_like_staff


def _mistake(carried: CarriedComment) -> str | None:
    """By which rule for what is written here it could not be."""
    words, name = carried.source, carried.name
    changed_at = carried.edited_at or carried.created_at
    if len(words) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if not words or words != words.strip() or has_controls(words.translate(_BETWEEN_LINES)):
        return "is empty, or holds what a form does not let through"
    if name is not None and not 0 < len(name) <= LONGEST_NAME:
        return f"bears a name that is empty, or longer than {LONGEST_NAME} characters"
    if not carried.created_at <= changed_at <= _tomorrow() >= carried.shown_at:
        return "has dates that cannot be"
    return None


def _tomorrow() -> datetime:
    """Until when something may have been written on another machine, whose clock may be ahead."""
    return now() + timedelta(days=1)


def _view(row: Comment, reader: Reader) -> CommentView:
    return CommentView(
        row.id,
        row.author_name or _("A reader"),
        row.is_staffs,
        trust_html(row.html),
        row.status,
        row.created_at,
        row.edited_at,
        row.author_id is not None and row.author_id == reader.user_id,
    )
