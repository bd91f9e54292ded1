"""What every page needs: who may enter, headers, forms' protection, errors in words, addresses of files."""

from flask import Flask, current_app
from markupsafe import Markup  # noqa: TID251

from xero_onboard.config import Settings
from xero_onboard.lib.web import (
    access,
    assets,
    crowd,
    errors,
    flood,
    headers,
    origin,
    script_words,
    values,
    visitor,
)
from xero_onboard.lib.web.values import (
    has_controls,
    optional,
    required,
    required_name,
    safe_next,
    secret,
    several_lines,
    takes,
    written,
)

__all__ = [
    "access",
    "crowd",
    "flood",
    "has_controls",
    "headers",
    "optional",
    "register",
    "required",
    "required_name",
    "safe_next",
    "secret",
    "settings",
    "several_lines",
    "takes",
    "trust_html",
    "visitor",
    "written",
]


def settings() -> Settings:
    """What the operator decided."""
    found: Settings = current_app.extensions["settings"]
    return found


def trust_html(html: str) -> Markup:
    """Vouch for HTML that was sanitised when it was stored."""
    return Markup(html)  # noqa: S704


def register(app: Flask, chosen: Settings) -> None:
    """Put the rules of the house around every view."""
    app.extensions["settings"] = chosen
    app.jinja_env.globals["settings"] = chosen
    app.jinja_env.filters["agent"] = visitor.said
    visitor.register(app, chosen.proxy_hops)
    assets.register(app)
    script_words.register(app)
    flood.register(app, chosen.redis_url)
    crowd.register(app)
    app.before_request(values.allow_long_form)
    app.before_request(values.refuse_unwritable_paths)
    origin.register(app, chosen.public_origin)
    access.register(app)
    headers.register(app, chosen)
    errors.register(app)
