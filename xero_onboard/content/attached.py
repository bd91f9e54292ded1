"""Files beside guides, under the numbers that they had where they came from."""

from dataclasses import dataclass

from sqlalchemy import select

from xero_onboard.content.models import Article, ArticleFile, Picture, Revision
from xero_onboard.content.pictures import PictureFile, shown_at
from xero_onboard.content.sanitising import PICTURES
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.db import db

LARGEST_FILE = 20 * 1024 * 1024


@dataclass(frozen=True)
class Attached:
    """A file to be given back; of a picture only where it is."""

    name: str
    href: str
    body: bytes | None


def address(file_id: int, name: str) -> str:
    """Where the file is found; the number decides."""
    return f"{PICTURES}{file_id}/{name}"


def keep(file_id: int, article_id: int, name: str, body: bytes) -> None:
    """Keep a file as it is; one that was kept before stays, because a number never means another file."""
    if db.session.get(ArticleFile, file_id) is None:
        db.session.add(ArticleFile(id=file_id, article_id=article_id, name=name, body=body))


def keep_picture(file_id: int, article_id: int, name: str, picture_id: int) -> None:
    """Remember which of our pictures this number means."""
    if db.session.get(ArticleFile, file_id) is None:
        db.session.add(
            ArticleFile(id=file_id, article_id=article_id, name=name, picture_id=picture_id)
        )


def is_kept(file_id: int) -> bool:
    """Whether the file is here."""
    found = select(ArticleFile.id).where(ArticleFile.id == file_id, ArticleFile.body.is_not(None))
    return db.session.scalar(found) is not None


def picture_of(file_id: int) -> PictureFile | None:
    """The picture that this number means, if it is here."""
    query = select(Picture).join(ArticleFile, ArticleFile.picture_id == Picture.id)
    row = db.session.scalar(query.where(ArticleFile.id == file_id))
    if row is None:
        return None
    return PictureFile(
        row.id, row.name, row.digest, row.content_type, row.width, row.height, row.body
    )


def find(file_id: int, *, hidden: bool = False) -> Attached | None:
    """The file, if readers can see the guide that it stands beside; with `hidden` in any case."""
    query = select(ArticleFile).where(ArticleFile.id == file_id)
    if not hidden:
        query = query.join(Article, Article.id == ArticleFile.article_id)
        query = query.join(Revision, is_visible(sight="addressed"))
    row = db.session.scalar(query)
    if row is None:
        return None
    picture = db.session.get(Picture, row.picture_id) if row.picture_id else None
    if picture:
        shown = shown_at(picture.id, picture.name, picture.width, picture.height)
        return Attached(row.name, shown.address, None)
    return Attached(row.name, address(row.id, row.name), row.body)
