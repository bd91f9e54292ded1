"""What runs without a visitor."""

import logging
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from xero_onboard.connect.cli import tell_of_rest
from xero_onboard.lib import jobs
from xero_onboard.lib.commands import on_database
from xero_onboard.lib.web import settings


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@with_appcontext
@on_database
def work(once: bool) -> None:
    """Keep connections alive and deliver mail: refresh tokens, notice removals, deliver disconnects."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    tell_of_rest()
    if once:
        sys.exit(0 if jobs.run_due(app) else 1)
    logging.getLogger("huey").setLevel(logging.WARNING)
    huey = jobs.queue(app, settings().instance)
    with jobs.piecework(app):
        huey.create_consumer(workers=1, graceful_signal="TERM").run()
