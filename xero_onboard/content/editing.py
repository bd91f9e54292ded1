"""Writing in the site: drafts beside what is published, and no change that overwrites another.

Whoever saves says which revision their text goes on from. If that is not the newest any more, both changes are put
together where they do not touch; where they do, nothing is saved and both texts are shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy import func, select

from xero_onboard.content import approvals, drafts, manuscript, merging, renditions, revisions
from xero_onboard.content.drafts import NoSuchArticle
from xero_onboard.content.front_matter import read_article
from xero_onboard.content.manuscript import Manuscript, Place
from xero_onboard.content.models import Article, Revision, Section
from xero_onboard.content.press import Press
from xero_onboard.content.problems import Broken
from xero_onboard.content.revisions import Draft, Note
from xero_onboard.content.shelf import LARGEST_GUIDE, SourceFile
from xero_onboard.content.snippets import Snippets
from xero_onboard.content.stored_shelf import StoredShelf, stored_text
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_read, begin_write, db

NAME = "guide"


class NotPossible(Exception):
    """What was asked for does not fit the state that the article is in by now."""


class SectionPutAway(NotPossible):
    """The section is archived: a guide that goes on there would open it again."""


class Overtaken(Exception):
    """Somebody else has changed the same words; `theirs` is what they made of them.

    Who has seen both goes on from `base`, and with `onto` from what was published meanwhile.
    """

    def __init__(
        self, theirs: Revision, names: tuple[str, ...], base: int, onto: int | None
    ) -> None:
        super().__init__(f"revision {theirs.number}")
        self.author_id = theirs.author_id
        self.theirs = manuscript.read(theirs)
        self.names = names
        self.base = base
        self.onto = onto


@dataclass(frozen=True)
class Saved:
    """What became of a text: `is_merged` when it holds somebody else's change as well, and waits to be read."""

    number: int
    is_merged: bool = False
    is_published: bool = False
    # Kept as a draft, because nobody else has approved it.
    is_held_back: bool = False


def create(
    section_id: int,
    slug: str,
    text: Manuscript,
    author_id: UUID,
    translation_of: int | None = None,
) -> int:
    """Begin an article that nobody reads yet; its number. Raises NoSuchArticle and SectionPutAway.

    Links lead to a guide by its name, so a name that another guide has is numbered.
    """
    section = open_section(section_id)
    last = select(func.max(Article.position)).where(Article.section_id == section_id)
    article = Article(
        id=drafts.free_id(),
        section_id=section_id,
        locale=section.locale,
        translation_of=translation_of,
        slug=drafts.free_slug(section, slug),
        position=(db.session.scalar(last) or 0) + 1,
        is_promoted=False,
        status="draft",
        keeper="staff",
        owner_id=author_id,
    )
    db.session.add(article)
    db.session.flush()
    drafts.add(article, text, 1, None, Note("staff", author_id))
    audit.record("guide_begun", subject=f"article:{article.id}")
    return article.id


def open_section(section_id: int) -> Section:
    """A section into which guides can be put, kept as it is until this is committed.

    So two who begin at once do not both find a name free. Raises NoSuchArticle for an unknown one and SectionPutAway.
    """
    section = db.session.get(Section, section_id, with_for_update=True)
    if section is None:
        raise NoSuchArticle(section_id)
    if section.archived_at:
        raise SectionPutAway(section_id)
    return section


def save(
    article_id: int, base: int, text: Manuscript, note: Note, onto: int | None = None
) -> Saved:
    """Keep the text as a draft; readers go on seeing what is published. Raises Overtaken, NoSuchArticle.

    `onto` is the published revision that its author has seen, where the draft was begun before it.
    """
    article = drafts.hold(article_id)
    head = drafts.head_of(article)
    is_merged = head.number != base
    if is_merged:
        text = _merged(drafts.revision(article_id, base), text, head)
    if text == manuscript.read(head):
        return Saved(head.number, is_merged)
    number = drafts.next_number(article_id)
    revision = drafts.add(article, text, number, _goes_on_from(article, head, onto), note)
    return Saved(revision.number, is_merged)


