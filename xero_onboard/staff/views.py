"""Where support staff begin."""

from flask import Blueprint, render_template

from xero_onboard.connect import alarms
from xero_onboard.content import approvals, inventory
from xero_onboard.feedback import comments
from xero_onboard.lib.web import access
from xero_onboard.staff import checking, remarks, requests

blueprint = Blueprint("staff", __name__)


@blueprint.get("/staff")
@access.editor
def index() -> str:
    """What the reader can do here today."""
    missed = inventory.find(inventory.Asked(state="missed")).rows
    values = {"alarms": alarms.present(), "missed": missed, "check": checking.latest()}
    waiting = {
        "approvals": approvals.waiting(),
        "comments": comments.waiting(),
        "remarks": remarks.waiting(),
        "requests": requests.figures(),
    }
    return render_template("staff/index.html", **values, **waiting)
