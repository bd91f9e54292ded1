"""What the command line can do with guides."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from xero_onboard.content import exporting, intake, mintlify
from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.front_matter import SLUG
from xero_onboard.content.skeletons import SKELETONS
from xero_onboard.lib.web import settings

group = AppGroup(
    "content", help="Guides: publish, check, write and begin the files in the content folder."
)


@group.command("sync")
def sync() -> None:
    """Publish the guides that changed."""
    _tell(intake.sync(settings().content))


@group.command("check")
def check() -> None:
    """Look for mistakes in all guides and change nothing."""
    _tell(intake.check(settings().content))


@group.group("import")
def bring_in() -> None:
    """Take over the guides of another help centre."""


@bring_in.command("mintlify")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def bring_in_mintlify(folder: Path) -> None:
    """Write the pages of the Mintlify site in FOLDER into the content folder, and publish them."""
    _tell(mintlify.bring_in(folder, settings().content))


@group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
def export(folder: Path | None) -> None:
    """Write what staff have published into the content folder, or into FOLDER."""
    lines = list(exporting.export(folder or settings().content))
    for line in lines or ["nothing to write: the files say what is published"]:
        click.echo(line)


@group.command("new")
@click.argument("section")
@click.argument("slug")
@click.option("--title", required=True, help="The heading of the guide.")
@click.option("--locale", default=DEFAULT_LOCALE, show_default=True)
@click.option("--kind", type=click.Choice(list(SKELETONS)), default="steps", show_default=True)
def new(section: str, slug: str, title: str, locale: str, kind: str) -> None:
    """Begin the file of a guide, with a number that no other guide has."""
    if not SLUG.fullmatch(slug):
        raise click.BadParameter("must be small letters, digits and hyphens", param_hint="SLUG")
    try:
        path = exporting.begin(settings().content, locale, section, slug, title, kind)
    except exporting.Exists as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path}: written; `flask content sync` publishes it")


def _tell(report: intake.Report) -> None:
    for line in report.lines:
        click.echo(line)
    if report.is_broken:
        sys.exit(1)
