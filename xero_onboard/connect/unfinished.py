"""What a reader does on our pages with an attempt that has led to nothing: end it, ask again, tell what they saw."""

import logging
from uuid import UUID

from xero_onboard.connect import trouble
from xero_onboard.connect.arrival import Permission, discover
from xero_onboard.connect.attempts import end, give_up, grant_id_of, may_read_again, owner_of
from xero_onboard.connect.doors import current_doors
from xero_onboard.connect.flow import (
    CALLBACK_SECONDS,
    is_same_browser,
    next_page,
    problem_path,
    question_of,
    way_back,
)
from xero_onboard.connect.models import Attempt
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.base import ClientRefused, Patience, ProviderError
from xero_onboard.connect.renewal import fresh_access
from xero_onboard.connect.vault import GrantDead, VaultLocked
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.reader import Reader

log = logging.getLogger(__name__)


def cancel(attempt_id: UUID, reader: Reader) -> str:
    """End an attempt because its reader says so; the path to send them to."""
    begin_write()
    attempt = db.session.get(Attempt, attempt_id, populate_existing=True, with_for_update=True)
    if attempt is None or not _may_end(attempt, reader):
        return problem_path("unknown_attempt")
    if attempt.status in ("redirected", "choosing"):
        give_up(attempt, "cancelled")
    return way_back(attempt)


def read_again(attempt_id: UUID, reader: Reader) -> str:
    """Ask once more for the list of organisations that did not come; the path to send the reader to.

    What was allowed is kept for a while, so that nobody has to go to the provider again for it.
    Raises VaultLocked, and it can be asked for again.
    """
    begin_write()
    attempt = db.session.get(Attempt, attempt_id, populate_existing=True, with_for_update=True)
    if attempt is None or not _may_end(attempt, reader):
        return problem_path("unknown_attempt")
    if not may_read_again(attempt):
        return way_back(attempt)
    if not current_doors().may_connect(owner_of(attempt)):
        # What they may do has been changed since.
        end(attempt, "not_allowed")
        return way_back(attempt)
    attempt.status, attempt.outcome, attempt.finished_at = "claimed", None, None
    # Or the worker would take us for one who died with it.
    attempt.claimed_at = now()
    commit()
    _read_again(attempt, reader, Patience(CALLBACK_SECONDS))
    return current_doors().way_on(next_page(attempt, reader))


def note_sighting(attempt_id: UUID, saw: str, reader: Reader) -> str:
    """Write down what a reader saw at the provider, which sent nothing back; the path to its help.

    The attempt stays as it is: who goes on at the provider after all comes back as ever.
    """
    begin_write()
    attempt = db.session.get(Attempt, attempt_id, populate_existing=True, with_for_update=True)
    if attempt is None or not _may_end(attempt, reader):
        return problem_path("unknown_attempt")
    if attempt.status == "redirected" or attempt.outcome == "abandoned":
        if saw in trouble.REPORTED and attempt.saw != saw:
            log.error("attempt %s: its reader says %s", attempt.id, saw)
            trouble.note(saw, "a reader says so")
        attempt.saw = saw
    return way_back(attempt)


def _read_again(attempt: Attempt, reader: Reader, patience: Patience) -> None:
    provider = current_provider()
    try:
        access = fresh_access(provider, grant_id_of(attempt), patience=patience)
    except GrantDead:
        log.warning("attempt %s has nothing left to go on with", attempt.id)
        end(attempt, "permission_ended")
    except VaultLocked:
        # Ours to mend, and the press that comes after that finds everything as it was.
        end(attempt, "organisations_unavailable")
        commit()
        raise
    except ClientRefused as error:
        log.critical("the provider refuses us, not attempt %s: %s", attempt.id, error)
        trouble.note(trouble.CLIENT_REFUSED, str(error))
        end(attempt, trouble.CLIENT_REFUSED)
    except ProviderError as error:
        log.warning("attempt %s has no list of organisations yet: %s", attempt.id, error)
        end(attempt, "organisations_unavailable")
    else:
        permission = Permission(access.token, attempt.event_id)
        discover(provider, attempt, permission, patience, question_of(attempt, reader))


def _may_end(attempt: Attempt, reader: Reader) -> bool:
    """Its owner wherever they are, and before it has one the browser in which it began.

    One that came by a link is not its owner, and ends it in their browser alone.
    """
    if attempt.owner_user_id is not None and attempt.purpose != "errand":
        return attempt.owner_user_id == reader.user_id
    return is_same_browser(attempt, reader)
