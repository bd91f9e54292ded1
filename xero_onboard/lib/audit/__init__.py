"""The audit log: who did what and when, written with the change itself and never changed afterwards."""

from xero_onboard.lib.audit.chain import Verdict, verify
from xero_onboard.lib.audit.events import EVENTS
from xero_onboard.lib.audit.reading import Found, Page, search
from xero_onboard.lib.audit.recording import (
    NotPlain,
    NotWriting,
    UnknownEvent,
    forget_visits_of,
    plainly,
    record,
    record_apart,
)

__all__ = [
    "EVENTS",
    "Found",
    "NotPlain",
    "NotWriting",
    "Page",
    "UnknownEvent",
    "Verdict",
    "forget_visits_of",
    "plainly",
    "record",
    "record_apart",
    "search",
    "verify",
]
