"""Answers in Xero's shape that are not true: the list of keys, connections, and tokens."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Flask, Response, json, request

from xero_onboard.lib import clock
from xero_onboard.sandbox import signing
from xero_onboard.sandbox.faults import present
from xero_onboard.sandbox.faults.armed import Met
from xero_onboard.sandbox.faults.false_tokens import FALSE_TOKENS

# JSON knows no such number, and Python's reader makes infinity of it.
_ENDLESS = "1e400"


def register(app: Flask) -> None:
    """Read every good answer over before it is sent; register after the headers are, and so runs before."""
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    met = present.of_kind("answer")
    lie = LIES.get(met.name) if met else None
    if met is None or lie is None or response.status_code != 200:
        return response
    told = json.dumps(lie(response.get_json(), met), separators=(",", ":"))
    response.set_data(told.replace(f'"{_ENDLESS}"', _ENDLESS))
    return response


def _no_keys(_true: Any, _met: Met) -> Any:
    return {"keys": []}


def _other_keys(true: Any, met: Met) -> Any:
    key = _unused_key().as_dict(private=False)
    false = {**true["keys"][0], "n": key["n"], "e": key["e"]}
    if met.values["kid"] == "new":
        name = "1CAF8E66772D6DC028D6726FD0261581570EFC19"
        false |= {"kid": name, "x5t": signing.thumbprint(name)}
    return {"keys": [false]}


@cache
def _unused_key() -> Any:
    return signing.key_of(signing.new_key())


def _no_connections(_true: Any, _met: Met) -> Any:
    return []


def _unmatched_event(true: Any, _met: Met) -> Any:
    if request.args.get("authEventId"):
        return []
    return [{**each, "authEventId": _other_id(each["authEventId"])} for each in true]


def _practice_tenants(true: Any, met: Met) -> Any:
    practices = [
        _practice("PRACTICE", "Osei & Partners Practice"),
        _practice("PRACTICEMANAGER", "Osei & Partners Jobs"),
    ]
    return practices if met.values["how"] == "only" else [*practices, *true]


def _practice(kind: str, name: str) -> dict[str, str]:
    made_at = f"{clock.now():%Y-%m-%dT%H:%M:%S.%f}0"
    return {
        "id": _other_id(f"connection of {name}"),
        # Made together with whatever was connected just now.
        "authEventId": request.args.get("authEventId") or _other_id(f"event of {name}"),
        "tenantId": _other_id(name),
        "tenantType": kind,
        "tenantName": name,
        "createdDateUtc": made_at,
        "updatedDateUtc": made_at,
    }


def _other_id(of: str) -> str:
    return str(uuid5(NAMESPACE_URL, of))


Lie = Callable[[Any, Met], Any]

LIES: Mapping[str, Lie] = {
    **FALSE_TOKENS,
    "no_keys": _no_keys,
    "other_keys": _other_keys,
    "no_connections": _no_connections,
    "unmatched_event": _unmatched_event,
    "practice_tenants": _practice_tenants,
}
