"""From reading to connected, in numbers and as charts."""

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from xero_onboard.lib.web import access, optional
from xero_onboard.staff import charts
from xero_onboard.staff.asking import chosen
from xero_onboard.staff.funnel import COLUMNS, ELSEWHERE, SPANS, USUAL_SPAN, Funnel, funnel

blueprint = Blueprint("staff_funnel", __name__)


@blueprint.get("/staff/funnel")
@access.editor
def index() -> str:
    """How many take each step of the way, in all guides or in one."""
    found = _funnel()
    drawn = {"steps": charts.steps(found.total), "columns": charts.columns(found.periods)}
    return render_template(
        "staff/funnel.html", funnel=found, spans=SPANS, kinds=COLUMNS, elsewhere=ELSEWHERE, **drawn
    )


def _funnel() -> Funnel:
    spans = {str(days): days for days in SPANS}
    days = spans.get(chosen("days", optional(request.args, "days"), spans), USUAL_SPAN)
    key = optional(request.args, "article", longest=18) or ""
    if key and key != ELSEWHERE and not (key.isascii() and key.isdigit()):
        raise BadRequest("The field “article” must be the number of a guide.")
    try:
        return funnel(days, key)
    except LookupError as error:
        raise NotFound from error
