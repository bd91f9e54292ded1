"""What others would do with the same guides: a loop over Flask-FlatPages, and Tantivy, a search engine in Rust."""

import sys
from collections.abc import Callable
from pathlib import Path

from flask import Flask

Search = Callable[[str], int]

PACKAGES = "peers"
_MOST = 10


def flat_pages(content: Path) -> Search:
    """The search of many a small site: every page is looked through for every word."""
    sys.path.append(str(content.parents[1] / PACKAGES))
    from flask_flatpages import FlatPages  # type: ignore[import-not-found]  # noqa: PLC0415

    app = Flask("peer", root_path=str(content))
    app.config.update(FLATPAGES_ROOT="en-gb", FLATPAGES_EXTENSION=".md")
    pages = FlatPages(app)
    with app.app_context():
        bodies = [(page, f"{page.meta.get('title', '')} {page.body}".lower()) for page in pages]

    def search(query: str) -> int:
        words = query.lower().split()
        scored = ((sum(body.count(word) for word in words), page.path) for page, body in bodies)
        return len(sorted((each for each in scored if each[0]), reverse=True)[:_MOST])

    return search


def tantivy(content: Path) -> Search:
    """An index in memory with stemming; it stores titles, and shows no place in the text."""
    sys.path.append(str(content.parents[1] / PACKAGES))
    import tantivy as engine  # type: ignore[import-not-found]  # noqa: PLC0415

    builder = engine.SchemaBuilder()
    builder.add_text_field("title", stored=True, tokenizer_name="en_stem")
    builder.add_text_field("body", tokenizer_name="en_stem")
    index = engine.Index(builder.build())
    writer = index.writer()
    for path in sorted(content.glob("*/*/guide-*.md")):
        matter, _, body = path.read_text().removeprefix("---\n").partition("\n---\n")
        title = matter.partition("title: ")[2].partition("\n")[0]
        writer.add_document(engine.Document(title=title, body=body))
    writer.commit()
    index.reload()

    def search(query: str) -> int:
        searcher = index.searcher()
        terms = " ".join(f"+{word}" for word in query.lower().split())
        parsed = index.parse_query(terms, ["title", "body"])
        hits = searcher.search(parsed, _MOST).hits
        return len([searcher.doc(address)["title"] for _, address in hits])

    return search
