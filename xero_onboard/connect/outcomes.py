"""What a reader is told after pressing a button: every code with its words."""

from dataclasses import dataclass
from typing import Literal

from xero_onboard.config import Settings

Tone = Literal["success", "info", "problem"]

_AGAIN = "Press Connect to Xero again."
_IN_A_MINUTE = "Wait a minute, then press Connect to Xero again."
_RECONNECT = "Press Reconnect and allow access again."


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

    is_sign_in: bool = False
    organisation: str | None = None
    expected: str | None = None


def outcome_of(
    code: str, settings: Settings, names: Names | None = None, anchor: str = "connect"
) -> Outcome:
    """The words for a code; raises KeyError for a code that does not exist."""
    names = names or Names()
    tone, retry, *sentences = (_SIGN_IN_WORDS if names.is_sign_in else {}).get(code, _WORDS[code])
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


def is_trouble(code: str) -> bool:
    """Whether this is the code of an outcome other than success."""
    return code in _WORDS and _WORDS[code][0] != "success"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


_WORDS: dict[str, tuple[Tone, bool, str, str, str]] = {
    "connected": (
        "success",
        False,
        "{organisation} is connected",
        "{product_name} can now work with {organisation} in Xero.",
        "You can carry on with the guide, or see all your connections on the connections page.",
    ),
    "connected_another": (
        "success",
        False,
        "{organisation} is connected as well",
        "You now have more than one organisation connected.",
        "Choose the one you want to work with.",
    ),
    "reconnected": (
        "success",
        False,
        "{organisation} is connected again",
        "{product_name} can reach {organisation} in Xero again.",
        "There is nothing else to do.",
    ),
    "signed_in": (
        "success",
        False,
        "You are signed in",
        "We recognised you by your Xero login.",
        "Carry on where you left off.",
    ),
    "selected": (
        "success",
        False,
        "You are now working with {organisation}",
        "Everything you do here applies to {organisation} until you choose another organisation.",
        "You can change this at any time.",
    ),
    "checked": (
        "success",
        False,
        "Xero answered: {organisation} is connected",
        "We asked Xero just now.",
        "There is nothing to do.",
    ),
    "disconnected": (
        "success",
        False,
        "{organisation} is disconnected",
        "{product_name} can no longer reach {organisation} in Xero.",
        "You can connect it again at any time.",
    ),
    "declined": (
        "info",
        True,
        "Nothing was connected",
        "You pressed Cancel at Xero, so Xero gave us no access.",
        "Press Connect to Xero again when you are ready.",
    ),
    "attempt_expired": (
        "info",
        True,
        "That took longer than 10 minutes",
        "For your safety, a connection that is started must be finished within 10 minutes.",
        "Press Connect to Xero again; Xero will remember how far you got.",
    ),
    "abandoned": (
        "info",
        True,
        "You did not come back from Xero in time",
        "You left for Xero, and for 10 minutes Xero did not send you back, so nothing was connected.",
        "Press Connect to Xero again. If Xero showed you a message instead, the guide explains it.",
    ),
    "superseded": (
        "info",
        False,
        "You finished this in another tab",
        "You pressed the button again later and came back from Xero then, so this older try has ended.",
        "There is nothing to do here: look at your connections.",
    ),
    "cancelled": (
        "info",
        True,
        "You stopped",
        "What you had begun is ended, and no organisation was added.",
        "Press Connect to Xero when you want to begin again.",
    ),
    "limit_reached": (
        "problem",
        False,
        "We cannot add organisations at the moment",
        "Xero lets {product_name} connect a limited number of organisations, and that number is reached. Connections you have already are not affected.",
        "Write to {support_email} and mention the code limit_reached. If you have connected before, sign in with Xero.",
    ),
    "unknown_attempt": (
        "info",
        True,
        "We could not tell which connection this belongs to",
        "This page works only as the last step after Xero, and cannot be opened from a bookmark, a link or an old tab.",
        "Press Connect to Xero to start again.",
    ),
    "other_browser": (
        "problem",
        True,
        "You came back in a different browser, or you have signed out since",
        "What you started belongs to another browser, to a private window, or to an account you are no longer signed in to, so we stopped to keep it safe.",
        "Go back to where you pressed the button, or press Connect to Xero here to start again.",
    ),
    "provider_error": (
        "problem",
        True,
        "Xero stopped before it finished",
        "Xero sent you back with an error of its own, and nothing was connected.",
        _IN_A_MINUTE,
    ),
    "provider_unavailable": (
        "problem",
        True,
        "Xero did not answer us",
        "You did your part, but Xero did not reply when we asked it to finish the connection.",
        _IN_A_MINUTE,
    ),
    "code_refused": (
        "problem",
        True,
        "Xero asked us to start again",
        "Xero's one-time permission was already used or had run out before we could use it.",
        _AGAIN,
    ),
    "client_refused": (
        "problem",
        False,
        "Our own set-up with Xero is not working",
        "Xero refused {product_name}, not you, and trying again will not help.",
        "Write to {support_email} and mention the code client_refused.",
    ),
    "bad_identity": (
        "problem",
        True,
        "We could not be sure who signed in",
        "Xero's answer about your login did not pass our safety checks, so we connected nothing.",
        "Press Connect to Xero once more, and write to {support_email} if it happens again.",
    ),
    "no_refresh_token": (
        "problem",
        False,
        "Xero gave us access for 30 minutes only",
        "Xero left out the part that lets us stay connected, so we did not keep the connection.",
        "Write to {support_email} and mention the code no_refresh_token.",
    ),
    "scope_missing": (
        "problem",
        True,
        "Xero gave us fewer permissions than we need",
        "At least one of the permissions we asked for is missing, so the connection would not work.",
        "Press Connect to Xero again and choose Allow access.",
    ),
    "no_organisation": (
        "problem",
        True,
        "You are signed in to Xero, but no organisation was connected",
        "Xero told us that your login has given us no organisation.",
        "Press Connect to Xero again and choose an organisation before you press Allow access.",
    ),
    "organisations_unavailable": (
        "problem",
        True,
        "We could not read your list of organisations",
        "You allowed access, but Xero did not answer when we asked which organisation you chose.",
        "Wait a minute: connections you had before are looked at again by themselves. To add one, press Connect to Xero again.",
    ),
    "choose_organisation": (
        "info",
        False,
        "One more step: choose your organisation",
        "Your Xero login has given us more than one organisation, and we do not choose for you.",
        "Choose the organisations to use with {product_name}.",
    ),
    "already_connected": (
        "info",
        False,
        "{organisation} was already connected",
        "Nothing has changed: the connection was there before and still works.",
        "To add a different organisation, press Connect to Xero and choose that one at Xero.",
    ),
    "signed_in_as_another": (
        "problem",
        True,
        "You signed in to another {product_name} account meanwhile",
        "The Xero login you came back with is not that of the account you are signed in to now, so we connected nothing.",
        "To use that Xero login with this account, press Connect to Xero again. Otherwise sign out first.",
    ),
    "permission_ended": (
        "info",
        True,
        "Xero's permission ended before an organisation was connected",
        "More than 30 minutes passed before you chose, or access was taken away meanwhile, here or in Xero.",
        "Press Connect to Xero again; Xero will remember what you allowed.",
    ),
    "held_elsewhere": (
        "problem",
        False,
        "{organisation} is connected to another {product_name} account",
        "An organisation can belong to one {product_name} account only, so we did not connect {organisation} here.",
        "Ask your colleagues or your accountant who connected it, or write to {support_email}.",
    ),
    "wrong_organisation": (
        "problem",
        True,
        "You chose {actual}, not {expected}",
        "You were reconnecting {expected}, so we changed nothing.",
        "Press Reconnect again and choose {expected} at Xero.",
    ),
    "wrong_kind": (
        "problem",
        True,
        "You chose a practice, not an organisation",
        "{product_name} works with the books of one business, and an accountant's practice in Xero has none.",
        "Press Connect to Xero again and choose the organisation of the business.",
    ),
    "storage_failed": (
        "problem",
        True,
        "We could not save the connection",
        "Xero said yes, but something went wrong on our side before we could keep the answer.",
        "Press Connect to Xero again; Xero will remember what you allowed.",
    ),
    "revoked": (
        "problem",
        True,
        "Access was taken away in Xero",
        "Somebody ended {product_name}'s access to {organisation} in Xero.",
        "Press Reconnect if you want it back.",
    ),
    "organisation_gone": (
        "problem",
        True,
        "{organisation} is no longer available to us in Xero",
        "It was disconnected or closed in Xero, or your Xero login has lost access to it.",
        "Check that you can still open {organisation} in Xero, then press Reconnect.",
    ),
    "reconnect_needed": (
        "problem",
        True,
        "The connection to {organisation} has to be renewed",
        "Xero no longer accepts the access we hold.",
        _RECONNECT,
    ),
    "provider_slow": (
        "info",
        False,
        "Xero is not answering at the moment",
        "The connection to {organisation} is still there, but Xero is slow, busy or down.",
        "There is nothing to do: we try again by ourselves.",
    ),
}

