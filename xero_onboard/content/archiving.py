"""Everything that makes the public site, in one zip: to keep, to move to another site, and for other programs.

`content/` is a content folder, `site.json` says of its guides what files do not, and `zendesk/` holds the same guides as
the API of Zendesk's help centres tells of them. People stay here, and so does what readers do not see of what they wrote:
votes are counts, comments that are shown bear the name that is shown and nothing else of their authors, and of staff
only the address of who looks after a guide comes along. History stays too, but for what is published, what is being
written, and what that goes on from.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Literal, TypeVar
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sqlalchemy import ColumnElement, func, or_, select

from xero_onboard.content import (
    archived,
    drafts,
    exporting,
    feeds,
    listing,
    manifest,
    manuscript,
    owners,
    talk,
    votes,
)
from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.listing import Asked, Found, Guide
from xero_onboard.content.manifest import (
    FORMAT,
    Arrived,
    Beside,
    Entry,
    Kept,
    Manifest,
    News,
    Shared,
    Shelf,
)
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.models import (
    Alias,
    Arrival,
    Article,
    ArticleFile,
    Picture,
    PicturePlace,
    Revision,
    Section,
    Snippet,
)
from xero_onboard.content.parts import JSON
from xero_onboard.content.shelf import SECTION_FILE
from xero_onboard.content.snippets import path_of
from xero_onboard.content.unpacking import FILES, FOLDER, LOOK, MANIFEST, BadArchive, unpacked
from xero_onboard.content.zendesk_shape import ZendeskShape, moment
from xero_onboard.lib import audit
from xero_onboard.lib.brand import moving
from xero_onboard.lib.brand.moving import Luggage
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_read, begin_snapshot, begin_write, db
from xero_onboard.lib.web import settings

Thing = TypeVar("Thing")


class Unreadable(Exception):
    """Nobody could take in the archive; `problems` say what is wrong with which guide."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Packed:
    """How much is in an archive; `ownerless` guides name an owner who does not work where they were taken in."""

    sections: int
    guides: int
    pictures: int
    comments: int
    ownerless: int = 0

    def note(self, event: Literal["guides_exported", "guides_imported"]) -> None:
        """Have the audit log say how much it was."""
        audit.record(event, guides=self.guides, pictures=self.pictures, comments=self.comments)


def pack(into: IO[bytes]) -> Packed:
    """Write the archive, as everything is at this moment, and note that it was made; raises Unreadable.

    It is read again before anybody relies on it: by the same rules, and in the same words, as where it is taken in.
    """
    begin_snapshot()
    with ZipFile(into, "w", ZIP_DEFLATED) as archive:
        entries, sections = _write_guides(archive), _write_sections(archive)
        comments = sum(len(entry.comments) for entry in entries)
        packed = Packed(len(sections), len(entries), _write_pictures(archive), comments)
        about = {"format": FORMAT, "made_at": moment(now()), "origin": settings().public_origin}
        everything = Manifest(
            entries,
            sections,
            _write_snippets(archive),
            tuple(_arrivals()),
            _write_files(archive),
            _write_look(archive),
        )
        archive.writestr(MANIFEST, _json({**about, **manifest.told(everything)}))
        _write_for_zendesk(archive)
    begin_read()  # reading takes time, in which nothing is asked of the database
    _read_again(into)
    begin_write()
    packed.note("guides_exported")
    return packed


def _read_again(file: IO[bytes]) -> None:
    try:
        with unpacked(file) as folder:
            archived.read(folder)
    except BadArchive as problem:
        raise Unreadable(*str(problem).strip().split("\n")) from problem


def _write_sections(archive: ZipFile) -> list[Shelf]:
    sections = db.session.scalars(select(Section).order_by(Section.id)).all()
    for section in sections:
        path = f"{FOLDER}/{section.locale}/{section.slug}/{SECTION_FILE}"
        archive.writestr(path, exporting.section_text(section))
    return [Shelf(each.id, each.keeper, each.archived_at) for each in sections]


