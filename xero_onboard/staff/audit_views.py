"""The audit log, for administrators: to search, and to see whether it is whole."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from xero_onboard.lib import audit
from xero_onboard.lib.web import access, optional
from xero_onboard.staff import checking
from xero_onboard.staff.asking import page_number

blueprint = Blueprint("staff_audit", __name__)


@blueprint.get("/staff/audit")
@access.admin
def index() -> str:
    """What was done, the newest first."""
    asked = {name: optional(request.args, name) for name in ("query", "event", "person", "since")}
    found = audit.search(
        asked["query"] or "",
        event=_event(asked["event"]),
        actor=_person(asked["person"]),
        since=_moment(asked["since"]),
        page=page_number(),
    )
    values = {"asked": asked, "found": found, "events": sorted(audit.EVENTS)}
    return render_template("staff/audit.html", **values, check=checking.latest())


@blueprint.post("/staff/audit/check")
@access.admin
def check() -> Response:
    """Walk the whole log now."""
    checking.check()
    return redirect("/staff/audit", code=303)


def _event(given: str | None) -> str | None:
    if given is not None and given not in audit.EVENTS:
        raise BadRequest("The field “event” has a value this page does not offer.")
    return given


def _person(given: str | None) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise BadRequest("The field “person” must be the number of an account.") from error


def _moment(given: str | None) -> datetime | None:
    try:
        return datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC) if given else None
    except ValueError as error:
        raise BadRequest("The field “since” must be a day like 2026-11-22.") from error
