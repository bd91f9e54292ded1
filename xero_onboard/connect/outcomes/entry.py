"""The shape of an outcome's words."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["success", "info", "problem"]

# Who can do something about it: the reader, an administrator of theirs, or the vendor; or it passes
# by itself; or there is nothing left to do.
Who = Literal["reader", "administrator", "operator", "wait", "done"]


@dataclass(frozen=True)
class Entry:
    """What a reader is told: what happened, why, and what to do next, and who can act."""

    tone: Tone
    who: Who
    title: str
    detail: str
    next_step: str
    # Whether to press the same button again is worth offering.
    retry: bool = False
