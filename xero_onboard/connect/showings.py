"""How often guides are shown with a button that leads to the provider: counted by the day, without persons."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from xero_onboard.connect.models import Showing
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db, insert_into

# As long as the presses that they are compared with.
KEEP = timedelta(days=90)

# Ids of guides are 64-bit numbers, of which those of help centres have at most 18 digits.
_WRITTEN = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,8})")


class UnknownEdition(LookupError):
    """No guide ever had this revision."""


@dataclass(frozen=True)
class Edition:
    """A guide and its revision, as a page names what it shows."""

    article_id: int
    revision: int

    @classmethod
    def read(cls, written: str) -> "Edition":
        """What a page said; raises UnknownEdition for what none of ours says."""
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise UnknownEdition(written)
        return cls(int(found[1]), int(found[2]))


def count(edition: Edition) -> None:
    """Count one more showing today; raises UnknownEdition."""
    today = {
        "day": now().date(),
        "article_id": edition.article_id,
        "revision": edition.revision,
    }
    statement = insert_into(Showing).values(**today, count=1)
    one_more = {"count": Showing.count + 1}
    try:
        with db.session.begin_nested():
            db.session.execute(
                statement.on_conflict_do_update(index_elements=list(today), set_=one_more)
            )
    except IntegrityError as error:
        raise UnknownEdition(edition) from error


def forget_old() -> None:
    """Delete what is older than the presses it is compared with."""
    db.session.execute(delete(Showing).where(Showing.day < (now() - KEEP).date()))
