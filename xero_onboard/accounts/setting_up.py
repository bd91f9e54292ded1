"""The key of an authenticator app that is being set up: sealed, and for one session alone."""

from xero_onboard.accounts import second_step
from xero_onboard.accounts.entry import current_session
from xero_onboard.lib.crypto import KeyMissing, Tampered, digest, key_ring

_NAME = "new_authenticator"


def secret() -> str:
    """The key that this session is setting up, made now if it has none."""
    return waiting() or _make()


def waiting() -> str | None:
    """The key that this session was shown, None if it is not this session's any more.

    A session goes on under a new handle when its owner proves who they are: what somebody saw in it
    before is then worth nothing.
    """
    sealed = current_session().get(_NAME)
    if sealed is None:
        return None
    try:
        return key_ring().unseal(sealed, _place())
    except (KeyMissing, Tampered):
        return None


def forget() -> None:
    """Set up no more."""
    current_session().pop(_NAME, None)


def _make() -> str:
    made = second_step.new_secret()
    current_session()[_NAME] = key_ring().seal(made, _place())
    return made


def _place() -> str:
    return f"session|{digest(current_session().handle or '')}|{_NAME}"
