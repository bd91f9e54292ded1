"""The guides that staff keep in the site, looked at as files are: what readers see, and what is being written."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from xero_onboard.content import checking, drafts, manuscript
from xero_onboard.content.checking import Finding
from xero_onboard.content.drafts import Writing
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.models import Article, Revision
from xero_onboard.lib.db import db


@dataclass(frozen=True)
class Remark:
    """One finding, and the guide that it is of."""

    article_id: int
    title: str
    finding: Finding
    is_draft: bool

    @property
    def keeps_from_readers(self) -> bool:
        """Whether readers see something wrong; a draft may be wrong as long as it is one."""
        return self.finding.is_mistake and not self.is_draft

    def __str__(self) -> str:
        found = self.finding
        of_draft = ", draft" if self.is_draft else ""
        weight = "" if found.is_mistake else "worth a second look: "
        place = f"text, line {found.line}" if found.field == "body" else found.field
        return f"/staff/articles/{self.article_id} “{self.title}”{of_draft}, {place}: {weight}{found.message}"


def guides() -> tuple[int, ...]:
    """The numbers of those that are not archived."""
    query = select(Article.id).where(Article.keeper == "staff", Article.status != "archived")
    return tuple(db.session.scalars(query.order_by(Article.id)))


def remarks(article_id: int) -> Iterator[Remark]:
    """Everything to be said of a guide: of what is published, and of a newer draft."""
    writing = drafts.opened(article_id)
    if writing.published is not None:
        shown = manuscript.read(drafts.revision(article_id, writing.published))
        yield from _look(writing, shown, is_draft=False)
    if writing.is_draft:
        yield from _look(writing, writing.text, is_draft=True)


def shown(article_id: int) -> Revision | None:
    """What readers see of it, if they see it."""
    published = drafts.opened(article_id).published
    return drafts.revision(article_id, published) if published else None


def explained(article_id: int) -> frozenset[str]:
    """The codes of problems that readers find explained in it."""
    revision = shown(article_id)
    return frozenset(revision.errors if revision else ())


def _look(writing: Writing, text: Manuscript, *, is_draft: bool) -> Iterator[Remark]:
    number = writing.place.id
    for finding in checking.check(number, text):
        yield Remark(number, text.title, finding, is_draft)
