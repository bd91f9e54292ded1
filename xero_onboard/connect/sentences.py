"""What each state of a connection means, in a sentence for its reader."""

from xero_onboard.lib.languages import marked

_SENTENCES = {
    "active": marked("Connected, and Xero answered when we last asked."),
    "permission_added": marked(
        "Connected, and one more permission is needed for what has been added since: reconnect, and choose Allow access."
    ),
    "expiring_soon": marked(
        "Connected, but for a while Xero has not let us renew the connection: reconnect in time to keep it."
    ),
    "paused_expiring": marked(
        "We have paused this connection, and for a while Xero has not let us renew it: reconnect in time to keep it."
    ),
    "paused": marked(
        "We have paused this connection; nothing was disconnected, and there is nothing for you to do."
    ),
    "at_rest": marked(
        "This site was copied, moved or restored from a backup: until we have confirmed that it goes on here, the connection rests. Nothing was disconnected, and there is nothing for you to do."
    ),
    "degraded": marked(
        "Xero is not answering; the connection is kept, we keep trying, and there is nothing for you to do."
    ),
    "needs_reauth": marked("Xero no longer accepts this connection: reconnect to carry on."),
    "org_unavailable": marked(
        "Xero no longer lets us see this organisation: it was disconnected or closed, or the person who connected it has lost access."
    ),
    "organisation_closed": marked(
        "Xero still lists this organisation but does not open it for the person who connected it: their role was changed, or it was closed."
    ),
    "scope_missing": marked(
        "Xero gave us fewer permissions than we need: reconnect and choose Allow access."
    ),
    "disconnecting": marked("Disconnected here; Xero has not confirmed it yet."),
    "disconnected": marked("Disconnected here and in Xero."),
    "revoked_in_xero": marked("Access was taken away in Xero: reconnect to carry on."),
    "refresh_expired": marked(
        "The connection was not used for 60 days, so our access has run out, though Xero may still list it: reconnect to carry on."
    ),
    "rotation_lost": marked("Xero's last renewal did not reach us in time: reconnect to carry on."),
    "outdated": marked(
        "We restored our records from a copy, and Xero has moved on since, which is our doing: reconnect to carry on."
    ),
    "key_lost": marked(
        "We have lost our key to this connection, which is our fault: reconnect to carry on."
    ),
    "key_unavailable": marked(
        "We cannot open the stored connection; this is our fault, please do not reconnect yet: we are working on it."
    ),
    "remote_unknown": marked(
        "Disconnected here, but Xero did not confirm: check Connected apps in Xero."
    ),
}


def sentence_of(status: str, reason: str | None = None) -> str:
    """What a state means; a reason says more than the status alone."""
    return _SENTENCES.get(reason or "", _SENTENCES[status])
