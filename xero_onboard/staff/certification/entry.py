"""The shape of a checkpoint: what Xero asks, and how this installation finds out whether it is met."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

# Met or not as far as it can be seen from here; only a person can say; or it does not apply.
Status = Literal["met", "unmet", "confirm", "elsewhere"]

CHECKPOINTS = "https://developer.xero.com/documentation/xero-app-store/app-partner-guides/certification-checkpoints/"
SECURITY = "https://developer.xero.com/partner/security-standard-for-xero-api-consumers"
SCOPES = "https://developer.xero.com/documentation/guides/oauth2/scopes/"
LIMITS = "https://developer.xero.com/documentation/guides/oauth2/limits/"
SIGN_IN = "https://developer.xero.com/documentation/guides/oauth2/sign-in/"
TOKENS = "https://developer.xero.com/documentation/guides/oauth2/token-types/"
TROUBLESHOOTING = "https://developer.xero.com/documentation/guides/oauth2/troubleshooting/"
FAQ = "https://developer.xero.com/faq/oauth2"


@dataclass(frozen=True)
class Finding:
    """What was found just now, how it is known, and what is left to do."""

    status: Status
    evidence: str
    todo: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """One thing that Xero asks of an app; every `look` can find that it is not met, or asks a person."""

    id: str
    asks: str
    look: Callable[[], Finding]
    link: str = CHECKPOINTS


def judged(is_met: bool, evidence: str, todo: str) -> Finding:
    """Met or not, by what can be seen from here."""
    return Finding("met", evidence) if is_met else Finding("unmet", evidence, todo)


def unmet(evidence: str, todo: str) -> Finding:
    """Certainly not met."""
    return Finding("unmet", evidence, todo)


def to_confirm(evidence: str, todo: str) -> Finding:
    """What can be seen from here is in order, and the rest only a person knows."""
    return Finding("confirm", evidence, todo)


def elsewhere(evidence: str) -> Finding:
    """It does not apply to this installation."""
    return Finding("elsewhere", evidence)


def some(count: int, one: str, many: str) -> str:
    """A number with its word: 1 login, 2 logins."""
    return f"{count} {one if count == 1 else many}"
