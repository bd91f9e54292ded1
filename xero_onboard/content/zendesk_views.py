"""What anybody may read, for programs that know Zendesk's API: https://developer.zendesk.com/api-reference/help_center/

Only reading, and only what the pages show; nobody has to sign in, and pages of other sites may ask from a browser.
"""

import math
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, TooManyRequests

from xero_onboard.content import library, listing, search, votes
from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.front_matter import LARGEST_ID
from xero_onboard.content.listing import Asked, Guide, Shelf
from xero_onboard.content.parts import JSON
from xero_onboard.content.zendesk_shape import API, CATEGORY, ZendeskShape
from xero_onboard.lib.web import access, flood, optional, required, settings
from xero_onboard.lib.web.errors import settle

View = TypeVar("View", bound=Callable[..., Any])

# Without a largest number, so that one that is too large is answered here as well.
_GUIDE, _SHELF = "<int:article_id>", "<int:section_id>"
_NAMES = {400: "InvalidValue", 404: "RecordNotFound", 429: "TooManyRequests"}
# So many results of a search are ranked; who wants more has to say more.
_MOST_RESULTS = 100

blueprint = Blueprint("zendesk", __name__, url_prefix=API)


def _at(path: str) -> Callable[[View], View]:
    """Answer at this path, with a language before it or without, and with its form behind it or without."""

    def mark(view: View) -> View:
        for rule in (path, f"{path}.json", f"/<locale>{path}", f"/<locale>{path}.json"):
            blueprint.get(rule)(view)
        return view

    return mark


@_at("/categories")
@access.public
def categories(locale: str | None = None) -> Response:
    """The one category there is."""
    return _listed("categories", [_category(_known(locale))], 1, _asked(locale))


@_at(f"/categories/{CATEGORY}")
@access.public
def category(locale: str | None = None) -> Response:
    """What stands for the whole site."""
    return jsonify({"category": _category(_known(locale))})


@_at("/sections")
@_at(f"/categories/{CATEGORY}/sections")
@access.public
@flood.costly
def sections(locale: str | None = None) -> Response:
    """The sections in which something can be read."""
    asked = _asked(locale)
    found = listing.shelves(asked)
    return _listed("sections", map(_shape().section, found.rows), found.count, asked)


@_at(f"/sections/{_SHELF}")
@access.public
def section(section_id: int, locale: str | None = None) -> Response:
    """One section."""
    return jsonify({"section": _shape().section(_shelf(section_id, locale))})


@_at("/articles")
@_at(f"/categories/{CATEGORY}/articles")
@_at(f"/sections/{_SHELF}/articles")
@access.public
@flood.costly
def articles(locale: str | None = None, section_id: int | None = None) -> Response:
    """The guides, of one section or of all."""
    asked = _asked(locale, None if section_id is None else _shelf(section_id, locale).id)
    found = listing.guides(asked)
    return _listed("articles", _articles(found.rows), found.count, asked)


@_at(f"/articles/{_GUIDE}")
@access.public
def article(article_id: int, locale: str | None = None) -> Response:
    """One guide."""
    return jsonify({"article": _articles([_guide(article_id, locale)])[0]})


@_at(f"/articles/{_GUIDE}/translations")
@access.public
def translations(article_id: int, locale: str | None = None) -> Response:
    """A guide in the languages that it has."""
    found = [_shape().translation(_guide(article_id, locale))]
    return _listed("translations", found, len(found), _asked(locale))


@_at(f"/articles/{_GUIDE}/attachments")
@access.public
def attachments(article_id: int, locale: str | None = None) -> Response:
    """The pictures of a guide."""
    guide, asked = _guide(article_id, locale), _asked(locale)
    found = [_shape().attachment(guide, each) for each in listing.pictures(guide)]
    first = (asked.page - 1) * asked.size
    shown = found[first : first + asked.size]
    return _listed("article_attachments", shown, len(found), asked)


@_at("/articles/search")
@access.public
@flood.costly
def found_articles(locale: str | None = None) -> Response:
    """The guides that fit a query, the best first."""
    query = required(request.args, "query", longest=search.LONGEST_QUERY)
    asked = _asked(locale)
    results = search.search(query, _known(locale) or DEFAULT_LOCALE, _MOST_RESULTS).results
    first = (asked.page - 1) * asked.size
    shown = {each.id: str(each.snippet) for each in results[first : first + asked.size]}
    guides = listing.guides_by_id(shown.keys())
    told = _articles([guides[each] for each in shown if each in guides])
    for each in told:
        each.update(result_type="article", snippet=shown[each["id"]])
    return _listed("results", told, len(results), asked, query=query)


