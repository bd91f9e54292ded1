"""Colleagues: who acts for a customer, inviting them, and which customer the reader acts for."""

from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, NotFound
from werkzeug.wrappers import Response

from xero_onboard.accounts import customers, invitations, letters, passwords, registering
from xero_onboard.accounts.customers import OwnCustomer
from xero_onboard.accounts.models import LONGEST_EMAIL
from xero_onboard.connect.departure import Origin
from xero_onboard.connect.results import parsed_id
from xero_onboard.connect.views import read_origin
from xero_onboard.lib import audit, mail
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import RIGHTS, Owner, Right, current_reader, forget_reader
from xero_onboard.lib.web import access, flood, optional, required, required_name, visitor
from xero_onboard.lib.web.errors import settle, show_error

blueprint = Blueprint("colleagues", __name__)

_HOME = "/account/colleagues"
_NOBODY_LEFT = marked(
    "Somebody has to administer your company’s account, and nobody else does. "
    "Hand over to a colleague who can sign in, then do this again."
)
_ANOTHER = marked(
    "Another invitation was opened in this browser meanwhile. This is the one: look again."
)
_CONFIRM = marked("Tick the box to say that the invitation is meant for you.")


@blueprint.get(_HOME)
@access.signed_in
def index() -> str:
    """Who acts for the customer, and the invitations that are open."""
    return _page()


@blueprint.post("/account/colleagues/invite")
@access.administers
@access.for_shown_customer
@flood.costly
def invite() -> Response:
    """Mail an invitation; the answer is the same for an address that has an account."""
    right, typed = _right(), optional(request.form, "email", longest=LONGEST_EMAIL) or ""
    try:
        invitations.invite(_actor(), typed, right, visitor.network())
    except passwords.BadAddress:
        settle()
        return make_response(_page(_(registering.BAD_ADDRESS), typed, right), 400)
    return _done(_("The invitation is on its way. It can be accepted for seven days."))


@blueprint.post("/account/colleagues/invitations/<uuid:invitation_id>/withdraw")
@access.administers
@access.for_shown_customer
def withdraw(invitation_id: UUID) -> Response:
    """Make an invitation worthless."""
    invitations.withdraw(_actor(), invitation_id)
    return _done(_("The invitation is withdrawn."))


@blueprint.post("/account/colleagues/<uuid:user_id>/right")
@access.administers
@access.for_shown_customer
def set_right(user_id: UUID) -> Response:
    """Say what a colleague may do."""
    customers.set_right(_actor(), user_id, _right())
    return _done(_("What your colleague may do was changed."))


@blueprint.post("/account/colleagues/<uuid:user_id>/remove")
@access.administers
@access.for_shown_customer
def remove(user_id: UUID) -> Response:
    """Take a colleague away from the customer."""
    customers.remove(_actor(), user_id)
    return _done(_("Your colleague no longer acts for your company."))


@blueprint.post("/account/colleagues/<uuid:user_id>/hand-over")
@access.administers
@access.for_shown_customer
def hand_over(user_id: UUID) -> Response:
    """Have a colleague administer in the reader's place."""
    customers.hand_over(_actor(), user_id)
    return _done(_("You have handed over. Your colleague administers the account now."))


@blueprint.post("/account/customers/leave")
@access.fresh
@access.for_shown_customer
def leave() -> Response:
    """Act for the customer no longer."""
    customers.leave(_actor())
    session.pop("customer", None)
    forget_reader()
    return _done(_("You have left. The connections there stay as they are."))


@blueprint.post("/account/customers/switch")
@access.signed_in
def switch() -> Response:
    """Act for another of the reader's customers; one that is not theirs is unknown."""
    origin, chosen = read_origin(), parsed_id(required(request.form, "customer", longest=36))
    if chosen not in {each.id for each in own_customers()}:
        abort(404)
    session["customer"] = str(chosen)
    forget_reader()
    audit.record("customer_switched", customer=chosen, subject=f"customer:{chosen}")
    return redirect(origin.href, code=303)


@blueprint.post("/account/customers/rename")
@access.administers
@access.for_shown_customer
def rename() -> Response:
    """Call the customer by another name."""
    customers.rename(_actor(), required_name(request.form, "name"))
    return _done(_("The new name is kept."))


@blueprint.get("/invitations/<token>")
@access.anyone
def open_link(token: str) -> Response:
    """Take the secret out of the address: it must not go along to the sign-in, or stay in a history."""
    session["invitation"] = str(invitations.by_link(token).id)
    return redirect("/invitations", code=303)


