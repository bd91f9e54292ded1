"""Which guides show a picture: whoever may see one of them may see it, and nobody else but those who write."""

import json
import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, event, exists, insert, inspect, select
from sqlalchemy.orm import Mapper

from xero_onboard.content.front_matter import LARGEST_ID
from xero_onboard.content.models import Article, Picture, PictureUse, Revision
from xero_onboard.content.parts import JSON
from xero_onboard.content.sanitising import PICTURES
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.db import db

_PICTURE = re.compile(rf"{re.escape(PICTURES)}(\d{{1,19}})/")


def shown_in(parts: Sequence[JSON]) -> set[int]:
    """The numbers of the pictures in what was made of a text."""
    found = {int(number) for number in _PICTURE.findall(json.dumps(parts))}
    return {number for number in found if number <= LARGEST_ID}


def find(picture_id: int, name: str) -> Picture | None:
    """The picture at this address, whoever may see it."""
    return db.session.scalar(select(Picture).where(Picture.id == picture_id, Picture.name == name))


def is_public(picture_id: int) -> bool:
    """Whether a guide that everybody may read shows it."""
    return bool(db.session.scalar(select(_is_shown(picture_id))))


def _is_shown(picture_id: int) -> ColumnElement[bool]:
    return (
        exists()
        .where(PictureUse.picture_id == picture_id, PictureUse.revision_id == Revision.id)
        .where(Revision.article_id == Article.id, is_visible(sight="addressed"))
    )


@event.listens_for(Revision, "after_insert")
@event.listens_for(Revision, "after_update")
def _note(_mapper: Mapper[Revision], connection: Connection, revision: Revision) -> None:
    """Keep up with the parts of a revision, whoever makes them: a place forgotten would hide or show too much."""
    attributes = inspect(revision).attrs
    if not any(each.history.has_changes() for each in (attributes.parts, attributes.page)):
        return
    connection.execute(delete(PictureUse).where(PictureUse.revision_id == revision.id))
    uses = [
        {"revision_id": revision.id, "picture_id": each}
        for each in sorted(shown_in([*revision.parts, revision.page or {}]))
    ]
    if uses:
        connection.execute(insert(PictureUse), uses)
