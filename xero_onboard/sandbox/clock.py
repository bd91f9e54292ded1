"""The clock of the practice Xero, which can be wrong."""

from datetime import datetime, timedelta

from xero_onboard.lib import clock
from xero_onboard.sandbox.faults import present


def now() -> datetime:
    """The present moment as tokens and the Date header tell it in this call; rows keep the true one."""
    return told(clock.now())


def told(moment: datetime) -> datetime:
    """A moment as it is told in this call."""
    fault = present.of_kind("clock")
    return moment + timedelta(seconds=fault.number("seconds") if fault else 0)
