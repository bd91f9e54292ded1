"""A guide in other languages: what there is, and one more begun."""

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.content import drafts, translating
from xero_onboard.content.drafts import NoSuchArticle
from xero_onboard.content.editing import NotPossible
from xero_onboard.lib.languages import spoken
from xero_onboard.lib.web import access, required
from xero_onboard.lib.web.errors import show_error
from xero_onboard.staff.manuscripts import author

blueprint = Blueprint("staff_translations", __name__)

PLACE = "/staff/articles"
_ID = f"{PLACE}/<int(max=9223372036854775807):article_id>/translations"


@blueprint.get(_ID)
@access.editor
def index(article_id: int) -> str:
    """The guide in each language of the site."""
    found = translating.renditions(article_id)
    return render_template(
        "staff/translations.html", found=found, writing=drafts.opened(article_id)
    )


@blueprint.post(_ID)
@access.editor
def begin(article_id: int) -> Response:
    """Begin a translation that nobody reads yet."""
    locale = required(request.form, "locale", among=spoken())
    try:
        begun = translating.begin(article_id, locale, author())
    except NotPossible as error:
        raise Conflict("Somebody has begun this translation already.") from error
    flash("Write over what stands here: these are the words of the original.", "staff")
    return redirect(f"{PLACE}/{begun}", code=303)


@blueprint.errorhandler(NoSuchArticle)
def show_unknown(_error: NoSuchArticle) -> Response:
    """A guide that never was."""
    return show_error(NotFound())
