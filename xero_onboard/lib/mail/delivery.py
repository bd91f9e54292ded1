"""What the worker does about mail: hand it over, try again later, and forget it."""

import logging
from datetime import timedelta
from uuid import UUID

from blinker import Signal
from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import KeyMissing, Tampered
from xero_onboard.lib.db import begin_read, begin_write, commit, db
from xero_onboard.lib.jobs import every, every_minute
from xero_onboard.lib.mail.letters import message_of, unseal
from xero_onboard.lib.mail.models import Mail
from xero_onboard.lib.mail.servers import NotNow, Refused, Server

# Somebody sits before a page that waits for a code.
LOOK_SECONDS = 3
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
KEEP_TRYING = timedelta(days=3)
KEEP = timedelta(days=7)

log = logging.getLogger(__name__)

# Rung with the name of a mail that is on its way to its reader, in the transaction that writes it down.
handed_over = Signal()


def current_server() -> Server | None:
    """The app's mail server; without one mail stays in the site."""
    server: Server | None = current_app.extensions["mail_server"]
    return server


@every(LOOK_SECONDS, "deliver mail")
def deliver_next() -> bool:
    """Try the mail that is due once; whether there was one."""
    server = current_server()
    if server is None:
        return False
    begin_read()
    # What was never tried goes first: a code is not to wait behind what keeps failing.
    query = select(Mail.id).where(_is_due()).order_by(Mail.tries, Mail.due_at).limit(1)
    mail_id = db.session.scalar(query)
    if mail_id is None:
        return False
    mail = _claim(mail_id)
    if mail is not None:
        _deliver(server, mail)
    return True


@every_minute("forget old mail")
def forget_old() -> None:
    """Delete what was written a week ago, whatever became of it: it holds a name and an address.

    And what is on its way to somebody whose account is gone.
    """
    begin_write()
    is_over = and_(Mail.is_farewell, Mail.status != "queued")
    db.session.execute(delete(Mail).where(or_(Mail.created_at < now() - KEEP, is_over)))


def _claim(mail_id: UUID) -> Mail | None:
    """Take due mail; whoever fails or dies with it leaves it due again a while later."""
    begin_write()
    mail = db.session.get(Mail, mail_id, populate_existing=True)
    # Longer than a delivery may take, from the first try on.
    pause = min(FIRST_PAUSE * 2 ** min(mail.tries if mail else 0, 10), LONGEST_PAUSE)
    claim = update(Mail).where(Mail.id == mail_id, _is_due())
    values = {"tries": Mail.tries + 1, "due_at": now() + pause}
    claimed = db.session.scalar(claim.values(values).returning(Mail.id))
    commit()
    return mail if claimed else None


def _deliver(server: Server, mail: Mail) -> None:
    """Try once, outside of any transaction, and write down how it went."""
    try:
        letter = unseal(mail)
        if letter is None:
            raise Tampered("its text is gone")
        message = message_of(mail, letter, server.sender)
        commit()  # it may have asked for the logo
        server.deliver(message, mail.recipient)
    except Refused as error:
        log.warning("mail %s was refused: %s", mail.id, error)
        _finish(mail, "failed")
    except Tampered:
        log.critical("the sealed text of mail %s was changed or moved", mail.id)
        _finish(mail, "failed")
    except KeyMissing as error:
        log.critical("mail %s waits for the key %s", mail.id, error)
    except NotNow as error:
        log.warning("mail %s is not delivered yet: %s", mail.id, error)
        _postpone(mail, is_about_it=error.is_about_it)
    else:
        log.info("mail %s was delivered", mail.id)
        _finish(mail, "sent")


def _postpone(mail: Mail, *, is_about_it: bool) -> None:
    if mail.created_at < now() - KEEP_TRYING:
        _finish(mail, "failed")
        return
    begin_write()
    waiting = update(Mail).where(Mail.id == mail.id, Mail.status == "queued")
    db.session.execute(waiting.values(was_refused=is_about_it))
    commit()


def _finish(mail: Mail, status: str) -> None:
    """Write down the end and erase the text."""
    begin_write()
    if status == "sent":
        handed_over.send(mail.id)
    values = {
        "status": status,
        "body_sealed": None,
        "sent_at": now() if status == "sent" else None,
    }
    waiting = update(Mail).where(Mail.id == mail.id, Mail.status == "queued")
    db.session.execute(waiting.values(values))
    commit()


def _is_due() -> ColumnElement[bool]:
    return and_(Mail.status == "queued", Mail.due_at <= now())
