"""Signing in, signing up, getting back in, and signing out."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response

from xero_onboard.accounts import (
    address,
    alternative,
    changing,
    devices,
    entry,
    guarding,
    passkeys,
    passwords,
    proofs,
    registering,
    second_step,
)
from xero_onboard.accounts.account_views import why_not
from xero_onboard.accounts.entry import Proof
from xero_onboard.connect import departure, flow
from xero_onboard.connect.views import read_answer
from xero_onboard.lib import audit
from xero_onboard.lib.db import commit
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import Disabled, current_reader, ensure_browser
from xero_onboard.lib.web import access, flood, optional, required, safe_next, secret, visitor
from xero_onboard.lib.web.errors import settle

blueprint = Blueprint("accounts", __name__)

_WRONG_PASSWORD = marked("The address or the password is not right.")
_WRONG_CODE = marked(
    "This code is not right, or it has run out or was used before. Try the next one."
)
_WRONG_PASSKEY = marked("This passkey is not known here.")
_TOO_OFTEN = marked(
    "That was the fifth wrong code, so we stopped for your safety. Sign in from the start."
)


@blueprint.get("/sign-in")
@access.anyone
def sign_in() -> Response | str:
    """The page with the ways in, or on to where the reader was going if they are signed in already."""
    goes_on_to = _next(optional(request.args, "next"))
    if current_reader().is_signed_in:
        return redirect(goes_on_to, code=303)
    return render_template("accounts/sign_in.html", next=goes_on_to, error=None, login="")


@blueprint.post("/sign-in/password")
@access.anyone
@flood.costly
def sign_in_with_password() -> Response:
    """Take login and password as a first proof."""
    goes_on_to, typed = _next(optional(request.form, "next")), _typed("email", longest=320)
    given = secret(request.form, "password")
    try:
        login = passwords.login_of(typed)
        user_id = guarding.check_password(login, given, visitor.network(), devices.current_device())
    except (passwords.BadAddress, guarding.WrongPassword):
        return _sign_in_refused(_(_WRONG_PASSWORD), goes_on_to, typed)
    entry.begin(user_id, "password")
    return redirect(entry.way_on(goes_on_to), code=303)


@blueprint.post("/sign-in/xero")
@access.anyone
@flood.costly
def sign_in_with_xero() -> Response:
    """Send the browser to Xero to prove who it belongs to."""
    origin = departure.Origin(path=_next(optional(request.form, "next")), anchor="")
    return redirect(departure.sign_in(current_reader(), ensure_browser(), origin), code=303)


@access.anyone
def finish_sign_in() -> Response:
    """Take the browser back from Xero; never a page, because the address holds the code."""
    if visitor.is_only_looking():
        return Response(status=204)
    way_back = flow.receive(read_answer(), current_reader(), is_sign_in=True)
    return redirect(way_back, code=303)


@blueprint.post("/sign-in/passkey/options")
@access.anyone
@flood.costly
def passkey_options() -> Response:
    """What to ask the device for."""
    options = passkeys.options_to_use(ensure_browser(), "sign_in")
    return Response(options, mimetype="application/json")


@blueprint.post("/sign-in/passkey")
@access.anyone
@flood.costly
def sign_in_with_passkey() -> Response:
    """Take a passkey, which is two proofs at once; of the user who owes one, if somebody does."""
    goes_on_to, owed = _next(optional(request.form, "next")), entry.pending()
    answer = secret(request.form, "answer", longest=passkeys.LONGEST_ANSWER)
    expected = owed.user_id if owed else None
    try:
        user_id = passkeys.use(answer, ensure_browser(), "sign_in", expected)
    except passkeys.BadPasskey:
        audit.record_apart("sign_in_failed", by="passkey")
        return _sign_in_refused(_(_WRONG_PASSKEY), goes_on_to)
    given = owed.given if owed else None
    goes_on_to = session.pop("next", None) if owed else goes_on_to
    return _enter(user_id, "passkey", goes_on_to, given)


@blueprint.get("/sign-in/second-step")
@access.anyone
def second_step_page() -> Response | str:
    """Ask for the second proof."""
    owed = entry.pending()
    return _second_step(owed.user_id) if owed else redirect("/sign-in", code=303)


@blueprint.post("/sign-in/second-step")
@access.anyone
@flood.costly
def finish_with_code() -> Response:
    """Take a code of the authenticator app."""
    return _finish("authenticator", second_step.spend)


@blueprint.post("/sign-in/recovery-code")
@access.anyone
@flood.costly
def finish_with_recovery_code() -> Response:
    """Take one of the ten codes that stand in for the app."""
    return _finish("recovery_code", changing.use_recovery_code)


@blueprint.post("/sign-in/mailed-code/ask")
@access.anyone
@flood.costly
def ask_for_mailed_code() -> Response:
    """Have a code mailed to the alternative address, where that counts."""
    owed = entry.pending()
    if owed is not None:
        alternative.ask_for_step(owed.user_id, ensure_browser(), visitor.network())
    return redirect(entry.SECOND_STEP, code=303)


@blueprint.post("/sign-in/mailed-code")
@access.anyone
@flood.costly
def finish_with_mailed_code() -> Response:
    """Take the code that was mailed to the alternative address."""
    browser = ensure_browser()
    return _finish("alternative", lambda user, code: changing.use_mailed_code(user, browser, code))


@blueprint.get("/register")
@access.anyone
def register() -> str:
    """The page to sign up on."""
    goes_on_to = _next(optional(request.args, "next"))
    typed = {"name": "", "email": "", "next": goes_on_to}
    return render_template("accounts/register.html", typed=typed, errors={})


@blueprint.post("/register")
@access.anyone
@flood.costly
def ask_to_register() -> Response:
    """Have a code mailed; the answer is the same for an address that has an account."""
    typed = {"name": _typed("name"), "email": _typed("email", longest=320)}
    typed["next"] = _next(optional(request.form, "next"))
    try:
        newcomer = registering.newcomer(
            typed["name"], typed["email"], secret(request.form, "password")
        )
    except registering.Incomplete as error:
        return _refused("accounts/register.html", typed=typed, errors=error.errors)
    guarding.count_asking(newcomer.login, visitor.network())
    registering.ask_to_register(newcomer, ensure_browser())
    session["next"] = typed["next"]
    return redirect("/register/code", code=303)


@blueprint.get("/register/code")
@access.anyone
def register_code() -> Response | str:
    """Ask for the code that was mailed."""
    proof = proofs.waiting("register", current_reader().browser)
    if proof is None:
        return redirect(_next(None) if current_reader().is_signed_in else "/register", code=303)
    return _code_page(proof.address)


@blueprint.post("/register/code")
@access.anyone
@flood.costly
def finish_registering() -> Response:
    """Open the account and sign in."""
    browser, code = ensure_browser(), required(request.form, "code", longest=20)
    try:
        user_id = registering.register(code, browser)
    except registering.WrongCode:
        return _not_registered(browser)
    goes_on_to = _next(session.pop("next", None))
    entry.enter(user_id, "registration")
    return redirect(goes_on_to, code=303)


@blueprint.get("/password/forgotten")
@access.anyone
def forgotten() -> str:
    """The page to ask for a link on."""
    return render_template("accounts/forgotten.html", error=None, typed="", is_asked=False)


@blueprint.post("/password/forgotten")
@access.anyone
@flood.costly
def ask_for_link() -> Response | str:
    """Have a link mailed; the answer is the same for an address nobody has."""
    typed = _typed("email", longest=320)
    try:
        login = passwords.login_of(typed)
    except passwords.BadAddress:
        error = _(registering.BAD_ADDRESS)
        return _refused("accounts/forgotten.html", error=error, typed=typed, is_asked=False)
    guarding.count_asking(login, visitor.network(), devices.current_device())
    proofs.ask("reset", login, ensure_browser())
    audit.record("password_reset_asked")
    values = {"error": None, "typed": typed, "is_asked": True}
    return render_template("accounts/forgotten.html", **values, is_mail_slow=proofs.is_mail_slow())


@blueprint.get("/password/reset/<token>")
@access.anyone
def reset(token: str) -> Response | str:
    """The page to choose a new password on; looking at it uses nothing up."""
    if proofs.user_of_link(token, current_reader().browser) is None:
        return make_response(render_template("accounts/link_used.html"), 410)
    return render_template("accounts/reset.html", token=token, error=None)


@blueprint.post("/password/reset/<token>")
@access.anyone
@flood.costly
def set_new_password(token: str) -> Response:
    """Set the new password; signing in with it comes after, second step included."""
    given = secret(request.form, "password")
    try:
        registering.set_forgotten(token, ensure_browser(), given)
    except registering.Incomplete as error:
        return _refused("accounts/reset.html", token=token, error=error.errors["password"])
    except registering.LinkUsed:
        return _refused("accounts/link_used.html", 410)
    return redirect("/sign-in", code=303)


@blueprint.post("/sign-out")
@access.anyone
def sign_out() -> Response:
    """End the session, here and in the database."""
    if current_reader().is_signed_in:
        audit.record("signed_out")
    entry.sign_out()
    return redirect("/", code=303)


@blueprint.app_errorhandler(Disabled)
def show_closed(error: Disabled) -> Response:
    """An account that an administrator has closed opens to nobody."""
    audit.record_apart("sign_in_failed", subject=f"user:{error}", by="closed account")
    return _refused("accounts/closed.html", 403)


def _finish(by: Proof, spend: Callable[[UUID, str], bool]) -> Response:
    """Take a code as the second proof; after five wrong ones the sign-in begins anew."""
    owed, code = entry.pending(), required(request.form, "code", longest=40)
    if owed is None:
        return redirect("/sign-in", code=303)
    if not entry.may_try():
        entry.sign_out()
        return _refused("accounts/stopped.html", error=_(_TOO_OFTEN))
    if not guarding.check_step(owed.user_id, by, lambda: spend(owed.user_id, code)):
        return make_response(_second_step(owed.user_id, _(_WRONG_CODE)), 400)
    return _enter(owed.user_id, by, session.pop("next", None), owed.given)


def _enter(user_id: UUID, by: Proof, goes_on_to: str | None, given: str | None) -> Response:
    """Sign in, and go on with a connection that waited for it. The path was checked when it was kept."""
    entry.enter(user_id, by)
    address.take_providers(user_id, given)
    reader = current_reader()
    commit()
    flow.resume(reader)
    return redirect(goes_on_to or "/connect", code=303)


def _second_step(user_id: UUID, error: str | None = None) -> str:
    ways = second_step.ways_of(user_id)
    asked = proofs.waiting("second_step", current_reader().browser, user_id)
    mailed = {"can_be_mailed": alternative.counts(user_id), "is_mailed": asked is not None}
    mailed["is_mail_slow"] = proofs.is_mail_slow()
    return render_template("accounts/second_step.html", ways=ways, error=error, **mailed)


def _not_registered(browser: str) -> Response:
    """The page of the code again; or on, for somebody who has finished already and pressed twice, or in an old tab."""
    settle()
    proof = proofs.waiting("register", browser)
    if proof is None and current_reader().is_signed_in:
        return redirect(_next(None), code=303)
    return make_response(_code_page(proof.address if proof else None, why_not("register")), 400)


def _code_page(address: str | None, error: str | None = None) -> str:
    values = {"address": address, "error": error, "is_mail_slow": proofs.is_mail_slow()}
    return render_template("accounts/register_code.html", **values)


def _sign_in_refused(error: str, goes_on_to: str, typed: str = "") -> Response:
    return _refused("accounts/sign_in.html", next=goes_on_to, error=error, login=typed)


def _refused(template: str, code: int = 400, **values: object) -> Response:
    """A form again with what is wrong with it; nothing of the request is kept."""
    settle()
    return make_response(render_template(template, **values), code)


def _typed(name: str, *, longest: int = 200) -> str:
    return optional(request.form, name, longest=longest) or ""


def _next(given: str | None) -> str:
    """Where to go on to; the reader's connections when nothing else was asked for."""
    return safe_next(given or "/connect")
