"""Voting on an article, saying why, and reporting a problem with its page."""

from typing import Protocol
from uuid import UUID

from flask import (
    Blueprint,
    flash,
    get_flashed_messages,
    make_response,
    redirect,
    request,
)
from flask import Flask as App
from werkzeug.exceptions import BadRequest, Conflict
from werkzeug.wrappers import Response

from xero_onboard.feedback import ballot, guides, once_more, remarks, spam
from xero_onboard.feedback.whereabouts import Whereabouts, whereabouts
from xero_onboard.lib.crypto import pseudonym
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import current_reader, ensure_browser, has_session_cookie
from xero_onboard.lib.web import access, flood, optional, required, several_lines, visitor

blueprint = Blueprint("feedback", __name__)
blueprint.before_request(guides.refuse_unseen)

# Larger than every id of a guide, and what a database's integer holds.
_ARTICLE = "/hc/articles/<int(max=9223372036854775807):article_id>"
_CATEGORY = "feedback"
_THANKS = marked("Thank you. Your report has reached the people who write these guides.")


class SignedIn(Protocol):
    """What we need to know of somebody who has just signed in."""

    @property
    def id(self) -> UUID: ...


@blueprint.post(f"{_ARTICLE}/vote")
@access.anyone
@flood.costly
def vote(article_id: int) -> Response:
    """Count, change or withdraw the reader's vote, and go back to the article."""
    _refuse_votes(article_id)
    value = required(request.form, "value", among=("up", "down", "none"))
    where, voter = _whereabouts(article_id), _voter()
    if value != "none":
        if not current_reader().is_signed_in:
            ballot.admit_stranger(article_id, voter, visitor.network())
        voter = voter or _anonymous(ensure_browser())
        ballot.cast(article_id, voter, "up" if value == "up" else "down", where)
    elif voter:
        ballot.withdraw(article_id, voter)
    return _back(article_id, where)


@blueprint.post(f"{_ARTICLE}/remark")
@access.anyone
@flood.costly
def remark(article_id: int) -> Response:
    """Note why the reader voted as they did."""
    _refuse_votes(article_id)
    reason = optional(request.form, "reason", longest=20)
    words = several_lines(request.form, "words", longest=remarks.LONGEST_WORDS)
    if words:  # who only ticks a reason may be quick
        once_more.check()
    try:
        remarks.explain(article_id, _voter() or "", reason, words, network=visitor.network())
    except remarks.NothingSaid as error:
        raise BadRequest(_("Choose a reason, or write a few words.")) from error
    except remarks.WrongReason as error:
        raise BadRequest(_("The field “reason” has a value this page does not offer.")) from error
    except remarks.NoVote as error:
        raise Conflict(_("Answer the question first: was this article helpful?")) from error
    return _back(article_id, _whereabouts(article_id))


@blueprint.post(f"{_ARTICLE}/problem")
@access.anyone
@flood.costly
def problem(article_id: int) -> Response:
    """Take down what is wrong with a page, and thank for it."""
    doing = several_lines(request.form, "doing", longest=remarks.LONGEST_WORDS)
    wrong = several_lines(request.form, "wrong", longest=remarks.LONGEST_WORDS)
    where = _whereabouts(article_id)
    if wrong is None:
        raise BadRequest(_("Write what went wrong, in a few words."))
    once_more.check()
    remarks.report(article_id, _voter(), doing, wrong, where, network=visitor.network())
    flash(_THANKS, _CATEGORY)
    return _back(article_id, where, "problem")


@blueprint.get("/hc/form-stamp")
@access.anyone
def stamp() -> Response:
    """When somebody turned to a form of a page that a cache may have kept."""
    response = make_response(spam.stamp())
    response.mimetype = "text/plain"
    return response


def vote_state(article_id: int) -> ballot.VoteState:
    """For templates: the result for this article, and the reader's own vote."""
    return ballot.count(article_id, _voter())


def thanks() -> list[str]:
    """For templates: what a reader is told who has just reported something; strangers are told nothing."""
    told = get_flashed_messages(category_filter=[_CATEGORY]) if has_session_cookie() else ()
    return [_(str(words)) for words in told]


def carry_votes_over(_app: App, user: SignedIn) -> None:
    """When a reader signs in: what their browser said before counts as theirs."""
    browser = current_reader().browser
    if browser:
        ballot.carry_over(_anonymous(browser), _personal(user.id))


def _refuse_votes(article_id: int) -> None:
    """Of a guide that does not ask whether it was helpful."""
    if not guides.takes("votes", article_id):
        raise Conflict(
            _("This guide does not ask whether it was helpful. You can report a problem.")
        )


def _whereabouts(article_id: int) -> Whereabouts:
    """What the page says of where the reader is."""
    return whereabouts(
        article_id,
        optional(request.form, "edition", longest=30),
        optional(request.form, "locale", longest=12),
        optional(request.form, "referrer", longest=2000),
    )


def _back(article_id: int, where: Whereabouts, anchor: str = "feedback") -> Response:
    """To the page the reader was on: a stranger's browser may ask for another language than they read."""
    language = f"/{where.locale}" if where.locale else ""
    return redirect(f"/hc{language}/articles/{article_id}#{anchor}", code=303)


def _voter() -> str | None:
    reader = current_reader()
    if reader.user_id:
        return _personal(reader.user_id)
    return _anonymous(reader.browser) if reader.browser else None


def _personal(user_id: UUID) -> str:
    return f"u:{user_id}"


def _anonymous(browser: str) -> str:
    return f"a:{pseudonym(browser, 'vote')}"