def _write_guides(archive: ZipFile) -> list[Entry]:
    articles = db.session.scalars(select(Article).order_by(Article.id)).all()
    _refuse_same_place(articles)
    renamed, counts, aliases = exporting.moved(articles), votes.counts(), _aliases()
    comments = talk.room().packed()
    entries = []
    for article in articles:
        shown, place = drafts.shown(article), drafts.place_of(article)
        if shown:
            text = _text(shown, place.path, renamed)
            file = exporting.guide_text(text, place, article.owner_id)
            archive.writestr(f"{FOLDER}/{place.path}", file)
        helpful, total = counts.get(article.id, (0, 0))
        revisions = _revisions(article, shown, place.path, renamed)
        entries.append(
            Entry(
                place=place,
                status=article.status,
                owner=owners.address_of(article.owner_id),
                keeper=article.keeper,
                is_turn_chosen=article.is_turn_chosen,
                is_owner_chosen=article.is_owner_chosen,
                is_from_file=article.file is not None,
                created_at=article.created_at,
                publish_at=article.publish_at,
                missed_because=article.missed_because,
                unpublish_at=article.unpublish_at,
                published=_number(article.published_revision_id),
                draft=_number(article.draft_revision_id),
                offered=_number(article.offered_revision_id),
                aliases=aliases.get(article.id, ()),
                helpful=helpful,
                total=total,
                revisions=revisions,
                comments=comments.get(article.id, ()),
                news=_news(article, revisions),
            )
        )
    return entries


def _refuse_same_place(articles: Iterable[Article]) -> None:
    shown = (article for article in articles if article.status == "published")
    paths = Counter(drafts.place_of(article).path for article in shown)
    twice = [path for path, count in paths.items() if count > 1]
    if twice:
        raise Unreadable(
            *(
                f"{FOLDER}/{path}: two published guides have this name; rename one in the editor"
                for path in twice
            )
        )


def _number(revision_id: UUID | None) -> int | None:
    revision = drafts.revision_by_id(revision_id)
    return revision.number if revision else None


def _revisions(
    article: Article, shown: Revision | None, path: str, renamed: Mapping[str, str]
) -> list[Kept]:
    """Those that the article names, and those that something is measured by.

    What is being written goes on from one, to merge with; the next change of the file, or of where the guide came
    from, from another; by the last real change translations tell whether they are older, and by the last news
    feeds tell what is new.
    """
    heads = (article.draft_revision_id, article.offered_revision_id)
    written = [each for each in map(drafts.revision_by_id, heads) if each]
    bases = {each.base for each in written if each.base}
    arrived = select(Arrival.revision_id).where(Arrival.target_id == article.id)
    is_real_change = (Revision.published_at.is_not(None), Revision.significance != "typo")
    kinds = ((Revision.origin == "file",), is_real_change, (feeds.is_news(),))
    marks = {_newest(article, *kind) for kind in kinds} - {None}
    ids = [each for each in (article.published_revision_id, *heads) if each]
    is_needed = or_(
        Revision.id.in_(ids),
        Revision.number.in_(bases),
        Revision.id.in_(arrived),
        Revision.number.in_(marks),
    )
    query = select(Revision).where(Revision.article_id == article.id, is_needed)
    needed = db.session.scalars(query.order_by(Revision.number)).all()
    numbers = {each.number for each in needed}
    return [
        Kept(
            number=each.number,
            base=each.base if each.base in numbers else None,
            origin=each.origin,
            reason=each.reason,
            significance=each.significance,
            created_at=each.created_at,
            edited_on=each.edited_on,
            published_at=each.published_at,
            renewed_at=each.renewed_at,
            translated=each.translated,
            text=None if each is shown else _text(each, path, renamed),
        )
        for each in needed
    ]


def _news(article: Article, kept: Collection[Kept]) -> list[News]:
    """What told readers something and stays behind; its moments alone come along, for feeds."""
    numbers = {each.number for each in kept}
    return [News(*each) for each in feeds.told_of(article.id) if each[0] not in numbers]


def _newest(article: Article, *of_kind: ColumnElement[bool]) -> int | None:
    """The number of the newest revision of a kind."""
    query = select(func.max(Revision.number)).where(Revision.article_id == article.id, *of_kind)
    return db.session.scalar(query)


def _text(revision: Revision, path: str, renamed: Mapping[str, str]) -> Manuscript:
    return exporting.followed(manuscript.read(revision), path, renamed)


