"""Following a guide or a section by mail, from asking to ending it."""

from typing import cast
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from xero_onboard.config import LOCALE
from xero_onboard.feedback import following, once_more
from xero_onboard.feedback.guides import Kind
from xero_onboard.lib import mail
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.web import access, flood, optional, required, visitor
from xero_onboard.lib.web.errors import settle, show_error

blueprint = Blueprint("following", __name__)

_ONE = "/hc/following/<uuid:following_id>/verify/<token>"


@blueprint.post("/hc/following/new")
@access.anyone
@flood.costly
def ask() -> Response:
    """Mail the link by which an address is confirmed."""
    kind = cast(Kind, required(request.form, "kind", among=following.KINDS))
    target = required(request.form, "target", longest=18)
    address = required(request.form, "email", longest=320)
    locale = optional(request.form, "locale", longest=12) or ""
    if not (target.isascii() and target.isdigit() and LOCALE.fullmatch(locale)):
        raise BadRequest(_("The field “target” must be the number of a guide or a section."))
    once_more.check()
    try:
        following.ask(kind, int(target), address, locale, visitor.network())
    except following.Unseen as error:
        raise NotFound from error
    except mail.UnsafeAddress as error:
        raise BadRequest(_(_BAD_ADDRESS)) from error
    flash(_("Look into your mailbox: a link there confirms that you want this."), "feedback")
    return redirect(f"/hc/{locale}/{kind}s/{target}", code=303)


@blueprint.get(_ONE)
@access.anyone
def show(following_id: UUID, token: str) -> str:
    """What is followed, to confirm or to end it; looking changes nothing."""
    return render_template(
        "feedback/following.html", following=following.by_link(following_id, token), token=token
    )


@blueprint.post(f"{_ONE}/confirm")
@access.anyone
def confirm(following_id: UUID, token: str) -> Response:
    """Say that one wants the mail."""
    found = following.by_link(following_id, token)
    following.confirm(found)
    return redirect(f"/hc/following/{following_id}/verify/{token}", code=303)


@blueprint.post(_ONE)
@access.anyone
def end(following_id: UUID, token: str) -> str:
    """Have no more mail, as the page asks for and mail programs do.

    Those follow no redirection: https://www.rfc-editor.org/rfc/rfc8058#section-3.1
    """
    found = following.by_link(following_id, token)
    page = render_template("feedback/following_ended.html", following=found)
    following.end(found)
    return page


@blueprint.errorhandler(following.UnknownFollowing)
def show_unknown(_error: following.UnknownFollowing) -> Response:
    """What was ended, or never was."""
    settle()
    return show_error(NotFound(_("You follow nothing by this link any more.")))


_BAD_ADDRESS = marked("That is not an email address: write it like name@example.com.")
