"""Mail that is on its way, or has just arrived."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Text, Uuid, false
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, UtcDateTime, new_id

LONGEST_ADDRESS = 320
LONGEST_SUBJECT = 200


class Mail(Table):
    """One mail to one person; `status`: queued -> sent or failed.

    The body is sealed, because it may hold a code or a link that lets somebody in, and it is erased
    with the delivery. The subject is in clear: no template may put a secret there.
    """

    __tablename__ = "mail"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    recipient: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    # Whose mail it is, if we know them: they may have another address by now.
    user_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    # They have no account here any more: nothing of it is kept once it is on its way.
    is_farewell: Mapped[bool] = mapped_column(default=False, server_default=false())
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    body_sealed: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10), default="queued", index=True)
    tries: Mapped[int] = mapped_column(default=0)
    # Also the lease: whoever takes the mail moves this on, and until then it is nobody else's.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # The server was there, and would not take this one mail for now.
    was_refused: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
