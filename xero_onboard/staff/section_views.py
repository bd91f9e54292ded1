"""Sections: the shelves that guides stand on, and their order."""

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.content import sections
from xero_onboard.content.models import LONGEST_SLUG
from xero_onboard.content.sections import NoSuchSection, NotEmpty, TakenName, Wording
from xero_onboard.lib.web import access, optional, required
from xero_onboard.lib.web.errors import show_error
from xero_onboard.staff import manuscripts

blueprint = Blueprint("staff_sections", __name__)

PLACE = "/staff/sections"
_ID = f"{PLACE}/<int(max=9223372036854775807):section_id>"
# As long as files may say it.
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 150, 160


@blueprint.get(PLACE)
@access.editor
def index() -> str:
    """All sections, in order."""
    found = sections.everything()
    return render_template("staff/sections.html", found=found, locales=_locales())


@blueprint.post(PLACE)
@access.editor
def begin() -> Response:
    """Begin a section; readers see it as soon as there is a guide in it."""
    slug = required(request.form, "slug", longest=LONGEST_SLUG)
    locale = required(request.form, "locale", among=_locales())
    if not manuscripts.is_slug(slug):
        raise BadRequest("The name in the address must be small letters, digits and hyphens.")
    try:
        sections.create(locale, slug, _wording())
    except TakenName as error:
        raise Conflict(f"Another section is called “{slug}” in its address.") from error
    return _back("The section is there. Readers see it as soon as there is a guide in it.")


@blueprint.get(_ID)
@access.editor
def edit(section_id: int) -> str:
    """One section."""
    found, own = sections.everything(), sections.opened(section_id)
    others = [each for each in found if each.locale == own.locale and not each.is_archived]
    turn = next((turn for turn, each in enumerate(others) if each.id == section_id), 0)
    before = others[turn - 1].id if turn else None
    others = [each for each in others if each.id != section_id]
    return render_template("staff/section.html", section=own, others=others, before=before)


@blueprint.post(_ID)
@access.editor
def change(section_id: int) -> Response:
    """Name, description and turn."""
    after = optional(request.form, "after", longest=18)
    sections.change(section_id, _wording(), manuscripts.number("after", after) if after else None)
    return _back("The section is changed.")


@blueprint.post(f"{_ID}/archive")
@access.editor
def archive(section_id: int) -> Response:
    """Put away an empty section."""
    try:
        sections.archive(section_id)
    except NotEmpty as error:
        raise Conflict("Move or archive the guides of this section first.") from error
    return _back("The section is archived.")


@blueprint.post(f"{_ID}/bring-back")
@access.editor
def bring_back(section_id: int) -> Response:
    """Go on with an archived section."""
    sections.bring_back(section_id)
    return _back("Guides can be put into the section again.")


@blueprint.errorhandler(NoSuchSection)
def show_unknown(_error: NoSuchSection) -> Response:
    """A section that never was."""
    return show_error(NotFound())


def _locales() -> tuple[str, ...]:
    """The languages in which there are sections."""
    return manuscripts.languages_of(sections.everything())


def _wording() -> Wording:
    title = required(request.form, "title", longest=_LONGEST_TITLE)
    return Wording(title, required(request.form, "description", longest=_LONGEST_DESCRIPTION))


def _back(words: str) -> Response:
    flash(words, "staff")
    return redirect(PLACE, code=303)
