"""Where a visitor comes from: the address that limits count by, and the browser in a person's words."""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from xero_onboard.lib.languages import gettext as _

UNKNOWN = "unknown"

# Which word in the User-Agent gives a browser away. Most call themselves Chrome or Safari as well,
# so the order decides. A short table instead of a library with a thousand patterns: a person only
# has to tell their own devices apart, and nothing a browser says is ever repeated.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_NO_BROWSER = "A browser"
# What robots call themselves, mostly with the address of a page about them. A make of telephone is
# called Cubot. Who hides what they are is taken for a person: we do not guess.
_ROBOT = re.compile(r"(?<!cu)bot\b|crawl|spider|https?://", re.IGNORECASE)
_SYSTEMS = {
    "Windows": "Windows",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def register(app: Flask, proxy_hops: int) -> None:
    """Believe so many proxies about whom they speak for, and nobody else.

    Each proxy adds the address it was called from at the end of X-Forwarded-For; what stands further
    left, anybody may have written. Host and scheme are never taken from a header: PUBLIC_ORIGIN says them.
    """
    if proxy_hops > 0:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxy_hops, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )


def address() -> str:
    """The visitor's address, or "unknown"."""
    found = _address()
    return UNKNOWN if found is None else str(found)


def network() -> str:
    """What limits count by: the address, or of IPv6 the /64 that one household moves in freely."""
    found = _address()
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), 64), strict=False))
    return UNKNOWN if found is None else str(found)


def agent() -> str:
    """The browser and what it runs on, like "Chrome on Windows"; "A browser" when it does not say."""
    told = request.user_agent.string
    browser = next((name for word, name in _BROWSERS.items() if word in told), _NO_BROWSER)
    system = next((name for word, name in _SYSTEMS.items() if word in told), None)
    return f"{browser} on {system}" if system else browser


def said(agent: str) -> str:
    """What `agent` found, in the language of this page."""
    browser, on, system = agent.partition(" on ")
    if browser == _NO_BROWSER:
        browser = _("A browser")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if on else browser


def is_only_looking() -> bool:
    """Whether a browser fetches ahead or a scanner looks, so that nobody has come yet."""
    hints = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return request.method == "HEAD" or any("prefetch" in hint.lower() for hint in hints)


def is_robot() -> bool:
    """Whether this is a program that says so of itself, such as a search engine's."""
    return _ROBOT.search(request.user_agent.string) is not None


def _address() -> IPv4Address | IPv6Address | None:
    told = (request.remote_addr or "").strip()
    for spelling in (told, _without_port(told)):
        try:
            found = ip_address(spelling)
        except ValueError:
            continue
        # One visitor, whichever way a server that listens to both spells IPv4.
        mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
        return mapped or found
    return None


def _without_port(told: str) -> str:
    """Some proxies write `192.0.2.7:49152` or `[2001:db8::7]:49152`."""
    if told.startswith("["):
        return told[1:].partition("]")[0]
    return told.partition(":")[0]
