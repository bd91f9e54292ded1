"""What is stored of the guides, and the one transaction in which a set of them is published."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select, update

from xero_onboard.content.addresses import alias_path, article_path
from xero_onboard.content.front_matter import FrontMatter, SectionMatter
from xero_onboard.content.markdown import Rendering
from xero_onboard.content.models import (
    Alias,
    Article,
    ContentGeneration,
    Picture,
    Revision,
    Section,
)
from xero_onboard.content.pictures import PictureFile
from xero_onboard.content.shelf import SourceFile
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db, insert_into, new_id


@dataclass(frozen=True)
class Draft:
    """A guide made ready outside the transaction: nothing is left to do but to store it."""

    path: str
    name: str
    locale: str
    section: str
    slug: str
    matter: FrontMatter
    checksum: str
    source: str
    title: str
    description: str
    rendering: Rendering
    errors: dict[str, str]
    machine: str
    pictures: tuple[PictureFile, ...]


@dataclass(frozen=True)
class Edition:
    """Everything one sync has found in the folder and made ready.

    `aliases` are those of all guides that are in order; `present` are the files there are, and `claimed` the ids
    they seem to have, broken ones included.
    """

    sections: Sequence[tuple[SourceFile, SectionMatter]]
    drafts: Sequence[Draft]
    aliases: Mapping[str, int]
    present: frozenset[str]
    claimed: frozenset[int]


@dataclass(frozen=True)
class _Stored:
    """An article as the database has it.

    The checksum is that of the newest revision from a file; `codes` are those the published revision explains.
    """

    id: int
    file: str | None
    locale: str
    slug: str
    status: str
    published: UUID | None
    last_number: int
    last_origin: str
    checksum: str
    codes: frozenset[str]


@dataclass(frozen=True)
class Known:
    """Everything a sync has to compare the folder with; sections by folder, aliases by path."""

    articles: Mapping[int, _Stored]
    sections: Mapping[str, int]
    aliases: Mapping[str, int]

    @property
    def addresses(self) -> dict[str, str]:
        """Where the article of each file is."""
        return {
            stored.file: article_path(stored.locale, stored.id, stored.slug)
            for stored in self.articles.values()
            if stored.file
        }

    def is_current(self, article_id: int, file: str, checksum: str) -> bool:
        """Whether this state of the file has been taken in already."""
        stored = self.articles.get(article_id)
        if stored is None or stored.file != file or stored.status == "archived":
            return False
        return stored.checksum == checksum


def known() -> Known:
    """What the database has now."""
    newest, checksums = _revisions()
    columns = (
        *(Article.id, Article.file, Article.locale, Article.slug, Article.status),
        *(Article.published_revision_id, Revision.errors),
    )
    published = and_(
        Revision.article_id == Article.id, Revision.id == Article.published_revision_id
    )
    articles = {
        row.id: _Stored(
            *row[:-1],
            *newest.get(row.id, (0, "file")),
            checksums.get(row.id, ""),
            frozenset(row.errors or ()),
        )
        for row in db.session.execute(select(*columns).join(Revision, published, isouter=True))
    }
    sections = {
        f"{row.locale}/{row.slug}": row.id
        for row in db.session.execute(select(Section.locale, Section.slug, Section.id))
    }
    return Known(articles, sections, _aliases())


def _revisions() -> tuple[dict[int, tuple[int, str]], dict[int, str]]:
    """Of each article the newest revision's number and origin, and the checksum of the newest from a file."""
    newest: dict[int, tuple[int, str]] = {}
    checksums: dict[int, str] = {}
    for article_id, number, origin, checksum in db.session.execute(
        select(Revision.article_id, Revision.number, Revision.origin, Revision.checksum).order_by(
            Revision.article_id, Revision.number
        )
    ):
        newest[article_id] = (number, origin)
        if origin == "file":
            checksums[article_id] = checksum
    return newest, checksums


def _aliases() -> dict[str, int]:
    rows = db.session.execute(select(Alias.path, Alias.article_id))
    return {row.path: row.article_id for row in rows}


def apply(edition: Edition) -> list[str]:
    """Publish the drafts and archive what is gone, all of it or nothing; answers a line for each change."""
    stored = known()
    if not (
        _changed(edition.sections)
        or edition.drafts
        or _lost(edition.aliases, stored.aliases)
        or _gone(stored, edition)
    ):
        db.session.rollback()
        return [f"{len(edition.present)} guides, nothing changed"]
    # Another process may have been here since the drafts were made: look again, now as the only writer.
    begin_write()
    bump_generation()  # first, because its row is what two publications at once wait for on PostgreSQL
    lines = _put_sections(_changed(edition.sections))
    stored = known()
    lines += [line for draft in edition.drafts for line in _put(draft, stored)]
    lines += _put_aliases(edition)
    lines += _archive(_gone(stored, edition))
    if lines:
        commit()
    else:
        db.session.rollback()
    return lines


def bump_generation() -> None:
    """Tell every process that public pages have changed, with whatever is committed next."""
    statement = insert_into(ContentGeneration).values(id=1, number=1)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={"number": ContentGeneration.number + 1}
        )
    )


def generation() -> int:
    """Which state of the public pages is the present one."""
    return db.session.scalar(select(ContentGeneration.number)) or 0


def _changed(
    sections: Sequence[tuple[SourceFile, SectionMatter]],
) -> list[tuple[SourceFile, SectionMatter]]:
    rows = {row.id: row for row in db.session.scalars(select(Section))}
    return [
        (file, matter)
        for file, matter in sections
        if matter.id not in rows or _values_of(rows[matter.id]) != _section_values(file, matter)
    ]


