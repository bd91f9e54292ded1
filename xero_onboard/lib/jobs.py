"""Work without a visitor: Huey says when, rows in the database say what is due."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from flask import Flask, g
from huey import SqliteHuey, crontab

from xero_onboard.lib.db import begin_write, commit, db

Job = Callable[[], None]
# Does one thing, and says whether there may be more to do.
Piecework = Callable[[], bool]
Outcome = Literal["done", "more", "failed"]

log = logging.getLogger(__name__)
_JOBS: dict[str, Job] = {}
_PIECEWORK: dict[str, tuple[float, Piecework]] = {}


def every_minute(name: str) -> Callable[[Job], Job]:
    """Have the worker call this verb once a minute; the verb itself looks up what is due."""

    def collect(job: Job) -> Job:
        _JOBS[name] = job
        return job

    return collect


def every(seconds: float, name: str) -> Callable[[Piecework], Piecework]:
    """Have the worker call this verb every few seconds, and at once again for as long as it says so.

    For what somebody waits for, or what waits for others for long: it has a thread of its own,
    because Huey looks at its clock once a minute and works off one thing after another.
    """

    def collect(job: Piecework) -> Piecework:
        _PIECEWORK[name] = (seconds, job)
        return job

    return collect


def run_due(app: Flask) -> bool:
    """Do now what is due, each job in transactions of its own; whether all went well."""
    never = threading.Event()
    outcomes = [_run(app, name, job) for name, job in _JOBS.items()]
    outcomes += [_work_off(app, name, job, never) for name, (_, job) in _PIECEWORK.items()]
    return "failed" not in outcomes


@contextmanager
def piecework(app: Flask) -> Iterator[None]:
    """Do the work that cannot wait for the minute until the block ends, and then finish what was begun."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_keep_at_it, args=(app, name, seconds, job, stop), name=name)
        for name, (seconds, job) in _PIECEWORK.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def queue(app: Flask, folder: Path) -> SqliteHuey:
    """The queue of this instance with every job on it, for the worker to consume."""
    huey = SqliteHuey("jobs", filename=str(folder / "jobs.db"), fsync=True)
    for name, job in _JOBS.items():
        huey.periodic_task(crontab(minute="*"), name=name)(_bound(app, name, job))
    return huey


def _bound(app: Flask, name: str, job: Job) -> Job:
    def run() -> None:
        _run(app, name, job)

    return run


def _keep_at_it(
    app: Flask, name: str, seconds: float, job: Piecework, stop: threading.Event
) -> None:
    while not stop.is_set():
        _work_off(app, name, job, stop)
        stop.wait(seconds)


def _work_off(app: Flask, name: str, job: Piecework, stop: threading.Event) -> Outcome:
    """Call the verb until nothing is left to do, it fails, or it is time to stop."""
    outcome: Outcome = "more"
    while outcome == "more" and not stop.is_set():
        outcome = _run(app, name, job)
    return outcome


def _run(app: Flask, name: str, job: Job | Piecework) -> Outcome:
    with app.app_context():
        g.working_as = "worker"
        try:
            begin_write()
            has_more = job()
            commit()
        except Exception:
            # The job's rows are as they were, and so still due: the next turn tries again, and
            # one job's trouble must not keep the others from their work.
            db.session.rollback()
            log.exception("job %s failed", name)
            return "failed"
        return "more" if has_more else "done"
