"""Where support staff begin."""

from flask import Blueprint, render_template

from xero_onboard.accounts import subscribers
from xero_onboard.connect import alarms
from xero_onboard.content import approvals, inventory
from xero_onboard.feedback import comments
from xero_onboard.lib.web import access
from xero_onboard.staff import checking, remarks, requests, waiting
from xero_onboard.staff.manuscripts import author
from xero_onboard.staff.naming import titled

blueprint = Blueprint("staff", __name__)
blueprint.add_app_template_filter(titled)


@blueprint.get("/staff")
@access.editor
def index() -> str:
    """What the reader can do here today."""
    missed = inventory.find(inventory.Asked(state="missed")).rows
    values = {"alarms": alarms.present(), "missed": missed, "check": checking.latest()}
    figures = {
        "approvals": approvals.waiting(),
        "comments": comments.waiting(),
        "remarks": remarks.waiting(),
        "in_words": sum(remarks.in_words_by_guide().values()),
        "requests": requests.figures(),
        "waiting": waiting.found().of(subscribers.one(author())),
    }
    return render_template("staff/index.html", **values, **figures)
