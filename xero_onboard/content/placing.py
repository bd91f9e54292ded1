"""Where a guide stands: its name, section, turn and owner. Old addresses lead on, and links follow."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from xero_onboard.content import drafts, editing, following, revisions
from xero_onboard.content.addresses import alias_path
from xero_onboard.content.drafts import NoSuchArticle
from xero_onboard.content.models import Article, Revision, Section
from xero_onboard.content.relinking import source_moved
from xero_onboard.content.revisions import Note
from xero_onboard.lib import audit
from xero_onboard.lib.db import db


class TakenName(Exception):
    """Another guide of this section has the name."""


@dataclass(frozen=True)
class Wanted:
    """Where a guide shall stand; `after` is the guide before it, none where it comes first."""

    section_id: int
    slug: str
    after: int | None
    owner_id: UUID | None


def neighbours(section_id: int, article_id: int) -> list[tuple[int, str]]:
    """The other guides of a section, in order, with their titles."""
    head = or_(
        Revision.id == Article.draft_revision_id,
        Article.draft_revision_id.is_(None) & (Revision.id == Article.published_revision_id),
    )
    query = (
        select(Article.id, Revision.title)
        .join(Revision, head)
        .where(
            Article.section_id == section_id,
            Article.id != article_id,
            Article.status != "archived",
        )
        .order_by(Article.position, Article.id)
    )
    return [(row.id, row.title) for row in db.session.execute(query)]


def before(article_id: int) -> int | None:
    """The guide that stands right before this one in its section."""
    own = db.session.get_one(Article, article_id)
    query = select(Article.id).where(
        Article.section_id == own.section_id,
        Article.id != article_id,
        Article.status != "archived",
        Article.position <= own.position,
    )
    return db.session.scalar(query.order_by(Article.position.desc(), Article.id.desc()).limit(1))


def move(article_id: int, wanted: Wanted, author_id: UUID) -> None:
    """Put the guide where it is wanted; raises NoSuchArticle, TakenName and, for a link that breaks, Broken.

    And SectionPutAway, but where the guide stands already.
    """
    article = drafts.hold(article_id)
    section = _section(article, wanted.section_id)
    before = drafts.place_of(article)
    _refuse_taken_name(article, wanted)
    revisions.bump_generation()
    article.section_id, article.slug = wanted.section_id, wanted.slug
    if article.owner_id != wanted.owner_id:
        article.owner_id, article.is_owner_chosen = wanted.owner_id, True
    _line_up(article, wanted.after, has_come=before.section != section.slug)
    db.session.flush()
    after = drafts.place_of(article)
    if before.path == after.path:
        return
    article.keeper = "staff"
    audit.record("guide_moved", subject=f"article:{article_id}", path=after.path)
    note = Note("staff", author_id, f"Moved to {after.path}", "typo")
    following.rewrite(article, note, source_moved(before.path, after.path))
    if before.slug != after.slug:
        revisions.lead(alias_path(before.locale, before.slug), article_id)
    following.follow(before, after, author_id)


def _section(article: Article, section_id: int) -> Section:
    if section_id == article.section_id:
        return db.session.get_one(Section, section_id)
    section = editing.open_section(section_id)
    if section.locale != article.locale:
        raise NoSuchArticle(section_id)
    return section


def _refuse_taken_name(article: Article, wanted: Wanted) -> None:
    query = select(Article.id).where(
        Article.section_id == wanted.section_id,
        Article.slug == wanted.slug,
        Article.id != article.id,
    )
    if db.session.scalar(query.limit(1)) is not None:
        raise TakenName(wanted.slug)


def _line_up(article: Article, after: int | None, *, has_come: bool) -> None:
    """Number the guides of the section anew, with this one in its new turn; not where they stand in this order already."""
    others = [other for other, _ in neighbours(article.section_id, article.id)]
    turn = others.index(after) + 1 if after in others else 0
    wanted = [*others[:turn], article.id, *others[turn:]]
    if wanted == _in_turn(article.section_id) and not has_come:
        return
    # The order of all of them is chosen by this: a file that moved one of them would move this one, too.
    for position, number in enumerate(wanted, 1):
        other = db.session.get_one(Article, number)
        other.position, other.is_turn_chosen = position, True


def _in_turn(section_id: int) -> list[int]:
    query = select(Article.id).where(Article.section_id == section_id, Article.status != "archived")
    return list(db.session.scalars(query.order_by(Article.position, Article.id)))
