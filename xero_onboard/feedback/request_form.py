"""The form of a request: what is typed, what would be sent along with it, and why it is not taken."""

import re
from dataclasses import dataclass, replace
from typing import Literal, get_args

from flask import make_response, render_template, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from xero_onboard.feedback import guides, once_more, requests, spam, uploads
from xero_onboard.feedback.requests import Context, Draft
from xero_onboard.feedback.whereabouts import edition_of, standing
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import optional, several_lines, visitor
from xero_onboard.lib.web.errors import settle

Part = Literal["guide", "step", "standing", "attempt", "browser"]
PARTS: tuple[Part, ...] = get_args(Part)
Field = Literal["form", "email", "subject", "words", "attachment"]

_REFERENCE = re.compile(r"XC-[2-9BCDFGHJKMNPQRSTVWXYZ]{4}")


class Wrong(Exception):
    """What was typed is not taken: what is to be done, at the field where it is done."""

    def __init__(self, words: str, field: Field = "form") -> None:
        super().__init__(words)
        self.field = field


BAD_ADDRESS = Wrong(
    marked("That is not an email address: write it like name@example.com."), "email"
)


@dataclass(frozen=True)
class Typed:
    """What stands in the form: everything that could be sent along, and what of it is ticked."""

    email: str = ""
    subject: str = ""
    words: str = ""
    told: Context = Context()
    ticked: frozenset[str] = frozenset(PARTS)


def asked_for() -> Typed:
    """The form as an address asks for it."""
    told = _told(
        optional(request.args, "edition", longest=30),
        optional(request.args, "step", longest=100),
        optional(request.args, "reference", longest=10),
    )
    subject = optional(request.args, "subject", longest=requests.LONGEST_SUBJECT)
    return Typed(subject=subject or "", told=told)


def read() -> Typed:
    """The form as it was sent."""
    typed = optional(request.form, "email", longest=320)
    ticked = frozenset(request.form.getlist("with"))
    if not ticked <= frozenset(PARTS):
        raise BadRequest(_("The field “with” has a value this page does not offer."))
    return Typed(
        email=current_reader().email or typed or "",
        subject=optional(request.form, "subject", longest=requests.LONGEST_SUBJECT) or "",
        words=several_lines(request.form, "words", longest=requests.LONGEST_WORDS) or "",
        told=_told(
            optional(request.form, "edition", longest=30),
            optional(request.form, "step", longest=100),
            optional(request.form, "reference", longest=10),
        ),
        ticked=ticked,
    )


def check(typed: Typed) -> None:
    """Whether everything is there but the files, which cost time to look at; raises Wrong."""
    try:
        once_more.check()
    except spam.LooksAutomatic as error:
        raise Wrong(str(error)) from error
    if not typed.email:
        raise Wrong(_("Write your email address, so that we can answer."), "email")
    if not typed.subject:
        raise Wrong(_("Write what it is about, in a few words."), "subject")
    if not typed.words:
        raise Wrong(_("Write what you need help with."), "words")


def draft(locale: str, typed: Typed) -> Draft:
    """What is to be sent, with its files; raises Wrong."""
    try:
        files = uploads.read(request.files.getlist("attachment"))
    except uploads.Refused as error:
        raise Wrong(str(error), "attachment") from error
    context = _ticked(typed.told, typed.ticked)
    return Draft(typed.email, typed.subject, typed.words, locale, context, files)


def page(locale: str, typed: Typed, wrong: Wrong | None = None) -> str:
    """The form, with what would be sent along shown before it is."""
    errors = {wrong.field: _(str(wrong))} if wrong else {}
    return render_template(
        "requests/new.html",
        locale=locale,
        typed=typed,
        errors=errors,
        accepted=uploads.ACCEPTED,
        kinds=uploads.kinds(),
        most_bytes=uploads.MOST_BYTES,
        most_in_all=uploads.MOST_IN_ALL,
    )


def refuse(locale: str, typed: Typed, wrong: Wrong) -> Response:
    """The form again, with what was typed; files have to be chosen again, says the page."""
    settle()
    return make_response(page(locale, typed, wrong), 400)


def allow_files() -> None:
    """Let this request be as large as its files; call it before anything of the form is read.

    Without files a form stays as small as any other: Werkzeug reads all of it at once.
    """
    if request.mimetype == "multipart/form-data":
        request.max_content_length = uploads.LONGEST_FORM
        # Above the 64 kB that Werkzeug reads at once: it holds back the last line of each, and refuses
        # the next when both together are more than this, be they of a field or of a file.
        request.max_form_memory_size = 128 * 1024


def _told(edition: str | None, step: str | None, reference: str | None) -> Context:
    """Everything that could be sent along. How a connection stands is asked anew, and never of the form."""
    article_id, revision = edition_of(edition)
    if article_id is not None and guides.path("article", article_id) is None:
        # Taken back while somebody wrote about it, or never shown: what they wrote matters, not where.
        article_id = revision = None
    present = standing()
    is_reference = reference is not None and _REFERENCE.fullmatch(reference) is not None
    return Context(
        article_id=article_id,
        revision=revision,
        step=step if article_id else None,
        standing=present.status,
        attempt_reference=reference if is_reference else present.reference,
        browser=visitor.agent(),
    )


def _ticked(told: Context, ticked: frozenset[str]) -> Context:
    """What of it the reader wants to say."""
    kept = told if "guide" in ticked else replace(told, article_id=None, revision=None)
    return replace(
        kept,
        step=told.step if "step" in ticked else None,
        standing=told.standing if "standing" in ticked else None,
        attempt_reference=told.attempt_reference if "attempt" in ticked else None,
        browser=told.browser if "browser" in ticked else None,
    )
