"""Reading: the help centre's pages, their forms for machines, search and pictures."""

from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response as AnyResponse

from xero_onboard.config import LOCALE
from xero_onboard.content import (
    arrivals,
    attached_views,
    library,
    machines,
    readings,
    searches,
    visibility,
)
from xero_onboard.content import search as finder
from xero_onboard.content.addresses import (
    DEFAULT_LOCALE,
    Address,
    home_path,
    read_address,
)
from xero_onboard.content.parts import players_of
from xero_onboard.content.translations import ArticleCard, SectionCard
from xero_onboard.lib.embedding import embeddable
from xero_onboard.lib.languages import current_locale, nearest
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import access, flood, headers, optional, required, settings, visitor
from xero_onboard.lib.web.errors import settle

MARKDOWN = "text/markdown"
PLAIN = "text/plain"
_INDEX = "/llms.txt"

blueprint = Blueprint("content", __name__)


@blueprint.get("/")
@blueprint.get("/hc")
@blueprint.get("/hc/")
@access.public
def home_without_locale() -> AnyResponse:
    """The help centre in the language of its reader, or else of their browser."""
    return redirect(_with_query(home_path(current_locale())))


@blueprint.get("/hc/<locale>")
@access.public
@embeddable
def home(locale: str) -> AnyResponse:
    """The front of the help centre; its form for machines is the index of all guides."""
    if locale not in library.locales():
        return _moved(home_path(_known_locale(locale)))
    wanted = _wanted()
    index = _INDEX if locale == DEFAULT_LOCALE else f"{home_path(locale)}{_INDEX}"
    if wanted != "text/html":
        return _linked(
            _text(_index(locale if locale != DEFAULT_LOCALE else None), wanted), request.path, index
        )
    values = {"home": library.home(locale), "languages": library.home_languages()}
    page = render_template("content/home.html", **values, index=index)
    return _linked(make_response(page), request.path, index)


@blueprint.get(f"/hc/<locale>{_INDEX}")
@access.public
def llms_of_language(locale: str) -> AnyResponse:
    """The index for language models of what there is in one language."""
    if locale not in library.locales():
        return _moved(f"{home_path(_known_locale(locale))}{_INDEX}")
    return _text(_index(locale), MARKDOWN)


@blueprint.get("/hc/<locale>/sections/<address>")
@access.public
@embeddable
def section(locale: str, address: str) -> AnyResponse:
    """The guides of one section, in the form that was asked for."""
    asked = _address(address)
    path = library.path_of_section(asked.id, locale)
    form = ".md" if asked.is_markdown else ""
    if path is None or request.path != path + form:
        return _moved((arrivals.path_of("section", asked.id, locale, path) or abort(404)) + form)
    card = library.section(locale, asked.id) or abort(404)
    wanted = MARKDOWN if asked.is_markdown else _wanted()
    if wanted != "text/html":
        return _machine_form(machines.section_form(card, settings().public_origin), path, wanted)
    return _section_page(card, locale, path)


@blueprint.get("/hc/<locale>/articles/<address>")
@access.public
@embeddable
def article(locale: str, address: str) -> AnyResponse:
    """A guide, in the form that was asked for."""
    asked = _address(address)
    sight = visibility.sight_of(current_reader())
    own, path = (library.path_of_article(asked.id, each, sight) for each in ("", locale))
    form = ".md" if asked.is_markdown else ""
    if own is None or path is None or request.path != path + form:
        return _moved((arrivals.path_of("article", asked.id, locale, path) or abort(404)) + form)
    wanted = MARKDOWN if asked.is_markdown else _wanted()
    if wanted != "text/html":
        told = library.machine_form(asked.id) or abort(404)
        form_of_it = _machine_form(told.text, own, wanted, told.canonical)
        return _unless_listed(form_of_it, told.is_listed)
    page = library.article(asked.id, settings().public_origin, locale, sight) or abort(404)
    return _article_page(page, own)


@blueprint.get("/hc/articles/<int(max=9223372036854775807):article_id>")
@access.public
def article_by_id(article_id: int) -> AnyResponse:
    """The way to a guide of which only the number is known."""
    sight = visibility.sight_of(current_reader())
    return _moved(library.path_of_article(article_id, current_locale(), sight) or abort(404))


