"""The words for a trip to Xero that only confirms who somebody is, or links their login."""

from collections.abc import Mapping

from xero_onboard.connect.words import Words

_AGAIN = "Go back to your account and press the button again."
_IN_A_MINUTE = "Wait a minute, then go back to your account and press the button again."

ACCOUNT_WORDS: Mapping[str, Words] = {
    "declined": (
        "info",
        False,
        "Nothing was changed",
        "You pressed Cancel at Xero, so Xero did not tell us who you are.",
        _AGAIN,
    ),
    "attempt_expired": (
        "info",
        False,
        "That took longer than 10 minutes",
        "For your safety, a trip to Xero must be finished within 10 minutes. Nothing was changed.",
        _AGAIN,
    ),
    "abandoned": (
        "info",
        False,
        "You did not come back from Xero in time",
        "You left for Xero, and for 10 minutes Xero did not send you back. Nothing was changed.",
        _AGAIN,
    ),
    "superseded": (
        "info",
        False,
        "You finished this in another tab",
        "You pressed the button again later and came back from Xero then, so this older try has ended.",
        "There is nothing to do here.",
    ),
    "provider_error": (
        "problem",
        False,
        "Xero stopped before it finished",
        "Xero sent you back with an error of its own, and nothing was changed.",
        _IN_A_MINUTE,
    ),
    "provider_unavailable": (
        "problem",
        False,
        "Xero did not answer us",
        "You did your part, but Xero did not reply when we asked it who you are.",
        _IN_A_MINUTE,
    ),
    "code_refused": (
        "problem",
        False,
        "Xero asked us to start again",
        "Xero's one-time proof was already used or had run out before we could use it.",
        _AGAIN,
    ),
    "bad_identity": (
        "problem",
        False,
        "We could not be sure who signed in",
        "Xero's answer about your login did not pass our safety checks, so we changed nothing.",
        "Try once more, and write to {support_email} if it happens again.",
    ),
    "scope_missing": (
        "problem",
        False,
        "Xero did not tell us who you are",
        "The permission to see your name and email address is missing from Xero's answer.",
        "Press the button again and choose Allow access at Xero.",
    ),
    "storage_failed": (
        "problem",
        False,
        "We could not finish this",
        "Xero said yes, but something went wrong on our side before we could keep the answer.",
        _AGAIN,
    ),
}
