"""What the command line can do with guides."""

import sys
from pathlib import Path
from typing import IO

import click

from xero_onboard.content import archiving, exporting, intake, mintlify, restoring
from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.front_matter import LONGEST_TITLE, SLUG
from xero_onboard.content.models import LONGEST_SLUG
from xero_onboard.content.skeletons import SKELETONS
from xero_onboard.content.unpacking import BadArchive
from xero_onboard.lib.commands import Commands
from xero_onboard.lib.db import commit
from xero_onboard.lib.web import settings

group = Commands(
    "content", help="Guides: publish, check, write and begin the files in the content folder."
)


@group.group("import", cls=Commands)
def incoming() -> None:
    """Take in guides from another help centre."""


@incoming.command("archive")
@click.argument("file", type=click.File("rb"))
def restore(file: IO[bytes]) -> None:
    """Take in FILE, which `flask content export --zip` wrote, into a site that has no guides yet."""
    try:
        told = restoring.restore(file)
    except restoring.NotEmpty as error:
        message = "there are guides here already; an archive is taken into a new site, with a database of its own"
        raise click.ClickException(message) from error
    except BadArchive as problem:
        raise click.ClickException(f"{file.name}: {problem}; nothing was taken in") from problem
    commit()
    click.echo(
        f"{_in_words(told)} taken in; `flask content export` writes them into the content folder"
    )
    if told.ownerless:
        click.echo(
            f"{told.ownerless} of the guides have no owner here, because nobody who works here has the address"
        )


@group.command("sync")
def sync() -> None:
    """Publish the guides that changed."""
    _tell(intake.sync(settings().content))


@group.command("check")
@click.option(
    "--try-links",
    is_flag=True,
    help="Also ask other sites for each page that guides link to, which takes long.",
)
def check(*, try_links: bool) -> None:
    """Look for mistakes in all guides and change nothing."""
    _tell(intake.check(settings().content, tries_links=try_links))


@incoming.command("mintlify")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--address",
    default="",
    help="Where the site stood, if in a part of another: https://example.com/docs, or /docs.",
)
def bring_in_mintlify(folder: Path, address: str) -> None:
    """Write the pages of the Mintlify site in FOLDER into the content folder, and publish them."""
    _tell(mintlify.bring_in(folder, settings().content, address))


@group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option(
    "--zip",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write everything that makes the public site into this file, and drafts.",
)
def export(folder: Path | None, file: Path | None) -> None:
    """Write what staff have published into the content folder, or into FOLDER."""
    if file and folder:
        raise click.UsageError("choose either a FOLDER or --zip FILE")
    if file:
        _archive(file)
        return
    try:
        lines = list(exporting.export(folder or settings().content))
    except exporting.Exists as error:
        raise click.ClickException(str(error)) from error
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
    _refuse_length(slug, LONGEST_SLUG, "SLUG")
    _refuse_length(title.strip(), LONGEST_TITLE, "--title")
    try:
        path = exporting.begin(settings().content, locale, section, slug, title, kind)
    except exporting.Exists as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path}: written; `flask content sync` publishes it")


def _refuse_length(words: str, longest: int, hint: str) -> None:
    if not 0 < len(words) <= longest:
        raise click.BadParameter(f"must have 1 to {longest} characters", param_hint=hint)


def _archive(file: Path) -> None:
    """Write the archive beside its place first: one that was there stays until the new one is whole."""
    draft = file.with_name(f".{file.name}.part")
    try:
        with draft.open("w+b") as opened:
            told = archiving.pack(opened)
        draft.replace(file)
    except archiving.Unreadable as error:
        message = f"nothing was written, because the archive could not be read again:\n{error}"
        raise click.ClickException(message) from error
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    commit()
    click.echo(f"{file}: {_in_words(told)} written")


def _in_words(told: archiving.Packed) -> str:
    counts = {
        "section": told.sections,
        "guide": told.guides,
        "picture": told.pictures,
        "comment": told.comments,
    }
    *others, last = (f"{count} {name}{'s' * (count != 1)}" for name, count in counts.items())
    return f"{', '.join(others)} and {last}"


def _tell(report: intake.Report) -> None:
    for line in report.lines:
        click.echo(line)
    if report.is_broken:
        sys.exit(1)
