"""Walking the audit log once a day, and whenever an administrator asks."""

import logging
from datetime import timedelta

from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_read, begin_write, db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.staff.models import AuditCheck

EVERY = timedelta(days=1)

log = logging.getLogger(__name__)


def latest() -> AuditCheck | None:
    """How the last check went."""
    return db.session.get(AuditCheck, 1)


def check() -> None:
    """Check the whole log, and that what was found whole before is still in it.

    Call it with nothing uncommitted: a long log is read without keeping anybody from writing.
    """
    begin_read()
    before = latest()
    verdict = audit.verify(before.last_hash if before else None)
    begin_write()
    db.session.merge(
        AuditCheck(
            id=1,
            at=now(),
            count=verdict.count,
            # A hash that is gone must be missed the next time as well.
            last_hash=verdict.last_hash if verdict.is_whole or not before else before.last_hash,
            broken_number=verdict.broken_number,
            reason=verdict.reason,
        )
    )
    db.session.flush()
    if not verdict.is_whole:
        log.critical("the audit log is broken at %s: %s", verdict.broken_number, verdict.reason)


@every_minute("check the audit log")
def check_daily() -> None:
    """Check the log when the last check is a day old."""
    before = latest()
    if before is None or before.at < now() - EVERY:
        check()
