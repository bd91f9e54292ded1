"""Snippets: texts that several guides share, changed in one place."""

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.accounts import people
from xero_onboard.content import history, inventory, sharing
from xero_onboard.content.models import LONGEST_REASON, LONGEST_SLUG
from xero_onboard.content.problems import Broken
from xero_onboard.content.sharing import (
    InUse,
    NoSuchSnippet,
    NotApproved,
    Overtaken,
    TakenName,
    Written,
)
from xero_onboard.content.shelf import LARGEST_GUIDE
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import access, optional, required, takes, written
from xero_onboard.lib.web.errors import show_error
from xero_onboard.staff import manuscripts
from xero_onboard.staff.manuscripts import LARGEST_FORM, author

blueprint = Blueprint("staff_snippets", __name__)

PLACE = "/staff/snippets"
_ONE = f"{PLACE}/<locale>/<name>"


@blueprint.get(PLACE)
@access.editor
def index() -> str:
    """All snippets, and how many guides hold each."""
    found = [(each, sharing.uses(each.locale, each.name)) for each in sharing.all_snippets()]
    return render_template("staff/snippets.html", found=found, locales=_locales())


@blueprint.post(PLACE)
@access.editor
def begin() -> Response:
    """Begin a snippet."""
    name = required(request.form, "name", longest=LONGEST_SLUG)
    locale = required(request.form, "locale", among=_locales())
    if not manuscripts.is_slug(name):
        raise BadRequest("The name must be small letters, digits and hyphens.")
    try:
        sharing.create(locale, name, "Write here what the guides share.", author())
    except TakenName as error:
        raise Conflict(f"There is a snippet “{name}” already.") from error
    return _back(locale, name, "Begun. No guide holds it yet.")


@blueprint.get(_ONE)
@access.editor
def edit(locale: str, name: str) -> str:
    """One snippet, and the guides that hold it."""
    snippet = sharing.opened(locale, name)
    return _page(snippet, snippet.body)


@blueprint.post(_ONE)
@access.editor
@takes(LARGEST_FORM)
def save(locale: str, name: str) -> Response | str:
    """Change it in every guide at once; a text that would break one of them is not taken."""
    typed = written(request.form, "body", longest=LARGEST_GUIDE)
    body, base = typed.strip("\n"), manuscripts.typed_base()
    try:
        count = sharing.save(locale, name, base, body, author(), _why())
    except NotApproved:
        return _page(sharing.opened(locale, name), body, is_unapproved=True)
    except Broken as problem:
        snippet = sharing.opened(locale, name)
        return _page(snippet, body, problem=problem)
    except Overtaken as overtaken:
        page = _page(overtaken.theirs, body, is_overtaken=True)
        return Response(page, status=409, mimetype="text/html")
    return _back(locale, name, _counted(count))


@blueprint.post(f"{_ONE}/offer/leave")
@access.editor
def leave_offer(locale: str, name: str) -> Response:
    """Keep what staff wrote; the file may say otherwise."""
    sharing.leave_offer(locale, name)
    return _back(locale, name, "What the file says is left out.")


@blueprint.post(f"{_ONE}/remove")
@access.editor
def remove(locale: str, name: str) -> Response:
    """Give up a snippet that nothing holds."""
    try:
        sharing.remove(locale, name)
    except InUse as error:
        raise Conflict("Take the snippet out of all guides and snippets first.") from error
    flash(f"The snippet “{name}” is removed.", "staff")
    return redirect(PLACE, code=303)


@blueprint.errorhandler(NoSuchSnippet)
def show_unknown(_error: NoSuchSnippet) -> Response:
    """A snippet that never was, or is no more."""
    return show_error(NotFound())


def _locales() -> tuple[str, ...]:
    """The languages in which there are guides."""
    return manuscripts.languages_of(inventory.shelves())


def _why() -> str:
    """Why nobody approves it first; only administrators can say that."""
    is_admin = current_reader().role == "admin"
    return (optional(request.form, "reason", longest=LONGEST_REASON) or "") if is_admin else ""


def _page(
    snippet: Written,
    body: str,
    problem: Broken | None = None,
    *,
    is_overtaken: bool = False,
    is_unapproved: bool = False,
) -> str:
    other = snippet.offered if snippet.offered is not None else snippet.body
    values = {
        "needs_approval": sharing.needs_approval(snippet.locale, snippet.name),
        "is_unapproved": is_unapproved,
        "snippet": snippet,
        "body": body,
        "problem": problem,
        "is_overtaken": is_overtaken,
        "uses": sharing.uses(snippet.locale, snippet.name),
        "author": people.names_of({snippet.author_id}) if snippet.author_id else {},
        "changes": history.compare_bodies(other, body),
    }
    return render_template("staff/snippet.html", **values)


def _counted(count: int) -> str:
    if not count:
        return "Saved. No published guide holds it."
    guides = "guide shows" if count == 1 else "guides show"
    return f"Saved, and published: {count} {guides} it."


def _back(locale: str, name: str, words: str) -> Response:
    flash(words, "staff")
    return redirect(f"{PLACE}/{locale}/{name}", code=303)