@blueprint.get("/invitations")
@access.anyone
def invitation() -> str:
    """What the link offers that was opened in this browser; looking uses nothing up."""
    return _offer_page()


@blueprint.post("/invitations")
@access.signed_in
def accept() -> Response:
    """Join, and act for that customer from now on."""
    reader, is_confirmed = current_reader(), optional(request.form, "confirm") == "yes"
    was_read = optional(request.form, "offer")
    offer = invitations.by_id(_opened())
    if was_read not in (None, str(offer.id)):
        settle()
        return make_response(_offer_page(_(_ANOTHER)), 409)
    if not is_confirmed and not _is_addressee(offer):
        settle()
        return make_response(_offer_page(_(_CONFIRM)), 400)
    invitations.accept(offer.id, reader.user_id or UUID(int=0))
    session.pop("invitation", None)
    session["customer"] = str(offer.customer_id)
    forget_reader()
    return _done(_("You are one of them now."))


@blueprint.app_errorhandler(access.AnotherCustomer)
def show_another_customer(error: access.AnotherCustomer) -> Response:
    """Nothing was done: for whom the reader acts now, and how to act for the one the page showed."""
    try:
        origin = Origin(_HOME, "") if request.blueprint == blueprint.name else read_origin()
    except BadRequest as bad:
        return show_error(bad)
    settle()
    shown = next((each for each in own_customers() if str(each.id) == error.shown), None)
    values = {"shown": shown, "origin": origin}
    return make_response(render_template("colleagues/another_customer.html", **values), 409)


@blueprint.errorhandler(customers.NoSuchColleague)
def show_unknown(_error: customers.NoSuchColleague) -> Response:
    """Somebody else's colleague is as unknown as nobody."""
    return show_error(NotFound())


@blueprint.errorhandler(customers.NotAllowed)
def show_not_allowed(_error: customers.NotAllowed) -> Response:
    """Somebody was quicker, and has taken this right away."""
    return show_error(Forbidden(_(access.NOT_ALLOWED["administer"])))


@blueprint.errorhandler(customers.NobodyLeft)
def show_nobody_left(_error: customers.NobodyLeft) -> Response:
    """The last one who administers cannot go."""
    return show_error(Conflict(_(_NOBODY_LEFT)))


@blueprint.errorhandler(invitations.NoSuchInvitation)
def show_void(_error: invitations.NoSuchInvitation) -> Response:
    """Used, withdrawn, run out and unknown are told alike."""
    if request.path.startswith("/account"):
        return show_error(NotFound())
    settle()
    return make_response(render_template("colleagues/void.html"), 410)


def own_customers() -> tuple[OwnCustomer, ...]:
    """The customers the reader acts for, asked for once in a request; a stranger costs no query."""
    reader = current_reader()
    if reader.user_id is None:
        return ()
    if "own_customers" not in g:
        g.own_customers = customers.customers_of(reader.user_id)
    found: tuple[OwnCustomer, ...] = g.own_customers
    return found


def _actor() -> Owner:
    """The reader and the customer they act for; who acts for none has nothing to do here."""
    reader = current_reader()
    if reader.user_id is None or reader.customer_id is None:
        abort(404)
    return Owner(reader.user_id, reader.customer_id)


def _right() -> Right:
    given = required(request.form, "right", among=RIGHTS)
    return next(right for right in RIGHTS if right == given)


def _opened() -> UUID:
    """The invitation whose link was opened in this browser. Raises NoSuchInvitation."""
    opened = parsed_id(session.get("invitation"))
    if opened is None:
        raise invitations.NoSuchInvitation
    return opened


def _is_addressee(offer: invitations.Offer) -> bool:
    user_id = current_reader().user_id
    known = letters.addresses_of(user_id) if user_id else set()
    return offer.email in {passwords.comparable(address) for address in known}


def _offer_page(error: str | None = None) -> str:
    offer = invitations.by_id(_opened())
    values = {"words": customers.WORDS, "is_addressee": _is_addressee(offer), "error": error}
    return render_template("colleagues/invitation.html", offer=offer, **values)


def _page(error: str | None = None, typed: str = "", right: Right = "connect") -> str:
    customer_id = current_reader().customer_id
    return render_template(
        "colleagues/index.html",
        colleagues=customers.colleagues(customer_id) if customer_id else (),
        invitations=invitations.open_invitations(customer_id) if customer_id else (),
        words=customers.WORDS,
        is_mail_slow=mail.is_stuck(),
        error=error,
        typed=typed,
        right=right,
    )


def _done(news: str) -> Response:
    flash(news, "colleagues")
    return redirect(_HOME, code=303)
