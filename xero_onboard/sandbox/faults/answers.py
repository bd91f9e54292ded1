"""What comes instead of an answer: the call is not taken."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from flask import Response, json, make_response, redirect, render_template, request

from xero_onboard.lib import clock
from xero_onboard.sandbox import authorize
from xero_onboard.sandbox.authorize import RequestRefused
from xero_onboard.sandbox.faults.armed import Met
from xero_onboard.sandbox.settings import settings
from xero_onboard.sandbox.views import bearer

_MEGABYTE = 1024 * 1024
_PAGE = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"
_ERROR_PAGES = {
    "redirect_uri": ("unauthorized_client", "Invalid redirect_uri"),
    "client": ("unauthorized_client", "Unknown client or client not enabled"),
    "scope_for_client": ("unauthorized_client", "Invalid scope for client"),
    "scope": ("invalid_scope", "Invalid scope"),
}


def _failing(met: Met) -> Response:
    status = int(met.values["status"])
    if status == 503:
        response = Response("Service Unavailable", 503, mimetype="text/plain")
    elif status == 500:
        response = _json({"Title": "An error occurred", "Status": 500}, 500)
    else:
        words = "Bad Gateway" if status == 502 else "Gateway Timeout"
        response = Response(_PAGE.format(words), status, mimetype="text/html")
    return _with_retry_after(response, met)


def _rate_limited(met: Met) -> Response:
    response = Response(status=429)
    if met.values["body"] == "json":
        response = _json({"Title": "Rate limit exceeded", "Status": 429}, 429)
    problem = met.values["problem"]
    response.headers["X-Rate-Limit-Problem"] = problem
    for header, limit in (
        ("X-DayLimit-Remaining", "day"),
        ("X-MinLimit-Remaining", "minute"),
        ("X-AppMinLimit-Remaining", "appminute"),
    ):
        response.headers[header] = "0" if problem.replace("-", "") == limit else "42"
    return _with_retry_after(response, met)


def _html(_met: Met) -> Response:
    return Response(_PAGE.format("We will be back soon"), mimetype="text/html")


def _edge(_met: Met) -> Response:
    return Response(_PAGE.format("Access Denied"), 403, mimetype="text/html")


def _empty_object(_met: Met) -> Response:
    return _json({})


def _bad_utf8(_met: Met) -> Response:
    return Response(b'{"access_token": "\xff\xfe\xc3\x28"}', mimetype="application/json")


def _huge(met: Met) -> Response:
    return Response(_blanks(met.number("megabytes")), mimetype="application/json")


def _gzip_bomb(met: Met) -> Response:
    response = Response(_packed(met.number("megabytes")), mimetype="application/json")
    response.headers["Content-Encoding"] = "gzip"
    return response


def _redirected(met: Met) -> Response:
    response = Response(status=307)
    response.headers["Location"] = met.values["to"]
    return response


def _invalid_grant(_met: Met) -> Response:
    return _json({"error": "invalid_grant"}, 400)


def _invalid_client(met: Met) -> Response:
    return _json({"error": "invalid_client"}, int(met.values["status"]))


def _token_error(met: Met) -> Response:
    return _json({"error": met.values["error"]}, 400)


def _token_expired(_met: Met) -> Response:
    at = clock.now() - timedelta(minutes=1)
    return bearer.refuse(f"TokenExpired: token expired at {at:%m/%d/%Y %H:%M:%S}")


def _insufficient_scope(met: Met) -> Response:
    response = bearer.refuse_scope()
    response.headers["WWW-Authenticate"] = met.values["spelling"]
    return response


def _error_by_redirect(met: Met) -> Response:
    wanted = authorize.read(request.args, settings())
    return make_response(redirect(wanted.answer(error=met.values["error"])))


def _error_page(met: Met) -> Response:
    error, text = _ERROR_PAGES[met.values["error"]]
    raise RequestRefused(error, text, "This was asked for at /faults. The request itself was good.")


def _app_full(_met: Met) -> Response:
    # Whoever asks for something wrong is told that first.
    authorize.read(request.args, settings())
    return make_response(render_template("authorize/full.html"))


INSTEAD: Mapping[str, Callable[[Met], Response]] = {
    # Neither is ever sent: the line ends first.
    "refuse": lambda _met: Response(),
    "reset": lambda _met: Response(),
    "failing": _failing,
    "rate_limited": _rate_limited,
    "html": _html,
    "edge": _edge,
    "empty_object": _empty_object,
    "bad_utf8": _bad_utf8,
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "redirected": _redirected,
    "invalid_grant": _invalid_grant,
    "invalid_client": _invalid_client,
    "token_error": _token_error,
    "token_expired": _token_expired,
    "insufficient_scope": _insufficient_scope,
    "no_access": lambda _met: bearer.refuse_tenant(),
    "not_found": lambda _met: Response(status=404),
    "error_by_redirect": _error_by_redirect,
    "error_page": _error_page,
    "app_full": _app_full,
}


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def _with_retry_after(response: Response, met: Met) -> Response:
    if met.values["retry_after"]:
        response.headers["Retry-After"] = met.values["retry_after"]
    return response


def _blanks(megabytes: float) -> Iterator[bytes]:
    for _ in range(int(megabytes)):
        yield b" " * _MEGABYTE
    yield b"{}"


def _packed(megabytes: float) -> Iterator[bytes]:
    packer = zlib.compressobj(1, wbits=16 + zlib.MAX_WBITS)
    for chunk in _blanks(megabytes):
        yield packer.compress(chunk)
    yield packer.flush()
