"""Asking somebody else to connect: a link that works once, for one customer, and for no other account.

Looking at it uses nothing up, because scanners of mail look at every link. Who says yes binds it to
their browser, and gets minutes; what they then allow at the provider is the customer's that asked.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select

from xero_onboard.connect import departure, signals
from xero_onboard.connect.departure import Origin
from xero_onboard.connect.doors import Introduction, current_doors
from xero_onboard.connect.models import Attempt, Errand
from xero_onboard.connect.providers import current_provider
from xero_onboard.lib import audit, limits, mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import begin_write, db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import later
from xero_onboard.lib.limits import Limit
from xero_onboard.lib.reader import Owner, Reader
from xero_onboard.lib.web import settings

# Whoever looks after Xero is elsewhere, and may read the mail tomorrow.
LIFE = timedelta(days=3)
ONCE_OPENED = timedelta(minutes=30)
KEEP = timedelta(days=30)
SHOWN_FOR = timedelta(days=7)
MOST_ENDED = 5

BY_CUSTOMER = Limit("errands: customer", 10, timedelta(hours=1))
BY_NETWORK = Limit("errands: network", 20, timedelta(hours=1))
TO_ADDRESS = Limit("errands: address", 3, timedelta(hours=1))

PAGE = "/for-a-colleague"

Status = Literal["waiting", "opened", "lapsed", "done"]


class NoSuchErrand(Exception):
    """It was used, withdrawn or has run out, is another browser's, or never was; which is not told."""


@dataclass(frozen=True)
class ErrandView:
    """What was asked of somebody, as those who asked see it."""

    id: str
    status: Status
    is_own: bool
    email: str | None
    asked_at: datetime
    opened_at: datetime | None
    expires_at: datetime
    done_at: datetime | None
    done_by: str | None
    organisation: str | None

    @property
    def is_open(self) -> bool:
        return self.status in ("waiting", "opened")


@dataclass(frozen=True)
class Offer:
    """What is asked, as whoever holds the link sees it."""

    id: UUID
    asked_by: Introduction
    owner: Owner
    expires_at: datetime
    is_begun: bool
    is_done: bool


@dataclass(frozen=True)
class Made:
    """A link, which is shown once or mailed."""

    link: str
    is_mailed: bool


def ask(reader: Reader, address: str | None, network: str) -> Made:
    """Make a link for somebody else, and mail it if we are told where to.

    Raises TooMany, and UnsafeAddress for what is no address. Nothing is looked up by the address.
    """
    email = mail.checked_address(address) if address is not None else None
    owner = _owner(reader)
    buckets = [(BY_CUSTOMER, str(owner.customer_id)), (BY_NETWORK, network)]
    for limit, key in [*buckets, *([(TO_ADDRESS, email.lower())] if email else [])]:
        limits.count(limit, key)
    begin_write()
    token = secrets.token_urlsafe(32)
    errand = Errand(
        environment=current_provider().facts.environment,
        customer_id=owner.customer_id,
        asked_by_id=owner.user_id,
        email=email,
        token_digest=digest(token),
        expires_at=now() + LIFE,
    )
    db.session.add(errand)
    db.session.flush()
    _note("errand_asked", errand, how="mail" if email else "link")
    link = f"{settings().public_origin}{PAGE}/{token}"
    if email:
        _send(email, reader, link)
    return Made(link, is_mailed=email is not None)


def ask_again(reader: Reader, errand_id: UUID, network: str) -> Made:
    """The same with a new link, which makes the old one worthless. Raises NoSuchErrand and TooMany."""
    email = _own(reader, errand_id).email
    made = ask(reader, email, network)
    withdraw(reader, errand_id)
    return made


def withdraw(reader: Reader, errand_id: UUID) -> None:
    """Make the link worthless, and whatever was begun with it. Raises NoSuchErrand."""
    errand = _own(reader, errand_id)
    errand.withdrawn_at = now()
    _note("errand_withdrawn", errand)


