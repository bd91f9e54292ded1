"""What the present call has met, for those who answer it."""

from flask import g, has_request_context

from xero_onboard.sandbox.faults.armed import Met


def keep(met: dict[str, Met]) -> None:
    """Remember it for the rest of this call."""
    g.met_faults = met


def of_kind(kind: str) -> Met | None:
    """The fault of this kind, if there is one."""
    met: dict[str, Met] = g.get("met_faults", {}) if has_request_context() else {}
    return met.get(kind)


def answer(name: str) -> Met | None:
    """The fault that spoils the answer, if it is this one."""
    met = of_kind("answer")
    return met if met and met.name == name else None
