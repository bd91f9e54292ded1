"""Refusing forms that another site submits, or that are sent within its pages, without a token in every page.

A token would make public pages personal and so impossible to cache. The rule is the one of Go's
`http.CrossOriginProtection` (https://pkg.go.dev/net/http#CrossOriginProtection), stricter where a
browser sends neither header: then a request that carries our session is refused.
"""

from flask import Flask, abort, current_app, request

from xero_onboard.lib.db import SAFE_METHODS
from xero_onboard.lib.embedding import is_in_frame
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.reader import has_session_cookie


def register(app: Flask, public_origin: str) -> None:
    """Check every request that could change something."""

    def refuse_foreign_forms() -> None:
        if request.method in SAFE_METHODS:
            return
        if not _is_ours(public_origin):
            abort(403, _("This form was sent from another site. Open the page here and try again."))
        if is_in_frame() and not _is_preview():
            abort(403, _("Within another page this cannot be done. Open the guide by itself."))

    app.before_request(refuse_foreign_forms)


def _is_preview() -> bool:
    """Whether pages of our own, and no others, show the answer within them."""
    view = current_app.view_functions.get(request.endpoint or "")
    return "frame-ancestors" in getattr(view, "policy", {})


def _is_ours(public_origin: str) -> bool:
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == public_origin
    return not has_session_cookie()
