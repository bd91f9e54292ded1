"""What is written for machines alone: llms.txt, the sitemap, robots.txt. https://llmstxt.org"""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from xero_onboard.content import library
from xero_onboard.content.addresses import home_path
from xero_onboard.content.lowering import escape_markdown
from xero_onboard.content.translations import SectionCard
from xero_onboard.lib.languages import language

# Agents cut longer files off; beyond this the sections have lists of their own.
LONGEST_INDEX = 50_000


def llms_txt(product_name: str, origin: str, locale: str | None = None) -> str:
    """The index of all guides, or of those in one language."""
    named = (locale,) if locale else library.locales()
    sections = [card for name in named for card in library.outline(name).own_sections]
    whole = "\n".join([_head(product_name, origin), *(_listed(card, origin) for card in sections)])
    if len(whole) <= LONGEST_INDEX:
        return whole
    lists = [
        f"- [{escape_markdown(card.title)}]({origin}{card.href}.md): {escape_markdown(card.description)}"
        for card in sections
    ]
    return "\n".join([_head(product_name, origin), "## Sections", "", *lists, ""])


def llms_full_txt(product_name: str, origin: str) -> Iterator[str]:
    """Every guide in one text."""
    yield _head(product_name, origin)
    for form in library.machine_forms():
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
    days = library.edit_days()
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    yield ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    places = library.translations()
    for locale in library.locales():
        yield _url(f"{origin}{home_path(locale)}")
        for card in library.outline(locale).own_sections:
            yield _url(f"{origin}{card.href}")
        for article in library.outline(locale).own_articles:
            day = days.get(article.id)
            others = places.get(article.original, {})
            alike = {language(name): f"{origin}{href}" for name, href in others.items()}
            yield _url(f"{origin}{article.href}", day.isoformat() if day else "", alike)
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


def _url(address: str, day: str = "", alike: Mapping[str, str] | None = None) -> str:
    """An address, with those of the same page in each language. https://developers.google.com/search/docs/specialty/international/localized-versions"""
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{lang}" href="{escape(other)}"/>'
        for lang, other in (alike or {}).items()
        if len(alike or {}) > 1
    )
    return f"  <url><loc>{escape(address)}</loc>{changed}{links}</url>\n"
