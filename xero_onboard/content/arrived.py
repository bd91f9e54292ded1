"""What of this site the next import must leave where it is."""

from collections.abc import Mapping

from sqlalchemy import or_, select

from xero_onboard.content import drafts
from xero_onboard.content.arrivals import Key
from xero_onboard.content.manuscript import Place
from xero_onboard.content.models import Arrival, Article, Section
from xero_onboard.lib.db import db


def section_names() -> Mapping[str, Key | None]:
    """The names of all sections here, as “locale/slug”, each with what came under it if anything did."""
    came = {
        row.target_id: Key("section", row.source_id, row.locale)
        for row in db.session.scalars(select(Arrival).where(Arrival.kind == "section"))
    }
    rows = db.session.execute(select(Section.id, Section.locale, Section.slug))
    return {f"{row.locale}/{row.slug}": came.get(row.id) for row in rows}


def kept_places() -> Mapping[Key, tuple[Place, int]]:
    """Where articles stand, and in which section, that staff have changed or begun to change: they stay there."""
    rows = db.session.execute(
        select(Arrival, Article)
        .join(Article, Article.id == Arrival.target_id)
        .where(
            Arrival.kind == "article",
            or_(
                Article.keeper == "staff",
                Article.file.is_not(None),
                Article.draft_revision_id != Arrival.revision_id,
            ),
        )
    )
    return {
        Key("article", row.source_id, row.locale): (drafts.place_of(article), article.section_id)
        for row, article in rows
    }


def last_position(locale: str) -> int:
    """Where the sections of this site end that came from nowhere else."""
    came = select(Arrival.target_id).where(Arrival.kind == "section")
    query = select(Section.position).where(Section.locale == locale, Section.id.not_in(came))
    return max(db.session.scalars(query), default=0)
