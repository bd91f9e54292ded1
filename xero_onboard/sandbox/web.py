"""What every page of the sandbox has: headers, errors in words, files."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from xero_onboard.config import SandboxSettings
from xero_onboard.lib.web import assets, origin
from xero_onboard.sandbox.store import store

_WORDS = {
    400: "Something in this request cannot be understood.",
    404: "There is no such page here. The address may be mistyped, or the page may be over.",
    405: "This address answers to another kind of request.",
    413: "That was too much at once. Shorten it and send it again.",
    500: "Something broke in the practice copy, and nothing was changed. Try again.",
}


def register(app: Flask, settings: SandboxSettings) -> None:
    """Put the rules of the house around every view."""
    app.config["STATIC_FOLDER"] = Path(app.root_path) / "static"
    app.config["SESSION_COOKIE_NAME"] = "sandbox_sid"
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.filters["masked"] = masked
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Xero's JSON has an order of its own.
    app.json.sort_keys = False  # type: ignore[attr-defined]
    assets.register(app)
    origin.register(app, settings.origin)
    app.register_error_handler(HTTPException, _show_error)
    _add_headers(app, _content_policy(settings))


def masked(address: str) -> str:
    """An address that its owner recognises and a passer-by does not learn."""
    name, _, host = address.partition("@")
    return f"{name[:1]}•••@{host}"


def _show_error(error: HTTPException) -> Response:
    """The page of this error; redirects that Werkzeug raises pass as they are."""
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    store.session.rollback()
    has_own_words = error.description and error.description != type(error).description
    words = (
        error.description
        if has_own_words
        else _WORDS.get(error.code, _WORDS[400 if error.code < 500 else 500])
    )
    response = make_response(render_template("error.html", error=error, words=words), error.code)
    if error.code == 405:
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
    return response


def _add_headers(app: Flask, content_policy: str) -> None:
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", content_policy)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Robots-Tag", "noindex")
        # Addresses here carry codes and states, which are nobody else's business.
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    app.after_request(add_headers)


def _content_policy(settings: SandboxSettings) -> str:
    # Chromium applies form-action to the redirect that follows a form, so without the app's own
    # origins "Allow access" would do nothing. https://github.com/w3c/webappsec-csp/issues/8
    origins = {f"{uri.scheme}://{uri.netloc}" for uri in map(urlsplit, settings.redirect_uris)}
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"form-action 'self' {' '.join(sorted(origins))}".rstrip(),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
