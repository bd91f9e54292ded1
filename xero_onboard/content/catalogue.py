"""What is stored of the guides, and the one transaction in which a set of them is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from xero_onboard.content import (
    following,
    held_back,
    manuscript,
    revisions,
    section_files,
    sharing,
    snippet_files,
)
from xero_onboard.content.addresses import alias_path, article_path
from xero_onboard.content.front_matter import SectionMatter
from xero_onboard.content.models import Alias, Article, Revision, Section
from xero_onboard.content.revisions import FROM_FILE, Draft
from xero_onboard.content.shelf import SourceFile
from xero_onboard.content.snippet_files import Arrivals
from xero_onboard.content.stored_shelf import by_path
from xero_onboard.lib import audit
from xero_onboard.lib.db import begin_write, commit, db


@dataclass(frozen=True)
class Edition:
    """Everything one sync has found in the folder and made ready.

    `aliases` are those of all guides that are in order, `owners` whom their files name and `turns`
    the places in their sections; `present` are the files there are, and `claimed` the ids they seem
    to have, broken ones included.
    """

    sections: Sequence[tuple[SourceFile, SectionMatter]]
    drafts: Sequence[Draft]
    aliases: Mapping[str, int]
    present: frozenset[str]
    claimed: frozenset[int]
    snippets: Arrivals
    owners: Mapping[int, UUID]
    turns: Mapping[int, int]


@dataclass(frozen=True)
class Stored:
    """An article as the database has it.

    The checksum is that of the newest revision from a file, which has the number `file_number`; `codes` are those the
    published revision explains.
    """

    id: int
    file: str | None
    locale: str
    slug: str
    status: str
    published: UUID | None
    offered: UUID | None
    keeper: str
    last_number: int
    file_number: int | None
    checksum: str
    codes: frozenset[str]

    @property
    def address(self) -> str:
        return article_path(self.locale, self.id, self.slug)


@dataclass(frozen=True)
class Known:
    """Everything a sync has to compare the folder with; sections by folder, aliases by path."""

    articles: Mapping[int, Stored]
    sections: Mapping[str, int]
    aliases: Mapping[str, int]

    @property
    def addresses(self) -> dict[str, str]:
        """Where the article of each file is."""
        return {stored.file: stored.address for stored in self.articles.values() if stored.file}

    def is_current(self, article_id: int, file: str, checksum: str) -> bool:
        """Whether this state of the file has been taken in already."""
        stored = self.articles.get(article_id)
        if stored is None or stored.file != file:
            return False
        # What was archived because its file was gone comes back with the file; what staff archived does not.
        is_gone = stored.status == "archived" and stored.keeper == "file"
        return not is_gone and stored.checksum == checksum


def known() -> Known:
    """What the database has now."""
    newest, from_files = _revisions()
    columns = (
        *(Article.id, Article.file, Article.locale, Article.slug, Article.status),
        *(Article.published_revision_id, Article.offered_revision_id, Article.keeper),
        Revision.errors,
    )
    published = and_(
        Revision.article_id == Article.id, Revision.id == Article.published_revision_id
    )
    articles = {}
    for row in db.session.execute(select(*columns).join(Revision, published, isouter=True)):
        number, checksum = from_files.get(row.id, (None, ""))
        codes = frozenset(row.errors or ())
        articles[row.id] = Stored(*row[:-1], newest.get(row.id, 0), number, checksum, codes)
    sections = {
        f"{row.locale}/{row.slug}": row.id
        for row in db.session.execute(select(Section.locale, Section.slug, Section.id))
    }
    return Known(articles, sections, _aliases())


def _revisions() -> tuple[dict[int, int], dict[int, tuple[int, str]]]:
    """Of each article the newest revision's number; number and checksum of the newest from a file."""
    newest: dict[int, int] = {}
    from_files: dict[int, tuple[int, str]] = {}
    for article_id, number, origin, checksum in db.session.execute(
        select(Revision.article_id, Revision.number, Revision.origin, Revision.checksum).order_by(
            Revision.article_id, Revision.number
        )
    ):
        newest[article_id] = number
        if origin == "file":
            from_files[article_id] = (number, checksum)
    return newest, from_files


def _aliases() -> dict[str, int]:
    rows = db.session.execute(select(Alias.path, Alias.article_id))
    return {row.path: row.article_id for row in rows}


