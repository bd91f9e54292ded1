"""As whom a guide is looked at before it is published: every state of a reader, and every end of a press."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g

from xero_onboard.connect import results, samples, state
from xero_onboard.content.lowering import state_in_words

# What support staff look at first, in their words; the others are offered below them.
MAIN: Mapping[str, str] = {
    "stranger": "Anonymous",
    "not_connected": "Signed in, not connected",
    "connecting": "Connecting",
    "active": "Connected",
    "needs_reauth": "Needs to reconnect",
}
_ENDS = "ended:"


@dataclass(frozen=True)
class Choices:
    """What can be chosen, each value with its words."""

    main: Mapping[str, str]
    states: Mapping[str, str]
    ends: Mapping[str, str]

    @property
    def values(self) -> frozenset[str]:
        return frozenset((*self.main, *self.states, *self.ends))


def choices() -> Choices:
    """Every reader that can be pretended."""
    others = {name: state_in_words(name) for name in samples.samples() if name not in MAIN}
    ends = {f"{_ENDS}{code}": samples.outcome(code).title for code in samples.codes()}
    return Choices(MAIN, others, ends)


def pretend(name: str) -> None:
    """Have this page be read by somebody in this state, or after this end."""
    g.own_customers = ()
    if name.startswith(_ENDS):
        code = name.removeprefix(_ENDS)
        results.pretend(samples.outcome(code))
        state.pretend(samples.state_beside(code))
        g.reader = samples.READER
        return
    sample = samples.samples()[name]
    results.pretend(None)
    state.pretend(sample.state)
    g.reader = sample.reader
