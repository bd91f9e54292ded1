"""Telling people from machines without asking anybody to prove it, and without telling another site."""

from datetime import datetime, timedelta

from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import pseudonym
from xero_onboard.lib.languages import gettext as _

# Nobody reads a form, writes a sentence and sends it in less.
QUICKEST = timedelta(seconds=3)


class LooksAutomatic(Exception):
    """What came fits a machine better than a person; in words for a person whom it hits."""


def stamp(shown_at: datetime | None = None) -> str:
    """When a form was shown, by default now: signed, to be sent along with it."""
    return _stamp(int((shown_at or now()).timestamp()))


def stamp_again(sent: str | None) -> str:
    """The stamp of a form that is shown once more, to somebody who has read it already."""
    return sent if sent is not None and _seconds(sent) is not None else stamp()


def check(trap: str | None, shown: str | None) -> None:
    """Raises LooksAutomatic for a filled-in trap, and for a form that was not shown or sent quicker than it is read."""
    if trap:
        raise LooksAutomatic(
            _("A field that must stay empty was filled in. Empty it and send again.")
        )
    seconds = _seconds(shown or "")
    if seconds is None:
        raise LooksAutomatic(_("One more press tells us that a person is sending this."))
    if seconds > now().timestamp() - QUICKEST.total_seconds():
        raise LooksAutomatic(
            _("That was quicker than we expect of a person. Please send it again.")
        )


def _seconds(shown: str) -> int | None:
    """What a stamp of ours says; None for any other."""
    seconds = shown.partition(".")[0]
    is_ours = seconds.isascii() and seconds.isdigit() and shown == _stamp(int(seconds))
    return int(seconds) if is_ours else None


def _stamp(seconds: int) -> str:
    return f"{seconds}.{pseudonym(str(seconds), 'form was shown')[:24]}"
