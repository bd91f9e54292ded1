"""The words for a connection that was made, and for the buttons beside it."""

from collections.abc import Mapping

from xero_onboard.connect.outcomes.entry import Entry

_RECONNECT = "Press Reconnect and allow access again."

CONNECTIONS: Mapping[str, Entry] = {
    "connected": Entry(
        "success",
        "done",
        "{organisation} is connected",
        "{product_name} can now work with {organisation} in Xero.",
        "You can carry on with the guide, or see all your connections on the connections page.",
    ),
    "connected_another": Entry(
        "success",
        "done",
        "{organisation} is connected as well",
        "You now have more than one organisation connected.",
        "Choose the one you want to work with.",
    ),
    "reconnected": Entry(
        "success",
        "done",
        "{organisation} is connected again",
        "{product_name} can reach {organisation} in Xero again.",
        "There is nothing else to do.",
    ),
    "taken_over": Entry(
        "success",
        "done",
        "{organisation} is connected with your Xero login now",
        "It was connected by {before} before. You have both been told by mail.",
        "There is nothing else to do.",
    ),
    "replaced": Entry(
        "success",
        "done",
        "{organisation} is connected in place of {expected}",
        "{product_name} works with {organisation} now, and {expected} is disconnected.",
        "Nothing was deleted in Xero, and you can connect {expected} again at any time.",
    ),
    "already_connected": Entry(
        "info",
        "done",
        "{organisation} was already connected",
        "Nothing has changed: the connection was there before and still works.",
        "To add a different organisation, press Connect to Xero and choose that one at Xero.",
    ),
    "selected": Entry(
        "success",
        "done",
        "You are now working with {organisation}",
        "Everything you do here applies to {organisation} until you choose another organisation.",
        "You can change this at any time.",
    ),
    "checked": Entry(
        "success",
        "done",
        "Xero answered: {organisation} is connected",
        "We asked Xero just now.",
        "There is nothing to do.",
    ),
    "disconnected": Entry(
        "success",
        "done",
        "{organisation} is disconnected",
        "{product_name} can no longer reach {organisation} in Xero.",
        "You can connect it again at any time.",
    ),
    "revoked": Entry(
        "problem",
        "reader",
        "Access was taken away in Xero",
        "Somebody ended {product_name}'s access to {organisation} in Xero.",
        "Press Reconnect if you want it back.",
        retry=True,
    ),
    "organisation_gone": Entry(
        "problem",
        "administrator",
        "{organisation} is no longer available to us in Xero",
        "It was disconnected or closed in Xero, or your Xero login has lost access to it.",
        "Check that you can still open {organisation} in Xero, then press Reconnect.",
        retry=True,
    ),
    "reconnect_needed": Entry(
        "problem",
        "reader",
        "The connection to {organisation} has to be renewed",
        "Xero no longer accepts the access we hold.",
        _RECONNECT,
        retry=True,
    ),
    "provider_slow": Entry(
        "info",
        "wait",
        "Xero is not answering at the moment",
        "The connection to {organisation} is still there, but Xero is slow, busy or down.",
        "There is nothing to do: we try again by ourselves.",
    ),
}