def apply(edition: Edition) -> list[str]:
    """Publish the drafts and archive what is gone, all of it or nothing; answers a line for each change."""
    stored = known()
    if not (
        section_files.changed(edition.sections)
        or edition.drafts
        or edition.snippets.is_news
        or _lost(edition.aliases, stored.aliases)
        or _gone(stored, edition)
        or held_back.forsaken(edition.present, edition.claimed)
        or _unowned(edition)
        or _agreeing(edition)
    ):
        db.session.rollback()
        return [f"{len(edition.present)} guides, nothing changed"]
    # Another process may have been here since the drafts were made: look again, now as the only writer.
    begin_write()
    revisions.bump_generation()  # first, because its row is what two publications at once wait for on PostgreSQL
    before = by_path()
    changed = edition.snippets.changed
    lines = section_files.arrive(edition.sections) + snippet_files.arrive(edition.snippets)
    stored = known()
    lines += [line for draft in _originals_first(edition.drafts) for line in _put(draft, stored)]
    lines += _put_aliases(edition)
    lines += _archive(_gone(stored, edition))
    following.catch_up(before)
    sharing.renew(changed)
    lines += held_back.forget(edition.present, edition.claimed)
    lines += snippet_files.depart(edition.snippets) + _put_owners(edition) + _agree(edition)
    if lines:
        commit()
    else:
        db.session.rollback()
    return lines


def _originals_first(drafts: Sequence[Draft]) -> Sequence[Draft]:
    """So that a translation which comes with a change of its original is one of the changed text."""
    return sorted(drafts, key=lambda draft: draft.matter.translation_of is not None)


def _put(draft: Draft, known_now: Known) -> list[str]:
    article_id = draft.matter.id
    if known_now.is_current(article_id, draft.path, draft.checksum):
        return []
    stored = known_now.articles.get(article_id)
    if stored is None:
        db.session.add(_new_article(draft, known_now))
        db.session.flush()
    elif stored.keeper == "staff" and _is_known(draft, stored):
        return []
    number = stored.last_number + 1 if stored else 1
    revision = revisions.add(draft, number, _base(stored) if stored else None, FROM_FILE)
    if stored and stored.keeper == "staff" and not _says_the_same(revision, stored):
        return [_offer(draft, revision, "staff have edited the article since")]
    if draft.matter.waits or held_back.is_kept_by_staff(draft.matter, revision):
        return [_hold_back(draft, revision, known_now)]
    _publish(draft, revision, known_now)
    audit.record("guide_published", subject=f"article:{article_id}", revision=revision.number)
    if stored and (stored.locale, stored.slug) != (draft.locale, draft.slug):
        revisions.lead(alias_path(stored.locale, stored.slug), article_id)
    return [f"{draft.name}: published as revision {revision.number}"]


def _is_known(draft: Draft, stored: Stored) -> bool:
    """Whether the file says what it said before, and only what it shares with other guides has changed."""
    before = db.session.scalar(
        select(Revision).where(
            Revision.article_id == stored.id, Revision.number == stored.file_number
        )
    )
    same = manuscript.of(draft.written, draft.source)
    return before is not None and manuscript.read(before) == same


def _base(stored: Stored) -> int | None:
    """What the file said when staff last had a word on it: an offer nobody has answered is part of the next one."""
    offered = db.session.get(Revision, stored.offered) if stored.offered else None
    return offered.base if offered else stored.file_number


def _says_the_same(revision: Revision, stored: Stored) -> bool:
    """Whether the file has caught up with staff, as after an export: then it may have the last word again."""
    published = db.session.get(Revision, stored.published) if stored.published else None
    if published is None or stored.status != "published":
        return False
    return manuscript.read(revision) == manuscript.read(published)


def _hold_back(draft: Draft, revision: Revision, known_now: Known) -> str:
    """Keep it as a draft until its time, or until staff publish it; or beside what readers see or staff wrote."""
    why = held_back.reason(draft.matter)
    if not held_back.has_room(draft.matter.id):
        return _offer(draft, revision, why)
    _take_file(draft)
    revisions.place(draft, known_now.sections[f"{draft.locale}/{draft.section}"])
    then = held_back.keep(revision, draft.matter)
    return f"{draft.name}: kept as a draft, revision {revision.number}, because {why}; {then}"


def _offer(draft: Draft, revision: Revision, why: str) -> str:
    """Lay what the file says beside what staff wrote, who decide."""
    _take_file(draft)
    own = update(Article).where(Article.id == draft.matter.id)
    db.session.execute(own.values(offered_revision_id=revision.id))
    return (
        f"{draft.name}: kept as revision {revision.number}, because {why};"
        " it waits for them in the editor"
    )