def _aliases() -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = db.session.execute(select(Alias.article_id, Alias.path).order_by(Alias.path))
    for article_id, path in rows:
        found.setdefault(article_id, []).append(path)
    return found


def _write_pictures(archive: ZipFile) -> int:
    query = select(PicturePlace.path, PicturePlace.picture_id).order_by(PicturePlace.path)
    places = db.session.execute(query).all()
    for path, picture_id in places:
        body = db.session.scalar(select(Picture.body).where(Picture.id == picture_id))
        # Pictures are as small as they get.
        archive.writestr(f"{FOLDER}/{path}", body or b"", ZIP_STORED)
    return len(places)


def _write_snippets(archive: ZipFile) -> list[Shared]:
    told = []
    for row in db.session.scalars(select(Snippet).order_by(Snippet.locale, Snippet.name)):
        archive.writestr(f"{FOLDER}/{path_of(row.locale, row.name)}", f"{row.body}\n")
        told.append(Shared(row.locale, row.name, row.keeper, row.offered))
    return told


def _arrivals() -> Iterator[Arrived]:
    for row in db.session.scalars(
        select(Arrival).order_by(Arrival.kind, Arrival.source_id, Arrival.locale)
    ):
        yield Arrived(
            kind=row.kind,
            source_id=row.source_id,
            locale=row.locale,
            target_id=row.target_id,
            target_locale=row.target_locale,
            state=row.state,
            revision=_number(row.revision_id),
            is_outdated=row.is_outdated,
            at=row.at,
        )


def _write_files(archive: ZipFile) -> list[Beside]:
    columns = (ArticleFile.id, ArticleFile.article_id, ArticleFile.name, ArticleFile.picture_id)
    told = [
        Beside(*row) for row in db.session.execute(select(*columns).order_by(ArticleFile.id)).all()
    ]
    for each in told:
        body = db.session.scalar(select(ArticleFile.body).where(ArticleFile.id == each.id))
        if body is not None:
            archive.writestr(f"{FILES}/{each.id}", body)
    return told


def _write_look(archive: ZipFile) -> Luggage | None:
    """What the pages wear, with its pictures; what is only tried stays here."""
    look = moving.packed()
    for name, body in look[1].items() if look else ():
        archive.writestr(f"{LOOK}/{name}", body, ZIP_STORED)
    return look[0] if look else None


def _write_for_zendesk(archive: ZipFile) -> None:
    shape = ZendeskShape(settings().public_origin, settings().product_name)
    category = shape.category(*listing.span(), DEFAULT_LOCALE)
    archive.writestr("zendesk/categories.json", _json({"categories": [category]}))
    shelves = [_section(shape, shelf) for shelf in _all(listing.shelves)]
    archive.writestr("zendesk/sections.json", _json({"sections": shelves}))
    counts = votes.counts()
    # One after the other: together they may be more than fits into memory.
    with archive.open("zendesk/articles.json", "w") as file:
        file.write(b'{"articles": [')
        for number, guide in enumerate(_all(listing.guides)):
            article = _article(shape, guide, counts.get(guide.id, (0, 0)))
            file.write(b",\n" * bool(number) + _json(article).encode())
        file.write(b"]}\n")


def _section(shape: ZendeskShape, shelf: listing.Shelf) -> JSON:
    spoken = listing.shelf_in_languages(shelf.number)
    return {
        **shape.section(shelf),
        "translations": [shape.section_translation(each) for each in spoken],
    }


def _article(shape: ZendeskShape, guide: Guide, count: tuple[int, int]) -> JSON:
    spoken = listing.guide_in_languages(guide.number)
    outdated = [each.locale for each in spoken if each.is_outdated]
    pictures = ((each, shown) for each in spoken for shown in listing.pictures(each))
    return {
        **shape.article(guide, count, outdated),
        "translations": [shape.translation(each) for each in spoken],
        "attachments": [shape.attachment(each, shown) for each, shown in pictures],
    }


def _all(find: Callable[[Asked], Found[Thing]]) -> Iterator[Thing]:
    """Everything that a list holds, a page at a time."""
    first = 0
    while rows := find(Asked(first=first, size=listing.MOST)).rows:
        yield from rows
        first += len(rows)


def _json(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
