"""A person's own page about what is stored, the file with it, and the end of their account."""

import json
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from xero_onboard.accounts import closing, entry, people, privacy
from xero_onboard.connect.vault import VaultLocked
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import access, optional
from xero_onboard.lib.web.errors import settle

blueprint = Blueprint("privacy", __name__)

CONFIRMATION = marked("delete my account")


@blueprint.get("/account/privacy")
@access.signed_in
def index() -> str:
    """What is stored about the reader, and for how long."""
    return _page()


@blueprint.post("/account/privacy/export")
@access.fresh
def export() -> Response:
    """Everything stored about the reader, as a file."""
    content = json.dumps(privacy.export(_own_id()), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(f"{content}\n", headers=headers, mimetype="application/json")


@blueprint.post("/account/privacy/delete")
@access.fresh
def delete() -> Response:
    """Delete the reader's account; they must have typed that they mean it."""
    if (optional(request.form, "confirmation") or "").casefold() != _(CONFIRMATION):
        return _refused(_(_NOT_CONFIRMED, confirmation=_(CONFIRMATION)))
    try:
        closing.delete_account(_own_id())
    except people.LastAdministrator:
        return _refused(_(_LAST_ADMINISTRATOR))
    except closing.HandOverFirst as error:
        return _refused(_(_HAND_OVER).format(error))
    except VaultLocked:
        return _refused(_(_LOCKED), 503)
    entry.sign_out()
    return redirect("/", code=303)


def _refused(error: str, code: int = 400) -> Response:
    settle()
    return make_response(_page(error), code)


def _page(error: str | None = None) -> str:
    overview = privacy.overview(_own_id())
    values = {"ways": privacy.WAYS, "confirmation": _(CONFIRMATION), "error": error}
    return render_template("privacy/index.html", overview=overview, **values)


def _own_id() -> UUID:
    return current_reader().user_id or abort(403)


_NOT_CONFIRMED = marked("Type “%(confirmation)s”, so that nobody deletes it by accident.")
_LAST_ADMINISTRATOR = marked("You are the last administrator of this site. Make another one first.")
_HAND_OVER = marked("You alone administer {}. Hand it over to a colleague first, or remove them.")
_LOCKED = marked(
    "Your connections cannot be ended just now, so nothing was deleted. Try again later."
)
