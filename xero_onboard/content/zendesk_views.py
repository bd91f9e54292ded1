"""What anybody may read, for programs that know Zendesk's API: https://developer.zendesk.com/api-reference/help_center/help-center-api/introduction/

Only reading, and only what the pages show; nobody has to sign in, and pages of other sites may ask from a browser.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException, NotFound, TooManyRequests

from xero_onboard.content import library, listing, votes, zendesk_search
from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.front_matter import LARGEST_ID
from xero_onboard.content.listing import Asked, Guide, Shelf
from xero_onboard.content.parts import JSON
from xero_onboard.content.zendesk_paging import Piece, among, piece_of, told
from xero_onboard.content.zendesk_shape import API, CATEGORY, ZendeskShape
from xero_onboard.content.zendesk_sifting import flag, sifted, words
from xero_onboard.lib.web import access, flood, optional, settings
from xero_onboard.lib.web.errors import settle

View = TypeVar("View", bound=Callable[..., Any])

# Without a largest number, so that one that is too large is answered here as well.
_GUIDE, _SHELF, _CATEGORY = "<int:article_id>", "<int:section_id>", "<int:category_id>"
_NAMES = {400: "InvalidValue", 404: "RecordNotFound", 429: "TooManyRequests"}

Told = TypeVar("Told", Guide, Shelf)

blueprint = Blueprint("zendesk", __name__, url_prefix=API)


class _NoEndpoint(NotFound):
    """Nothing is ever told at this address."""


def _at(path: str) -> Callable[[View], View]:
    """Answer at this path, with a language before it or without, and with its form behind it or without."""

    def mark(view: View) -> View:
        for rule in (path, f"{path}.json", f"/<locale>{path}", f"/<locale>{path}.json"):
            blueprint.get(rule)(view)
        return view

    return mark


@_at("/locales")
@access.public
def locales(locale: str | None = None) -> Response:
    """The languages of the help centre. https://developer.zendesk.com/api-reference/help_center/help-center-api/help_center_locales/"""
    return jsonify({"locales": list(library.locales()), "default_locale": DEFAULT_LOCALE})


@_at("/categories")
@access.public
def categories(locale: str | None = None) -> Response:
    """The one category there is. https://developer.zendesk.com/api-reference/help_center/help-center-api/categories/"""
    asked, piece = _asked(locale)
    return _listed("categories", _cut([_category(asked.locale)], piece), 1, piece, asked)


@_at(f"/categories/{_CATEGORY}")
@access.public
def category(category_id: int, locale: str | None = None) -> Response:
    """What stands for the whole site."""
    _check_category(category_id)
    return jsonify({"category": _category(_known(locale))})


@_at("/sections")
@_at(f"/categories/{_CATEGORY}/sections")
@access.public
@flood.costly
def sections(locale: str | None = None, category_id: int = CATEGORY) -> Response:
    """The sections in which something can be read. https://developer.zendesk.com/api-reference/help_center/help-center-api/sections/"""
    _check_category(category_id)
    asked, piece = _asked(locale)
    found = listing.shelves(asked)
    return _listed("sections", map(_shape().section, found.rows), found.count, piece, asked)


@_at(f"/sections/{_SHELF}")
@access.public
def section(section_id: int, locale: str | None = None) -> Response:
    """One section, in a language or in that of the number."""
    found = _one_of(_shelves(section_id), section_id, _known(locale))
    return jsonify({"section": _shape().section(found)})


@_at(f"/sections/{_SHELF}/translations")
@access.public
def section_translations(section_id: int, locale: str | None = None) -> Response:
    """A section in the languages that it has."""
    _known(locale)
    found = map(_shape().section_translation, _shelves(section_id))
    return _translations(list(found))


@_at(f"/sections/{_SHELF}/translations/<wanted>")
@access.public
def section_translation(section_id: int, wanted: str, locale: str | None = None) -> Response:
    """A section in one language."""
    _known(locale)
    found = _one_of(_shelves(section_id), section_id, wanted.lower())
    return jsonify({"translation": _shape().section_translation(found)})


@_at("/articles")
@_at(f"/categories/{_CATEGORY}/articles")
@_at(f"/sections/{_SHELF}/articles")
@access.public
@flood.costly
def articles(
    locale: str | None = None, section_id: int | None = None, category_id: int = CATEGORY
) -> Response:
    """The guides, of one section or of all. https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/"""
    _check_category(category_id)
    number = None if section_id is None else _shelves(section_id)[0].number
    asked, piece = _asked(locale, number)
    found = listing.guides(asked)
    return _listed("articles", _articles(found.rows), found.count, piece, asked)


@_at(f"/articles/{_GUIDE}")
@access.public
def article(article_id: int, locale: str | None = None) -> Response:
    """One guide, in a language or in that of the number."""
    found = _one_of(_guides(article_id), article_id, _known(locale))
    return jsonify({"article": _articles([found])[0]})


@_at(f"/articles/{_GUIDE}/translations")
@access.public
def translations(article_id: int, locale: str | None = None) -> Response:
    """A guide in the languages that it has. https://developer.zendesk.com/api-reference/help_center/help-center-api/translations/"""
    _known(locale)
    return _translations([_shape().translation(each) for each in _guides(article_id)])


@_at(f"/articles/{_GUIDE}/translations/<wanted>")
@access.public
def translation(article_id: int, wanted: str, locale: str | None = None) -> Response:
    """A guide in one language."""
    _known(locale)
    found = _one_of(_guides(article_id), article_id, wanted.lower())
    return jsonify({"translation": _shape().translation(found)})


