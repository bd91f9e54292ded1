"""Voting on an article."""

from typing import Protocol
from uuid import UUID

from flask import Blueprint, abort, redirect, request
from flask import Flask as App
from werkzeug.wrappers import Response

from xero_onboard.feedback import ballot
from xero_onboard.lib.crypto import pseudonym
from xero_onboard.lib.reader import current_reader, ensure_browser
from xero_onboard.lib.web import access, flood, required

blueprint = Blueprint("feedback", __name__)


class SignedIn(Protocol):
    """What we need to know of somebody who has just signed in."""

    @property
    def id(self) -> UUID: ...


@blueprint.post("/hc/articles/<int(max=9223372036854775807):article_id>/vote")
@access.anyone
@flood.costly
def vote(article_id: int) -> Response:
    """Count, change or withdraw the reader's vote, and go back to the article."""
    value = required(request.form, "value", among=("up", "down", "none"))
    voter = _voter()
    try:
        if value != "none":
            voter = voter or _anonymous(ensure_browser())
            ballot.cast(article_id, voter, "up" if value == "up" else "down")
        elif voter:
            ballot.withdraw(article_id, voter)
    except ballot.UnknownArticle:
        abort(404)
    return redirect(f"/hc/articles/{article_id}#feedback", code=303)


def vote_state(article_id: int) -> ballot.VoteState:
    """For templates: the result for this article, and the reader's own vote."""
    return ballot.count(article_id, _voter())


def carry_votes_over(_app: App, user: SignedIn) -> None:
    """When a reader signs in: what their browser said before counts as theirs."""
    browser = current_reader().browser
    if browser:
        ballot.carry_over(_anonymous(browser), _personal(user.id))


def _voter() -> str | None:
    reader = current_reader()
    if reader.user_id:
        return _personal(reader.user_id)
    return _anonymous(reader.browser) if reader.browser else None


def _personal(user_id: UUID) -> str:
    return f"u:{user_id}"


def _anonymous(browser: str) -> str:
    return f"a:{pseudonym(browser, 'vote')}"
