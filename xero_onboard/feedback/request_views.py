"""Submitting a request to the support staff, and following what becomes of it."""

import io
from collections.abc import Collection
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    session,
)
from werkzeug.exceptions import BadRequest, Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.config import LOCALE
from xero_onboard.feedback import once_more, request_form, requests, uploads
from xero_onboard.feedback.models import HelpRequest
from xero_onboard.feedback.request_form import allow_files
from xero_onboard.lib import mail
from xero_onboard.lib.languages import SOURCE
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.reader import current_reader, has_session_cookie
from xero_onboard.lib.web import access, flood, optional, required, several_lines, visitor
from xero_onboard.lib.web.errors import settle, show_error

blueprint = Blueprint("requests", __name__)

_PLACE = "/hc/<locale>/requests"
_ONE = f"{_PLACE}/<reference>"
_CATEGORY = "request"
_MOST_REMEMBERED = 20


@blueprint.get(_PLACE)
@access.anyone
def index(locale: str) -> str:
    """What this reader has asked so far."""
    found = requests.of_reader(current_reader(), _remembered("requests"))
    return render_template("requests/index.html", requests=found, locale=locale)


@blueprint.get(f"{_PLACE}/new")
@access.anyone
def new(locale: str) -> str:
    """The form, with what would be sent along shown before it is."""
    return request_form.page(locale, request_form.asked_for())


@blueprint.post(f"{_PLACE}/new")
@access.anyone
@flood.costly
def submit(locale: str) -> Response:
    """Send a request; a stranger confirms it by mail."""
    allow_files()
    typed = request_form.read()
    try:
        request_form.check(typed)
        requests.admit(typed.email, current_reader(), visitor.network())
        asked = requests.submit(request_form.draft(locale, typed), current_reader())
    except request_form.Wrong as error:
        return request_form.refuse(locale, typed, error)
    except mail.UnsafeAddress:
        return request_form.refuse(locale, typed, request_form.BAD_ADDRESS)
    _remember("begun", asked)
    return redirect(_href(asked), code=303)


@blueprint.get(_ONE)
@access.anyone
def show(locale: str, reference: str) -> str:
    """One request, with everything that was said."""
    return _page(_own(reference))


@blueprint.get(f"{_ONE}/verify/<token>")
@access.anyone
def open_link(locale: str, reference: str, token: str) -> Response:
    """Take the secret out of the address, and let this browser follow the request."""
    asked = requests.by_link(reference, token)
    _remember("requests", asked)
    return redirect(_href(asked), code=303)


@blueprint.post(f"{_ONE}/confirm")
@access.anyone
def confirm(locale: str, reference: str) -> Response:
    """Say that it was oneself who asked; only the mailed link leads here."""
    asked = requests.found(reference, current_reader(), _remembered("requests"), ())
    requests.confirm(asked)
    return _back(asked, _("Thank you. Your request is with our support staff."))


@blueprint.post(f"{_ONE}/messages")
@access.anyone
@flood.costly
def write(locale: str, reference: str) -> Response:
    """Say more about a request."""
    allow_files()
    words = several_lines(request.form, "words", longest=requests.LONGEST_WORDS)
    asked = _own(reference)
    if words is None:
        return _wrong(asked, None, _("Write what you want to add."))
    requests.admit_message(asked)
    try:
        files = uploads.read(request.files.getlist("attachment"))
    except uploads.Refused as error:
        return _wrong(asked, words, str(error))
    requests.write(asked, words, files, current_reader())
    return _back(asked, _("Your message is sent."))


@blueprint.post(f"{_ONE}/solved")
@access.anyone
def solve(locale: str, reference: str) -> Response:
    """Say that nothing is left to answer, and whether it was a guide that helped."""
    given = optional(request.form, "article", longest=18)
    if given and not (given.isascii() and given.isdigit()):
        raise BadRequest(_("The field “article” must be the number of a guide."))
    asked = _own(reference)
    try:
        requests.solve(asked, int(given) if given else None)
    except requests.UnknownGuide as error:
        raise BadRequest(_("The field “article” names a guide that is not here.")) from error
    return _back(asked, _("Thank you for telling us. Your request is closed."))