def views_of(reader: Reader) -> tuple[ErrandView, ...]:
    """What was asked for the reader's customer and is open, and what has ended of late; the newest first."""
    if reader.customer_id is None or not reader.may("connect"):
        return ()
    theirs = (
        Errand.customer_id == reader.customer_id,
        Errand.environment == current_provider().facts.environment,
        Errand.withdrawn_at.is_(None),
        Errand.asked_by_id.is_not(None),
    )
    is_open = and_(Errand.done_at.is_(None), Errand.expires_at > now())
    is_recent = or_(Errand.expires_at > now() - SHOWN_FOR, Errand.done_at > now() - SHOWN_FOR)
    last_ended = func.coalesce(Errand.done_at, Errand.expires_at).desc()
    ended = select(Errand.id).where(*theirs, ~is_open, is_recent).order_by(last_ended, Errand.id)
    # Whatever still works can be withdrawn here, so none of it is left out.
    shown = or_(is_open, Errand.id.in_(ended.limit(MOST_ENDED)))
    query = select(Errand).where(*theirs, shown).order_by(Errand.created_at.desc(), Errand.id)
    return tuple(_view(errand, reader) for errand in db.session.scalars(query))


def by_link(token: str) -> UUID:
    """Whose id this link stands for; looking uses nothing up. Raises NoSuchErrand."""
    errand = db.session.scalar(select(Errand).where(Errand.token_digest == digest(token)))
    if errand is None or not _is_open(errand):
        raise NoSuchErrand
    return errand.id


def look(errand_id: UUID, browser: str | None) -> Offer:
    """What is asked of the one who has opened the link in this browser. Raises NoSuchErrand."""
    errand = db.session.get(Errand, errand_id)
    if errand is None or not (_is_open(errand) or errand.done_at):
        raise NoSuchErrand
    is_this_browsers = browser is not None and errand.browser_digest == digest(browser)
    if errand.browser_digest is not None and not is_this_browsers:
        raise NoSuchErrand
    return Offer(
        id=errand.id,
        asked_by=_asked_by(errand),
        owner=_owner_of(errand),
        expires_at=errand.expires_at,
        is_begun=errand.opened_at is not None,
        is_done=errand.done_at is not None,
    )


def leave(errand_id: UUID, browser: str, *, can_renew: bool = False) -> str:
    """Bind the errand to the browser in which somebody says yes; the address to send it to.

    Who `can_renew` what the customer has needs no new place at the provider.
    Raises NoSuchErrand, LimitReached and ConnectClosed.
    """
    departure.refuse_hopeless(takes_place=not can_renew)
    errand = hold(errand_id)
    if errand is None or not _is_open(errand):
        raise NoSuchErrand
    if errand.browser_digest not in (None, digest(browser)):
        raise NoSuchErrand
    _asked_by(errand)
    if errand.opened_at is None:
        errand.browser_digest, errand.opened_at = digest(browser), now()
        errand.expires_at = min(errand.expires_at, now() + ONCE_OPENED)
        _note("errand_opened", errand)
    return departure.run_errand(errand, browser, Origin(PAGE, ""))


def newest_attempt(errand_id: UUID, browser: str | None) -> Attempt | None:
    """The last trip of this errand, which was begun in this browser."""
    if browser is None:
        return None
    query = select(Attempt).where(
        Attempt.errand_id == errand_id, Attempt.browser_digest == digest(browser)
    )
    return db.session.scalar(query.order_by(Attempt.started_at.desc()).limit(1))


def is_over(attempt: Attempt) -> bool:
    """Whether this attempt was begun by a link that is worth nothing any more.

    Held until we commit, so that of two trips by one link the second sees what the first has done.
    """
    if attempt.purpose != "errand":
        return False
    errand = hold(attempt.errand_id) if attempt.errand_id else None
    return errand is None or not _is_open(errand)


