"""So many requests of a process may wait for somebody outside at once; the others go on answering.

A process answers with a few threads. If all of them waited for a provider that hangs, nobody could
read a guide meanwhile.
"""

from dataclasses import dataclass, field
from threading import BoundedSemaphore

from flask import Flask, current_app, g, has_request_context

# Half of the threads of a process.
MOST = 4
# Long enough for a provider that is merely slow, and for nobody who reads a guide to think it broken.
PATIENCE_SECONDS = 2.0
# Who waits for a place holds a thread as well: any more would take those that are left to readers.
MOST_IN_LINE = 1


@dataclass(frozen=True)
class _Room:
    """The places of a process, and those of the line before them."""

    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST))
    line: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_IN_LINE))

    def enter(self) -> bool:
        """Take a place, after a while in the line if it must be; False when that is in vain or full."""
        if self.places.acquire(blocking=False):
            return True
        if not self.line.acquire(blocking=False):
            return False
        try:
            return self.places.acquire(timeout=PATIENCE_SECONDS)
        finally:
            self.line.release()


def register(app: Flask) -> None:
    """Give each process its places, and take a request's back when it has been answered."""
    app.extensions["crowd"] = _Room()
    app.teardown_request(_leave)


def join() -> bool:
    """Take a place until this request is answered; False when none comes free. Work without a visitor needs none."""
    if not has_request_context() or "has_place" in g:
        return True
    if not _room().enter():
        return False
    g.has_place = True
    return True


def _leave(_error: BaseException | None) -> None:
    if g.pop("has_place", False):
        _room().places.release()


def _room() -> _Room:
    room: _Room = current_app.extensions["crowd"]
    return room
