"""The guides and pictures in the database, as a guide that is written in the site refers to them."""

from pathlib import PurePosixPath

from sqlalchemy import select

from xero_onboard.content.manuscript import Place
from xero_onboard.content.models import Article, Picture, PicturePlace, Section, Snippet
from xero_onboard.content.pictures import shown_at
from xero_onboard.content.references import Shown
from xero_onboard.content.shelf import PicturesByPath, numbered
from xero_onboard.lib.db import db


class StoredShelf:
    """Answers as the content folder would that all of this was exported to."""

    def __init__(self) -> None:
        self._addresses = {path: place.address for path, place in by_path().items()}

    def article(self, path: PurePosixPath) -> str | None:
        """The address of the guide at this path."""
        return self._addresses.get(str(path))

    def numbered(self, number: int) -> str | None:
        """The address of the guide with this number."""
        return numbered(number, self._addresses)

    def picture(self, path: PurePosixPath) -> Shown | None:
        """The picture at this path."""
        row = db.session.execute(
            select(Picture.id, Picture.name, Picture.width, Picture.height)
            .join(PicturePlace, PicturePlace.picture_id == Picture.id)
            .where(PicturePlace.path == str(path))
        ).one_or_none()
        return shown_at(*row) if row else None

    def take_used(self) -> PicturesByPath:
        """Nothing is to be stored: every picture is there already."""
        return {}


def stored_text(locale: str, name: str) -> str | None:
    """What a snippet says."""
    query = select(Snippet.body).where(Snippet.locale == locale, Snippet.name == name)
    return db.session.scalar(query)


def by_path() -> dict[str, Place]:
    """Where guides stand, by the path that each would have as a file, and by that of the file it came from."""
    columns = (Article.id, Article.locale, Section.slug, Article.slug, Article.position)
    query = (
        select(*columns, Article.translation_of, Article.file)
        .join(Section, Section.id == Article.section_id)
        .where(Article.status != "archived")
        # Of two with one name, what readers see comes last and has it.
        .order_by(Article.status == "published", Article.id.desc())
    )
    found: dict[str, Place] = {}
    files: dict[str, Place] = {}
    for row in db.session.execute(query):
        place = Place(*row[:-1])
        found[place.path] = place
        if row.file:
            files[row.file] = place
    return files | found
