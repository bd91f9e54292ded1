"""Every error as a page in words, and none with a trace."""

import logging
import math

from flask import Flask, Response, g, make_response, render_template
from jinja2 import TemplateNotFound
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    ServiceUnavailable,
    TooManyRequests,
)

from xero_onboard.lib.db import db
from xero_onboard.lib.languages import ngettext
from xero_onboard.lib.limits import TooMany
from xero_onboard.lib.reader import STRANGER

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Answer errors with pages."""
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(TooMany, show_too_many)
    app.register_error_handler(OperationalError, show_busy)
    app.register_error_handler(InternalServerError, show_failure)


def show_error(error: HTTPException) -> Response:
    """The page of this error; redirects that Werkzeug raises pass as they are."""
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    settle()
    try:
        page = _page_of(error)
    except OperationalError as trouble:
        # What is wrong with the request stays true while the database is away.
        log.error("the database did not answer: %s", trouble.orig)
        settle()
        _ask_nothing()
        page = _page_of(error)
    response = make_response(page, error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def show_too_many(error: TooMany) -> Response:
    """The limit is reached: when to come back, in words and for machines."""
    minutes = math.ceil(error.retry_after / 60)
    return show_error(
        TooManyRequests(
            ngettext(
                "Wait a minute, then try again.", "Wait %(num)s minutes, then try again.", minutes
            ),
            retry_after=error.retry_after,
        )
    )


def show_busy(error: OperationalError) -> Response:
    """The database could not be reached or written to: nothing was half done, and later it works."""
    log.error("the database did not answer: %s", error.orig)
    # Asking it who is reading would fail again.
    _ask_nothing()
    return show_error(ServiceUnavailable(retry_after=5))


def show_failure(error: InternalServerError) -> Response:
    """The page of last resort: it asks nothing of anything that may be broken."""
    # What fails after the view, as the commit does, comes here as well.
    if isinstance(error.original_exception, OperationalError):
        return show_busy(error.original_exception)
    settle()
    _ask_nothing()
    return make_response(render_template("errors/500.html"), 500)


def settle() -> None:
    """Take back what the request did; its error page only reads."""
    db.session.rollback()
    g.is_writing = False


def _page_of(error: HTTPException) -> str:
    # Werkzeug has words of its own for each error, which are not for readers.
    own_words = None if error.description == type(error).description else error.description
    try:
        return render_template(f"errors/{error.code}.html", error=error, own_words=own_words)
    except TemplateNotFound:
        return render_template("errors/other.html", error=error)


def _ask_nothing() -> None:
    """Have the page take its reader for a stranger, and look as pages did before."""
    g.reader = STRANGER
    g.asks_nothing = True
