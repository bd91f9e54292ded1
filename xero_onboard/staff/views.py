"""Where support staff begin."""

from flask import Blueprint, render_template

from xero_onboard.lib.web import access

blueprint = Blueprint("staff", __name__)


@blueprint.get("/staff")
@access.editor
def index() -> str:
    """What the reader can do here today."""
    return render_template("staff/index.html")