def finish(attempt: Attempt) -> None:
    """Note that the errand is done, by whom, and with which organisation; rings `errand_done`."""
    errand = hold(attempt.errand_id) if attempt.errand_id else None
    if errand is None:
        return
    errand.done_at, errand.done_by = now(), attempt.actor
    errand.organisation = attempt.organisation
    _note("errand_done", errand, how=attempt.outcome)
    signals.errand_done.send(errand)


def hold(errand_id: UUID) -> Errand | None:
    """The errand as it is now, and as only we may change it until the end of the transaction."""
    return db.session.get(Errand, errand_id, populate_existing=True, with_for_update=True)


@every_minute("forget errands")
def forget_errands() -> None:
    """Remove old links, with the addresses and names beside them."""
    db.session.execute(delete(Errand).where(Errand.expires_at < now() - KEEP))


def _is_open(errand: Errand) -> bool:
    is_used = errand.done_at is not None or errand.withdrawn_at is not None
    is_here = errand.environment == current_provider().facts.environment
    return is_here and not is_used and errand.expires_at > now()


def _asked_by(errand: Errand) -> Introduction:
    """Who asks: somebody who may still connect for this customer, else the link is worth nothing."""
    owner = _owner_of(errand)
    found = current_doors().introduce(owner)
    if found is None or not current_doors().may_connect(owner):
        raise NoSuchErrand
    return found


def _owner_of(errand: Errand) -> Owner:
    if errand.asked_by_id is None:
        raise NoSuchErrand
    return Owner(errand.asked_by_id, errand.customer_id)


def _own(reader: Reader, errand_id: UUID) -> Errand:
    """One of the reader's customer that was not used; whether it is somebody else's is not told."""
    errand = hold(errand_id)
    if errand is None or errand.customer_id != reader.customer_id:
        raise NoSuchErrand
    if errand.done_at is not None or errand.withdrawn_at is not None:
        raise NoSuchErrand
    return errand


def _owner(reader: Reader) -> Owner:
    if reader.user_id is None or reader.customer_id is None:
        raise LookupError("a reader without a customer asks for nobody")
    return Owner(reader.user_id, reader.customer_id)


def _view(errand: Errand, reader: Reader) -> ErrandView:
    is_opened = errand.opened_at is not None
    status: Status = "opened" if is_opened else "waiting"
    if errand.done_at is not None:
        status = "done"
    elif errand.expires_at <= now():
        status = "lapsed"
    return ErrandView(
        id=str(errand.id),
        status=status,
        is_own=errand.asked_by_id == reader.user_id,
        email=errand.email,
        asked_at=errand.created_at,
        opened_at=errand.opened_at,
        expires_at=errand.expires_at,
        done_at=errand.done_at,
        done_by=errand.done_by,
        organisation=errand.organisation,
    )


def _note(event: str, errand: Errand, how: str | None = None) -> None:
    subject = f"errand:{errand.id}"
    audit.record(event, customer=errand.customer_id, subject=subject, how=how)


def _send(email: str, reader: Reader, link: str) -> None:
    product = settings().product_name
    who, company = mail.name(reader.name or ""), mail.name(reader.customer or "")
    mail.send(
        email,
        "notice",
        title=later("A colleague asks you to connect Xero to %(product)s", product=product),
        lines=(
            later(
                "%(who)s (%(email)s) asks you to connect an organisation in Xero to %(product)s, for %(company)s.",
                who=who,
                email=reader.email,
                product=product,
                company=company,
            ),
            later(
                "You need the role Standard or Adviser in that organisation, and no account with us. It takes about two minutes."
            ),
            later(
                "The link works once, for %(days)s days. If you do not know who asks, ignore this mail: then nothing happens.",
                days=LIFE.days,
            ),
        ),
        why=later("somebody typed this address there"),
        link_label=later("See what is asked, and by whom"),
        link_href=link,
    )