@blueprint.get("/hc/<locale>/search")
@access.public
@embeddable
@flood.costly
def search(locale: str) -> AnyResponse | str:
    """Guides that fit a query."""
    if locale not in library.locales():
        return _moved(f"{home_path(_known_locale(locale))}/search")
    query = optional(request.args, "query", longest=finder.LONGEST_QUERY) or ""
    found = finder.search(query, locale)
    if not visitor.is_only_looking():
        searches.count_shown(query, found.count, locale)
    shelf = library.section(locale, _number(optional(request.args, "section", longest=18)) or 0)
    popular = () if found.results else searches.popular(locale, shelf)
    values = {"found": found, "section": shelf, "popular": popular}
    return render_template("content/search.html", locale=locale, **values)


@blueprint.get("/hc/search/suggest")
@access.public
@flood.costly
def suggest() -> Response:
    """The titles that fit what has been typed so far."""
    query = optional(request.args, "query", longest=finder.LONGEST_QUERY) or ""
    found = finder.suggest(query, _read_in(request.args))
    return jsonify({"query": query, "corrected": found.corrected, "results": _offered(found)})


@blueprint.post("/hc/search/told")
@access.anyone
@flood.costly
def told() -> Response:
    """Count what a page tells of a search: what was typed and not sent, and which guide was opened."""
    query = required(request.form, "query", longest=finder.LONGEST_QUERY)
    came_from = required(request.form, "from", among=("field", "page"))
    opened, locale = _opening(), _read_in(request.form)
    if came_from == "field":
        found = finder.suggest(query, locale)
        searches.count(query, found.count, locale)
    if opened:
        searches.count_opening(query, opened, locale)
    return Response(status=204)


@blueprint.post("/hc/readings")
@access.anyone
@flood.costly
def read() -> Response:
    """Count that a guide was opened, as its page tells; what says of itself that it is no person is not counted."""
    edition = required(request.form, "edition", longest=30)
    if visitor.is_only_looking() or visitor.is_robot():
        return Response(status=204)
    try:
        readings.count(edition)
    except readings.NothingToRead:
        abort(400, _("This is no guide that we have."))
    return Response(status=204)


@blueprint.get("/hc/article_attachments/<int(max=9223372036854775807):picture_id>/<name>")
@access.public
def picture(picture_id: int, name: str) -> AnyResponse:
    """A picture beside a guide; its address changes with its bytes. Other files are given back as downloads."""
    return attached_views.picture(picture_id, name) or attached_views.file(picture_id)


@blueprint.get(_INDEX)
@access.public
def llms() -> Response:
    """The index for language models."""
    return _text(_index(), MARKDOWN)


@blueprint.get("/llms-full.txt")
@access.public
def llms_full() -> Response:
    """Every guide in one text."""
    parts = machines.llms_full_txt(settings().product_name, settings().public_origin)
    return _text("".join(parts), MARKDOWN)


@blueprint.get("/sitemap.xml")
@access.public
def sitemap() -> Response:
    """Every public address."""
    return _text("".join(machines.sitemap(settings().public_origin)), "application/xml")


@blueprint.get("/robots.txt")
@access.public
def robots() -> Response:
    """What robots may read."""
    return _text(machines.robots(settings().public_origin), PLAIN)


def _section_page(card: SectionCard, locale: str, path: str) -> Response:
    """What stands in for a translation is told of as the original."""
    languages = library.section_languages(card.original)
    own = languages[0].href if card.foreign else path
    values = {"section": card, "sections": library.outline(locale).sections, "own": own}
    page = render_template("content/section.html", **values, languages=languages)
    return _linked(make_response(page), own, f"{path}.md")


def _article_page(page: library.ArticlePage, own: str) -> Response:
    """What only staff see has no form for machines."""
    headers.admit_players(players_of(page.parts))
    response = make_response(render_template("content/article.html", page=page))
    if page.terms.visibility != "internal":
        _linked(response, own, f"{own}.md", page.canonical_url)
    return _unless_listed(response, page.terms.is_listed)


