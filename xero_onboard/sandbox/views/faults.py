"""Misbehaving on request: a page for people, and the same as JSON for tests.

Tests send and get `application/json`, without cookies:

- `GET /faults` (with `Accept: application/json`): `{"armed": [...], "answers": {...}, "faults": [...]}`;
- `POST /faults` `{"fault": "delay", "place": "token", "times": 1, "values": {"seconds": 2}}`: arms one and
  answers 201 with it; `times` is 1 when it is left out, and `null` stands for "until switched off";
- `GET /faults/<id>`: one of them with `met` (how often it was met) and `remaining`;
- `DELETE /faults/<id>` and `DELETE /faults`: one is switched off, or all are and every answer is the usual one;
- `POST /faults/answers` `{"late_reuse": "family"}`: what nobody knows of Xero is so from now on;
- `POST /faults/happenings` `{"happening": "role_changed", "person": "riley@practice.example",
  "organisation": "Riley's Roastery", "value": "Read only"}`: it happens at once;
- `POST /faults/put-back`: people and organisations are as they were at the beginning.

What is wrong is answered 422 with `{"problem": "..."}`. Places, faults and their values are listed in
`xero_onboard.sandbox.faults`, happenings in `happenings`, and answers in `unknowns`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from xero_onboard.lib.web import optional, required
from xero_onboard.sandbox import happenings, people, unknowns
from xero_onboard.sandbox.faults import armed, catalogue, shape
from xero_onboard.sandbox.models import ArmedFault
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.settings import settings

blueprint = Blueprint("faults", __name__, url_prefix="/faults")

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_DONE = {
    "armed": "It is switched on.",
    "off": "It is switched off.",
    "all": "Everything is switched off.",
    "answers": "From now on this Xero behaves as chosen.",
    "happened": "It has happened.",
    "back": "People and organisations are as they were at the beginning.",
}


@dataclass(frozen=True)
class Refusal:
    """A form that was not accepted, which is shown again as it was filled in; `form` is its id."""

    form: str
    filled_in: Mapping[str, str]
    problem: Refused


@blueprint.before_request
def refuse_strangers() -> None:
    """Only this computer, under a name of its own: a page elsewhere could have its own name lead here."""
    host = urlsplit(f"//{request.host}").hostname
    is_near = ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104
    if host not in _LOOPBACK or not is_near:
        abort(403, "Faults are switched on and off from this computer alone.")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """What is on, and what can be switched on."""
    if _wants_json():
        return jsonify(
            armed=[_as_json(row) for row in armed.on()],
            answers=unknowns.answers(),
            faults=sorted(catalogue.FAULTS),
        )
    return _page(done=_DONE.get(optional(request.args, "done") or ""))


@blueprint.post("")
def arm() -> ResponseReturnValue:
    """Switch one on."""
    if request.is_json:
        return _told(lambda: _as_json(_arm_as_told()))
    return _done("armed", _arm_as_filled_in, f"fault-{request.form.get('fault')}")


@blueprint.delete("")
def reset() -> Response:
    """Behave again, in everything."""
    armed.switch_all_off()
    unknowns.choose_the_usual()
    return Response(status=204)


@blueprint.get("/<int:armed_id>")
def one(armed_id: int) -> Response:
    """One of them, also when it is used up."""
    return jsonify(_as_json(armed.find(armed_id) or abort(404)))


@blueprint.delete("/<int:armed_id>")
def remove(armed_id: int) -> Response:
    """Switch one off."""
    return Response(status=204 if armed.switch_off(armed_id) else 404)


@blueprint.post("/<int:armed_id>/off")
def switch_off(armed_id: int) -> ResponseReturnValue:
    """Switch one off; it may be used up by now."""
    return _done("off", lambda: armed.switch_off(armed_id))


@blueprint.post("/off")
def switch_all_off() -> ResponseReturnValue:
    """Switch all of them off."""
    return _done("all", armed.switch_all_off)


@blueprint.post("/answers")
def choose() -> ResponseReturnValue:
    """Behave as chosen where nobody knows how Xero behaves."""
    if request.is_json:
        chosen = _texts(_json())
        return _told(lambda: unknowns.choose(chosen))
    filled_in = {each.name: required(request.form, each.name) for each in unknowns.UNKNOWNS}
    return _done("answers", lambda: unknowns.choose(filled_in))


@blueprint.post("/happenings")
def happen() -> ResponseReturnValue:
    """Let something happen to a person or an organisation."""
    if request.is_json:
        told = _texts(_json())
        return _told(lambda: _happen(told))
    filled_in = {
        "happening": required(request.form, "happening"),
        "person": optional(request.form, "person") or "",
        "organisation": optional(request.form, "organisation") or "",
        "value": optional(request.form, "value") or "",
    }
    return _done("happened", lambda: _happen(filled_in), f"happening-{filled_in['happening']}")


@blueprint.post("/put-back")
def put_back() -> ResponseReturnValue:
    """Give people and organisations their first roles, names and conditions back."""
    if request.is_json:
        return _told(happenings.put_back)
    return _done("back", happenings.put_back)


def _arm_as_told() -> ArmedFault:
    told = _json()
    times, values = told.get("times", 1), told.get("values") or {}
    if not isinstance(values, dict) or not (times is None or type(times) is int):
        raise Refused("times is a whole number or null, and values is an object")
    return armed.arm(str(told.get("fault")), str(told.get("place")), times, values)


def _arm_as_filled_in() -> None:
    name = required(request.form, "fault", among=catalogue.FAULTS)
    lasts = required(request.form, "lasts", among={"next", "times", "always"})
    given = {
        value.name: optional(request.form, value.name) or ""
        for value in catalogue.FAULTS[name].takes
    }
    times = {"next": "1", "times": optional(request.form, "times") or ""}.get(lasts)
    if times is not None and not (times.isascii() and times.isdigit()):
        raise Refused("So many calls: a number", "times")
    armed.arm(name, required(request.form, "place"), int(times) if times else None, given)


def _happen(told: Mapping[str, str]) -> None:
    happenings.happen(
        told.get("happening", ""), told.get("person"), told.get("organisation"), told.get("value")
    )


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _json() -> dict[str, Any]:
    told = request.get_json()
    if not isinstance(told, dict):
        raise BadRequest("Send an object.")
    return told


def _texts(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in told.items() if value is not None}


def _told(do: Callable[[], Any]) -> ResponseReturnValue:
    """Do it, and answer with what comes of it."""
    try:
        return jsonify(do()), 201
    except Refused as problem:
        return jsonify(problem=str(problem)), 422


def _done(what: str, do: Callable[[], object], form: str = "") -> ResponseReturnValue:
    try:
        do()
    except Refused as problem:
        return _page(Refusal(form, request.form, problem)), 422
    return redirect(url_for(".overview", done=what))


def _as_json(row: ArmedFault) -> dict[str, Any]:
    return {
        "id": row.id,
        "fault": row.fault,
        "place": row.place,
        "values": armed.values_of(row),
        "remaining": row.remaining,
        "met": row.met,
        "is_on": row.is_on,
    }


def _page(refusal: Refusal | None = None, done: str | None = None) -> str:
    app = urlsplit(settings().redirect_uris[0])
    return render_template(
        "faults/overview.html",
        refusal=refusal,
        done=done,
        armed=[(row, armed.fault_of(row), armed.values_of(row)) for row in armed.on()],
        used_up=[(row, armed.fault_of(row)) for row in armed.used_up()],
        groups=catalogue.GROUPS,
        words_of=shape.words_of,
        happenings=happenings.HAPPENINGS.values(),
        people={each.email: each.name for each in people.everybody()},
        organisations={
            str(each.id): f"{each.name} ({each.short_code})" for each in happenings.organisations()
        },
        unknowns=unknowns.UNKNOWNS,
        answers=unknowns.answers(),
        states=f"{app.scheme}://{app.netloc}/connect/states",
    )
