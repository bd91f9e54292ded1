"""A guide as its page will be, made of a text that is not published."""

from functools import partial

from xero_onboard.content import drafts, editing, page_links
from xero_onboard.content.addresses import article_path
from xero_onboard.content.library import ArticlePage, card_for, outline
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.parts import load_parts
from xero_onboard.content.translations import ArticleCard, SectionCard
from xero_onboard.content.turning import chosen, turn
from xero_onboard.content.visibility import is_overdue
from xero_onboard.lib.clock import now
from xero_onboard.lib.languages import language
from xero_onboard.lib.web import trust_html


def page_of(article_id: int, text: Manuscript) -> ArticlePage:
    """The page; raises Broken and NoSuchArticle."""
    writing = drafts.opened(article_id)
    place = writing.place
    draft = editing.press(place, text)
    shelf = _section(writing)
    href = article_path(place.locale, place.id, place.slug)
    page = page_links.load(draft.page)
    look_up = partial(card_for, locale=place.locale, sight="internal")
    own = ArticleCard(place.id, draft.title, draft.description, href, is_promoted=False)
    return ArticlePage(
        id=place.id,
        locale=place.locale,
        lang=language(place.locale),
        title=draft.title,
        description=draft.description,
        href=href,
        canonical_url=page.canonical or href,
        image=page.image,
        is_untranslated=False,
        markdown_href=f"{href}.md",
        edition="",  # nobody was shown it, so nothing is to be counted
        translations=(),
        is_outdated=False,
        original_href=href,
        section=shelf,
        siblings=shelf.articles,
        previous=turn(page.previous, None, look_up),
        next=turn(page.next, None, look_up),
        related=chosen(page.related, own, look_up),
        contents=draft.rendering.contents if page.has_contents else (),
        parts=load_parts(draft.rendering.parts, with_agents=True),
        terms=draft.matter.terms,
        updated_on=now().date(),
        last_reviewed_on=draft.matter.last_reviewed_on,
        is_review_overdue=is_overdue(draft.matter.review_due_on, "internal"),
        structured=trust_html(""),
    )


def _section(writing: drafts.Writing) -> SectionCard:
    """The section as readers see it, or by its name alone while there is nothing in it to read."""
    sections = outline(writing.place.locale).sections
    found = next((card for card in sections if card.id == writing.section_id), None)
    return found or SectionCard(writing.section_id, writing.section, "", "/", ())
