"""Checkpoints about security: Xero's standard for those who use its API, and its rules for tokens."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select

from xero_onboard.accounts import directory
from xero_onboard.connect import vault
from xero_onboard.connect.models import ENDED, Connection, Grant
from xero_onboard.connect.state import OVERDUE
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings
from xero_onboard.staff import checking
from xero_onboard.staff.certification.connecting import CONNECT_ONE, NOTHING_YET
from xero_onboard.staff.certification.entry import (
    FAQ,
    SECURITY,
    TOKENS,
    Checkpoint,
    Finding,
    judged,
    some,
    to_confirm,
    unmet,
)
from xero_onboard.staff.certification.evidence import connections, listed, logins

_CHECKED_WITHIN = timedelta(days=2)


def _sealed() -> Finding:
    known = [key.id for key in settings().vault_keys]
    total, open_ = logins(), logins(Grant.key_id.is_(None))
    locked = logins(Grant.key_id.is_not(None), Grant.key_id.not_in(known))
    beside = not settings().is_production and (settings().instance / "secrets.env").exists()
    wrong = vault.wrong_keys()
    return judged(
        not (open_ or locked or beside or wrong),
        f"{total - open_ - locked} of {some(total, 'login is', 'logins are')} sealed with AES-256 under a key that is here; keys that are not what they were: {listed(wrong) or 'none'}. The key lies {'in the folder of the database, as it does in development' if beside else 'apart from the database'}.",
        "Set VAULT_KEYS from a place of its own, with ENVIRONMENT=production, and put lost keys back.",
    )


def _encrypted_ways() -> Finding:
    origin = settings().public_origin
    if not settings().has_https:
        return unmet(
            f"The site is at {origin}, without https.",
            "Put a proxy with a certificate in front, and set PUBLIC_ORIGIN to https://…",
        )
    return to_confirm(
        f"The site is at {origin}, browsers are told to use nothing but https, and what Xero calls answers with a redirect and no page.",
        "See that your proxy refuses everything below TLS 1.2.",
    )


def _second_steps() -> Finding:
    staff = [
        each for each in directory.everybody() if each.role != "reader" and not each.disabled_at
    ]
    without = [each.name for each in staff if not each.has_second_step]
    return judged(
        bool(staff) and not without,
        f"{len(staff) - len(without)} of {len(staff)} who work here have a second step; readers can set one up, and may sign in with Xero.",
        f"Have these set up a second step: {listed(without) or 'whoever works here'}.",
    )


def _third_parties() -> Finding:
    return to_confirm(
        "This site passes nothing on to anybody but Xero and your own backend.",
        "Name in your policy everybody else who sees your customers’ data.",
    )


def _server() -> Finding:
    return to_confirm(
        "The site runs as one program without rights of its own; its server is yours.",
        "Harden the server by a guide such as NIST’s, and keep it up to date.",
    )


def _cookies() -> Finding:
    config = current_app.config
    secure = bool(config["SESSION_COOKIE_SECURE"]) and bool(config["SESSION_COOKIE_HTTPONLY"])
    pinned = str(config["SESSION_COOKIE_NAME"]).startswith("__Host-")
    if not (secure and pinned):
        return unmet(
            f"The session cookie is {'' if secure else 'not '}Secure and HttpOnly, and {'' if pinned else 'not '}pinned to this host.",
            "Set PUBLIC_ORIGIN to an address with https.",
        )
    return to_confirm(
        "The session cookie is Secure, HttpOnly and pinned to this host.",
        "Have the site tested for vulnerabilities, and install what mends them in time.",
    )


def _at_rest() -> Finding:
    return to_confirm(
        f"Tokens and secrets are sealed; names and addresses lie in {db.engine.dialect.name} as they are.",
        "Encrypt the disk or the database server, and the backups.",
    )


def _audit() -> Finding:
    last = checking.latest()
    if last is None:
        return unmet("The audit log was never checked.", "See that the worker runs (flask work).")
    hours = round((now() - last.at) / timedelta(hours=1))
    return judged(
        last.reason is None and last.at > now() - _CHECKED_WITHIN,
        f"{some(last.count, 'entry', 'entries')} followed one another unbroken when the log was checked {some(hours, 'hour', 'hours')} ago{f', and then: {last.reason}' if last.reason else ''}. Nothing is ever deleted from it.",
        "See /staff/audit, and that the worker runs.",
    )


def _watching() -> Finding:
    return to_confirm(
        "What needs you stands at the top of /staff, and in the log as critical.",
        "Have somebody look at it, host nowhere Xero calls high-risk, and tell Xero of a breach within 24 hours.",
    )


def _renewals() -> Finding:
    total, overdue = logins(), logins(Grant.rotated_at < now() - OVERDUE)
    lost = connections(Connection.reason.in_(("rotation_lost", "refresh_expired")))
    if not total:
        return unmet(NOTHING_YET, CONNECT_ONE)
    return judged(
        not overdue and not lost,
        f"{total - overdue} of {some(total, 'login', 'logins')} were renewed in the last {OVERDUE.days} days; {some(lost, 'connection', 'connections')} ended because a renewal was lost or came too late.",
        "See that the worker runs, and have those readers reconnect.",
    )


def _no_mix_up() -> Finding:
    live = (Connection.status.not_in(ENDED),)
    twice = (
        select(Connection.tenant_id)
        .where(*live)
        .group_by(Connection.environment, Connection.tenant_id)
        .having(func.count(Connection.customer_id.distinct()) > 1)
    )
    shared = len(db.session.scalars(twice).all())
    strange = db.session.scalar(
        select(func.count(Connection.id))
        .join(Grant, Grant.id == Connection.grant_id)
        .where(*live, Grant.environment != Connection.environment)
    )
    return judged(
        not shared and not strange,
        f"{some(shared, 'organisation belongs', 'organisations belong')} to more than one customer, and {strange or 0} connections use a login of another environment.",
        "Stop the site, and find out how that came about, before anything is disconnected.",
    )


SECURITY_STANDARD = (
    Checkpoint("G1", "Refresh tokens are encrypted, their key lies elsewhere.", _sealed, SECURITY),
    Checkpoint("G2", "Everything goes over TLS 1.2 or better.", _encrypted_ways, SECURITY),
    Checkpoint("G3", "Users of the app have a second step.", _second_steps, SECURITY),
    Checkpoint("G4", "Others who see customers’ data are named.", _third_parties, SECURITY),
    Checkpoint("G5", "The server is hardened.", _server, SECURITY),
    Checkpoint("G6", "The usual attacks on web sites are withstood.", _cookies, SECURITY),
    Checkpoint("G7", "Personal data is encrypted where it lies.", _at_rest, SECURITY),
    Checkpoint("G8", "Who did what is logged for a year, and cannot be changed.", _audit, SECURITY),
    Checkpoint("G9", "Somebody watches, and Xero hears of a breach.", _watching, SECURITY),
)
TOKEN_RULES = (
    Checkpoint(
        "H1", "Each login is renewed once at a time, and before its 60 days end.", _renewals, FAQ
    ),
    Checkpoint("H2", "No customer ever reaches another’s organisation.", _no_mix_up, TOKENS),
)
