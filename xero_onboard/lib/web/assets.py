"""Files of the site's own, addressed by their content so that browsers may keep them for ever."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, current_app, request, send_from_directory

from xero_onboard.lib.web import access

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"


@access.public
def static(filename: str) -> Response:
    """A file of the static folder."""
    folder = Path(current_app.config["STATIC_FOLDER"])
    response = send_from_directory(folder, filename, conditional=True)
    is_pinned = request.args.get("v") == _fingerprint(folder / filename)
    response.headers["Cache-Control"] = FOR_EVER if is_pinned else ASK_AGAIN
    return response


def asset(filename: str) -> str:
    """The address of a file of the static folder, changing whenever its content does."""
    folder = Path(current_app.config["STATIC_FOLDER"])
    # Not `url_for`, which fails where error pages are needed too: on a host that is not ours.
    return f"/static/{filename}?v={_fingerprint(folder / filename)}"


def register(app: Flask) -> None:
    """Serve the static folder."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=static)
    app.jinja_env.globals["asset"] = asset


def _fingerprint(path: Path) -> str:
    return _digest(path, path.stat().st_mtime_ns)


@cache
def _digest(path: Path, _changed: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]
