"""The words for a trip to Xero that only asks who somebody is.

Where such a trip ends as one to connect does, it says so in words of its own.
"""

from collections.abc import Mapping

from xero_onboard.connect.outcomes.entry import Entry
from xero_onboard.lib.languages import marked

_SIGN_IN_AGAIN = marked("Press Sign in with Xero again.")
_AGAIN = marked("Go back to your account and press the button again.")
_IN_A_MINUTE = marked("Wait a minute, then go back to your account and press the button again.")

PEOPLE: Mapping[str, Entry] = {
    "signed_in": Entry(
        "success",
        "done",
        marked("You are signed in"),
        marked("We recognised you by your Xero login."),
        marked("Carry on where you left off."),
    ),
    "proved": Entry(
        "success",
        "done",
        marked("Xero has confirmed that it is you"),
        marked("For 15 minutes you may change what protects your account."),
        marked("Carry on where you left off."),
    ),
    "identity_linked": Entry(
        "success",
        "done",
        marked("Your Xero login is linked"),
        marked("From now on you can sign in with Xero, too."),
        marked("There is nothing else to do."),
    ),
    "account_closed": Entry(
        "problem",
        "operator",
        marked("This account is closed"),
        marked(
            "The {product_name} account of this Xero login was closed by an administrator, so we connected nothing."
        ),
        marked("Write to {support_email} if that should not be so."),
    ),
    "another_login": Entry(
        "problem",
        "reader",
        marked("That was another Xero login"),
        marked(
            "The Xero login you came back with is not linked to the account you are signed in to."
        ),
        marked("Sign out of Xero, then press the button again and use your own login there."),
    ),
    "identity_taken": Entry(
        "problem",
        "reader",
        marked("This Xero login belongs to another account"),
        marked(
            "Somebody signs in to another {product_name} account with this Xero login, so we linked nothing."
        ),
        marked(
            "If that account is yours, sign in to it and unlink Xero there. Otherwise write to {support_email}."
        ),
    ),
}

SIGNING_IN: Mapping[str, Entry] = {
    "declined": Entry(
        "info",
        "reader",
        marked("You are not signed in"),
        marked("You pressed Cancel at Xero, so Xero did not tell us who you are."),
        marked("Press Sign in with Xero again when you are ready."),
    ),
    "abandoned": Entry(
        "info",
        "reader",
        marked("You did not come back from Xero in time"),
        marked("You left for Xero to sign in, and for 10 minutes Xero did not send you back."),
        _SIGN_IN_AGAIN,
    ),
    "superseded": Entry(
        "info",
        "done",
        marked("You signed in in another tab"),
        marked(
            "You pressed the button again later and came back from Xero then, so this older try has ended."
        ),
        marked("There is nothing to do here."),
    ),
    "cancelled": Entry(
        "info",
        "reader",
        marked("You stopped"),
        marked("You had begun to sign in, and that is ended."),
        marked("Press Sign in with Xero when you want to begin again."),
    ),
    "attempt_expired": Entry(
        "info",
        "reader",
        marked("That took longer than 10 minutes"),
        marked("For your safety, signing in must be finished within 10 minutes."),
        _SIGN_IN_AGAIN,
    ),
    "provider_error": Entry(
        "problem",
        "wait",
        marked("Xero stopped before it finished"),
        marked("Xero sent you back with an error of its own, and you are not signed in."),
        marked("Wait a minute, then press Sign in with Xero again."),
    ),
    "provider_unavailable": Entry(
        "problem",
        "wait",
        marked("Xero did not answer us"),
        marked("You did your part, but Xero did not reply when we asked it who you are."),
        marked("Wait a minute, then press Sign in with Xero again."),
    ),
    "code_refused": Entry(
        "problem",
        "reader",
        marked("Xero asked us to start again"),
        marked("Xero's one-time proof was already used or had run out before we could use it."),
        _SIGN_IN_AGAIN,
    ),
    "bad_identity": Entry(
        "problem",
        "reader",
        marked("We could not be sure who signed in"),
        marked(
            "Xero's answer about your login did not pass our safety checks, so we signed nobody in."
        ),
        marked(
            "Press Sign in with Xero once more, and write to {support_email} if it happens again."
        ),
    ),
    "clocks_apart": Entry(
        "problem",
        "operator",
        marked("Our clock and Xero's do not agree"),
        marked(
            "Xero signs what it says about your login with the time. By our clock that time cannot be right, so we signed nobody in."
        ),
        marked(
            "It is nothing that you did. Try again in an hour, and write to {support_email} if it lasts."
        ),
    ),
    "scope_missing": Entry(
        "problem",
        "reader",
        marked("Xero did not tell us who you are"),
        marked("The permission to see your name and email address is missing from Xero's answer."),
        marked("Press Sign in with Xero again and choose Allow access."),
    ),
    "storage_failed": Entry(
        "problem",
        "operator",
        marked("We could not sign you in"),
        marked(
            "Xero said yes, but something went wrong on our side before we could keep the answer."
        ),
        _SIGN_IN_AGAIN,
    ),
}

