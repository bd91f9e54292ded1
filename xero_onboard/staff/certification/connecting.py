"""Checkpoints about connecting: what readers see, what Xero is told, what is noticed."""

import re
from datetime import timedelta

from sqlalchemy import distinct, exists, func, inspect, or_, select
from sqlalchemy.orm import aliased

from xero_onboard.accounts.models import Customer
from xero_onboard.connect.alarms import GIVEN_UP_FOR
from xero_onboard.connect.models import ENDED, Attempt, Connection, Grant, Removal
from xero_onboard.connect.outcomes import CATALOGUE, SUCCEEDED
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings
from xero_onboard.staff.certification.entry import (
    FAQ,
    Checkpoint,
    Finding,
    judged,
    some,
    to_confirm,
    unmet,
)
from xero_onboard.staff.certification.evidence import (
    connections,
    guides_with_button,
    listed,
    logins,
    presses,
    published_sources,
    removals,
    static_files,
    templates,
    unexplained,
)
from xero_onboard.staff.filters import environment

# A day, and what the worker's day may be longer.
DAILY = timedelta(hours=36)
NOTHING_YET = "Nothing is connected yet, so there is nothing to see it by."
CONNECT_ONE = "Connect an organisation; a demo company of Xero will do."


def _without_help() -> Finding:
    guides, connected = guides_with_button(), presses(Attempt.chosen_at.is_not(None))
    return judged(
        guides > 0 and connected > 0,
        f"{some(guides, 'published guide carries', 'published guides carry')} the button; "
        f"{some(connected, 'press', 'presses')} in the last 90 days connected an organisation.",
        "Publish a guide with a Connect button, and connect an organisation by it.",
    )


def _names() -> Finding:
    total, nameless = connections(), connections(Connection.name == "")
    if not total:
        return unmet(NOTHING_YET, CONNECT_ONE)
    return judged(
        not nameless,
        f"{total - nameless} of {total} connections have the name that Xero’s list gave.",
        "Press Check now beside those without a name: it is taken from Xero anew.",
    )


def _current_status() -> Finding:
    if not connections():
        return unmet(NOTHING_YET, CONNECT_ONE)
    # Of what was ended at Xero there is nothing to compare until its reader connects again.
    with_login = exists().where(Grant.id == Connection.grant_id, Grant.status == "ok")
    old = or_(Connection.checked_at.is_(None), Connection.checked_at < now() - DAILY)
    total, stale = connections(with_login), connections(with_login, old)
    return judged(
        not stale,
        f"{total - stale} of {some(total, 'connection', 'connections')} whose login works were compared with Xero in the last 36 hours; pages show what was found.",
        "See that the worker runs (flask work), and what it says of these in the log.",
    )


def _disconnects() -> Finding:
    delivered = removals(Removal.status == "delivered")
    lately = Removal.finished_at > now() - GIVEN_UP_FOR
    unconfirmed = removals(Removal.status == "unconfirmed", lately)
    late = removals(Removal.status == "pending", Removal.created_at < now() - timedelta(days=1))
    return judged(
        delivered > 0 and not unconfirmed and not late,
        f"Xero has confirmed {some(delivered, 'removal', 'removals')}; {unconfirmed} were given up in the last 30 days, and {late} have waited for more than a day.",
        "Disconnect an organisation here once, and look after those that Xero has not confirmed.",
    )


def _noticed() -> Finding:
    total, late = logins(), logins(Grant.rotated_at < now() - DAILY)
    gone = connections(Connection.reason == "organisation_gone")
    if not total:
        return unmet(NOTHING_YET, CONNECT_ONE)
    return judged(
        not late,
        f"{total - late} of {some(total, 'login', 'logins')} were renewed and compared with Xero in the last 36 hours; {some(gone, 'connection is', 'connections are')} shown as gone at Xero.",
        "See that the worker runs (flask work), and what it says in the log.",
    )


def _one_or_many() -> Finding:
    if unexplained(["choose_organisation"]):
        return unmet(
            "No published guide explains how to choose among several organisations.",
            "Publish the guide about choosing an organisation again.",
        )
    several = (
        select(Connection.customer_id)
        .where(Connection.environment == environment(), Connection.status.not_in(ENDED))
        .group_by(Connection.customer_id)
        .having(func.count() > 1)
    )
    count = len(db.session.scalars(several).all())
    return to_confirm(
        f"Readers with several organisations are asked which; {some(count, 'customer uses', 'customers use')} more than one.",
        "Say in your product whether it works with one organisation at a time or with several.",
    )


def _twice() -> Finding:
    indexes = {row["name"] for row in inspect(db.session.connection()).get_indexes("connection")}
    guarded = "uq_connection_live_tenant" in indexes
    silent = unexplained(["held_elsewhere"])
    return judged(
        guarded and not silent,
        f"The database {'refuses' if guarded else 'does not refuse'} a second customer for an organisation, and {'no guide explains it' if silent else 'a guide explains it'}.",
        "Run flask db upgrade, and publish the guide that explains the code held_elsewhere.",
    )


