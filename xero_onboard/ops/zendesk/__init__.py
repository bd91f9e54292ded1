"""A help centre of Zendesk's comes over, with its numbers, votes and addresses."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from xero_onboard.lib.commands import on_database
from xero_onboard.lib.web import settings
from xero_onboard.ops.zendesk import importing
from xero_onboard.ops.zendesk.archive import Archive
from xero_onboard.ops.zendesk.online import Online
from xero_onboard.ops.zendesk.report import Report
from xero_onboard.ops.zendesk.sources import Source, Unreadable


@click.command("zendesk")
@click.argument("source")
@click.option(
    "--check", "is_check", is_flag=True, help="Say what would be done, and write nothing."
)
@click.option(
    "--locale",
    "renamed",
    multiple=True,
    metavar="THERE=HERE",
    help="Take a language in as another, as in en-us=en-gb.",
)
@with_appcontext
@on_database
def command(source: str, is_check: bool, renamed: tuple[str, ...]) -> None:
    """Take in a help centre from its address, or from an export in a zip or JSON file.

    It can be stopped at any moment: the next run goes on, and takes in what has changed there since.
    """
    report = Report(click.echo)
    try:
        importing.run(_opened(source), _languages(renamed), report, is_check=is_check)
    except Unreadable as problem:
        report.fail(f"{problem}. What was taken in so far stays, and the next run goes on")
    except KeyboardInterrupt:
        report.fail("stopped: run it again, and it goes on")
    for line in report.lines(is_check=is_check):
        click.echo(line)
    if report.is_broken:
        sys.exit(1)


def _opened(source: str) -> Source:
    may_be_local = not settings().is_production
    if "://" not in source and Path(source).is_file():
        return Archive(Path(source), may_be_local=may_be_local)
    if "://" not in source and Path(source).suffix in (".zip", ".json"):
        raise click.BadParameter(f"there is no file {source}", param_hint="SOURCE")
    return Online(source, may_be_local=may_be_local)


def _languages(renamed: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in renamed:
        there, sign, here = pair.lower().partition("=")
        if not (there and sign and here) or here in found.values():
            raise click.BadParameter(
                "must be like en-us=en-gb, each language once", param_hint="--locale"
            )
        found[there] = here
    return found
