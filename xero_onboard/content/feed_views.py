"""Feeds: of everything that is new, of a section, and of a guide."""

from flask import Blueprint, Response, abort, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from xero_onboard.content import feeds, library
from xero_onboard.content.feeds import Feed
from xero_onboard.lib.web import access, settings

blueprint = Blueprint("feeds", __name__)


@blueprint.get(feeds.PATH)
@access.public
def everything() -> Response:
    """What was published last, for feed readers."""
    return _answer(feeds.of_everything(f"{settings().product_name} help centre"))


@blueprint.get(f"/hc/<locale>/sections/<int(max=9223372036854775807):section_id>{feeds.PATH}")
@access.public
def section(locale: str, section_id: int) -> AnyResponse:
    """What was published last in a section."""
    page = library.path_of_section(section_id, locale) or abort(404)
    if request.path != feeds.path_beside(page):
        return redirect(feeds.path_beside(page), code=301)
    return _answer(feeds.of_section(locale, section_id) or abort(404))


@blueprint.get(f"/hc/<locale>/articles/<int(max=9223372036854775807):article_id>{feeds.PATH}")
@access.public
def article(locale: str, article_id: int) -> AnyResponse:
    """What changed in a guide, and what is said below it."""
    page = library.path_of_article(article_id, locale) or abort(404)
    if request.path != feeds.path_beside(page):
        return redirect(feeds.path_beside(page), code=301)
    return _answer(feeds.of_article(locale, article_id, page) or abort(404))


def _answer(feed: Feed) -> Response:
    response = make_response(
        "".join(feeds.write(feed, settings().product_name, settings().public_origin))
    )
    response.content_type = "application/atom+xml; charset=utf-8"
    return response
