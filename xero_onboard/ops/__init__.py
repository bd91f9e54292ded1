"""Running the site: command line, worker, and everything at once."""

from flask import Flask

from xero_onboard.ops import cli


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(cli.work)
