"""What the command line can do with guides."""

import sys

import click
from flask.cli import AppGroup

from xero_onboard.content import intake
from xero_onboard.lib.web import settings

group = AppGroup("content", help="Guides: publish and check the files in the content folder.")


@group.command("sync")
def sync() -> None:
    """Publish the guides that changed."""
    _tell(intake.sync(settings().content))


@group.command("check")
def check() -> None:
    """Look for mistakes in all guides and change nothing."""
    _tell(intake.check(settings().content))


def _tell(report: intake.Report) -> None:
    for line in report.lines:
        click.echo(line)
    if report.is_broken:
        sys.exit(1)
