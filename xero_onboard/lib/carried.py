"""What goes from one site to another in an archive, and is known to the room that keeps it and to the one that packs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class CarriedComment:
    """A comment that everybody sees: what its page shows of it, and what that is made of.

    Whose it is nothing says but the name that is shown. `looks_like_staff` where those who work at its site have read
    it, and show it under a name that could be taken for one of theirs.
    """

    id: UUID
    name: str | None
    is_staffs: bool
    looks_like_staff: bool
    source: str
    created_at: datetime
    edited_at: datetime | None
    shown_at: datetime
