"""Forms that anybody may send: a person is asked to press once more where a machine would be refused.

A page that caches keep says nothing of when it was shown, or it would never be the same twice. Its forms ask for a
stamp as soon as somebody turns to them; without a script the answer to the first press is the form once more, with
a stamp and with everything that was typed.
"""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from xero_onboard.feedback import spam
from xero_onboard.lib.reader import has_session_cookie
from xero_onboard.lib.web import optional
from xero_onboard.lib.web.access import current_mark
from xero_onboard.lib.web.errors import settle

_OWN = ("shown_at", "website")
# What people type, as opposed to what a page says by itself.
_TYPED = ("doing", "wrong", "words", "email")


def check() -> None:
    """Raises LooksAutomatic for a form that fits a machine better than a person."""
    spam.check(optional(request.form, "website"), _shown_at())


def stamp_of_page() -> str:
    """For templates: when the page with this form is shown; nothing on a page that caches keep."""
    mark = current_mark()
    if mark is not None and mark.is_cacheable and not has_session_cookie():
        return ""
    return spam.stamp_again(_shown_at())


def ask_again(error: spam.LooksAutomatic) -> Response:
    """What was sent, to be sent once more."""
    settle()
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN]
    typed = [value for name, value in kept if name in _TYPED and value.strip()]
    page = render_template("feedback/once_more.html", error=error, kept=kept, typed=typed)
    return make_response(page, 400)


def _shown_at() -> str | None:
    return optional(request.form, "shown_at", longest=60)