@blueprint.post(f"{_ONE}/link")
@access.anyone
@flood.costly
def send_link(locale: str, reference: str) -> Response:
    """Mail the link again, if the address is the one that asked; the answer is the same if not."""
    address = required(request.form, "email", longest=320)
    once_more.check()
    requests.send_link(reference, address, visitor.network())
    flash(_("If that is the address of this request, its link is on the way."), _CATEGORY)
    return redirect(f"/hc/{locale}/requests", code=303)


@blueprint.get("/hc/request_attachments/<uuid:attachment_id>/<name>")
@access.anyone
def attachment(attachment_id: UUID, name: str) -> Response:
    """A file beside a request, as a download and never as a page."""
    file, asked = requests.attachment(attachment_id)
    if not current_reader().works_here:
        _own(asked.reference)
    return download(file.name, file.content_type, file.body)


@blueprint.errorhandler(requests.UnknownRequest)
def show_unknown(_error: requests.UnknownRequest) -> Response:
    """The same for what is somebody else's as for what never was, with the way to one's own."""
    settle()
    reference = str((request.view_args or {}).get("reference", ""))[:20]
    if "attachment_id" in (request.view_args or {}):
        return show_error(NotFound())
    return make_response(render_template("requests/unknown.html", reference=reference), 404)


@blueprint.errorhandler(requests.Unconfirmed)
def show_unconfirmed(_error: requests.Unconfirmed) -> Response:
    """No page of ours offers it before; whoever does without one learns what is to be done first."""
    return show_error(
        Conflict(_("First open the link that we mailed you, and confirm your request."))
    )


def download(name: str, content_type: str, body: bytes) -> Response:
    """Bytes that somebody sent, which no browser may take for a page of ours."""
    response = send_file(
        io.BytesIO(body), mimetype=content_type, as_attachment=True, download_name=name
    )
    # Flask lets browsers keep files; this one is a person's.
    response.headers.pop("Cache-Control", None)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def thanks() -> list[str]:
    """For templates: what became of the button that was pressed last."""
    told = get_flashed_messages(category_filter=[_CATEGORY]) if has_session_cookie() else ()
    return [str(words) for words in told]


@blueprint.url_value_preprocessor
def know_language(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Addresses are for languages; what is no name of one leads nowhere."""
    if not LOCALE.fullmatch((values or {}).get("locale", SOURCE)):
        abort(404)


def _own(reference: str) -> HelpRequest:
    """The request of this name, if this reader may see it; raises UnknownRequest."""
    opened, begun = _remembered("requests"), _remembered("begun")
    return requests.found(reference, current_reader(), opened, begun)


def _page(asked: HelpRequest, words: str = "", error: str | None = None) -> str:
    return render_template(
        "requests/request.html",
        asked=asked,
        # Who only began it here has not shown yet that the address is theirs.
        is_proven=str(asked.id) in _remembered("requests"),
        conversation=requests.conversation(asked),
        is_mail_slow=asked.status == "unconfirmed" and mail.is_stuck(),
        words=words,
        error=error,
        accepted=uploads.ACCEPTED,
        kinds=uploads.kinds(),
        most_bytes=uploads.MOST_BYTES,
        most_in_all=uploads.MOST_IN_ALL,
    )


def _wrong(asked: HelpRequest, words: str | None, error: str) -> Response:
    return make_response(_page(asked, words or "", error), 400)


def _remember(what: str, asked: HelpRequest) -> None:
    """Requests that were begun or opened in this browser; the latest ones."""
    others = [each for each in _remembered(what) if each != str(asked.id)]
    session[what] = [*others, str(asked.id)][-_MOST_REMEMBERED:]


def _remembered(what: str) -> Collection[str]:
    return session.get(what, []) if has_session_cookie() else []


def _back(asked: HelpRequest, words: str) -> Response:
    flash(words, _CATEGORY)
    return redirect(_href(asked), code=303)


def _href(asked: HelpRequest) -> str:
    return f"/hc/{asked.locale}/requests/{asked.reference}"
