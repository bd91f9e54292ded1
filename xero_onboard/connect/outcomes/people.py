"""The words for a trip to Xero that only asks who somebody is.

Where such a trip ends as one to connect does, it says so in words of its own.
"""

from collections.abc import Mapping

from xero_onboard.connect.outcomes.entry import Entry

_SIGN_IN_AGAIN = "Press Sign in with Xero again."
_AGAIN = "Go back to your account and press the button again."
_IN_A_MINUTE = "Wait a minute, then go back to your account and press the button again."

PEOPLE: Mapping[str, Entry] = {
    "signed_in": Entry(
        "success",
        "done",
        "You are signed in",
        "We recognised you by your Xero login.",
        "Carry on where you left off.",
    ),
    "proved": Entry(
        "success",
        "done",
        "Xero has confirmed that it is you",
        "For 15 minutes you may change what protects your account.",
        "Carry on where you left off.",
    ),
    "identity_linked": Entry(
        "success",
        "done",
        "Your Xero login is linked",
        "From now on you can sign in with Xero, too.",
        "There is nothing else to do.",
    ),
    "account_closed": Entry(
        "problem",
        "operator",
        "This account is closed",
        "The {product_name} account of this Xero login was closed by an administrator, so we connected nothing.",
        "Write to {support_email} if that should not be so.",
    ),
    "another_login": Entry(
        "problem",
        "reader",
        "That was another Xero login",
        "The Xero login you came back with is not linked to the account you are signed in to.",
        "Sign out of Xero, then press the button again and use your own login there.",
    ),
    "identity_taken": Entry(
        "problem",
        "reader",
        "This Xero login belongs to another account",
        "Somebody signs in to another {product_name} account with this Xero login, so we linked nothing.",
        "If that account is yours, sign in to it and unlink Xero there. Otherwise write to {support_email}.",
    ),
}

SIGNING_IN: Mapping[str, Entry] = {
    "declined": Entry(
        "info",
        "reader",
        "You are not signed in",
        "You pressed Cancel at Xero, so Xero did not tell us who you are.",
        "Press Sign in with Xero again when you are ready.",
    ),
    "abandoned": Entry(
        "info",
        "reader",
        "You did not come back from Xero in time",
        "You left for Xero to sign in, and for 10 minutes Xero did not send you back.",
        _SIGN_IN_AGAIN,
    ),
    "superseded": Entry(
        "info",
        "done",
        "You signed in in another tab",
        "You pressed the button again later and came back from Xero then, so this older try has ended.",
        "There is nothing to do here.",
    ),
    "cancelled": Entry(
        "info",
        "reader",
        "You stopped",
        "You had begun to sign in, and that is ended.",
        "Press Sign in with Xero when you want to begin again.",
    ),
    "attempt_expired": Entry(
        "info",
        "reader",
        "That took longer than 10 minutes",
        "For your safety, signing in must be finished within 10 minutes.",
        _SIGN_IN_AGAIN,
    ),
    "provider_error": Entry(
        "problem",
        "wait",
        "Xero stopped before it finished",
        "Xero sent you back with an error of its own, and you are not signed in.",
        "Wait a minute, then press Sign in with Xero again.",
    ),
    "provider_unavailable": Entry(
        "problem",
        "wait",
        "Xero did not answer us",
        "You did your part, but Xero did not reply when we asked it who you are.",
        "Wait a minute, then press Sign in with Xero again.",
    ),
    "code_refused": Entry(
        "problem",
        "reader",
        "Xero asked us to start again",
        "Xero's one-time proof was already used or had run out before we could use it.",
        _SIGN_IN_AGAIN,
    ),
    "bad_identity": Entry(
        "problem",
        "reader",
        "We could not be sure who signed in",
        "Xero's answer about your login did not pass our safety checks, so we signed nobody in.",
        "Press Sign in with Xero once more, and write to {support_email} if it happens again.",
    ),
    "clocks_apart": Entry(
        "problem",
        "operator",
        "Our clock and Xero's do not agree",
        "Xero signs what it says about your login with the time. By our clock that time cannot be right, so we signed nobody in.",
        "It is nothing that you did. Try again in an hour, and write to {support_email} if it lasts.",
    ),
    "scope_missing": Entry(
        "problem",
        "reader",
        "Xero did not tell us who you are",
        "The permission to see your name and email address is missing from Xero's answer.",
        "Press Sign in with Xero again and choose Allow access.",
    ),
    "storage_failed": Entry(
        "problem",
        "operator",
        "We could not sign you in",
        "Xero said yes, but something went wrong on our side before we could keep the answer.",
        _SIGN_IN_AGAIN,
    ),
}

# To confirm who one is, or to sign in with Xero from then on.
CONFIRMING: Mapping[str, Entry] = {
    "declined": Entry(
        "info",
        "reader",
        "Nothing was changed",
        "You pressed Cancel at Xero, so Xero did not tell us who you are.",
        _AGAIN,
    ),
    "attempt_expired": Entry(
        "info",
        "reader",
        "That took longer than 10 minutes",
        "For your safety, a trip to Xero must be finished within 10 minutes. Nothing was changed.",
        _AGAIN,
    ),
    "abandoned": Entry(
        "info",
        "reader",
        "You did not come back from Xero in time",
        "You left for Xero, and for 10 minutes Xero did not send you back. Nothing was changed.",
        _AGAIN,
    ),
    "superseded": Entry(
        "info",
        "done",
        "You finished this in another tab",
        "You pressed the button again later and came back from Xero then, so this older try has ended.",
        "There is nothing to do here.",
    ),
    "provider_error": Entry(
        "problem",
        "wait",
        "Xero stopped before it finished",
        "Xero sent you back with an error of its own, and nothing was changed.",
        _IN_A_MINUTE,
    ),
    "provider_unavailable": Entry(
        "problem",
        "wait",
        "Xero did not answer us",
        "You did your part, but Xero did not reply when we asked it who you are.",
        _IN_A_MINUTE,
    ),
    "code_refused": Entry(
        "problem",
        "reader",
        "Xero asked us to start again",
        "Xero's one-time proof was already used or had run out before we could use it.",
        _AGAIN,
    ),
    "bad_identity": Entry(
        "problem",
        "reader",
        "We could not be sure who signed in",
        "Xero's answer about your login did not pass our safety checks, so we changed nothing.",
        "Try once more, and write to {support_email} if it happens again.",
    ),
    "clocks_apart": Entry(
        "problem",
        "operator",
        "Our clock and Xero's do not agree",
        "Xero signs what it says about your login with the time. By our clock that time cannot be right, so we changed nothing.",
        "It is nothing that you did. Try again in an hour, and write to {support_email} if it lasts.",
    ),
    "scope_missing": Entry(
        "problem",
        "reader",
        "Xero did not tell us who you are",
        "The permission to see your name and email address is missing from Xero's answer.",
        "Press the button again and choose Allow access at Xero.",
    ),
    "storage_failed": Entry(
        "problem",
        "operator",
        "We could not finish this",
        "Xero said yes, but something went wrong on our side before we could keep the answer.",
        _AGAIN,
    ),
}