def _values_of(row: Section) -> dict[str, object]:
    names = ("locale", "slug", "title", "description", "position")
    return {name: getattr(row, name) for name in names}


def _section_values(file: SourceFile, matter: SectionMatter) -> dict[str, object]:
    return {
        "locale": file.locale,
        "slug": file.section,
        "title": matter.title,
        "description": matter.description,
        "position": matter.order,
    }


def _put_sections(sections: Sequence[tuple[SourceFile, SectionMatter]]) -> list[str]:
    # Two sections may have swapped their folders: each lets go of its name before any takes a new one.
    for _, matter in sections:
        letting_go = update(Section).where(Section.id == matter.id).values(slug=f"~{matter.id}")
        db.session.execute(letting_go)
    for file, matter in sections:
        db.session.merge(Section(id=matter.id, **_section_values(file, matter)))
    db.session.flush()
    return [f"{file.name}: section “{matter.title}”" for file, matter in sections]


def _put(draft: Draft, known_now: Known) -> list[str]:
    article_id = draft.matter.id
    if known_now.is_current(article_id, draft.path, draft.checksum):
        return []
    stored = known_now.articles.get(article_id)
    for picture in draft.pictures:
        db.session.execute(insert_into(Picture).values(**asdict(picture)).on_conflict_do_nothing())
    if stored and stored.last_origin == "staff":
        number = _add_revision(draft, stored).number
        return [
            f"{draft.name}: kept as revision {number}, because staff have edited the article since"
        ]
    if stored is None:
        db.session.add(_new_article(draft, known_now))
        db.session.flush()
    revision = _add_revision(draft, stored)
    _publish(draft, revision, known_now)
    audit.record("guide_published", subject=f"article:{article_id}", revision=revision.number)
    if stored and (stored.locale, stored.slug) != (draft.locale, draft.slug):
        _lead(alias_path(stored.locale, stored.slug), article_id)
    return [f"{draft.name}: published as revision {revision.number}"]


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


def _add_revision(draft: Draft, stored: _Stored | None) -> Revision:
    matter = draft.matter
    revision = Revision(
        id=new_id(),
        article_id=matter.id,
        number=stored.last_number + 1 if stored else 1,
        origin="file",
        checksum=draft.checksum,
        title=draft.title,
        description=draft.description,
        keywords=list(matter.keywords),
        errors=draft.errors,
        last_reviewed_on=matter.last_reviewed_on,
        review_due_on=matter.review_due_on,
        edited_on=_last_edit(draft) or now().date(),
        source=draft.source,
        parts=draft.rendering.parts,
        contents=[asdict(heading) for heading in draft.rendering.contents],
        text=draft.rendering.text,
        machine=draft.machine,
    )
    db.session.add(revision)
    db.session.flush()
    return revision


def _last_edit(draft: Draft) -> date | None:
    """When only the settings or the templates changed, readers need not hear of a new text."""
    before = db.session.execute(
        select(Revision.source, Revision.title, Revision.description, Revision.edited_on)
        .where(Revision.article_id == draft.matter.id)
        .order_by(Revision.number.desc())
        .limit(1)
    ).one_or_none()
    is_same = before and before[:3] == (draft.source, draft.title, draft.description)
    return before.edited_on if before and is_same else None


def _publish(draft: Draft, revision: Revision, known_now: Known) -> None:
    matter = draft.matter
    # A file that took over another one's name frees it first: names of files are unique.
    db.session.execute(
        update(Article).where(Article.file == draft.path, Article.id != matter.id).values(file=None)
    )
    db.session.execute(
        update(Article)
        .where(Article.id == matter.id)
        .values(
            section_id=known_now.sections[f"{draft.locale}/{draft.section}"],
            locale=draft.locale,
            slug=draft.slug,
            position=matter.order,
            is_promoted=matter.promoted,
            provider=matter.provider,
            status="published",
            published_revision_id=revision.id,
            file=draft.path,
        )
    )


def _lead(path: str, article_id: int) -> None:
    statement = insert_into(Alias).values(path=path, article_id=article_id)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["path"], set_={"article_id": article_id})
    )


def _lost(wanted: Mapping[str, int], stored: Mapping[str, int]) -> dict[str, int]:
    """The aliases that do not lead to the guide which lists them."""
    return {path: owner for path, owner in wanted.items() if stored.get(path) != owner}


def _put_aliases(edition: Edition) -> list[str]:
    """Lead every alias to its guide, also one that another guide had in the meantime."""
    lost = _lost(edition.aliases, _aliases())
    for path, article_id in sorted(lost.items()):
        _lead(path, article_id)
    new = {draft.matter.id for draft in edition.drafts}
    return [
        f"{path}: leads to guide {article_id} again"
        for path, article_id in sorted(lost.items())
        if article_id not in new
    ]


def _gone(stored: Known, edition: Edition) -> list[_Stored]:
    """Published articles whose file was deleted; one that staff have edited is theirs to archive."""
    return [
        article
        for article in stored.articles.values()
        if article.file
        and article.file not in edition.present
        and article.id not in edition.claimed
        and article.status == "published"
        and article.last_origin == "file"
    ]


def _archive(articles: Sequence[_Stored]) -> list[str]:
    ids = [article.id for article in articles]
    for article_id in ids:
        audit.record("guide_archived", subject=f"article:{article_id}")
    db.session.execute(update(Article).where(Article.id.in_(ids)).values(status="archived"))
    return [f"{article.file}: archived, because the file is gone" for article in articles]
