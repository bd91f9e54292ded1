"""The inbox of a development site; registered only where there is no mail server."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template

from xero_onboard.lib.web import access
from xero_onboard.ops.inbox import find, newest

# The text of a mail as a mail program shows it: no script, no form, nothing fetched, nothing of ours.
ALONE = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

inbox = Blueprint("inbox", __name__)


@inbox.get("/inbox")
@access.anyone
def index() -> str:
    """All mail of the site, newest first."""
    return render_template("ops/inbox.html", mails=newest())


@inbox.get("/inbox/<uuid:mail_id>")
@access.anyone
def mail(mail_id: UUID) -> str:
    """One mail as text."""
    opened = find(mail_id) or abort(404)
    return render_template("ops/inbox_mail.html", mail=opened.mail, letter=opened.letter)


@inbox.get("/inbox/<uuid:mail_id>/html")
@access.anyone
def html(mail_id: UUID) -> Response:
    """One mail's other form, as it is."""
    opened = find(mail_id)
    if opened is None or opened.letter is None:
        abort(404)
    headers = {"Content-Security-Policy": ALONE, "X-Robots-Tag": "noindex"}
    return Response(opened.letter.html, headers=headers, mimetype="text/html")
