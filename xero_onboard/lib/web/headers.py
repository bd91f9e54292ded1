"""Headers of every answer: what a browser may run, and what a cache may keep."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from xero_onboard.config import Settings
from xero_onboard.lib.embedding import is_embeddable
from xero_onboard.lib.reader import carries_session_cookie
from xero_onboard.lib.web.access import current_mark

PUBLIC = "public, max-age=60, stale-while-revalidate=600"
PRIVATE = "private, no-store"


View = TypeVar("View", bound=Callable[..., Any])


def frames(view: View) -> View:
    """Let this page show others of our own within it."""
    return _with_policy(view, {"frame-src": "'self'"})


def framed(view: View) -> View:
    """Let pages of our own show this one within them; none of its forms leads anywhere."""
    return _with_policy(view, {"frame-ancestors": "'self'", "form-action": "'none'"})


def admit_players(hosts: Iterable[str]) -> None:
    """Let the page that is being answered show players of these hosts within it, as far as the operator does."""
    g.players = frozenset(hosts)


def register(app: Flask, settings: Settings) -> None:
    """Add the headers to whatever the views and error pages answer."""
    fixed = _fixed_headers(settings)

    def add_headers(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", _content_policy(settings))
        if response.location:
            _empty(response)
        if "Cache-Control" not in response.headers:
            _say_who_may_keep(response)
        return response

    app.after_request(add_headers)


def _empty(response: Response) -> None:
    """No page with a redirect: addresses around the provider hold secrets, and no browser shows it."""
    response.set_data(b"")
    response.headers.pop("Content-Type", None)


def _say_who_may_keep(response: Response) -> None:
    mark = current_mark()
    is_public = mark is None or mark.is_cacheable
    response.vary.update(("Cookie", "Accept", "Accept-Encoding"))
    is_lasting = response.status_code < 400 or response.status_code in (404, 410)
    # A page for strangers that came with a cookie is not what a cache may give for that cookie later.
    if is_public and is_lasting and not carries_session_cookie():
        response.headers["Cache-Control"] = PUBLIC
        if response.status_code == 200 and request.method in ("GET", "HEAD"):
            response.add_etag()
            response.make_conditional(request)
    else:
        response.headers["Cache-Control"] = PRIVATE


def _fixed_headers(settings: Settings) -> dict[str, str]:
    headers = {
        "X-Content-Type-Options": "nosniff",
        # Not `no-referrer`: it would make browsers send `Origin: null` with our own forms.
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.has_https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def _content_policy(settings: Settings) -> str:
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": f"'self' {_where_xero_leads(settings.xero.login_url)}",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    if settings.embed_origins and is_embeddable():
        policy["frame-ancestors"] = " ".join(settings.embed_origins)
    players = g.get("players", frozenset()) & {*settings.video_hosts}
    if players:
        policy["frame-src"] = " ".join(f"https://{host}" for host in sorted(players))
    view = current_app.view_functions.get(request.endpoint or "")
    return "; ".join(
        f"{name} {value}" for name, value in {**policy, **getattr(view, "policy", {})}.items()
    )


def _with_policy(view: View, changes: Mapping[str, str]) -> View:
    view.policy = changes  # type: ignore[attr-defined]
    return view


def _where_xero_leads(login_url: str) -> str:
    """The hosts a press of Connect may lead over.

    Chromium applies form-action to every redirect that follows a form, and the real Xero leads from
    login.xero.com over others of its hosts (https://github.com/XeroAPI/xero-node/issues/624): one
    that is not listed would make Connect do nothing. https://github.com/w3c/webappsec-csp/issues/8
    """
    login = urlsplit(login_url)
    if (login.hostname or "").endswith(".xero.com"):
        return "https://*.xero.com"
    return f"{login.scheme}://{login.netloc}"
