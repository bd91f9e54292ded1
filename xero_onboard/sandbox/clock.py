"""The clock of the practice Xero, which can be wrong."""

from datetime import datetime, timedelta

from xero_onboard.lib import clock
from xero_onboard.sandbox.faults import present


def shift() -> timedelta:
    """How far it is ahead of the truth in this call."""
    fault = present.of_kind("clock")
    return timedelta(seconds=fault.number("seconds")) if fault else timedelta()


def now() -> datetime:
    """The present moment as tokens and the Date header tell it; rows keep the true one."""
    return clock.now() + shift()