# To confirm who one is, or to sign in with Xero from then on.
CONFIRMING: Mapping[str, Entry] = {
    "declined": Entry(
        "info",
        "reader",
        marked("Nothing was changed"),
        marked("You pressed Cancel at Xero, so Xero did not tell us who you are."),
        _AGAIN,
    ),
    "attempt_expired": Entry(
        "info",
        "reader",
        marked("That took longer than 10 minutes"),
        marked(
            "For your safety, a trip to Xero must be finished within 10 minutes. Nothing was changed."
        ),
        _AGAIN,
    ),
    "abandoned": Entry(
        "info",
        "reader",
        marked("You did not come back from Xero in time"),
        marked(
            "You left for Xero, and for 10 minutes Xero did not send you back. Nothing was changed."
        ),
        _AGAIN,
    ),
    "superseded": Entry(
        "info",
        "done",
        marked("You finished this in another tab"),
        marked(
            "You pressed the button again later and came back from Xero then, so this older try has ended."
        ),
        marked("There is nothing to do here."),
    ),
    "provider_error": Entry(
        "problem",
        "wait",
        marked("Xero stopped before it finished"),
        marked("Xero sent you back with an error of its own, and nothing was changed."),
        _IN_A_MINUTE,
    ),
    "provider_unavailable": Entry(
        "problem",
        "wait",
        marked("Xero did not answer us"),
        marked("You did your part, but Xero did not reply when we asked it who you are."),
        _IN_A_MINUTE,
    ),
    "code_refused": Entry(
        "problem",
        "reader",
        marked("Xero asked us to start again"),
        marked("Xero's one-time proof was already used or had run out before we could use it."),
        _AGAIN,
    ),
    "bad_identity": Entry(
        "problem",
        "reader",
        marked("We could not be sure who signed in"),
        marked(
            "Xero's answer about your login did not pass our safety checks, so we changed nothing."
        ),
        marked("Try once more, and write to {support_email} if it happens again."),
    ),
    "clocks_apart": Entry(
        "problem",
        "operator",
        marked("Our clock and Xero's do not agree"),
        marked(
            "Xero signs what it says about your login with the time. By our clock that time cannot be right, so we changed nothing."
        ),
        marked(
            "It is nothing that you did. Try again in an hour, and write to {support_email} if it lasts."
        ),
    ),
    "scope_missing": Entry(
        "problem",
        "reader",
        marked("Xero did not tell us who you are"),
        marked("The permission to see your name and email address is missing from Xero's answer."),
        marked("Press the button again and choose Allow access at Xero."),
    ),
    "storage_failed": Entry(
        "problem",
        "operator",
        marked("We could not finish this"),
        marked(
            "Xero said yes, but something went wrong on our side before we could keep the answer."
        ),
        _AGAIN,
    ),
}