@_at(f"/articles/{_GUIDE}/attachments")
@access.public
def attachments(article_id: int, locale: str | None = None) -> Response:
    """The pictures of a guide, in one language or in all. https://developer.zendesk.com/api-reference/help_center/help-center-api/article_attachments/"""
    guides, (asked, piece) = _guides(article_id), _asked(locale)
    if asked.locale:
        guides = [_one_of(guides, article_id, asked.locale)]
    found = [
        _shape().attachment(guide, each) for guide in guides for each in listing.pictures(guide)
    ]
    return _listed("article_attachments", _cut(found, piece), len(found), piece, asked)


@_at("/articles/search")
@access.public
@flood.costly
def found_articles(locale: str | None = None) -> Response:
    """The guides that fit a query, the best first. https://developer.zendesk.com/api-reference/help_center/help-center-api/search/"""
    wanted = zendesk_search.wanted(request.args, _known(locale) or DEFAULT_LOCALE)
    found, snippets = zendesk_search.find(wanted)
    told_of = _articles(found.rows)
    for each, guide in zip(told_of, found.rows, strict=True):
        each.update(result_type="article", snippet=snippets.get(guide.id, ""))
    return _listed("results", told_of, found.count, wanted.piece)


@blueprint.get("/")
@blueprint.get("/<path:rest>")
@access.public
def nothing(rest: str = "") -> Response:
    """What Zendesk's API has and this one has not."""
    raise _NoEndpoint(f"This site answers nothing at “{rest}”.")


@blueprint.errorhandler(400)
@blueprint.errorhandler(404)
@blueprint.errorhandler(429)
def refused(error: HTTPException) -> Response:
    """What is wrong, for a program and for the person who looks at its log."""
    settle()
    name = "InvalidEndpoint" if isinstance(error, _NoEndpoint) else _NAMES[error.code or 400]
    answer = jsonify({"error": name, "description": error.description})
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
    if locale is not None and locale.lower() not in library.locales():
        raise NotFound(f"There are no guides in “{locale}”.")
    return locale and locale.lower()


def _guides(article_id: int) -> Sequence[Guide]:
    found = listing.guide_in_languages(article_id) if article_id <= LARGEST_ID else ()
    if not found:
        raise NotFound("There is no article with this number that readers may see.")
    return found


def _shelves(section_id: int) -> Sequence[Shelf]:
    found = listing.shelf_in_languages(section_id) if section_id <= LARGEST_ID else ()
    if not found:
        raise NotFound("There is no section with this number that readers may see.")
    return found


def _one_of(found: Sequence[Told], number: int, locale: str | None) -> Told:
    """The one in this language; without one that which has the number, or else the original."""
    fitting = [each for each in found if locale in (None, each.locale)]
    if not fitting:
        raise NotFound(f"This cannot be read in “{locale}”.")
    return next((each for each in fitting if each.id == number), fitting[0])


def _articles(guides: Iterable[Guide]) -> list[JSON]:
    shown, shape = list(guides), _shape()
    counts = votes.counts([guide.id for guide in shown])
    behind = listing.behind({guide.number for guide in shown})
    return [
        shape.article(guide, counts.get(guide.id, (0, 0)), behind.get(guide.number, ()))
        for guide in shown
    ]


def _check_category(category_id: int) -> None:
    if category_id != CATEGORY:
        abort(404, "There is no category with this number.")


def _category(locale: str | None) -> JSON:
    dates = listing.span()
    return _shape().category(*dates, locale or DEFAULT_LOCALE)


def _asked(locale: str | None, section_number: int | None = None) -> tuple[Asked, Piece]:
    """What the address asks for of a list."""
    order = optional(request.args, "sort_by", longest=20)
    direction = optional(request.args, "sort_order", longest=20)
    piece = piece_of(request.args, listing.USUAL)
    asked = Asked(
        locale=_known(locale),
        section_number=section_number,
        order=among("sort_by", order or "position", listing.ORDERS),
        direction=among("sort_order", direction or "asc", listing.DIRECTIONS),
        first=piece.first,
        size=piece.size,
        sifted=sifted(request.args),
    )
    return asked, piece


def _cut(rows: list[JSON], piece: Piece) -> list[JSON]:
    return rows[piece.first : piece.first + piece.size]


def _translations(found: list[JSON]) -> Response:
    """Those that are asked for by language, or by whether they have fallen behind; no draft is told of."""
    asked, piece = _asked(None)
    locales, outdated = words(request.args, "locales"), flag(request.args, "outdated")
    fitting = [
        each
        for each in found
        if each["locale"] in (locales or (each["locale"],))
        and outdated in (None, each["outdated"])
        and not flag(request.args, "draft")
    ]
    return _listed("translations", _cut(fitting, piece), len(fitting), piece)


def _listed(
    name: str, shown: Iterable[JSON], count: int, piece: Piece, asked: Asked | None = None
) -> Response:
    """One piece of a list, and where the pieces around it are."""
    rows = list(shown)
    address = f"{settings().public_origin}{quote(request.path)}"
    beside = told(piece, len(rows), count, address, request.args)
    order = {"sort_by": asked.order, "sort_order": asked.direction} if asked else {}
    answer = jsonify({name: rows, **beside, **order})
    if piece.is_by_cursor and beside["links"]["next"]:
        answer.headers["Link"] = f'<{beside["links"]["next"]}>; rel="next"'
    return answer
