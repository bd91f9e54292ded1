"""So many requests of a process may wait for somebody outside at once; the others go on answering.

A process answers with a few threads. If all of them waited for a provider that hangs, nobody could
read a guide meanwhile.
"""

from threading import BoundedSemaphore

from flask import Flask, current_app, g, has_request_context

# Half of the threads of a process.
MOST = 4
# Long enough for a provider that is merely slow, and for nobody who reads a guide to think it broken.
PATIENCE_SECONDS = 2.0


def register(app: Flask) -> None:
    """Give each process its places, and take a request's back when it has been answered."""
    app.extensions["crowd"] = BoundedSemaphore(MOST)
    app.teardown_request(_leave)


def join() -> bool:
    """Take a place until this request is answered; False when none is free. Work without a visitor needs none."""
    if not has_request_context() or "has_place" in g:
        return True
    if not _places().acquire(timeout=PATIENCE_SECONDS):
        return False
    g.has_place = True
    return True


def _leave(_error: BaseException | None) -> None:
    if g.pop("has_place", False):
        _places().release()


def _places() -> BoundedSemaphore:
    places: BoundedSemaphore = current_app.extensions["crowd"]
    return places
