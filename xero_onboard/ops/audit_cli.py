"""Reading and checking the audit log from the command line."""

import sys
from datetime import UTC, datetime
from uuid import UUID

import click

from xero_onboard.lib import audit
from xero_onboard.lib.commands import Commands

group = Commands("audit", help="The audit log: check that it is whole, and list it.")


@group.command("verify")
@click.option("--expect", metavar="HASH", help="The last hash as it was printed earlier.")
def verify(expect: str | None) -> None:
    """Walk the whole chain, and name the first entry that was changed, removed or reordered."""
    verdict = audit.verify(expect)
    click.echo(f"{verdict.count} entries, last hash {verdict.last_hash}")
    if not verdict.is_whole:
        click.echo(f"BROKEN at number {verdict.broken_number}. {verdict.reason}", err=True)
        sys.exit(1)


@group.command("list")
@click.option("--event", type=click.Choice(sorted(audit.EVENTS)), help="Only this event.")
@click.option("--actor", type=click.UUID, help="Only what this user did.")
@click.option("--since", type=click.DateTime(), help="Only from this moment on, in UTC.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_entries(event: str | None, actor: UUID | None, since: datetime | None, limit: int) -> None:
    """The newest entries, one a line."""
    moment = since.replace(tzinfo=UTC) if since else None
    for entry in audit.search(event=event, actor=actor, since=moment, size=limit).entries:
        details = " ".join(f"{name}={value}" for name, value in entry.details.items())
        click.echo(
            f"{entry.number:>6}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.event:<22} "
            f"{entry.actor_id or '-'}  {entry.subject or '-'}  {details}".rstrip()
        )


@group.command("events", needs_database=False)
def list_events() -> None:
    """Everything the log can say."""
    for name, sentence in audit.EVENTS.items():
        click.echo(f"{name:<22} {sentence}")
