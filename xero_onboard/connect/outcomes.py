"""What a reader is told after pressing a button: every code with its words."""

from collections.abc import Mapping
from dataclasses import dataclass

from xero_onboard.config import Settings
from xero_onboard.connect.account_words import ACCOUNT_WORDS
from xero_onboard.connect.words import SIGN_IN_WORDS, WORDS, Tone, Words


@dataclass(frozen=True)
class Outcome:
    """What happened, and what to do next, in the reader's words."""

    code: str
    tone: Tone
    title: str
    detail: str
    next_step: str
    retry: bool
    # Which Connect block of the page it is about.
    anchor: str = "connect"


@dataclass(frozen=True)
class Names:
    """The names that stand in an outcome's sentences; what we do not know is paraphrased."""

    purpose: str = "connect"
    organisation: str | None = None
    expected: str | None = None


def outcome_of(
    code: str, settings: Settings, names: Names | None = None, anchor: str = "connect"
) -> Outcome:
    """The words for a code; raises KeyError for a code that does not exist."""
    names = names or Names()
    tone, retry, *sentences = _PERSONAL.get(names.purpose, {}).get(code, WORDS[code])
    known = {
        "organisation": names.organisation or "this organisation",
        "actual": names.organisation or "a different organisation",
        "expected": names.expected or "the same organisation as before",
        "product_name": settings.product_name,
        "support_email": settings.support_email,
    }
    title, detail, next_step = (_capital(sentence.format(**known)) for sentence in sentences)
    return Outcome(code, tone, title, detail, next_step, retry, anchor)


# The outcomes of an attempt by which the reader got what they pressed the button for.
SUCCEEDED = ("connected", "connected_another", "reconnected", "already_connected", "signed_in")


# Where what only asks who somebody is ends in other words than connecting.
_PERSONAL: Mapping[str, Mapping[str, Words]] = {
    "sign_in": SIGN_IN_WORDS,
    "prove": ACCOUNT_WORDS,
    "link": ACCOUNT_WORDS,
}


def is_trouble(code: str) -> bool:
    """Whether this is the code of an outcome other than success."""
    return code in WORDS and WORDS[code][0] != "success"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
