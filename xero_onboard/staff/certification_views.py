"""Xero's checkpoints as a live page, and an administrator's word where only a person knows."""

from collections import Counter

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.lib.web import access, required
from xero_onboard.staff import certification

blueprint = Blueprint("staff_certification", __name__)

PLACE = "/staff/certification"


@blueprint.get("/staff/certification")
@access.editor
def index() -> str:
    """What this installation meets, and what is left to do."""
    areas = certification.areas()
    counts = Counter(row.status for area in areas for row in area.rows)
    longest = certification.LONGEST_NOTE
    return render_template("staff/certification.html", areas=areas, counts=counts, longest=longest)


@blueprint.post("/staff/certification/<checkpoint>/confirm")
@access.admin_fresh
def confirm(checkpoint: str) -> Response:
    """Say that a checkpoint is met, and how that is known."""
    note = required(request.form, "note", longest=certification.LONGEST_NOTE)
    try:
        certification.confirm(checkpoint, note)
    except certification.NoSuchCheckpoint as error:
        raise NotFound from error
    except certification.NotAPersonsWord as error:
        raise Conflict(
            "Whether this is met is seen from here, so nobody can confirm it."
        ) from error
    return redirect(f"{PLACE}#{checkpoint}", code=303)


@blueprint.post("/staff/certification/<checkpoint>/withdraw")
@access.admin_fresh
def withdraw(checkpoint: str) -> Response:
    """Take back what was confirmed."""
    try:
        certification.withdraw(checkpoint)
    except certification.NoSuchCheckpoint as error:
        raise NotFound from error
    return redirect(f"{PLACE}#{checkpoint}", code=303)
