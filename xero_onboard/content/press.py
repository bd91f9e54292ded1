"""From the text of a guide to everything that is stored of it; a guide with a mistake becomes nothing."""

import json
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Protocol

from flask import current_app
from jinja2 import Environment

from xero_onboard.content import page_links
from xero_onboard.content.addresses import article_path
from xero_onboard.content.components import Node, parse
from xero_onboard.content.front_matter import FrontMatter
from xero_onboard.content.lowering import Lowering
from xero_onboard.content.markdown import VERSION, Renderer
from xero_onboard.content.marks import put_words
from xero_onboard.content.models import LONGEST_DESCRIPTION, LONGEST_TITLE
from xero_onboard.content.page_matter import NOWHERE, PageMatter, Turn
from xero_onboard.content.parts import JSON
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import References, Shelf
from xero_onboard.content.revisions import Draft
from xero_onboard.content.shelf import PicturesByPath, SourceFile
from xero_onboard.content.snippets import Snippets
from xero_onboard.content.terms import Terms
from xero_onboard.lib.languages import speaking
from xero_onboard.lib.web import settings


class Shelves(Shelf, Protocol):
    """A shelf that also says which pictures must be stored with the guide."""

    def numbered(self, number: int) -> str | None:
        """The address of the article with this number, if there is one."""

    def take_used(self) -> PicturesByPath:
        """The pictures asked for since the last call."""


class Press:
    """Makes drafts of guides with the settings and templates of this app."""

    def __init__(self, shelf: Shelves, snippets: Snippets) -> None:
        chosen = settings()
        self._shelf = shelf
        self._snippets = snippets
        self._words = {"product_name": chosen.product_name, "support_email": chosen.support_email}
        self._origin = chosen.public_origin
        hosts, blocks = chosen.video_hosts, current_app.jinja_env
        self._renderer = Renderer(shelf, self._words, blocks, hosts)
        self._seed = json.dumps([VERSION, self._words, self._origin, hosts, _blocks(blocks)])

    def checksum(self, file: SourceFile, section_id: int, state: str = "") -> str:
        """Changes with everything that the stored revision depends on; `state` is that of what it refers to."""
        state += self._snippets.state(file.locale, file.source)
        return sha256(
            "\0".join((self._seed, str(file.path), str(section_id), file.source, state)).encode()
        ).hexdigest()

    def draft(self, file: SourceFile, matter: FrontMatter, checksum: str) -> Draft:
        """The guide as it would be stored; raises Broken."""
        lines = file.source.split("\n")[matter.first_line - 1 :]
        title = self._with_words(file, matter, "title", LONGEST_TITLE)
        description = self._with_words(file, matter, "description", LONGEST_DESCRIPTION)
        nodes = self._nodes(file, lines, matter.first_line)
        self._shelf.take_used()
        # What components say of themselves, such as “Note”, is said in the language of the guide.
        with speaking(file.locale):
            rendering = self._renderer.render(file.name, file.path, nodes)
        references = References(file.name, file.path, nodes, self._shelf)
        address = article_path(file.locale, matter.id, file.slug)
        lowering = Lowering(file.path, address, self._origin, self._words, self._shelf)
        return Draft(
            path=str(file.path),
            name=file.name,
            locale=file.locale,
            section=file.section,
            slug=file.slug,
            matter=matter,
            written=_written(matter),
            checksum=checksum,
            source="\n".join(lines),
            title=title,
            description=description,
            rendering=rendering,
            page=page_links.made(file.name, matter, references, self._shelf),
            errors=_errors(file, matter, rendering.anchors),
            machine=lowering.document(title, description, nodes),
            pictures=self._shelf.take_used(),
        )

    def proof(self, name: str, path: PurePosixPath, text: str) -> list[JSON]:
        """What readers would get of a text at this place, and nothing else; raises Broken."""
        return self._renderer.render(name, path, parse(name, text.split("\n"))).parts

    def look_at_snippet(self, file: SourceFile) -> None:
        """Whether guides can use it; raises Broken."""
        self._renderer.render(file.name, file.path, self._nodes(file, file.source.split("\n"), 1))

    def _nodes(self, file: SourceFile, lines: list[str], first_line: int) -> tuple[Node, ...]:
        return self._snippets.expand(file.name, file.path, parse(file.name, lines, first_line))

    def _with_words(self, file: SourceFile, matter: FrontMatter, key: str, longest: int) -> str:
        text = put_words(getattr(matter, key), self._words)
        if len(text) > longest:
            message = f"{key} has {len(text)} characters with the settings in it, and {longest} is the most"
            raise Broken(file.name, matter.lines[key], message)
        return text


def _written(matter: FrontMatter) -> dict[str, Any]:
    """The top of the guide word for word, for whoever goes on writing."""
    return {
        "title": matter.title,
        "description": matter.description,
        "keywords": list(matter.keywords),
        "last_reviewed_on": matter.last_reviewed_on.isoformat(),
        "review_in": matter.review_in,
        "provider": matter.provider or "",
        "errors": dict(matter.errors),
        "promoted": matter.promoted,
        "publish_at": matter.publish_at.isoformat() if matter.publish_at else "",
        "updated": matter.updated.isoformat() if matter.updated else "",
        "unpublish_at": f"{matter.unpublish_at:%Y-%m-%dT%H:%M}" if matter.unpublish_at else "",
        **_written_terms(matter.terms),
        **_written_page(matter.page),
        "strays": [each.message for each in matter.strays],
    }


def _written_terms(terms: Terms) -> dict[str, Any]:
    return {
        "visibility": terms.visibility,
        "comments": "open" if terms.takes_comments else "closed",
        "feedback": "on" if terms.takes_votes else "off",
        "search_boost": f"{terms.search_boost:g}" if terms.search_boost != 1 else "",
        "search_exclude": not terms.is_searchable,
    }


def _written_page(page: PageMatter) -> dict[str, Any]:
    before, after = (each or Turn("") for each in (page.previous, page.next))
    return {
        "toc": page.has_contents,
        "canonical": page.canonical,
        "image": page.image,
        "prev": before.target,
        "prev_title": before.title,
        "next": after.target,
        "next_title": after.title,
        "related": [NOWHERE] if page.related == () else list(page.related or ()),
    }


def _errors(file: SourceFile, matter: FrontMatter, anchors: frozenset[str]) -> dict[str, str]:
    """Which heading explains each code; without a name given, the one named like the code."""
    found = {}
    for code, anchor in matter.errors.items():
        alike = code.replace("_", "-").lower()
        if anchor and anchor not in anchors:
            message = f"errors: no heading of this guide has the anchor “{anchor}”"
            raise Broken(file.name, matter.line_of("errors", code), message)
        found[code] = anchor or (alike if alike in anchors else "")
    return found


def _blocks(environment: Environment) -> str:
    """A digest of the components' templates: when one changes, every guide looks different."""
    names = environment.list_templates(filter_func=lambda name: name.startswith("blocks/"))
    loader = environment.loader
    sources = [loader.get_source(environment, name)[0] for name in sorted(names)] if loader else []
    return sha256("\0".join(sources).encode()).hexdigest()
