"""The words for somebody who connects for a colleague by a link: they know neither us nor the guides."""

from collections.abc import Mapping

from xero_onboard.connect.outcomes.entry import Entry
from xero_onboard.lib.languages import marked

_AGAIN = marked("Press Go on to Xero again.")
_IN_A_MINUTE = marked("Wait a minute, then press Go on to Xero again.")
_DONE = marked("{colleague} has been told, and you may close this page.")

ERRANDS: Mapping[str, Entry] = {
    "connected": Entry(
        "success",
        "done",
        marked("Done: {organisation} is connected"),
        marked("{product_name} can now work with {organisation}, for {customer}."),
        _DONE,
    ),
    "connected_another": Entry(
        "success",
        "done",
        marked("Done: {organisation} is connected"),
        marked("{product_name} can now work with {organisation} as well, for {customer}."),
        _DONE,
    ),
    "reconnected": Entry(
        "success",
        "done",
        marked("Done: {organisation} is connected again"),
        marked("{product_name} can work with {organisation} again, for {customer}."),
        _DONE,
    ),
    "already_connected": Entry(
        "info",
        "done",
        marked("{organisation} was connected already"),
        marked("{product_name} works with it for {customer}, and nothing has changed."),
        _DONE,
    ),
    "declined": Entry(
        "info",
        "reader",
        marked("Nothing was connected"),
        marked("You pressed Cancel at Xero, so Xero gave us no access."),
        marked(
            "Close this page if you do not want to connect. If you do, press Go on to Xero again."
        ),
        retry=True,
    ),
    "attempt_expired": Entry(
        "info",
        "reader",
        marked("That took longer than 10 minutes"),
        marked(
            "For your safety, each trip to Xero must be finished within 10 minutes. Nothing was connected."
        ),
        marked(
            "Press Go on to Xero again: Xero remembers you, and one press takes you straight through."
        ),
        retry=True,
    ),
    "abandoned": Entry(
        "info",
        "reader",
        marked("You did not come back from Xero in time"),
        marked("For 10 minutes Xero did not send you back, so nothing was connected."),
        marked(
            "Press Go on to Xero again. If Xero showed you a message instead, tell {colleague} what it said."
        ),
        retry=True,
    ),
    "superseded": Entry(
        "info",
        "done",
        marked("You finished this in another tab"),
        marked("You began a second time and came back from Xero then."),
        marked("There is nothing left to do, and you may close this page."),
    ),
    "cancelled": Entry(
        "info",
        "reader",
        marked("You stopped"),
        marked("Nothing was connected."),
        marked(
            "Close this page if you do not want to connect. If you do, press Go on to Xero again."
        ),
        retry=True,
    ),
    "errand_over": Entry(
        "problem",
        "reader",
        marked("The link you came by does not count any more"),
        marked(
            "It was used, withdrawn, or ran out while you were at Xero, so nothing was connected."
        ),
        marked("Ask {colleague} for a new link."),
    ),
    "limit_reached": Entry(
        "problem",
        "operator",
        marked("{product_name} cannot add organisations at the moment"),
        marked(
            "Xero lets {product_name} connect a limited number of organisations, and that number is reached."
        ),
        marked("It is nothing that you could mend: please tell {colleague}."),
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
        marked("It is nothing that you could mend: please tell {colleague}."),
    ),
    "at_rest": Entry(
        "info",
        "operator",
        marked("Connecting is closed until we have looked at this site"),
        marked(
            "It was copied, moved or restored from a backup, and we have yet to confirm that it goes on here. Nothing was disconnected."
        ),
        marked(
            "It is nothing that you could mend: try again later, and tell {colleague} if it lasts."
        ),
    ),
    "bad_identity": Entry(
        "problem",
        "reader",
        marked("We could not be sure who signed in"),
        marked(
            "Xero's answer about your login did not pass our safety checks, so we connected nothing."
        ),
        marked("Press Go on to Xero once more, and tell {colleague} if it happens again."),
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
            "It is nothing that you could mend: try again in an hour, and tell {colleague} if it lasts."
        ),
    ),
    "no_refresh_token": Entry(
        "problem",
        "operator",
        marked("Xero gave us access for 30 minutes only"),
        marked("Xero left out the part that lets us stay connected, so we kept nothing."),
        marked("It is nothing that you could mend: please tell {colleague}."),
    ),
    "scope_missing": Entry(
        "problem",
        "reader",
        marked("Xero gave us fewer permissions than we need"),
        marked(
            "At least one of the permissions we asked for is missing, so nothing was connected."
        ),
        marked("Press Go on to Xero again and choose Allow access."),
        retry=True,
    ),
    "no_organisation": Entry(
        "problem",
        "reader",
        marked("You are signed in to Xero, but no organisation was connected"),
        marked("Xero told us that your login has given us no organisation."),
        marked(
            "Press Go on to Xero again and choose an organisation before you press Allow access."
        ),
        retry=True,
    ),
    "organisations_unavailable": Entry(
        "problem",
        "wait",
        marked("We could not read which organisation you chose"),
        marked("You allowed access, but Xero did not answer when we asked for the organisation."),
        _IN_A_MINUTE,
        retry=True,
    ),
    "choose_organisation": Entry(
        "info",
        "reader",
        marked("One more step: choose the organisation"),
        marked(
            "Xero does not say for certain which organisation you mean, and we do not choose for you."
        ),
        marked("Choose what {product_name} may work with, for {customer}."),
    ),
    "permission_ended": Entry(
        "info",
        "reader",
        marked("Xero's permission ended before an organisation was connected"),
        marked("More than 30 minutes passed before you chose, or access was taken away meanwhile."),
        marked(
            "Press Go on to Xero again. If this page says that the link is over, ask {colleague} for a new one."
        ),
        retry=True,
    ),
    "held_elsewhere": Entry(
        "problem",
        "reader",
        marked("{organisation} is connected to another {product_name} account"),
        marked(
            "An organisation can belong to one {product_name} account only, so it was not connected for {customer}."
        ),
        marked(
            "If you meant another organisation, press Go on to Xero again. Otherwise please tell {colleague}."
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
        marked("Press Go on to Xero again and choose the organisation of the business."),
        retry=True,
    ),
    "storage_failed": Entry(
        "problem",
        "operator",
        marked("We could not save the connection"),
        marked(
            "Xero said yes, but something went wrong on our side before we could keep the answer."
        ),
        _AGAIN,
        retry=True,
    ),
    "saw_nothing_wrong": Entry(
        "info",
        "reader",
        marked("You stopped before Xero had finished"),
        marked("Nothing was connected, and nothing was changed."),
        marked(
            "Close this page if you do not want to connect. If you do, press Go on to Xero again."
        ),
        retry=True,
    ),
    "saw_no_permission": Entry(
        "problem",
        "administrator",
        marked("Your role in Xero does not let you connect"),
        marked(
            "Xero lets only users with the Standard or the Adviser role connect an organisation, and shows it in grey or not at all to everybody else."
        ),
        marked("Please tell {colleague} who has one of these roles, so that they can be asked."),
    ),
    "saw_wrong_login": Entry(
        "problem",
        "reader",
        marked("Xero remembered another login"),
        marked("Xero opens with the login that this browser used last, and does not ask again."),
        marked(
            "Log out at Xero in another tab, then press Go on to Xero here and use the right login."
        ),
        retry=True,
    ),
    "saw_login_trouble": Entry(
        "problem",
        "reader",
        marked("You could not log in at Xero"),
        marked("Only Xero can let you in: we never see your Xero password or your codes."),
        marked(
            "Reset your password at Xero, or use a backup method instead of your phone. Then press Go on to Xero again."
        ),
        retry=True,
    ),
    "saw_limit": Entry(
        "problem",
        "operator",
        marked("Xero says that {product_name} is full"),
        marked(
            "Xero lets {product_name} connect a limited number of organisations. It is not your fault."
        ),
        marked(
            "We have been told, and there is nothing that you could do: please tell {colleague}."
        ),
    ),
    "saw_two_apps": Entry(
        "problem",
        "administrator",
        marked("The organisation has no room for another app"),
        marked(
            "Xero lets an organisation be connected to two apps that it has not certified, and this one has two already."
        ),
        marked(
            "In Xero, open Settings and Connected apps, and disconnect an app that is no longer used: that app loses its access at once. Then press Go on to Xero again."
        ),
        retry=True,
    ),
    "saw_error_page": Entry(
        "problem",
        "operator",
        marked("Xero refused {product_name}, not you"),
        marked(
            "A page like that means that something is wrong in our own set-up with Xero. Nothing was changed."
        ),
        marked(
            "We have been told. Tell {colleague}, who can make a new link, and write to {support_email} if it happens again."
        ),
    ),
    "saw_outage": Entry(
        "problem",
        "wait",
        marked("Xero was not there"),
        marked("A page that does not load is no fault of yours, and nothing was changed."),
        marked(
            "Look at Xero's status page, status.xero.com, and press Go on to Xero again when Xero is back."
        ),
        retry=True,
    ),
    "saw_something_else": Entry(
        "problem",
        "reader",
        marked("Something else came in between"),
        marked("Nothing was connected, and nothing was changed."),
        marked(
            "Press Go on to Xero once more. If you see the same again, tell {colleague} the words you saw."
        ),
        retry=True,
    ),
}