def _new_article(draft: Draft, known_now: Known) -> Article:
    return Article(
        id=draft.matter.id,
        section_id=known_now.sections[f"{draft.locale}/{draft.section}"],
        locale=draft.locale,
        slug=draft.slug,
        position=draft.matter.order,
        is_promoted=draft.matter.promoted,
        status="draft",
    )


def _publish(draft: Draft, revision: Revision, known_now: Known) -> None:
    _take_file(draft)
    held_back.let_go(draft.matter.id)
    section_id = known_now.sections[f"{draft.locale}/{draft.section}"]
    revisions.publish(draft, revision, section_id, keeper="file")
    own = update(Article).where(Article.id == draft.matter.id)
    db.session.execute(own.values(offered_revision_id=None))


def _take_file(draft: Draft) -> None:
    """Say which file the article has; names of files are unique, so another one that had it frees it first."""
    article_id = draft.matter.id
    has_it = Article.file == draft.path
    db.session.execute(update(Article).where(has_it, Article.id != article_id).values(file=None))
    db.session.execute(update(Article).where(Article.id == article_id).values(file=draft.path))


def _lost(wanted: Mapping[str, int], stored: Mapping[str, int]) -> dict[str, int]:
    """The aliases that do not lead to the guide which lists them."""
    return {path: owner for path, owner in wanted.items() if stored.get(path) != owner}


def _put_aliases(edition: Edition) -> list[str]:
    """Lead every alias to its guide, also one that another guide had in the meantime."""
    lost = _lost(edition.aliases, _aliases())
    for path, article_id in sorted(lost.items()):
        revisions.lead(path, article_id)
    new = {draft.matter.id for draft in edition.drafts}
    return [
        f"{path}: leads to guide {article_id} again"
        for path, article_id in sorted(lost.items())
        if article_id not in new
    ]


def _unowned(edition: Edition) -> set[int]:
    """Guides that nobody looks after, and whose files name somebody; not those for which staff chose nobody."""
    nobody = select(Article.id).where(Article.owner_id.is_(None), ~Article.is_owner_chosen)
    return edition.owners.keys() & frozenset(db.session.scalars(nobody))


def _put_owners(edition: Edition) -> list[str]:
    """Have the file name the owner of a guide that has none, or on which it has just had the last word."""
    unowned = _unowned(edition)
    changed = {draft.matter.id for draft in edition.drafts}
    for article_id in edition.owners.keys() & (unowned | changed):
        is_its = or_(Article.owner_id.is_(None), Article.keeper == "file")
        own = update(Article).where(Article.id == article_id, is_its, ~Article.is_owner_chosen)
        db.session.execute(own.values(owner_id=edition.owners[article_id]))
    return [
        f"guide {article_id}: has the owner whom its file names"
        for article_id in sorted(unowned - changed)
    ]


def _agreeing(edition: Edition) -> list[Article]:
    """Guides whose files say by now what staff chose, their turn or their owner: as after an export."""
    chosen = select(Article).where(Article.is_turn_chosen | Article.is_owner_chosen)
    return [
        article
        for article in db.session.scalars(chosen.execution_options(populate_existing=True))
        if article.id in edition.turns and _agrees(article, edition)
    ]


def _agrees(article: Article, edition: Edition) -> tuple[str, ...]:
    """The marks that mean nothing any more."""
    said = {
        "is_turn_chosen": article.position == edition.turns[article.id],
        "is_owner_chosen": article.owner_id == edition.owners.get(article.id),
    }
    return tuple(mark for mark, is_same in said.items() if is_same and getattr(article, mark))


def _agree(edition: Edition) -> list[str]:
    """Let these files have the last word again on turn and owner."""
    agreeing = _agreeing(edition)
    for article in agreeing:
        for mark in _agrees(article, edition):
            setattr(article, mark, False)
    if not agreeing:
        return []
    return [f"{len(agreeing)} guides: their files say where staff put them, or who owns them"]


def _gone(stored: Known, edition: Edition) -> list[Stored]:
    """Published articles whose file was deleted; one that staff keep is theirs to archive."""
    return [
        article
        for article in stored.articles.values()
        if article.file
        and article.file not in edition.present
        and article.id not in edition.claimed
        and article.status == "published"
        and article.keeper == "file"
    ]


def _archive(articles: Sequence[Stored]) -> list[str]:
    ids = [article.id for article in articles]
    for article_id in ids:
        audit.record("guide_archived", subject=f"article:{article_id}")
    db.session.execute(update(Article).where(Article.id.in_(ids)).values(status="archived"))
    return [f"{article.file}: archived, because the file is gone" for article in articles]
