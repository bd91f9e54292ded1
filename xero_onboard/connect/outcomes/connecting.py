"""The words for what ends a trip to Xero before anything is connected."""

from collections.abc import Mapping

from xero_onboard.connect.outcomes.entry import Entry
from xero_onboard.lib.languages import marked

_AGAIN = marked("Press Connect to Xero again.")
_IN_A_MINUTE = marked("Wait a minute, then press Connect to Xero again.")

CONNECTING: Mapping[str, Entry] = {
    "declined": Entry(
        "info",
        "reader",
        marked("Nothing was connected"),
        marked("You pressed Cancel at Xero, so Xero gave us no access."),
        marked("Press Connect to Xero again when you are ready."),
        retry=True,
    ),
    "attempt_expired": Entry(
        "info",
        "reader",
        marked("That took longer than 10 minutes"),
        marked("For your safety, a connection that is started must be finished within 10 minutes."),
        marked(
            "Press Connect to Xero again: Xero remembers you, and one press takes you straight through."
        ),
        retry=True,
    ),
    "abandoned": Entry(
        "info",
        "reader",
        marked("You did not come back from Xero in time"),
        marked(
            "You left for Xero, and for 10 minutes Xero did not send you back, so nothing was connected."
        ),
        marked(
            "Press Connect to Xero again. If Xero showed you a message instead, the guide explains it."
        ),
        retry=True,
    ),
    "superseded": Entry(
        "info",
        "done",
        marked("You finished this in another tab"),
        marked(
            "You pressed the button again later and came back from Xero then, so this older try has ended."
        ),
        marked("There is nothing to do here: look at your connections."),
    ),
    "cancelled": Entry(
        "info",
        "reader",
        marked("You stopped"),
        marked("What you had begun is ended, and no organisation was added."),
        marked("Press Connect to Xero when you want to begin again."),
        retry=True,
    ),
    "limit_reached": Entry(
        "problem",
        "operator",
        marked("We cannot add organisations at the moment"),
        marked(
            "Xero lets {product_name} connect a limited number of organisations, and that number is reached. Connections you have already are not affected."
        ),
        marked(
            "Write to {support_email} and mention the code limit_reached. If you have connected before and are not signed in, sign in with Xero."
        ),
    ),
    "unknown_attempt": Entry(
        "info",
        "reader",
        marked("We could not tell which connection this belongs to"),
        marked(
            "This page works only as the last step after Xero, and cannot be opened from a bookmark, a link or an old tab."
        ),
        marked("Press Connect to Xero to start again."),
        retry=True,
    ),
    "other_browser": Entry(
        "problem",
        "reader",
        marked("You came back in a different browser, or you have signed out since"),
        marked(
            "What you started belongs to another browser, to a private window, or to an account you are no longer signed in to, so we stopped to keep it safe."
        ),
        marked(
            "Go back to where you pressed the button, or press Connect to Xero here to start again."
        ),
        retry=True,
    ),
    "provider_error": Entry(
        "problem",
        "wait",
        marked("Xero stopped before it finished"),
        marked("Xero sent you back with an error of its own, and nothing was connected."),
        _IN_A_MINUTE,
        retry=True,
    ),
    "provider_unavailable": Entry(
        "problem",
        "wait",
        marked("Xero did not answer us"),
        marked(
            "You did your part, but Xero did not reply when we asked it to finish the connection."
        ),
        _IN_A_MINUTE,
        retry=True,
    ),
    "not_allowed": Entry(
        "problem",
        "administrator",
        marked("You may not connect organisations for your company"),
        marked(
            "You may not change your company’s connections, or not any more, so we connected nothing."
        ),
        marked(
            "Ask a colleague who administers your company’s account to allow it, or to connect."
        ),
    ),
    "code_refused": Entry(
        "problem",
        "reader",
        marked("Xero asked us to start again"),
        marked(
            "Xero's one-time permission was already used or had run out before we could use it."
        ),
        _AGAIN,
        retry=True,
    ),
    "client_refused": Entry(
        "problem",
        "operator",
        marked("Our own set-up with Xero is not working"),
        marked("Xero refused {product_name}, not you, and trying again will not help."),
        marked("Write to {support_email} and mention the code client_refused."),
    ),
    "at_rest": Entry(
        "info",
        "operator",
        marked("Connecting is closed until we have looked at this site"),
        marked(
            "It was copied, moved or restored from a backup, and we have yet to confirm that it goes on here. Nothing was disconnected."
        ),
        marked("Try again later, and write to {support_email} if it lasts."),
    ),
    "bad_identity": Entry(
        "problem",
        "reader",
        marked("We could not be sure who signed in"),
        marked(
            "Xero's answer about your login did not pass our safety checks, so we connected nothing."
        ),
        marked(
            "Press Connect to Xero once more, and write to {support_email} if it happens again."
        ),
        retry=True,
    ),
    "clocks_apart": Entry(
        "problem",
        "operator",
        marked("Our clock and Xero's do not agree"),
        marked(
            "Xero signs what it says about your login with the time. By our clock that time cannot be right, so we connected nothing."
        ),
        marked(
            "It is nothing that you did. Try again in an hour, and write to {support_email} if it lasts."
        ),
    ),
    "no_refresh_token": Entry(
        "problem",
        "operator",
        marked("Xero gave us access for 30 minutes only"),
        marked(
            "Xero left out the part that lets us stay connected, so we did not keep the connection."
        ),
        marked("Write to {support_email} and mention the code no_refresh_token."),
    ),
    "scope_missing": Entry(
        "problem",
        "reader",
        marked("Xero gave us fewer permissions than we need"),
        marked(
            "At least one of the permissions we asked for is missing, so the connection would not work."
        ),
        marked("Press Connect to Xero again and choose Allow access."),
        retry=True,
    ),
    "no_organisation": Entry(
        "problem",
        "reader",
        marked("You are signed in to Xero, but no organisation was connected"),
        marked("Xero told us that your login has given us no organisation."),
        marked(
            "Press Connect to Xero again and choose an organisation before you press Allow access."
        ),
        retry=True,
    ),
    "organisations_unavailable": Entry(
        "problem",
        "reader",
        marked("We could not read your list of organisations"),
        marked(
            "You allowed access, but Xero did not answer when we asked which organisation you chose."
        ),
        marked(
            "Wait a minute, then press Check again: what you allowed at Xero is kept for a day. Connections you had before are looked at again by themselves."
        ),
        retry=True,
    ),
    "choose_organisation": Entry(
        "info",
        "reader",
        marked("One more step: choose your organisation"),
        marked(
            "Your Xero login has given us more than one organisation, and we do not choose for you."
        ),
        marked("Choose the organisations to use with {product_name}."),
    ),
    "signed_in_as_another": Entry(
        "problem",
        "reader",
        marked("You signed in to another {product_name} account meanwhile"),
        marked(
            "The Xero login you came back with is not that of the account you are signed in to now, so we connected nothing."
        ),
        marked(
            "To use that Xero login with this account, press Connect to Xero again. Otherwise sign out first."
        ),
        retry=True,
    ),
    "another_account": Entry(
        "problem",
        "reader",
        marked("You began this as {colleague}, and are signed in as {present} now"),
        marked("Whoever begins must come back, so we connected nothing to either account."),
        marked(
            "To finish for {colleague}, sign out, sign in as {colleague} and press Connect to Xero. To connect for {present}, press Connect to Xero here: one press takes you straight through."
        ),
        retry=True,
    ),
    "customer_changed": Entry(
        "info",
        "reader",
        marked("You began this for {customer}, and act for {present} now"),
        marked("Nothing is connected yet: we never put an organisation where you did not begin."),
        marked("Switch back to {customer} to finish, or stop."),
    ),
    "take_over": Entry(
        "info",
        "reader",
        marked("{organisation} is connected already, with another Xero login"),
        marked(
            "It works, so nothing has changed. It can go on with your login from now on instead."
        ),
        marked("Leave it as it is, or take it over."),
    ),
    "errand_over": Entry(
        "problem",
        "reader",
        marked("The link does not count any more"),
        marked("It was used, withdrawn, or ran out meanwhile, so nothing was connected."),
        marked("Ask the colleague who sent it for a new link."),
    ),
    "errand_elsewhere": Entry(
        "problem",
        "reader",
        marked("You came back in a different browser"),
        marked(
            "A link from a colleague is bound to the browser in which you pressed Go on to Xero, so we stopped here."
        ),
        marked(
            "Go back to that browser and press Go on to Xero again, or ask your colleague for a new link."
        ),
    ),
    "permission_ended": Entry(
        "info",
        "reader",
        marked("Xero's permission ended before an organisation was connected"),
        marked(
            "Too much time passed before you finished here (10 minutes for your second step, 30 to choose), or access was taken away meanwhile, here or in Xero."
        ),
        marked("Press Connect to Xero again; Xero will remember what you allowed."),
        retry=True,
    ),
    "held_elsewhere": Entry(
        "problem",
        "reader",
        marked("{organisation} is connected to another {product_name} account"),
        marked(
            "An organisation can belong to one {product_name} account only, so we did not connect {organisation} here."
        ),
        marked(
            "Ask your colleagues or your accountant who connected it, or write to {support_email}."
        ),
    ),
    "wrong_organisation": Entry(
        "problem",
        "reader",
        marked("You chose {actual}, not {expected}"),
        marked(
            "You were reconnecting {expected}, so we changed nothing. At Xero you can choose {expected} the next time."
        ),
        marked(
            "Say what is to happen if we ask you, or press Reconnect again and choose {expected} at Xero."
        ),
        retry=True,
    ),
    "wrong_kind": Entry(
        "problem",
        "reader",
        marked("You chose a practice, not an organisation"),
        marked(
            "{product_name} works with the books of one business, and an accountant's practice in Xero has none."
        ),
        marked("Press Connect to Xero again and choose the organisation of the business."),
        retry=True,
    ),
    "storage_failed": Entry(
        "problem",
        "operator",
        marked("We could not save the connection"),
        marked(
            "Xero said yes, but something went wrong on our side before we could keep the answer."
        ),
        marked("Press Connect to Xero again; Xero will remember what you allowed."),
        retry=True,
    ),
}