def publish(
    article_id: int,
    base: int,
    text: Manuscript,
    note: Note,
    onto: int | None = None,
    *,
    is_cleared: bool = False,
    must_be_shown: bool = False,
) -> Saved:
    """Show the text to readers; what had to be merged waits as a draft until somebody has read it.

    So does what nobody else has approved where the settings ask for that, unless it is cleared otherwise. Raises
    Broken and SectionPutAway, with the text kept as a draft; Overtaken, NoSuchArticle and NotPossible, also where
    readers must see `base` and see it no longer.
    """
    begin_read()  # rendering takes time, in which others may write
    seen, writing = revisions.generation(), drafts.opened(article_id)
    place = writing.place
    with _kept_as_draft(article_id, base, text, note, onto):
        draft = press(place, text)
        _refuse_past_end(draft)
        refuse_taken(place, draft)
        _refuse_put_away(writing.section_id)
    begin_write()
    article = drafts.hold(article_id)
    if article.status == "archived":
        raise NotPossible("archived")
    head, shown = drafts.head_of(article), drafts.shown(article)
    if must_be_shown and not (shown and shown.id == head.id and head.number == base):
        raise NotPossible("something else is written or shown by now")
    if head.number != base or place != drafts.place_of(article):
        return save(article_id, base, text, note, onto)
    if shown and head.id != shown.id and _goes_on_from(article, head, onto) != shown.number:
        return _onto(article, shown, head, text, note)
    if not is_cleared and approvals.hold_back(article, head, text):
        return replace(save(article_id, base, text, note, onto), is_held_back=True)
    with _kept_as_draft(article_id, base, text, note, onto):
        return _show(article, head, draft, note, seen)


def press(place: Place, text: Manuscript, snippets: Snippets | None = None) -> Draft:
    """Everything that is made of the text, with the stored snippets or others; raises Broken."""
    source = manuscript.compose(text, place)
    if len(source.encode()) > LARGEST_GUIDE:
        # As a file it could not be read again. Letters of some languages are three bytes each.
        message = f"the guide is larger than {LARGEST_GUIDE // 1024} kB: part it into several"
        raise Broken(NAME, source.count("\n"), message)
    file = SourceFile(PurePosixPath(place.path), NAME, source)
    matter = read_article(NAME, source, locale=place.locale, section=place.section)
    maker = Press(StoredShelf(), snippets or Snippets(stored_text))
    return maker.draft(file, matter, maker.checksum(file, place.id))


def refuse_taken(place: Place, draft: Draft) -> None:
    """What belongs to one guide each, two publications at once must not both have; raises Broken."""
    other = renditions.title_of_other(place)
    if other is not None:
        message = f"“{other}” is this guide in {place.locale} already: archive one of the two"
        raise Broken(NAME, draft.matter.lines["title"], message)
    others = db.session.execute(
        select(Revision.title, Revision.errors)
        .join(Article, Article.published_revision_id == Revision.id)
        .where(
            Article.locale == place.locale,
            Article.status == "published",
            Article.id != place.id,
        )
    )
    for title, errors in others:
        for code in draft.errors.keys() & errors.keys():
            line = draft.matter.line_of("errors", code)
            raise Broken(NAME, line, f"errors: “{code}” is explained by “{title}” already")


def unpublish(article_id: int) -> None:
    """Take the article from readers; its text stays, as a draft."""
    article = drafts.hold(article_id)
    if article.status != "published":
        raise NotPossible(article.status)
    _withdraw(article, "draft")
    audit.record("guide_unpublished", subject=f"article:{article_id}")


def end(article_id: int) -> None:
    """Take back what was to be read until now; its file, if it has one, keeps the last word on it."""
    article = drafts.hold(article_id)
    if article.status != "published" or not article.unpublish_at or article.unpublish_at > now():
        return
    article.status, article.unpublish_at = "draft", None
    article.draft_revision_id = article.draft_revision_id or article.published_revision_id
    revisions.bump_generation()
    audit.record("guide_unpublished", subject=f"article:{article_id}")


def archive(article_id: int) -> None:
    """Take the article from readers and from the list of what is worked on."""
    article = drafts.hold(article_id)
    if article.status == "archived":
        raise NotPossible(article.status)
    _withdraw(article, "archived")
    audit.record("guide_archived", subject=f"article:{article_id}")


def bring_back(article_id: int) -> None:
    """Make an archived article a draft again; raises SectionPutAway where its section must come back first."""
    article = drafts.hold(article_id)
    if article.status != "archived":
        raise NotPossible(article.status)
    open_section(article.section_id)
    _withdraw(article, "draft")
    if approvals.are_about({article_id}):
        _begin_anew(article)
    audit.record("guide_brought_back", subject=f"article:{article_id}")


def discard(article_id: int, base: int) -> None:
    """Give up the draft of a published article; it stays in the history."""
    article = drafts.hold(article_id)
    if drafts.shown(article) is None or drafts.head_of(article).number != base:
        raise NotPossible(article.status)
    article.draft_revision_id = article.publish_at = article.missed_because = None


def bring_up(article_id: int, base: int, number: int, note: Note) -> Saved:
    """Make an older text the draft, for somebody to look at and publish.

    Raises NotPossible when the newest text is no longer `base`, which was seen.
    """
    head = drafts.head_of(drafts.hold(article_id))
    if head.number != base:
        raise NotPossible("overtaken")
    return save(article_id, head.number, manuscript.read(drafts.revision(article_id, number)), note)


