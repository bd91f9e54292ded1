"""What readers look for, in lists and over time."""

from flask import Blueprint, render_template, request

from xero_onboard.lib.web import access, optional
from xero_onboard.staff import charts
from xero_onboard.staff.asking import chosen
from xero_onboard.staff.searching import SPANS, USUAL_SPAN, lookups

blueprint = Blueprint("staff_searches", __name__)


@blueprint.get("/staff/searches")
@access.editor
def index() -> str:
    """What finds nothing, what nobody opens, and what is looked for most."""
    spans = {str(days): days for days in SPANS}
    days = spans.get(chosen("days", optional(request.args, "days"), spans), USUAL_SPAN)
    found = lookups(days)
    columns = charts.searches(found.periods)
    return render_template("staff/searches.html", lookups=found, spans=SPANS, columns=columns)