_SIGN_IN_AGAIN = "Press Sign in with Xero again."

# Where signing in alone ends in other words than connecting.
_SIGN_IN_WORDS: dict[str, tuple[Tone, bool, str, str, str]] = {
    "declined": (
        "info",
        False,
        "You are not signed in",
        "You pressed Cancel at Xero, so Xero did not tell us who you are.",
        "Press Sign in with Xero again when you are ready.",
    ),
    "attempt_expired": (
        "info",
        False,
        "That took longer than 10 minutes",
        "For your safety, signing in must be finished within 10 minutes.",
        _SIGN_IN_AGAIN,
    ),
    "provider_error": (
        "problem",
        False,
        "Xero stopped before it finished",
        "Xero sent you back with an error of its own, and you are not signed in.",
        "Wait a minute, then press Sign in with Xero again.",
    ),
    "provider_unavailable": (
        "problem",
        False,
        "Xero did not answer us",
        "You did your part, but Xero did not reply when we asked it who you are.",
        "Wait a minute, then press Sign in with Xero again.",
    ),
    "code_refused": (
        "problem",
        False,
        "Xero asked us to start again",
        "Xero's one-time proof was already used or had run out before we could use it.",
        _SIGN_IN_AGAIN,
    ),
    "bad_identity": (
        "problem",
        False,
        "We could not be sure who signed in",
        "Xero's answer about your login did not pass our safety checks, so we signed nobody in.",
        "Press Sign in with Xero once more, and write to {support_email} if it happens again.",
    ),
    "scope_missing": (
        "problem",
        False,
        "Xero did not tell us who you are",
        "The permission to see your name and email address is missing from Xero's answer.",
        "Press Sign in with Xero again and choose Allow access.",
    ),
    "storage_failed": (
        "problem",
        False,
        "We could not sign you in",
        "Xero said yes, but something went wrong on our side before we could keep the answer.",
        _SIGN_IN_AGAIN,
    ),
}
