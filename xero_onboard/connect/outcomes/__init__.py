"""The catalogue of outcomes: every code with its words, and who can do something about it.

A code is for ever: guides claim it in their front matter, readers mention it, and staff count it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from xero_onboard.config import Settings
from xero_onboard.connect.outcomes.connecting import CONNECTING
from xero_onboard.connect.outcomes.connections import CONNECTIONS
from xero_onboard.connect.outcomes.entry import Entry, Tone, Who
from xero_onboard.connect.outcomes.errands import ERRANDS
from xero_onboard.connect.outcomes.people import CONFIRMING, PEOPLE, SIGNING_IN
from xero_onboard.connect.outcomes.sightings import SEEN, SIGHTINGS
from xero_onboard.lib.languages import gettext as _

__all__ = [
    "CATALOGUE",
    "SIGHTINGS",
    "SUCCEEDED",
    "Names",
    "Outcome",
    "Tone",
    "Who",
    "is_trouble",
    "outcome_of",
]

CATALOGUE: Mapping[str, Entry] = {**CONNECTING, **CONNECTIONS, **PEOPLE, **SEEN}

# The outcomes of an attempt by which the reader got what they pressed the button for.
SUCCEEDED = (
    *("connected", "connected_another", "reconnected", "already_connected"),
    *("taken_over", "replaced", "signed_in"),
)

# Where a trip of another kind ends in other words than a reader's own to connect.
_OTHER_WORDS: Mapping[str, Mapping[str, Entry]] = {
    "sign_in": SIGNING_IN,
    "prove": CONFIRMING,
    "link": CONFIRMING,
    "errand": ERRANDS,
}


@dataclass(frozen=True)
class Outcome:
    """What happened, and what to do next, in the reader's words."""

    code: str
    tone: Tone
    who: Who
    title: str
    detail: str
    next_step: str
    retry: bool
    # Whether the guide speaks of this very trip, and not of the same end of another kind of trip.
    fits_guide: bool = True
    # Which Connect block of the page it is about.
    anchor: str = "connect"
    # What the reader mentions when they ask for help; None where there is nothing to look up.
    reference: str | None = None
    # The attempt that can go on from here, without another trip to the provider.
    again: UUID | None = None


@dataclass(frozen=True)
class Names:
    """The names that stand in an outcome's sentences; what we do not know is paraphrased."""

    purpose: str = "connect"
    organisation: str | None = None
    expected: str | None = None
    reference: str | None = None
    # Whose login the organisation was connected with before.
    before: str | None = None
    # Who began, or who asked; for which of the customers; and who and which it is now.
    colleague: str | None = None
    customer: str | None = None
    present: str | None = None


def outcome_of(
    code: str, settings: Settings, names: Names | None = None, anchor: str = "connect"
) -> Outcome:
    """The words for a code; raises KeyError for a code that does not exist."""
    names = names or Names()
    others = _OTHER_WORDS.get(names.purpose, {}).get(code)
    entry = others or CATALOGUE[code]
    known = {
        "organisation": names.organisation or _("this organisation"),
        "actual": names.organisation or _("a different organisation"),
        "expected": names.expected or _("the same organisation as before"),
        "before": names.before or _("a colleague"),
        "colleague": names.colleague or _("your colleague"),
        "customer": names.customer or _("their company"),
        "present": names.present or _("somebody else"),
        "product_name": settings.product_name,
        "support_email": settings.support_email,
    }
    title, detail, next_step = (
        _capital(_(sentence).format(**known))
        for sentence in (entry.title, entry.detail, entry.next_step)
    )
    return Outcome(
        code=code,
        tone=entry.tone,
        who=entry.who,
        title=title,
        detail=detail,
        next_step=next_step,
        retry=entry.retry,
        fits_guide=others is None,
        anchor=anchor,
        # Nobody asks for help with what went well.
        reference=None if entry.who == "done" else names.reference,
    )


def is_trouble(code: str) -> bool:
    """Whether this is the code of an outcome other than success."""
    return code in CATALOGUE and CATALOGUE[code].tone != "success"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
