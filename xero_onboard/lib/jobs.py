"""Work without a visitor: Huey says when, rows in the database say what is due."""

import logging
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from huey import SqliteHuey, crontab

from xero_onboard.lib.db import begin_write, commit, db

Job = Callable[[], None]

log = logging.getLogger(__name__)
_JOBS: dict[str, Job] = {}


def every_minute(name: str) -> Callable[[Job], Job]:
    """Have the worker call this verb once a minute; the verb itself looks up what is due."""

    def collect(job: Job) -> Job:
        _JOBS[name] = job
        return job

    return collect


def run_due(app: Flask) -> bool:
    """Call every job once, now, each in a transaction of its own; whether all went well."""
    went_well = [_run(app, name, job) for name, job in _JOBS.items()]
    return all(went_well)


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


def _run(app: Flask, name: str, job: Job) -> bool:
    with app.app_context():
        begin_write()
        try:
            job()
            commit()
        except Exception:
            # The job's rows are as they were, and so still due: the next minute tries again, and
            # one job's trouble must not keep the others from their work.
            db.session.rollback()
            log.exception("job %s failed", name)
            return False
        return True
