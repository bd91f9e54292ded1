"""What nobody knows of the real Xero: the behaviours that were reported, and which one is shown here."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from xero_onboard.sandbox.models import ChosenAnswer
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.store import store


@dataclass(frozen=True)
class Unknown:
    """A question with the answers that were reported; the first one is shown unless another is chosen."""

    name: str
    asks: str
    answers: Mapping[str, str]

    @property
    def usual(self) -> str:
        return next(iter(self.answers))


UNKNOWNS = (
    Unknown(
        "late_reuse",
        "A refresh token is used again more than 30 minutes after its first use",
        {
            "request": "Only that request fails",
            "family": "Every token that came of the same consent dies with it",
        },
    ),
    Unknown(
        "refresh_after_last",
        "A refresh after the last organisation was disconnected",
        {"succeeds": "It succeeds, and the list is empty", "invalid_grant": "invalid_grant"},
    ),
    Unknown(
        "continue",
        "“Continue” with organisations that were connected before",
        {
            "unmatched": "They keep event id and dates, so that authEventId matches nothing",
            "bumped": "updatedDateUtc is now; the event id stays, so that authEventId matches nothing",
            "another": "Only the one connected first gets a newer updatedDateUtc",
            "matched": "They get the new event id and are updated now",
        },
    ),
    Unknown(
        "pkce",
        "An app with a secret sends a PKCE challenge as well",
        {"accepted": "It is checked", "refused": "Error page: unauthorized_client"},
    ),
    Unknown(
        "nonce",
        "An app sends a nonce",
        {"returned": "It is in the identity token", "ignored": "It is not in the identity token"},
    ),
    Unknown(
        "scopes_supported",
        "The discovery document names its scopes",
        {"absent": "No", "present": "Yes, in scopes_supported"},
    ),
)
_BY_NAME: Mapping[str, Unknown] = {unknown.name: unknown for unknown in UNKNOWNS}


def answer(name: str) -> str:
    """How this Xero behaves."""
    chosen = store.session.get(ChosenAnswer, name)
    return chosen.answer if chosen else _BY_NAME[name].usual


def answers() -> dict[str, str]:
    """How this Xero behaves, in everything."""
    chosen = {row.question: row.answer for row in store.session.scalars(select(ChosenAnswer))}
    return {unknown.name: chosen.get(unknown.name, unknown.usual) for unknown in UNKNOWNS}


def choose(chosen: Mapping[str, str]) -> None:
    """Behave like this from now on, and as before where nothing is said; raises Refused."""
    for name, given in chosen.items():
        if name not in _BY_NAME:
            raise Refused(f"There is no question “{name[:60]}”")
        known = _BY_NAME[name].answers
        if given not in known:
            raise Refused(f"{name}: one of {', '.join(known)}")
    for name, given in chosen.items():
        store.session.merge(ChosenAnswer(question=name, answer=given))


def choose_the_usual() -> None:
    """Behave as at the beginning."""
    store.session.execute(delete(ChosenAnswer))
    store.session.expire_all()
