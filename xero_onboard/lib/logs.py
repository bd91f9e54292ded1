"""What is written to the log: a line of JSON for each record in production, readable text in development.

Nothing secret or personal is handed to the log in the first place; what other people's code writes
into its messages is taken out here.
"""

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_app_context, request

LONGEST_LINE = 8192

# At DEBUG or INFO these write headers, addresses with queries, or rows of the database. (Authlib, which
# writes verifiers, is silenced by the provider that uses it.)
_TALKATIVE = ("httpcore", "httpx", "sqlalchemy")

# Addresses that carry a secret: what follows the question mark, or the last part of the path.
_SECRET_QUERY = re.compile(
    r"(/[^\s?\"']*(?:callback|reset|invit|recover|verif|confirm)[^\s?\"']*)\?[^\s\"']*"
)
_SECRET_PART = re.compile(
    r"(/[^\s?\"']*(?:reset|invit|recover|verif|confirm|for-a-col|not-me)[a-z-]*/)[\w.~-]{16,}"
)
_EMAIL = re.compile(r"[^\s<>\"'(),;:=]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
# What a database says of a row that it refuses: https://www.postgresql.org/docs/current/error-style-guide.html
_ROW = re.compile(r"(DETAIL:)[^\n]*")

access_log = logging.getLogger("xero_onboard.access")


def request_id() -> str | None:
    """The name of this request; None where there is none, as in the worker."""
    found: str | None = g.get("request_id") if has_app_context() else None
    return found


def register(app: Flask, *, is_production: bool) -> None:
    """Name every request, and write the log as this environment wants it."""
    _write_to_stderr(JsonLines() if is_production else ReadableText())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    root = logging.getLogger()
    if is_production:
        root.setLevel(min(root.level, logging.INFO))
    app.before_request(_begin)
    app.after_request(_end_in_production if is_production else _end)


def clean(text: str) -> str:
    """The text without what should not have been written into it."""
    text = _SECRET_QUERY.sub(r"\1?…", text)
    text = _SECRET_PART.sub(r"\1…", text)
    text = _ROW.sub(r"\1 …", text)
    return _EMAIL.sub("<e-mail address>", text)


class JsonLines(logging.Formatter):
    """One line for each record, whatever is in it, of 8 kB at most."""

    def format(self, record: logging.LogRecord) -> str:
        values: dict[str, str] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": str(record.process),
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        if name := request_id():
            values["request"] = name
        if record.exc_info:
            values["trace"] = clean(self.formatException(record.exc_info))
        return _line(values)


class ReadableText(logging.Formatter):
    """For a person at a terminal, whom no record may lead astray with control characters."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        said = _visible(clean(record.getMessage()))[:LONGEST_LINE]
        line = f"{at} {record.levelname:<8} {record.name}: {said}"
        if record.exc_info:
            trace = clean(self.formatException(record.exc_info))
            line += "".join(f"\n{_visible(each)}" for each in trace.split("\n"))
        return line


class StandardError(logging.StreamHandler[Any]):
    """Writes to the stderr of the moment, which tests and commands replace."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


def _write_to_stderr(formatter: logging.Formatter) -> None:
    """One handler in a process, however many apps it makes."""
    root = logging.getLogger()
    for each in [each for each in root.handlers if isinstance(each, StandardError)]:
        root.removeHandler(each)
    handler = StandardError()
    handler.setFormatter(formatter)
    root.addHandler(handler)


def _line(values: dict[str, str]) -> str:
    # An escaped character takes up to twelve bytes.
    for longest in (6000, 3000, 1500, 500, 100):
        kept = {name: _shortened(name, value, longest) for name, value in values.items()}
        line = json.dumps(kept)
        if len(line) < LONGEST_LINE:
            break
    return line


def _shortened(name: str, value: str, longest: int) -> str:
    if len(value) <= longest:
        return value
    # What went wrong stands at the end of a trace.
    return f"…{value[-longest:]}" if name == "trace" else f"{value[:longest]}…"


def _visible(text: str) -> str:
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)


def _begin() -> None:
    # Ours alone: one from outside could be made to look like another's, or carry what is no id.
    g.request_id = secrets.token_hex(16)
    g.request_began_at = time.monotonic()


def _end(response: Response) -> Response:
    if name := request_id():
        response.headers["X-Request-Id"] = name
    return response


def _end_in_production(response: Response) -> Response:
    took = (time.monotonic() - g.get("request_began_at", time.monotonic())) * 1000
    # Never the query: people search for names, and providers send secrets back in it.
    access_log.info("%s %s %d %.0fms", request.method, _address(), response.status_code, took)
    return _end(response)


def _address() -> str:
    """The path, or the route where the path itself is a secret."""
    is_secret = {"token", "code", "secret"} & (request.view_args or {}).keys()
    return request.url_rule.rule if is_secret and request.url_rule else request.path
