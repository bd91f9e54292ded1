"""One's second step: authenticator app, recovery codes and passkeys; and proving again who one is."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from xero_onboard.accounts import changing, devices, passkeys, proving, second_step, setting_up
from xero_onboard.accounts.account_views import WRONG_CODE, blueprint, own_id, own_next
from xero_onboard.accounts.protection import protection_of
from xero_onboard.connect import departure
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import current_reader, ensure_browser
from xero_onboard.lib.web import (
    access,
    flood,
    optional,
    required,
    secret,
    settings,
    trust_html,
    visitor,
)
from xero_onboard.lib.web.errors import settle

__all__ = ["blueprint"]

_WRONG_PASSWORD = marked("This is not your password.")
_WRONG_PASSKEY = marked("This passkey is not one of yours, or its answer came too late. Try again.")
_NOT_ADDED = marked("The passkey could not be added. Try again, or use another device.")
_OUTDATED = marked(
    "This page is too old. Scan the new picture below, and type the code that you see then."
)


@blueprint.get("/account/prove")
@access.signed_in
def prove() -> Response | str:
    """Ask who is there, before what protects the account may be changed."""
    goes_on_to = own_next(optional(request.args, "next"))
    if access.is_fresh(current_reader()):
        return redirect(goes_on_to, code=303)
    return _prove_page(goes_on_to)


@blueprint.post("/account/prove/password")
@access.signed_in
@flood.costly
def prove_by_password() -> Response:
    """Take the password."""
    given, device = secret(request.form, "password"), devices.current_device()
    return _proven(
        lambda user_id: proving.by_password(user_id, given, visitor.network(), device),
        {"password": _(_WRONG_PASSWORD)},
    )


@blueprint.post("/account/prove/code")
@access.signed_in
@flood.costly
def prove_by_code() -> Response:
    """Take a code of the authenticator app."""
    code = required(request.form, "code", longest=40)
    return _proven(lambda user_id: proving.by_code(user_id, code), {"code": _(WRONG_CODE)})


@blueprint.post("/account/prove/passkey/options")
@access.signed_in
@flood.costly
def prove_options() -> Response:
    """What to ask the device for."""
    return _json(passkeys.options_to_use(ensure_browser(), "prove"))


@blueprint.post("/account/prove/passkey")
@access.signed_in
@flood.costly
def prove_by_passkey() -> Response:
    """Take a passkey of the account that is signed in."""
    answer = secret(request.form, "answer", longest=passkeys.LONGEST_ANSWER)
    browser = ensure_browser()
    return _proven(
        lambda user_id: proving.by_passkey(user_id, answer, browser), {"passkey": _(_WRONG_PASSKEY)}
    )


@blueprint.post("/account/prove/xero")
@access.signed_in
@flood.costly
def prove_by_xero() -> Response:
    """Send the browser to Xero, to come back as the same person."""
    origin = departure.Origin(path=own_next(optional(request.form, "next")), anchor="")
    return redirect(departure.prove(current_reader(), ensure_browser(), origin), code=303)


@blueprint.get("/account/two-step")
@access.fresh
def two_step() -> str:
    """The page to set up an authenticator app on."""
    return _two_step_page(own_next(optional(request.args, "next")))


@blueprint.post("/account/two-step")
@access.fresh
@flood.costly
def set_up_two_step() -> Response | str:
    """Use the app that shows the right code, and show the recovery codes this once."""
    goes_on_to = own_next(optional(request.form, "next"))
    code, key = required(request.form, "code", longest=40), setting_up.waiting()
    if key is None:
        return make_response(_two_step_page(goes_on_to, _(_OUTDATED)), 200)
    try:
        codes = changing.set_up_authenticator(own_id(), key, code)
    except changing.WrongCode:
        settle()
        return make_response(_two_step_page(goes_on_to, _(WRONG_CODE)), 400)
    setting_up.forget()
    return _codes_page(codes, goes_on_to)


@blueprint.post("/account/two-step/remove")
@access.fresh
def remove_two_step() -> Response:
    """Use no authenticator app any more."""
    changing.remove_authenticator(own_id())
    return redirect("/account", code=303)


@blueprint.post("/account/recovery-codes")
@access.fresh
@flood.costly
def renew_recovery_codes() -> str:
    """Show new recovery codes, this once."""
    return _codes_page(changing.renew_codes(own_id()), "/account")


@blueprint.get("/account/passkeys")
@access.fresh
def own_passkeys() -> str:
    """The passkeys of the account, and the form to add one."""
    return _passkeys_page(optional(request.args, "next"))


@blueprint.post("/account/passkeys/options")
@access.fresh
@flood.costly
def passkey_options() -> Response:
    """What to ask the device for, to make a passkey."""
    reader = current_reader()
    asker = passkeys.Asker(own_id(), reader.email or "", reader.name or "")
    return _json(passkeys.options_to_add(asker, ensure_browser()))


@blueprint.post("/account/passkeys")
@access.fresh
@flood.costly
def add_passkey() -> Response | str:
    """Keep a passkey; show the recovery codes, if it brought any."""
    name = optional(request.form, "name", longest=80) or visitor.agent()
    goes_on_to = optional(request.form, "next")
    answer = secret(request.form, "answer", longest=passkeys.LONGEST_ANSWER)
    try:
        codes = changing.add_passkey(own_id(), answer, ensure_browser(), name)
    except passkeys.BadPasskey:
        settle()
        return make_response(_passkeys_page(goes_on_to, _(_NOT_ADDED)), 400)
    if codes:
        return _codes_page(codes, own_next(goes_on_to))
    return redirect(own_next(goes_on_to or "/account/passkeys"), code=303)


@blueprint.post("/account/passkeys/<uuid:passkey_id>/remove")
@access.fresh
def remove_passkey(passkey_id: UUID) -> Response:
    """Forget a passkey."""
    if not changing.remove_passkey(own_id(), passkey_id):
        abort(404)
    return redirect("/account/passkeys", code=303)


def _proven(prove: Callable[[UUID], None], errors: dict[str, str]) -> Response:
    """Take one proof and go on, or ask again with what is wrong."""
    goes_on_to = own_next(optional(request.form, "next"))
    try:
        prove(own_id())
    except proving.NotProven:
        settle()
        return make_response(_prove_page(goes_on_to, errors), 400)
    return redirect(goes_on_to, code=303)


def _prove_page(goes_on_to: str, errors: dict[str, str] | None = None) -> str:
    has = protection_of(own_id())
    return render_template("account/prove.html", has=has, next=goes_on_to, errors=errors or {})


def _two_step_page(goes_on_to: str, error: str | None = None) -> str:
    reader, key = current_reader(), setting_up.secret()
    uri = second_step.key_uri(key, reader.email or "", settings().product_name)
    values = {
        "picture": trust_html(second_step.picture(uri)),
        "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        "has": protection_of(own_id()),
        "must": reader.is_staff and not reader.works_here,
    }
    return render_template("account/two_step.html", next=goes_on_to, error=error, **values)


def _passkeys_page(goes_on_to: str | None, error: str | None = None) -> str:
    values = {"has": protection_of(own_id()), "next": goes_on_to and own_next(goes_on_to)}
    return render_template("account/passkeys.html", error=error, **values)


def _codes_page(codes: tuple[str, ...], goes_on_to: str) -> str:
    return render_template("account/codes.html", codes=codes, next=goes_on_to)


def _json(options: str) -> Response:
    return Response(options, mimetype="application/json")
