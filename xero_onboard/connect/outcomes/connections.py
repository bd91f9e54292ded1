"""The words for a connection that was made, and for the buttons beside it."""

from collections.abc import Mapping

from xero_onboard.connect.outcomes.entry import Entry
from xero_onboard.lib.languages import marked

_RECONNECT = marked("Press Reconnect and allow access again.")

CONNECTIONS: Mapping[str, Entry] = {
    "connected": Entry(
        "success",
        "done",
        marked("{organisation} is connected"),
        marked("{product_name} can now work with {organisation} in Xero."),
        marked(
            "You can carry on with the guide, or see all your connections on the connections page."
        ),
    ),
    "connected_another": Entry(
        "success",
        "done",
        marked("{organisation} is connected as well"),
        marked("You now have more than one organisation connected."),
        marked("Choose the one you want to work with."),
    ),
    "reconnected": Entry(
        "success",
        "done",
        marked("{organisation} is connected again"),
        marked("{product_name} can reach {organisation} in Xero again."),
        marked("There is nothing else to do."),
    ),
    "taken_over": Entry(
        "success",
        "done",
        marked("{organisation} is connected with your Xero login now"),
        marked("It was connected by {before} before. You have both been told by mail."),
        marked("There is nothing else to do."),
    ),
    "replaced": Entry(
        "success",
        "done",
        marked("{organisation} is connected in place of {expected}"),
        marked("{product_name} works with {organisation} now, and {expected} is disconnected."),
        marked("Nothing was deleted in Xero, and you can connect {expected} again at any time."),
    ),
    "already_connected": Entry(
        "info",
        "done",
        marked("{organisation} was already connected"),
        marked("Nothing has changed: the connection was there before and still works."),
        marked(
            "To add a different organisation, press Connect to Xero and choose that one at Xero."
        ),
    ),
    "selected": Entry(
        "success",
        "done",
        marked("You are now working with {organisation}"),
        marked(
            "Everything you do here applies to {organisation} until you choose another organisation."
        ),
        marked("You can change this at any time."),
    ),
    "checked": Entry(
        "success",
        "done",
        marked("Xero answered: {organisation} is connected"),
        marked("We asked Xero just now."),
        marked("There is nothing to do."),
    ),
    "disconnected": Entry(
        "success",
        "done",
        marked("{organisation} is disconnected"),
        marked("{product_name} can no longer reach {organisation} in Xero."),
        marked("You can connect it again at any time."),
    ),
    "revoked": Entry(
        "problem",
        "reader",
        marked("Access was taken away in Xero"),
        marked("Somebody ended {product_name}'s access to {organisation} in Xero."),
        marked("Press Reconnect if you want it back."),
        retry=True,
    ),
    "organisation_gone": Entry(
        "problem",
        "administrator",
        marked("{organisation} is no longer available to us in Xero"),
        marked("It was disconnected or closed in Xero, or your Xero login has lost access to it."),
        marked("Check that you can still open {organisation} in Xero, then press Reconnect."),
        retry=True,
    ),
    "reconnect_needed": Entry(
        "problem",
        "reader",
        marked("The connection to {organisation} has to be renewed"),
        marked("Xero no longer accepts the access we hold."),
        _RECONNECT,
        retry=True,
    ),
    "provider_slow": Entry(
        "info",
        "wait",
        marked("Xero is not answering at the moment"),
        marked("The connection to {organisation} is still there, but Xero is slow, busy or down."),
        marked("There is nothing to do: we try again by ourselves."),
    ),
    "not_asked": Entry(
        "info",
        "reader",
        marked("We have not asked Xero this time"),
        marked(
            "Many people are waiting for Xero here at this moment. The connection to {organisation} is as it was."
        ),
        marked("Wait a minute, then press Check now again."),
    ),
}
