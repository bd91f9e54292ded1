"""Every fault there is; what each one does is in `line`, `answers`, `lies` and `pages`."""

from collections.abc import Mapping

from xero_onboard.sandbox.faults import of_calls, of_organisations, of_tokens
from xero_onboard.sandbox.faults.shape import Fault

GROUPS = (
    of_calls.LINE,
    of_calls.INSTEAD,
    of_calls.REFUSALS,
    of_tokens.IDENTITY,
    of_tokens.INCOMPLETE,
    of_organisations.KEYS,
    of_organisations.ORGANISATIONS,
    of_organisations.PAGES,
    of_calls.CLOCK,
)
FAULTS: Mapping[str, Fault] = {fault.name: fault for group in GROUPS for fault in group.faults}


def possible_at(place: str) -> list[str]:
    """The names of the faults that can be met at this place."""
    return [fault.name for fault in FAULTS.values() if place in fault.places]
