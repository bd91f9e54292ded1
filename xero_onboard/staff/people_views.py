"""All accounts, for administrators: roles, closing them, and a second step that was lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request
from sqlalchemy.exc import NoResultFound
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.accounts import customers, directory, people
from xero_onboard.lib.reader import Role, current_reader
from xero_onboard.lib.web import access, optional, required
from xero_onboard.staff.asking import page_number

blueprint = Blueprint("staff_people", __name__)

PLACE = "/staff/people"


@blueprint.get("/staff/people")
@access.admin
def index() -> str:
    """Everybody who has an account, or those who are looked for."""
    words = optional(request.args, "query", longest=200) or ""
    found = directory.find(words, page_number())
    values = {"found": found, "query": words, "orphaned": customers.orphaned()}
    return render_template("staff/people.html", **values)


@blueprint.post("/staff/people/<uuid:user_id>/role")
@access.admin_fresh
def role(user_id: UUID) -> Response:
    """Give another role; all sessions of the person end."""
    chosen = cast(Role, required(request.form, "role", among=("reader", "editor", "admin")))
    return _do(lambda: people.set_role(user_id, chosen))


@blueprint.post("/staff/people/<uuid:user_id>/disable")
@access.admin_fresh
def disable(user_id: UUID) -> Response:
    """Close an account; all its sessions end."""
    return _do(lambda: people.disable(user_id))


@blueprint.post("/staff/people/<uuid:user_id>/enable")
@access.admin_fresh
def enable(user_id: UUID) -> Response:
    """Open a closed account again."""
    return _do(lambda: people.enable(user_id))


@blueprint.post("/staff/people/<uuid:user_id>/second-step")
@access.admin_fresh
def remove_second_step(user_id: UUID) -> Response:
    """Take away a second step that its owner has lost."""
    own_id = current_reader().user_id or abort(403)
    return _do(lambda: people.remove_second_step(user_id, by=own_id))


@blueprint.post("/staff/people/<uuid:user_id>/administer/<uuid:customer_id>")
@access.admin_fresh
def administer(user_id: UUID, customer_id: UUID) -> Response:
    """Choose who administers a customer that nobody can administer any more."""
    try:
        customers.appoint(customer_id, user_id)
    except (customers.NoSuchColleague, NoResultFound) as error:
        raise NotFound from error
    except customers.StillAdministered as error:
        raise Conflict("Somebody administers this customer by now.") from error
    return redirect(f"/staff/connections/customers/{customer_id}", code=303)


def _do(change: Callable[[], object]) -> Response:
    """Change one account and go back to all; what cannot be done is said in words."""
    with _refusing():
        change()
    return redirect(PLACE, code=303)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except people.NoSuchPerson as error:
        raise NotFound from error
    except people.LastAdministrator as error:
        raise Conflict("This is the last administrator. Make another one first.") from error
    except people.OnlyWayIn as error:
        raise Conflict(_ONLY_WAY_IN) from error
    except people.NeedsAnotherAdministrator as error:
        raise Conflict("Your own second step is taken away by another administrator.") from error


_ONLY_WAY_IN = (
    "Their passkeys are the only way into this account, and nothing else proves who they are. "
    "Who has lost them all signs up anew, and is invited by a colleague."
)
