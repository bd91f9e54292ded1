"""The mail of a site that has no mail server, to be read in the site itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from xero_onboard.lib.crypto import KeyMissing, Tampered
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.letters import Letter, unseal
from xero_onboard.lib.mail.models import Mail

MOST = 100


@dataclass(frozen=True)
class Opened:
    """A mail and what it says; no `letter` when it was erased or its key is gone."""

    mail: Mail
    letter: Letter | None


def newest() -> Sequence[Mail]:
    """The latest mail, newest first."""
    return db.session.scalars(select(Mail).order_by(Mail.created_at.desc()).limit(MOST)).all()


def find(mail_id: UUID) -> Opened | None:
    """The mail with this id."""
    mail = db.session.get(Mail, mail_id)
    return Opened(mail, _open(mail)) if mail else None


def _open(mail: Mail) -> Letter | None:
    try:
        return unseal(mail)
    except (KeyMissing, Tampered):
        return None
