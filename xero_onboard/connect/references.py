"""Support references as people write them: on the telephone, in a mail, in the search field."""

import re
from dataclasses import dataclass

from sqlalchemy import select

from xero_onboard.connect.models import Attempt
from xero_onboard.connect.outcomes import Outcome
from xero_onboard.connect.results import is_readers, outcome_of_attempt
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import current_reader, has_session_cookie

_LETTERS = "2-9BCDFGHJKMNPQRSTVWXYZ"
_BETWEEN = r"[\s._/‐-―-]"
# With or without its beginning, dashes and blanks, where nothing else can be meant.
_ALONE = re.compile(rf"(?:XC)?([{_LETTERS}]{{4}})")
_AMONG = re.compile(rf"\bXC{_BETWEEN}*([{_LETTERS}]{{4}})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Recalled:
    """A reference that somebody mentions; `outcome` is what became of that try if it was their own."""

    reference: str
    outcome: Outcome | None


def reference_of(words: str) -> str | None:
    """The support reference that somebody means, None if these words are none."""
    found = _ALONE.fullmatch(re.sub(_BETWEEN, "", words).upper())
    return f"XC-{found[1]}" if found else None


def recall(words: str) -> Recalled | None:
    """The reference among these words; of other people's tries nobody learns even that they exist."""
    found = _AMONG.search(words)
    if found is None:
        return None
    reference = f"XC-{found[1].upper()}"
    return Recalled(reference, _own_outcome(reference) if has_session_cookie() else None)


def _own_outcome(reference: str) -> Outcome | None:
    reader = current_reader()
    query = select(Attempt).where(Attempt.reference == reference)
    newest_first = db.session.scalars(query.order_by(Attempt.started_at.desc()))
    own = next((attempt for attempt in newest_first if is_readers(attempt, reader)), None)
    return outcome_of_attempt(own, reader) if own else None
