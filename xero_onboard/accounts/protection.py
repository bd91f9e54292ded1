"""What protects an account, and what of it cannot be taken away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select

from xero_onboard.accounts import address, alternative, passwords, second_step
from xero_onboard.accounts.models import (
    SETTLING,
    AlternativeAddress,
    Authenticator,
    NewLogin,
    Passkey,
    Password,
    StoredSession,
    User,
    UserIdentity,
)
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked


@dataclass(frozen=True)
class Protection:
    """The ways into an account, and what stands in the way of everybody else."""

    is_staff: bool
    login: str | None
    password_changed_at: datetime | None
    password_is_short: bool
    has_xero: bool
    # For so long that no letter takes it back any more.
    has_settled_login: bool
    has_settled_xero: bool
    authenticator_since: datetime | None
    passkeys: tuple[Passkey, ...]
    recovery_codes: int
    alternative: AlternativeAddress | None
    new_login: NewLogin | None
    sessions: int

    @property
    def has_second_step(self) -> bool:
        return self.authenticator_since is not None or bool(self.passkeys)

    @property
    def keeps_xero(self) -> str | None:
        """Why Xero cannot be unlinked, if it cannot."""
        if not (self.login or self.passkeys):
            return _(_LAST_WAY_IN)
        return None if self.has_settled_login or self._settled_passkeys else _(_TOO_NEW)

    @property
    def keeps_authenticator(self) -> str | None:
        """Why the app cannot be removed, if it cannot."""
        return None if self.passkeys else self._keeps_last_step

    @property
    def keeps_passkey(self) -> str | None:
        """Why one of the passkeys cannot be removed, if it cannot."""
        if len(self.passkeys) == 1 and not (self.login or self.has_xero):
            return _(_LAST_WAY_IN)
        if self._settled_passkeys == 1 and not (self.has_settled_login or self.has_settled_xero):
            return _(_TOO_NEW)
        if len(self.passkeys) > 1:
            return None
        return None if self.authenticator_since else self._keeps_last_step

    @property
    def _settled_passkeys(self) -> int:
        return sum(each.created_at <= now() - SETTLING for each in self.passkeys)

    @property
    def _keeps_last_step(self) -> str | None:
        if self.is_staff:
            return _(_STAFF)
        return _(_SHORT) if self.password_is_short else None


def protection_of(user_id: UUID) -> Protection:
    """How this user's account is protected now."""
    user = db.session.get_one(User, user_id)
    password = db.session.get(Password, user_id)
    authenticator = db.session.get(Authenticator, user_id)
    keys = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at)
    is_theirs = UserIdentity.user_id == user_id
    linked = select(exists().where(is_theirs))
    linked_long_ago = select(exists().where(is_theirs, UserIdentity.is_settled()))
    open_ones = select(func.count()).where(
        StoredSession.user_id == user_id, StoredSession.expires_at > now()
    )
    return Protection(
        is_staff=user.role != "reader",
        login=password.login if password else None,
        password_changed_at=password.changed_at if password else None,
        password_is_short=password.is_short if password else False,
        has_xero=bool(db.session.scalar(linked)),
        has_settled_login=passwords.is_settled(user_id),
        has_settled_xero=bool(db.session.scalar(linked_long_ago)),
        authenticator_since=(authenticator.moved_at or authenticator.created_at)
        if authenticator
        else None,
        passkeys=tuple(db.session.scalars(keys)),
        recovery_codes=second_step.codes_left(user_id),
        alternative=alternative.present(user_id),
        new_login=address.waiting(user_id),
        sessions=db.session.scalar(open_ones) or 0,
    )


_LAST_WAY_IN = marked(
    "It is the only way left to sign in. Choose a password first, or add a passkey."
)
_TOO_NEW = marked(
    "Your other ways to sign in are new. Keep this one for three days after you added them: until then they can be taken back by the letter that told of them."
)
_STAFF = marked(
    "People who work here need a second step. Add another one before you remove this one."
)
_SHORT = marked(
    "Your password is too short to stand alone. Choose one of at least 15 characters first."
)
