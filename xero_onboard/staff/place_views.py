"""Where a guide stands and when it is published: name, section, turn, owner and time."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.accounts import people
from xero_onboard.content import drafts, inventory, links, placing, scheduling
from xero_onboard.content.drafts import NoSuchArticle
from xero_onboard.content.editing import NotPossible, SectionPutAway
from xero_onboard.content.models import LONGEST_SLUG
from xero_onboard.content.placing import TakenName, Wanted
from xero_onboard.content.problems import Broken
from xero_onboard.content.scheduling import EndsBefore, NotApproved
from xero_onboard.lib.web import access, optional, required
from xero_onboard.lib.web.errors import show_error
from xero_onboard.staff import manuscripts
from xero_onboard.staff.asking import chosen
from xero_onboard.staff.manuscripts import PUT_AWAY, author

blueprint = Blueprint("staff_places", __name__)

PLACE = "/staff/articles"
_ENDS_BEFORE = (
    "Not scheduled: the draft says that it is taken from readers before that time."
    " Choose an earlier time, or change “Take it from readers on”."
)
_ID = f"{PLACE}/<int(max=9223372036854775807):article_id>"


@blueprint.get(f"{_ID}/place")
@access.editor
def place(article_id: int) -> str:
    """Name, section, turn and owner of a guide."""
    writing = drafts.opened(article_id)
    shelves = inventory.shelves(besides=writing.section_id)
    values: dict[str, Any] = {"writing": writing, "owners": people.staff(), "shelves": shelves}
    others = {shelf.id: placing.neighbours(shelf.id, article_id) for shelf in shelves}
    values["before"] = placing.before(article_id)
    values["linked_from"] = links.leading_to(writing.place)
    return render_template("staff/article_place.html", **values, neighbours=others)


@blueprint.post(f"{_ID}/place")
@access.editor
def move(article_id: int) -> Response:
    """Put the guide somewhere else; old addresses lead on, and links follow."""
    try:
        placing.move(article_id, _wanted(), author())
    except TakenName as error:
        raise Conflict(f"Another guide of this section is called “{error}”.") from error
    except Broken as problem:
        words = f"A guide that links here cannot be written anew: {problem.message}."
        raise Conflict(words) from problem
    return _back(article_id, "The guide has its new place. Old addresses and links lead to it.")


@blueprint.post(f"{_ID}/schedule")
@access.editor
def schedule(article_id: int) -> Response:
    """Have the draft published by itself."""
    try:
        scheduling.schedule(article_id, _moment(required(request.form, "publish_at", longest=25)))
    except Broken:
        return _back(article_id, "Not scheduled: put right what is listed below.")
    except EndsBefore:
        return _back(article_id, _ENDS_BEFORE)
    except NotApproved:
        words = "Not scheduled: a colleague must approve the draft first. Ask for that here."
        return _back(article_id, words, "/approval")
    except NotPossible as error:
        raise Conflict("Save a draft first, and choose a time that has not passed.") from error
    return _back(article_id, "The draft is published by itself at that time.")


@blueprint.post(f"{_ID}/unschedule")
@access.editor
def unschedule(article_id: int) -> Response:
    """Publish nothing by itself."""
    scheduling.unschedule(article_id)
    return _back(article_id, "The draft waits until somebody publishes it.")


@blueprint.errorhandler(SectionPutAway)
def show_put_away(_error: SectionPutAway) -> Response:
    """A section that is archived."""
    return show_error(Conflict(PUT_AWAY))


@blueprint.errorhandler(NoSuchArticle)
def show_unknown(_error: NoSuchArticle) -> Response:
    """A guide or a section that never was."""
    return show_error(NotFound())


def _wanted() -> Wanted:
    slug = required(request.form, "slug", longest=LONGEST_SLUG)
    if not manuscripts.is_slug(slug):
        raise BadRequest(
            "The name must be small letters, digits and hyphens: it stands in the address."
        )
    shelf = manuscripts.number("section", required(request.form, "section", longest=18))
    after = optional(request.form, "after", longest=18)
    owners = {str(user_id): user_id for user_id in people.staff()}
    owner = chosen("owner", optional(request.form, "owner"), owners)
    before = manuscripts.number("after", after) if after else None
    return Wanted(shelf, slug, before, owners.get(owner))


def _moment(given: str) -> datetime:
    try:
        return datetime.fromisoformat(given).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadRequest("The field “publish at” must be a time like 2026-12-01T09:00.") from error


def _back(article_id: int, words: str, goal: str = "") -> Response:
    flash(words, "staff")
    return redirect(f"{PLACE}/{article_id}{goal}", code=303)
