"""The inbox of requests: read, answered by mail and on the page, and given to somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from xero_onboard.feedback.requests import LONGEST_WORDS
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import access, optional, required, several_lines
from xero_onboard.lib.web.errors import settle
from xero_onboard.staff import remarks, requests
from xero_onboard.staff.asking import article_id, chosen, id_of, page_number
from xero_onboard.staff.changing import Overtaken

blueprint = Blueprint("staff_requests", __name__)

PLACE = "/staff/requests"
_ONE = "/staff/requests/<uuid:request_id>"
WHOSE = {requests.MINE: "Mine", requests.NOBODYS: "Nobody’s"}


@blueprint.get(PLACE)
@access.editor
def index() -> str:
    """What readers ask, what has waited longest first."""
    asked = requests.Asked(
        query=optional(request.args, "query") or "",
        status=chosen("status", optional(request.args, "status"), requests.STATUSES),
        whose=chosen("whose", optional(request.args, "whose"), WHOSE),
        article_id=article_id(),
        page=page_number(),
    )
    found = requests.find(asked, current_reader().user_id)
    values = {"figures": requests.figures(), "titles": remarks.titles(), "whose": WHOSE}
    return render_template(
        "staff/requests.html", asked=asked, found=found, statuses=requests.STATUSES, **values
    )


@blueprint.get(_ONE)
@access.editor
def show(request_id: UUID) -> str:
    """One request, with what its reader sent along, and notes."""
    return _page(request_id)


@blueprint.post(f"{_ONE}/answer")
@access.editor
def answer(request_id: UUID) -> Response:
    """Write to whoever asked, on the page and by mail."""
    words = _words()
    status = required(request.form, "status", among=requests.STATUSES)
    read_to = id_of("read_to", required(request.form, "read_to", longest=36))
    try:
        with _refusing():
            requests.answer(request_id, words, current_reader().user_id, status, read_to)
    except requests.SaidMeanwhile:
        settle()
        return make_response(_page(request_id, unsent=(words, status)), 409)
    return _back(request_id, "Your answer is on its way.")


@blueprint.post(f"{_ONE}/note")
@access.editor
def note(request_id: UUID) -> Response:
    """Write something that only colleagues read."""
    words = _words()
    with _refusing():
        requests.note(request_id, words, current_reader().user_id)
    return _back(request_id, "Your note is kept.")


@blueprint.post(_ONE)
@access.editor
def handle(request_id: UUID) -> Response:
    """Say how it stands, who looks after it, and which guide it is about."""
    was, wanted = _was(), _wanted()
    try:
        with _refusing():
            requests.handle(request_id, was, wanted)
    except Overtaken as overtaken:
        settle()
        return make_response(_page(request_id, overtaken), 409)
    return _back(request_id, "Saved.")


def _page(
    request_id: UUID,
    overtaken: Overtaken | None = None,
    unsent: tuple[str, str] = ("", "waiting"),
) -> str:
    with _refusing():
        case = requests.case(request_id)
    choices = {"statuses": requests.STATUSES, "colleagues": remarks.colleagues()}
    values = {"case": case, "titles": remarks.titles(), "overtaken": overtaken, "unsent": unsent}
    return render_template("staff/request.html", **choices, **values)


def _was() -> requests.Handling:
    """How it stood when the page was opened."""
    return requests.Handling(
        required(request.form, "was_status", among=requests.STATUSES),
        id_of("was_assignee", optional(request.form, "was_assignee", longest=36)),
        _guide(optional(request.form, "was_article", longest=18)),
    )


def _wanted() -> requests.Handling:
    return requests.Handling(
        required(request.form, "status", among=requests.STATUSES),
        id_of("assignee", optional(request.form, "assignee", longest=36)),
        _guide(optional(request.form, "article", longest=18)),
    )


def _guide(given: str | None) -> int | None:
    if given and not (given.isascii() and given.isdigit()):
        raise BadRequest("The field “article” must be the number of a guide.")
    return int(given) if given else None


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except requests.UnknownRequest as error:
        raise NotFound from error
    except remarks.UnknownAssignee as error:
        raise BadRequest("The field “assignee” has a value this page does not offer.") from error
    except requests.UnknownGuide as error:
        raise BadRequest("The field “article” has a value this page does not offer.") from error


def _words() -> str:
    words = several_lines(request.form, "words", longest=LONGEST_WORDS)
    if words is None:
        raise BadRequest("Write something first.")
    return words


def _back(request_id: UUID, words: str) -> Response:
    flash(words, "staff")
    return redirect(f"{PLACE}/{request_id}", code=303)
