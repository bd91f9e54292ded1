"""The pages on which somebody changes the address they sign in with."""

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from xero_onboard.accounts import address, passwords, proofs
from xero_onboard.accounts.account_views import own_id, why_not
from xero_onboard.accounts.registering import BAD_ADDRESS
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.reader import current_reader, ensure_browser
from xero_onboard.lib.web import access, flood, optional, required, visitor
from xero_onboard.lib.web.errors import settle

blueprint = Blueprint("address", __name__)


@blueprint.get("/account/address")
@access.fresh
def present() -> Response | str:
    """The page to name another address on; who has no password chooses both together."""
    return _page() if passwords.login_of_user(own_id()) else _to_password()


@blueprint.post("/account/address")
@access.fresh
@flood.costly
def ask() -> Response:
    """Have a code mailed to the new address."""
    typed, error = optional(request.form, "email", longest=320) or "", _(BAD_ADDRESS)
    if not passwords.login_of_user(own_id()):
        return _to_password()
    try:
        login = passwords.login_of(typed)
        address.ask(own_id(), login, ensure_browser(), visitor.network())
        return redirect("/account/address", code=303)
    except address.NotAnother as known:
        error = str(known)
    except passwords.BadAddress:
        pass
    settle()
    return make_response(_page({"email": error}, typed), 400)


@blueprint.post("/account/address/code")
@access.fresh
@flood.costly
def confirm() -> Response:
    """Sign in with the new address in three days, now that it is proven."""
    code = required(request.form, "code", longest=20)
    try:
        address.confirm(own_id(), code, ensure_browser())
        return redirect("/account/address", code=303)
    except address.WrongCode:
        errors = {"code": why_not("new_login", own_id())}
    except address.NotAnother as known:
        errors = {"email": str(known)}
    settle()
    return make_response(_page(errors), 400)


@blueprint.post("/account/address/stop")
@access.fresh
def stop() -> Response:
    """Go on signing in with the present address."""
    address.stop(own_id())
    return redirect("/account/address", code=303)


@blueprint.post("/account/address/give-up")
@access.fresh
def give_up() -> Response:
    """Have nothing mailed any more to the address that only the provider gives."""
    address.give_up_unproven(own_id())
    return redirect("/account/address", code=303)


def _to_password() -> Response:
    return redirect("/account/password", code=303)


def _page(errors: Mapping[str, str] | None = None, typed: str = "") -> str:
    asked = proofs.waiting("new_login", current_reader().browser, own_id())
    values = {
        "login": passwords.login_of_user(own_id()),
        "unproven": address.unproven(own_id()),
        "is_settled": passwords.is_settled(own_id()),
        "soon": address.waiting(own_id()),
        "asked_for": asked.address if asked else None,
        "typed": typed,
        "is_mail_slow": proofs.is_mail_slow(),
    }
    return render_template("account/address.html", errors=errors or {}, **values)