@blueprint.get("/")
@blueprint.get("/<path:rest>")
@access.public
def nothing(rest: str = "") -> Response:
    """What Zendesk's API has and this one has not."""
    abort(404, f"This site answers nothing at “{rest}”.")


@blueprint.errorhandler(400)
@blueprint.errorhandler(404)
@blueprint.errorhandler(429)
def refused(error: HTTPException) -> Response:
    """What is wrong, for a program and for the person who looks at its log."""
    settle()
    answer = jsonify({"error": _NAMES[error.code or 400], "description": error.description})
    answer.status_code = error.code or 400
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = "60"
    return answer


@blueprint.after_request
def open_to_browsers(response: Response) -> Response:
    """Let pages of other sites read it; without cookies, so that nothing of a person is in it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _shape() -> ZendeskShape:
    return ZendeskShape(settings().public_origin, settings().product_name)


def _known(locale: str | None) -> str | None:
    if locale is not None and locale not in library.locales():
        raise NotFound(f"There are no guides in “{locale}”.")
    return locale


def _guide(article_id: int, locale: str | None) -> Guide:
    known = _known(locale)
    found = listing.guides_by_id([article_id]).get(article_id) if article_id <= LARGEST_ID else None
    if found is None or known not in (None, found.locale):
        raise NotFound("There is no article with this number that readers may see.")
    return found


def _shelf(section_id: int, locale: str | None) -> Shelf:
    asked = Asked(locale=_known(locale), section_id=section_id)
    found = listing.shelves(asked).rows if section_id <= LARGEST_ID else ()
    if not found:
        raise NotFound("There is no section with this number that readers may see.")
    return found[0]


def _articles(guides: Iterable[Guide]) -> list[JSON]:
    shown, shape = list(guides), _shape()
    counts = votes.counts([guide.id for guide in shown])
    return [shape.article(guide, counts.get(guide.id, (0, 0))) for guide in shown]


def _category(locale: str | None) -> JSON:
    dates = listing.span()
    return _shape().category(*dates, locale or DEFAULT_LOCALE)


def _asked(locale: str | None, section_id: int | None = None) -> Asked:
    """What the address asks for of a list; of more than is given at once, as much as is given."""
    order = optional(request.args, "sort_by", longest=20)
    direction = optional(request.args, "sort_order", longest=20)
    return Asked(
        locale=_known(locale),
        section_id=section_id,
        order=_among("sort_by", order or "position", listing.ORDERS),
        direction=_among("sort_order", direction or "asc", listing.DIRECTIONS),
        page=_number("page", optional(request.args, "page", longest=9) or "1"),
        size=min(
            _number(
                "per_page", optional(request.args, "per_page", longest=9) or f"{listing.USUAL}"
            ),
            listing.MOST,
        ),
    )


def _among(name: str, given: str, offered: Collection[str]) -> str:
    if given not in offered:
        raise BadRequest(f"{name} must be one of: {', '.join(offered)}.")
    return given


def _number(name: str, given: str) -> int:
    if not (given.isascii() and given.isdigit() and int(given)):
        raise BadRequest(f"{name} must be a number from 1.")
    return int(given)


def _listed(
    name: str, shown: Iterable[JSON], count: int, asked: Asked, query: str | None = None
) -> Response:
    """One page of a list, and where the pages around it are."""
    last = max(1, math.ceil(count / asked.size))
    around = {"next_page": asked.page + 1, "previous_page": asked.page - 1}
    pages = {
        each: _page_address(asked, number, query) if 1 <= number <= last else None
        for each, number in around.items()
    }
    figures = {"count": count, "page": asked.page, "page_count": last, "per_page": asked.size}
    order = {"sort_by": asked.order, "sort_order": asked.direction}
    return jsonify({name: list(shown), **pages, **figures, **order})


def _page_address(asked: Asked, number: int, query: str | None) -> str:
    values: dict[str, object] = {"page": number, "per_page": asked.size}
    if query is None:
        values |= {"sort_by": asked.order, "sort_order": asked.direction}
    else:
        values["query"] = query
    return f"{settings().public_origin}{quote(request.path)}?{urlencode(values)}"