def _off_boarded() -> Finding:
    left = exists().where(
        Connection.customer_id == Customer.id, Connection.status != "disconnected"
    )
    closed = Customer.closed_at < now() - timedelta(days=1)
    count = db.session.scalar(select(func.count(Customer.id)).where(closed, left)) or 0
    if count:
        return unmet(
            f"{some(count, 'closed customer still has', 'closed customers still have')} connections that Xero has not confirmed as removed.",
            "See at /staff/connections what keeps them.",
        )
    return to_confirm(
        "Whoever closes their account here is disconnected at Xero as well.",
        "Disconnect customers who leave your product, and trials that end, at /staff/connections.",
    )


def _no_credentials() -> Finding:
    xero = settings().xero
    if not xero.is_sandbox and not xero.login_url.endswith(".xero.com"):
        return unmet(
            f"Readers are sent to {xero.login_url} to sign in, which is not Xero.",
            "Remove XERO_LOGIN_URL.",
        )
    return to_confirm(
        f"This site sends readers to {xero.login_url} and has no field for a Xero password.",
        "See that neither your product nor your support asks for one.",
    )


_OTHER_TAB = re.compile(r"""<iframe|target=(?!["']_top["'])""")
# Not the very page that the reader is on: a guide within another page leaves it in this way.
_OPENS = re.compile(r"window\.open\((?!`\$\{location\.pathname\}#)")


def _same_tab() -> Finding:
    leading = [(name, source) for name, source in templates() if "/connect/xero" in source]
    # `_top` is the tab itself, for a guide within another page.
    other_tab = [name for name, source in leading if _OTHER_TAB.search(source)]
    opening = [path.name for path in static_files(".js") if _OPENS.search(path.read_text())]
    return judged(
        bool(leading) and not other_tab and not opening,
        f"{some(len(leading), 'template leads', 'templates lead')} to Xero; opening another tab or a frame: {listed([*other_tab, *opening]) or 'none'}.",
        "Take target, window.open and iframes away from what leads to Xero.",
    )


def _nothing_leaks() -> Finding:
    xero = settings().xero
    texts = [*published_sources(), *(source for _, source in templates())]
    texts += [path.read_text() for path in static_files(".js", ".css", ".svg")]
    found = [text for text in texts if xero.client_id in text or xero.client_secret in text]
    return judged(
        not found,
        f"Neither the client id nor the secret stands in any of {len(texts)} guides, templates and static files.",
        "Take them out of what readers can see, and have Xero make a new secret.",
    )


def _repaired() -> Finding:
    later = aliased(Attempt)
    troubles = [code for code, entry in CATALOGUE.items() if entry.tone == "problem"]
    troubles.append("declined")  # the one that can be had on purpose
    failed = (Attempt.environment == environment(), Attempt.outcome.in_(troubles))
    got_through = exists().where(
        later.browser_digest == Attempt.browser_digest,
        later.started_at > Attempt.started_at,
        later.outcome.in_(SUCCEEDED),
    )
    people = select(func.count(distinct(Attempt.browser_digest))).where(*failed)
    all_failed = db.session.scalar(people) or 0
    repaired = db.session.scalar(people.where(got_through)) or 0
    if not all_failed:
        return to_confirm(
            "In the last 90 days nobody has failed, so nobody has tried again.",
            "Fail once on purpose, by pressing Cancel at Xero, and press Connect again.",
        )
    return judged(
        repaired > 0,
        f"Of {some(all_failed, 'browser', 'browsers')} in which connecting failed, {repaired} got through later.",
        "Look at /staff/connections for how they failed, and try it yourself.",
    )


CONNECTING = (
    Checkpoint("A1", "A reader can connect without help from your support.", _without_help),
    Checkpoint("A2", "The page names the organisation that is connected.", _names),
    Checkpoint(
        "A3",
        "It shows how the connection stands now, with a way to connect again.",
        _current_status,
    ),
    Checkpoint("A4", "Disconnecting removes the connection at Xero, not only here.", _disconnects),
    Checkpoint(
        "A5", "A disconnect made in Xero is noticed within a day, and the reader told.", _noticed
    ),
    Checkpoint(
        "A6",
        "It is clear whether one organisation is used or several; readers choose.",
        _one_or_many,
    ),
    Checkpoint("A7", "Connecting the same organisation twice is handled and explained.", _twice),
    Checkpoint("A8", "Customers who leave, and trials that end, are disconnected.", _off_boarded),
    Checkpoint("A9", "Nobody is ever asked for their Xero password.", _no_credentials),
    Checkpoint("A10", "Xero opens in the same tab: no pop-up, no new tab, no frame.", _same_tab),
    Checkpoint("A11", "Tokens, client id and secret never reach a browser.", _nothing_leaks),
    Checkpoint("A12", "After a failure, pressing Connect again mends it.", _repaired, FAQ),
)
