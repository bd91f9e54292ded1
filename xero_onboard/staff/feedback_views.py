"""What readers say of the guides: an inbox, and votes in numbers and as a chart."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask import Response as Answer
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from xero_onboard.lib.web import access, optional, required, several_lines
from xero_onboard.lib.web.errors import settle
from xero_onboard.staff import charts, remarks
from xero_onboard.staff.asking import article_id, chosen, id_of, page_number, same_list
from xero_onboard.staff.changing import Overtaken
from xero_onboard.staff.funnel import SPANS, USUAL_SPAN
from xero_onboard.staff.opinions import opinions
from xero_onboard.staff.sheets import sheet

blueprint = Blueprint("staff_feedback", __name__)

PLACE = "/staff/feedback"
LONGEST_NOTE = 2000


@blueprint.get("/staff/feedback")
@access.editor
def index() -> str:
    """What readers wrote, the newest first."""
    return _inbox()


@blueprint.post("/staff/feedback/<uuid:remark_id>")
@access.editor
def work_on(remark_id: UUID) -> Response:
    """Write down what becomes of a remark, and who sees to it."""
    was, wanted = _was(), _wanted()
    try:
        remarks.work_on(remark_id, was, wanted)
    except remarks.UnknownRemark as error:
        raise NotFound from error
    except remarks.UnknownAssignee as error:
        raise BadRequest("The field “assignee” has a value this page does not offer.") from error
    except Overtaken as overtaken:
        # While we hold it, or it could be forgotten before it is shown.
        row = remarks.one(remark_id)
        settle()
        return make_response(_inbox(row, overtaken), 409)
    flash("Saved.", "staff")
    return redirect(same_list(PLACE), code=303)


@blueprint.post("/staff/feedback/export")
@access.editor_fresh
def export() -> Response:
    """What the list shows, whole, as a table."""
    content = sheet(remarks.HEADINGS, remarks.export(_asked()))
    headers = {"Content-Disposition": 'attachment; filename="feedback.csv"'}
    return Answer(content, headers=headers, mimetype="text/csv")


@blueprint.get("/staff/feedback/votes")
@access.editor
def votes() -> str:
    """How many found the guides helpful, or one of them."""
    spans = {str(days): days for days in SPANS}
    days = spans.get(chosen("days", optional(request.args, "days"), spans), USUAL_SPAN)
    try:
        found = opinions(days, article_id())
    except LookupError as error:
        raise NotFound from error
    values = {"chart": charts.votes(found.periods), "titles": remarks.titles(), "spans": SPANS}
    return render_template("staff/votes.html", opinions=found, **values)


def _inbox(first: remarks.Row | None = None, overtaken: Overtaken | None = None) -> str:
    """The list; `first` comes first, whatever is asked for."""
    asked = _asked()
    found = remarks.find(asked)
    if first is not None:
        others = (row for row in found.rows if row.id != first.id)
        found = replace(found, rows=(first, *others))
    words = {"kinds": remarks.KINDS, "statuses": remarks.STATUSES, "titles": remarks.titles()}
    choices = {"colleagues": remarks.colleagues(), "overtaken": overtaken}
    return render_template("staff/feedback.html", asked=asked, found=found, **choices, **words)


def _was() -> remarks.Handling:
    """How it stood when the page was opened."""
    return remarks.Handling(
        required(request.form, "was_status", among=remarks.STATUSES),
        id_of("was_assignee", optional(request.form, "was_assignee", longest=36)),
        several_lines(request.form, "was_note", longest=LONGEST_NOTE),
    )


def _wanted() -> remarks.Handling:
    return remarks.Handling(
        required(request.form, "status", among=remarks.STATUSES),
        id_of("assignee", optional(request.form, "assignee", longest=36)),
        several_lines(request.form, "note", longest=LONGEST_NOTE),
    )


def _asked() -> remarks.Asked:
    return remarks.Asked(
        query=optional(request.args, "query") or "",
        kind=chosen("kind", optional(request.args, "kind"), remarks.KINDS),
        status=chosen("status", optional(request.args, "status"), remarks.STATUSES),
        article_id=article_id(),
        is_in_words=optional(request.args, "words") is not None,
        page=page_number(),
    )
