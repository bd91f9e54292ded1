"""What protects one's account: password, Xero, alternative address and sessions."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, request
from werkzeug.exceptions import Conflict, ServiceUnavailable, Unauthorized
from werkzeug.wrappers import Response

from xero_onboard.accounts import (
    alternative,
    changing,
    entry,
    guarding,
    passwords,
    proofs,
    sessions,
)
from xero_onboard.accounts.models import ProofKind
from xero_onboard.accounts.protection import protection_of
from xero_onboard.accounts.registering import BAD_ADDRESS, Incomplete
from xero_onboard.connect import departure
from xero_onboard.lib import audit
from xero_onboard.lib.crypto import KeyMissing, Tampered
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import current_reader, ensure_browser
from xero_onboard.lib.web import access, flood, optional, required, safe_next, secret, visitor
from xero_onboard.lib.web.errors import settle, show_error

blueprint = Blueprint("account", __name__)

WRONG_CODE = marked("This code is not right, or it has run out or was used before.")
_WORN_OUT = marked("That was the fifth wrong code, and no other will do now: ask for a new one.")
_SAME_ADDRESS = marked(
    "You have this address here already. Use another mailbox, which opens without this one."
)


@blueprint.get("/account")
@access.signed_in
def index() -> str:
    """What protects the account, with a button for each."""
    return render_template("account/index.html", has=protection_of(own_id()))


@blueprint.get("/account/password")
@access.fresh
def password() -> str:
    """The page to choose another password on, or a first one."""
    return _password_page()


@blueprint.post("/account/password")
@access.fresh
@flood.costly
def set_password() -> Response:
    """Set the password; a first one only after its address was proven."""
    given, typed = secret(request.form, "password"), optional(request.form, "email", longest=320)
    try:
        if passwords.login_of_user(own_id()):
            changing.change_password(own_id(), given)
            return redirect("/account", code=303)
        changing.ask_for_first_password(
            own_id(), typed or "", given, ensure_browser(), visitor.network()
        )
    except Incomplete as error:
        settle()
        return make_response(_password_page(error.errors, typed or ""), 400)
    return redirect("/account/password", code=303)


@blueprint.post("/account/password/code")
@access.fresh
@flood.costly
def prove_login() -> Response:
    """Set the first password, now that its address is proven."""
    code = required(request.form, "code", longest=20)
    try:
        changing.set_first_password(own_id(), code, ensure_browser())
        return redirect("/account", code=303)
    except changing.WrongCode:
        errors: Mapping[str, str] = {"code": why_not("login", own_id())}
    except Incomplete as error:
        errors = error.errors
    settle()
    return make_response(_password_page(errors), 400)


@blueprint.get("/account/alternative")
@access.fresh
def alternative_address() -> str:
    """The page to name a second mailbox on."""
    return _alternative_page()


@blueprint.post("/account/alternative")
@access.fresh
@flood.costly
def set_alternative() -> Response:
    """Have a code mailed to the address that is to become the alternative one."""
    typed, error = optional(request.form, "email", longest=320) or "", _(BAD_ADDRESS)
    try:
        address = passwords.login_of(typed)
        alternative.ask(own_id(), address, ensure_browser(), visitor.network())
        return redirect("/account/alternative", code=303)
    except alternative.SameAddress:
        error = _(_SAME_ADDRESS)
    except passwords.BadAddress:
        pass
    settle()
    return make_response(_alternative_page({"email": error}, typed), 400)


@blueprint.post("/account/alternative/code")
@access.fresh
@flood.costly
def prove_alternative() -> Response:
    """Keep the alternative address, now that it is proven."""
    code = required(request.form, "code", longest=20)
    try:
        alternative.confirm(own_id(), code, ensure_browser())
        return redirect("/account", code=303)
    except alternative.WrongCode:
        errors = {"code": why_not("alternative", own_id())}
    except alternative.SameAddress:
        errors = {"email": _(_SAME_ADDRESS)}
    settle()
    return make_response(_alternative_page(errors), 400)


@blueprint.post("/account/alternative/remove")
@access.fresh
def remove_alternative() -> Response:
    """Forget the alternative address."""
    alternative.remove(own_id())
    return redirect("/account", code=303)


@blueprint.post("/account/alternative/keep")
@access.fresh
def keep_alternative() -> Response:
    """Take back that the alternative address was removed."""
    alternative.keep(own_id())
    return redirect("/account/alternative", code=303)


@blueprint.post("/account/xero/link")
@access.fresh
@flood.costly
def link_xero() -> Response:
    """Send the browser to Xero, whose login will open this account as well."""
    guarding.count_addition(own_id())
    origin = departure.Origin(path="/account", anchor="")
    return redirect(departure.link(current_reader(), ensure_browser(), origin), code=303)


@blueprint.post("/account/xero/unlink")
@access.fresh
def unlink_xero() -> Response:
    """Let Xero open this account no more."""
    changing.unlink_identities(own_id())
    return redirect("/account", code=303)


@blueprint.get("/account/sessions")
@access.signed_in
def open_sessions() -> str:
    """The browsers in which this person is signed in."""
    found = sessions.open_sessions(own_id(), entry.current_session().handle)
    return render_template("account/sessions.html", sessions=found)


@blueprint.post("/account/sessions/<uuid:session_name>/end")
@access.signed_in
def end_session(session_name: UUID) -> Response:
    """Sign out in one browser."""
    if not sessions.end_session(own_id(), session_name):
        abort(404)
    audit.record("session_revoked", how="one")
    return redirect("/account/sessions", code=303)


@blueprint.post("/account/sessions/end-others")
@access.signed_in
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    entry.end_others(own_id())
    audit.record("session_revoked", how="all others")
    return redirect("/account/sessions", code=303)


@blueprint.errorhandler(changing.StillNeeded)
def show_still_needed(error: changing.StillNeeded) -> Response:
    """A button that the page does not offer, or not any more."""
    return show_error(Conflict(str(error)))


@blueprint.app_errorhandler(entry.SessionEnded)
def show_ended(_error: entry.SessionEnded) -> Response:
    """Somebody ended this session while its request was under way: nothing of it is kept."""
    return show_error(Unauthorized())


@blueprint.app_errorhandler(KeyMissing)
@blueprint.app_errorhandler(Tampered)
def show_locked(_error: KeyMissing | Tampered) -> Response:
    """The operator has to act; until then no authenticator app can be asked."""
    return show_error(
        ServiceUnavailable(_("We cannot check codes at the moment. Nothing is lost."))
    )


def own_id() -> UUID:
    """Whose account it is: that of the reader, whom the access mark has let in."""
    user_id = current_reader().user_id
    if user_id is None:
        abort(403)
    return user_id


def why_not(kind: ProofKind, user_id: UUID | None = None) -> str:
    """What to say to somebody whose mailed code proved nothing."""
    is_worn_out = proofs.is_worn_out(kind, ensure_browser(), user_id)
    return _(_WORN_OUT if is_worn_out else WRONG_CODE)


def own_next(given: str | None) -> str:
    """Where to go on to; the account when nothing else was asked for."""
    return safe_next(given or "/account")


def _password_page(errors: Mapping[str, str] | None = None, typed: str = "") -> str:
    reader = current_reader()
    asked = proofs.waiting("login", reader.browser, own_id())
    values = {
        "login": passwords.login_of_user(own_id()),
        "asked_for": asked.address if asked else None,
        "typed": typed or reader.email or "",
        "shortest": passwords.shortest(has_second_step=reader.has_second_step),
        "is_mail_slow": proofs.is_mail_slow(),
    }
    return render_template("account/password.html", errors=errors or {}, **values)


def _alternative_page(errors: Mapping[str, str] | None = None, typed: str = "") -> str:
    asked = proofs.waiting("alternative", current_reader().browser, own_id())
    values = {
        "present": alternative.present(own_id()),
        "ending": alternative.ending(own_id()),
        "asked_for": asked.address if asked else None,
        "typed": typed,
        "is_mail_slow": proofs.is_mail_slow(),
    }
    return render_template("account/alternative.html", errors=errors or {}, **values)