def take_offer(article_id: int, note: Note) -> Saved:
    """Bring what the file says into the draft; raises Overtaken where both changed the same words."""
    article = drafts.hold(article_id)
    offered = drafts.revision_by_id(article.offered_revision_id)
    if offered is None:
        raise NotPossible("nothing is offered")
    head = drafts.head_of(article)
    if offered.base is None:
        # Nothing says what both texts go on from, so both are shown.
        raise Overtaken(offered, ("body",), head.number, None)
    before = drafts.revision(article_id, offered.base)
    text = _merged(before, manuscript.read(head), offered, head.number)
    article.offered_revision_id = None
    return save(article_id, head.number, text, note)


def leave_offer(article_id: int) -> None:
    """Keep what staff wrote; what the file says stays in the history."""
    drafts.hold(article_id).offered_revision_id = None


@contextmanager
def _kept_as_draft(
    article_id: int, base: int, text: Manuscript, note: Note, onto: int | None
) -> Iterator[None]:
    """Nothing that was written is lost where it cannot be published."""
    try:
        yield
    except (Broken, SectionPutAway):
        begin_write()
        save(article_id, base, text, note, onto)
        raise


def _show(article: Article, head: Revision, draft: Draft, note: Note, seen: int) -> Saved:
    place = drafts.place_of(article)
    revisions.bump_generation()
    if revisions.generation() != seen + 1:
        # While it was rendered, others may have changed a snippet in it, or moved what it links to.
        draft = press(place, manuscript.of(draft.written, draft.source))
    refuse_taken(place, draft)
    shown = drafts.shown(article)
    if note.origin == "file":
        # So that the file, which has not changed, is known again.
        draft = replace(draft, checksum=head.checksum)
    is_same = manuscript.read(head) == manuscript.of(draft.written, draft.source)
    if is_same and shown and shown.id == head.id:
        return Saved(head.number, is_published=True)
    if is_same:
        revision = _made_of(head, draft, note)
        revision.base = shown.number if shown else head.base
    else:
        base = shown.number if shown else head.base
        revision = revisions.add(draft, drafts.next_number(article.id), base, note)
    revisions.publish(draft, revision, article.section_id, keeper=note.origin)
    article.draft_revision_id = article.publish_at = article.missed_because = None
    audit.record("guide_published", subject=f"article:{article.id}", revision=revision.number)
    return Saved(revision.number, is_published=True)


def _made_of(head: Revision, draft: Draft, note: Note) -> Revision:
    """The draft itself, with everything that is made of a text when it is published."""
    for name, value in revisions.values_of(draft).items():
        setattr(head, name, value)
    head.edited_on = revisions.edited_on(draft, note)
    head.significance = note.significance
    head.reason = note.reason or head.reason
    return head


def _onto(article: Article, shown: Revision, head: Revision, text: Manuscript, note: Note) -> Saved:
    """The draft goes on from what is no longer published: bring it up to date first."""
    before = drafts.revision(article.id, head.base or head.number)
    merged = _merged(before, text, shown, head.number, shown.number)
    revision = drafts.add(article, merged, drafts.next_number(article.id), shown.number, note)
    return Saved(revision.number, is_merged=True)


def _goes_on_from(article: Article, head: Revision, onto: int | None) -> int | None:
    """The published revision that a change of the head is a change of."""
    shown = drafts.shown(article)
    if shown and (head.id == shown.id or onto == shown.number):
        return shown.number
    return head.base


def _merged(
    base: Revision,
    mine: Manuscript,
    theirs: Revision,
    head: int | None = None,
    onto: int | None = None,
) -> Manuscript:
    """Both changes of `base`; `head` and `onto` are what somebody goes on from who has to decide."""
    try:
        return merging.merge(manuscript.read(base), mine, manuscript.read(theirs))
    except merging.Clash as clash:
        raise Overtaken(theirs, clash.names, head or theirs.number, onto) from clash


def _refuse_past_end(draft: Draft) -> None:
    """Whoever presses Publish wants readers to see the guide."""
    end = draft.matter.unpublish_at
    if end and end <= now():
        line = draft.matter.lines["unpublish_at"]
        raise Broken(NAME, line, "unpublish_at has passed: choose a later time, or none")


def _refuse_put_away(section_id: int) -> None:
    if db.session.get_one(Section, section_id).archived_at:
        raise SectionPutAway(section_id)


def _begin_anew(article: Article) -> None:
    """The same text once more: meanwhile its snippets were free to change, so that nobody has looked at what it shows."""
    head = drafts.head_of(article)
    note = Note("staff", head.author_id, head.reason, head.significance)
    text = manuscript.read(head)
    drafts.add(article, text, drafts.next_number(article.id), head.base, note)


def _withdraw(article: Article, status: str) -> None:
    article.status = status
    article.keeper = "staff"
    article.publish_at = article.missed_because = None
    article.draft_revision_id = article.draft_revision_id or article.published_revision_id
    revisions.bump_generation()
