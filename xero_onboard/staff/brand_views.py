"""The look of the site, for administrators: tried here first, and then given to all readers."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.exceptions import Conflict
from werkzeug.wrappers import Response

from xero_onboard.lib import brand
from xero_onboard.lib.brand import changing, looks
from xero_onboard.lib.brand.changing import PIECES, Sent
from xero_onboard.lib.brand.colours import ENOUGH, NoColour, Scheme, Unreadable, checked
from xero_onboard.lib.brand.models import LONGEST_ALT
from xero_onboard.lib.brand.pictures import LARGEST
from xero_onboard.lib.web import access, optional, required, takes
from xero_onboard.lib.web.errors import settle
from xero_onboard.staff import manuscripts

blueprint = Blueprint("staff_brand", __name__)

PLACE = "/staff/brand"
_MANY_FILES = len(PIECES) * LARGEST + 64 * 1024


class _Wrong(Exception):
    """What is wrong with a field, and what stands in it now."""

    def __init__(self, field: str, words: str, typed: Mapping[str, object]) -> None:
        super().__init__(words)
        self.field = field
        self.typed = typed


@blueprint.get(PLACE)
@access.admin
def index() -> str:
    """The look that is tried, or else that of all pages."""
    return _page()


@blueprint.post(f"{PLACE}/colours")
@access.admin
def try_colours() -> Response:
    """Try other colours."""
    light, dark = _colours()
    try:
        changing.try_colours(light, dark)
    except changing.NoLightColour as error:
        words = "Choose the colour for light pages as well."
        raise _Wrong("light", words, {"light": "", "dark": dark}) from error
    return _back("These are your colours, on this page alone so far.")


@blueprint.post(f"{PLACE}/pictures")
@access.admin
@takes(_MANY_FILES)
def try_pictures() -> Response:
    """Try another logo or icon."""
    sent = _sent()
    try:
        changing.try_pictures(sent)
    except changing.BadPiece as error:
        about = {"alt": sent.alt, "is_named": sent.is_named}
        typed = {**about, "is_icon_of_logo": sent.is_icon_of_logo}
        raise _Wrong(
            error.piece, f"This picture {error}. Choose your files again.", typed
        ) from error
    return _back("These are your pictures, on this page alone so far.")


@blueprint.post(f"{PLACE}/use")
@access.admin_fresh
def use() -> Response:
    """Give all readers what is tried."""
    number = required(request.form, "number", longest=9)
    try:
        changing.use(manuscripts.number("number", number))
    except (changing.NothingTried, changing.ChangedSince) as error:
        raise Conflict("Somebody has changed it meanwhile. Look at it again first.") from error
    return _back("All pages wear this look now.")


@blueprint.post(f"{PLACE}/discard")
@access.admin
def discard() -> Response:
    """Forget what is tried."""
    changing.discard()
    return _back("What you tried is gone.")


@blueprint.post(f"{PLACE}/reset")
@access.admin_fresh
def reset() -> Response:
    """Go back to the shipped look."""
    try:
        changing.reset()
    except changing.NothingWorn as error:
        raise Conflict("The site wears the look that it is shipped with.") from error
    return _back("All pages wear the shipped look again.")


@blueprint.errorhandler(_Wrong)
def show_wrong(error: _Wrong) -> Response:
    """The page once more, with what is wrong at its field."""
    settle()
    return make_response(_page({error.field: str(error)}, error.typed), 400)


def _page(
    errors: Mapping[str, str] | None = None, typed: Mapping[str, object] | None = None
) -> str:
    worn, tried = brand.worn(), brand.tried()
    look = tried or worn
    values = {"tried_look": look, "is_tried": tried is not None, "errors": errors or {}}
    is_branded = worn is not looks.SHIPPED
    fields = replace(look, **(typed or {}))  # type: ignore[arg-type]
    return render_template("staff/brand.html", **values, is_branded=is_branded, typed=fields)


def _colours() -> tuple[str | None, str | None]:
    """What is typed, empty fields as None; raises _Wrong."""
    typed = {"light": _typed("light"), "dark": _typed("dark")}
    return _colour("light", typed), _colour("dark", typed)


def _colour(scheme: Scheme, typed: Mapping[str, str]) -> str | None:
    """The colour of this field; raises _Wrong, with the nearest that can be read."""
    try:
        return checked(typed[scheme], scheme) if typed[scheme] else None
    except NoColour as error:
        words = "Write it as # and six digits from 0 to 9 and a to f, such as #1d5c3a."
        raise _Wrong(scheme, words, typed) from error
    except Unreadable as error:
        words = (
            f"{error.colour} on {error.ground}, a ground of our {scheme} pages, has a contrast of {error.ratio:.2f} to 1,"
            f" and {ENOUGH} to 1 is needed to read it. The nearest colour that has it on all of them is {error.nearest}:"
            " it stands in the field now."
        )
        raise _Wrong(scheme, words, {**typed, scheme: error.nearest}) from error


def _typed(name: str) -> str:
    return optional(request.form, name, longest=20) or ""


def _sent() -> Sent:
    files = {piece: manuscripts.sent_file(piece) for piece in PIECES}
    removed = {
        "logo": _is_ticked("without_logo"),
        "logo_dark": _is_ticked("without_logo_dark"),
        "icon": _is_ticked("without_icon"),
    }
    return Sent(
        files={piece: body for piece, body in files.items() if body},
        removed=[piece for piece, is_removed in removed.items() if is_removed],
        alt=optional(request.form, "alt", longest=LONGEST_ALT) or "",
        is_named=_is_ticked("named"),
        is_icon_of_logo=_is_ticked("icon_of_logo"),
    )


def _is_ticked(name: str) -> bool:
    return optional(request.form, name) is not None


def _back(words: str) -> Response:
    flash(words, "staff")
    return redirect(PLACE, code=303)