def _unless_listed(response: Response, is_listed: bool) -> Response:
    """Ask search engines to leave out what stands in no list of ours."""
    if not is_listed:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def not_found(error: NotFound) -> AnyResponse:
    """An old path leads on to its guide; another one gets a page with guides that may be meant."""
    settle()
    if request.method in ("GET", "HEAD"):
        path = _path_of_old_name(request.path)
        if path:
            return _moved(path)
    page = render_template("errors/404.html", error=error, suggestions=_suggestions())
    return make_response(page, 404)


def _path_of_old_name(path: str) -> str | None:
    """Where an old name of a guide, or of its Markdown form, leads now."""
    found = library.path_of_alias(path)
    if found or not path.endswith(".md"):
        return found
    page = library.path_of_alias(path.removesuffix(".md"))
    return f"{page}.md" if page else None


def _suggestions() -> tuple[ArticleCard, ...]:
    """Guides like the words of an address that leads nowhere, or else the promoted ones."""
    found = finder.like_path(request.path, current_locale())
    return found or searches.popular(current_locale())[:3]


def _offered(found: finder.Findings) -> list[dict[str, object]]:
    """What stands in the list below the field: what explains a code first, then guides."""
    helps = [found.help] if found.help else []
    return [
        *(_offer(0, one.title, one.href, one.guide) for one in helps),
        *(_offer(one.id, one.title, one.href, one.about, one.foreign) for one in found.results),
    ]


def _offer(number: int, title: str, href: str, about: str, lang: str = "") -> dict[str, object]:
    """`lang` is said where the words are in another language than the list."""
    return {"id": number, "title": title, "href": href, "about": about, "lang": lang}


def _read_in(values: MultiDict[str, str]) -> str:
    """The language in which the page says that its guides are, whether the pages speak it or not."""
    named = optional(values, "locale", longest=12)
    return named if named in library.locales() else current_locale()


def _opening() -> searches.Opening | None:
    article_id = _number(optional(request.form, "article", longest=18))
    place = _number(optional(request.form, "place", longest=3)) or 1
    return searches.Opening(article_id, place) if article_id else None


def _number(given: str | None) -> int | None:
    if given and not (given.isascii() and given.isdigit()):
        raise BadRequest(_("The number of a guide, a section or a place is none."))
    return int(given) if given else None


def _address(part: str) -> Address:
    return read_address(part) or abort(404)


def _known_locale(locale: str) -> str:
    """The language of an address that is spelt in another way, or that names one we have not."""
    lower = locale.lower()
    if not LOCALE.fullmatch(lower):
        abort(404)
    return nearest(lower, library.locales()) or DEFAULT_LOCALE


def _moved(path: str) -> AnyResponse:
    return redirect(_with_query(path), code=301)


def _with_query(path: str) -> str:
    """The path with what this request asked of another: an outcome to show, words to look for."""
    query = quote(request.query_string, safe="!$%&'()*+,-./:;=?@_~")
    return f"{path}?{query}" if query else path


def _index(locale: str | None = None) -> str:
    return machines.llms_txt(settings().product_name, settings().public_origin, locale)


def _wanted() -> str:
    offered = ["text/html", MARKDOWN, PLAIN]
    return request.accept_mimetypes.best_match(offered, default="text/html") or "text/html"


def _machine_form(form: str, path: str, mimetype: str, canonical: str = "") -> Response:
    return _linked(_text(form, mimetype), path, f"{path}.md", canonical)


def _text(text: str, mimetype: str) -> Response:
    response = make_response(text)
    response.content_type = f"{mimetype}; charset=utf-8"
    return response


def _linked(response: Response, path: str, form: str, canonical: str = "") -> Response:
    """Say where the Markdown form and the index are. https://www.rfc-editor.org/rfc/rfc8288"""
    response.headers.add("Link", f'<{form}>; rel="alternate"; type="{MARKDOWN}"')
    response.headers.add("Link", f'<{_INDEX}>; rel="describedby"; type="{MARKDOWN}"')
    address = canonical or f"{settings().public_origin}{path}"
    response.headers.add("Link", f'<{address}>; rel="canonical"')
    response.vary.add("Accept")
    return response
