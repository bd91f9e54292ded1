"""The practice Xero's /faults for tests: `faults.arm("token", "delay", seconds=2)` before what must go wrong.

Places, faults and their values are those of `xero_onboard/sandbox/faults/of_*.py`; see tests/README.md.
"""

from dataclasses import dataclass
from typing import Any, cast

import httpx


class NotArmed(Exception):
    """The sandbox refused; the message is its own."""


@dataclass(frozen=True)
class Armed:
    """A fault that waits for calls."""

    address: str

    @property
    def met(self) -> int:
        """How many calls have met it."""
        return int(self._asked()["met"])

    @property
    def remaining(self) -> int | None:
        """How many calls will meet it; None when it stays until it is switched off."""
        return cast("int | None", self._asked()["remaining"])

    def switch_off(self) -> None:
        httpx.delete(self.address).raise_for_status()

    def _asked(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(self.address).raise_for_status().json()
        return found


@dataclass(frozen=True)
class Faults:
    """What one practice Xero is told to get wrong; `origin` is its address, such as http://localhost:8001."""

    origin: str

    def arm(self, place: str, fault: str, *, times: int | None = 1, **values: str | float) -> Armed:
        """The next `times` calls at this place meet the fault; all of them when it is None."""
        told = {"place": place, "fault": fault, "times": times, "values": values}
        return Armed(f"{self.origin}/faults/{self._told('', told)['id']}")

    def stay(self, place: str, fault: str, **values: str | float) -> Armed:
        """Every call at this place meets the fault until it is switched off."""
        return self.arm(place, fault, times=None, **values)

    def choose(self, **answers: str) -> None:
        """How this Xero behaves where nobody knows: `choose(late_reuse="family")`."""
        self._told("/answers", answers)

    def happen(
        self, happening: str, *, person: str = "", organisation: str = "", value: str = ""
    ) -> None:
        """Something happens to a person (by e-mail address) or an organisation (by name), at once."""
        told = {"person": person, "organisation": organisation, "value": value}
        given = {name: each for name, each in told.items() if each}
        self._told("/happenings", {"happening": happening, **given})

    def put_back(self) -> None:
        """People and organisations are as they were at the beginning."""
        self._told("/put-back", {})

    def clear(self) -> None:
        """Everything is answered as Xero answers."""
        httpx.delete(f"{self.origin}/faults").raise_for_status()

    def _told(self, path: str, told: dict[str, Any]) -> dict[str, Any]:
        answer = httpx.post(f"{self.origin}/faults{path}", json=told)
        if answer.status_code == 422:
            raise NotArmed(answer.json()["problem"])
        return cast("dict[str, Any]", answer.raise_for_status().json() or {})
