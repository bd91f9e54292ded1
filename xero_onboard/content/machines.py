"""What is written for machines alone: llms.txt, the sitemap, robots.txt. https://llmstxt.org"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape

from sqlalchemy import select

from xero_onboard.content import library
from xero_onboard.content.addresses import home_path
from xero_onboard.content.lowering import escape_markdown
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.translations import SectionCard, Translation
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.db import db

# Agents cut longer files off; beyond this the sections have lists of their own.
LONGEST_INDEX = 50_000


def llms_txt(product_name: str, origin: str, locale: str | None = None) -> str:
    """The index of all guides, or of those in one language; the pages of the sections come last."""
    named = (locale,) if locale else library.locales()
    sections = [card for name in named for card in library.outline(name).own_sections]
    head = _head(product_name, origin)
    lists = [
        f"- [{escape_markdown(card.title)}]({origin}{card.href}.md): {escape_markdown(card.description)}"
        for card in sections
    ]
    guides = [_listed(card, origin) for card in sections]
    # By this name an agent knows that it may do without them: they say nothing that is not above.
    rest = ["## Optional", "", *lists, ""] if lists else []
    whole = "\n".join([head, *guides, *rest])
    if len(whole) <= LONGEST_INDEX:
        return whole
    return "\n".join([head, "## Sections", "", *lists, ""])


def llms_full_txt(product_name: str, origin: str) -> Iterator[str]:
    """Every guide in one text."""
    yield _head(product_name, origin)
    for form in _machine_forms():
        yield f"\n---\n\n{form}"


def section_form(card: SectionCard, origin: str) -> str:
    """A section as Markdown."""
    return "\n".join(
        [
            f"> Index of all guides: <{origin}/llms.txt>. Read it before you look further.",
            "",
            f"# {escape_markdown(card.title)}",
            "",
            escape_markdown(card.description),
            "",
            *_links(card, origin),
            "",
        ]
    )


def sitemap(origin: str) -> Iterator[str]:
    """Every address that can be read, with the day it changed."""
    days = _edit_days()
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    yield ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    homes = library.home_languages()
    for locale in library.locales():
        yield _url(origin, home_path(locale), homes)
        for card in library.outline(locale).own_sections:
            yield _url(origin, card.href, library.section_languages(card.original))
        for article in library.outline(locale).own_articles:
            if article.canonical in ("", f"{origin}{article.href}"):
                alike = library.canonical_languages(article.original)
                yield _url(origin, article.href, alike, days.get(article.id))
    yield "</urlset>\n"


def robots(origin: str) -> str:
    """Everything that is public may be read, by people's search engines and by language models."""
    return (
        # Only what lies below /connect: the page itself is one that people look for.
        "User-agent: *\nDisallow: /connect/\nDisallow: /sign-in\nDisallow: /hc/*/search\n\n"
        f"Sitemap: {origin}/sitemap.xml\n"
    )


def _head(product_name: str, origin: str) -> str:
    name = escape_markdown(product_name)
    return (
        f"# {name} help centre\n\n"
        f"> How to connect {name} to Xero, keep the connection working, and put right what goes wrong.\n\n"
        f"Each guide is linked in its Markdown form. Connecting, choosing an organisation and disconnecting can only"
        f" be done by a person in a browser, at {origin}/connect or with the button in a guide."
        f" All guides in one file: {origin}/llms-full.txt\n"
    )


def _listed(card: SectionCard, origin: str) -> str:
    return "\n".join([f"## {escape_markdown(card.title)}", "", *_links(card, origin), ""])


def _links(card: SectionCard, origin: str) -> list[str]:
    return [
        f"- [{escape_markdown(article.title)}]({origin}{article.href}.md): {escape_markdown(article.description)}"
        for article in card.articles
        if not article.foreign
    ]


def _url(
    origin: str, href: str, alike: Sequence[Translation], changed_on: date | None = None
) -> str:
    """An address, with those of the same page in each language. https://developers.google.com/search/docs/specialty/international/localized-versions"""
    changed = f"<lastmod>{changed_on}</lastmod>" if changed_on else ""
    named = [(each.lang, each.href) for each in alike]
    # The language that the guides are written in is for all others, as in the pages themselves.
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{lang}" href="{escape(origin + other)}"/>'
        for lang, other in ([*named, ("x-default", alike[0].href)] if len(alike) > 1 else ())
    )
    return f"  <url><loc>{escape(origin + href)}</loc>{changed}{links}</url>\n"


def _machine_forms() -> Iterator[str]:
    """Every article as Markdown, in the order of the help centre."""
    columns = select(Article.id, Revision.machine).where(is_visible())
    forms = {row.id: row.machine for row in db.session.execute(columns)}
    for locale in library.locales():
        for card in library.outline(locale).own_articles:
            yield forms.get(card.id, "")


def _edit_days() -> Mapping[int, date]:
    """When each article that can be read was changed last."""
    rows = db.session.execute(select(Article.id, Revision.edited_on).where(is_visible()))
    return {row.id: row.edited_on for row in rows}
