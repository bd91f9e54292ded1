"""Limits on floods: so many answers a minute for one network and page; cheap, and never a reason for an error.

Guesses are counted elsewhere, in the database (`lib.limits`). These counts may be lost: they lie in
Redis when there is one, else in the memory of each process, and there as well while Redis is away.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RateLimitExceeded
from limits.errors import ConfigurationError

from xero_onboard.config import UnsafeSettingError
from xero_onboard.lib.crypto import pseudonym
from xero_onboard.lib.limits import TooMany
from xero_onboard.lib.web import errors, visitor
from xero_onboard.lib.web.access import current_mark

View = TypeVar("View", bound=Callable[..., Any])

# Far above what a household or an office does by hand.
PER_MINUTE = 600
COSTLY_PER_MINUTE = 120
# A Redis that answers slower than this is as good as away, and nobody waits for it twice.
ANSWER_SECONDS = 0.25


def costly(view: View) -> View:
    """Answer this view less often a minute, even if a cache may keep what it says."""
    view.is_costly = True  # type: ignore[attr-defined]
    return view


def uncounted(view: View) -> View:
    """Never turn this view's requests away: what they prove is cheaper to look at than to count."""
    view.is_uncounted = True  # type: ignore[attr-defined]
    return view


def register(app: Flask, redis_url: str) -> None:
    """Count the requests of every view whose answers no cache keeps; raises UnsafeSettingError."""
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {
        "socket_connect_timeout": ANSWER_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
    }
    try:
        Limiter(
            _key,
            app=app,
            default_limits=[_limit_of_this_view],
            default_limits_exempt_when=_is_free,
            headers_enabled=False,
            in_memory_fallback_enabled=True,
            key_prefix="xero-onboard",
            storage_uri=redis_url or "memory://",
            strategy="fixed-window",
            swallow_errors=True,
        )
    except (ConfigurationError, ValueError) as error:
        # The address is not repeated: it may hold a password.
        raise UnsafeSettingError(
            "REDIS_URL: must look like redis://[:password@]host:6379/0"
        ) from error
    app.register_error_handler(RateLimitExceeded, show_flood)


def show_flood(error: RateLimitExceeded) -> Response:
    """The page of too many requests; after a whole period the count has begun anew for certain."""
    return errors.show_too_many(TooMany(error.limit.limit.get_expiry()))


def _limit_of_this_view() -> str:
    return f"{COSTLY_PER_MINUTE if _is_costly() else PER_MINUTE}/minute"


def _is_free() -> bool:
    mark = current_mark()
    is_for_caches = mark is not None and mark.is_cacheable and not _is_costly()
    return is_for_caches or _says("is_uncounted")


def _is_costly() -> bool:
    return _says("is_costly")


def _says(name: str) -> bool:
    view = current_app.view_functions[request.endpoint or ""]
    return getattr(view, name, False)


def _key() -> str:
    """Never the address itself: keys stand in Redis, and Flask-Limiter logs them."""
    return pseudonym(visitor.network(), "flood")
