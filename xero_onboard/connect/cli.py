"""What an operator does with connections from the command line."""

import sys
from uuid import UUID

import click
from sqlalchemy import select

from xero_onboard.connect import care, installation
from xero_onboard.connect.models import ENDED, WORKING, Connection
from xero_onboard.connect.providers import current_provider
from xero_onboard.lib.commands import Commands
from xero_onboard.lib.db import begin_write, commit, db

connections = Commands("connections", help="Connections: list, pause and resume them.")


@connections.command("list")
def list_all() -> None:
    """Every connection that has not ended: its id, organisation and state."""
    tell_of_rest()
    query = select(Connection).where(
        Connection.environment == current_provider().facts.environment,
        Connection.status.not_in(ENDED),
    )
    for connection in db.session.scalars(query.order_by(Connection.connected_at)):
        # What is wrong first: a pause hides no trouble.
        is_paused = connection.paused_at is not None
        trouble = [] if is_paused and connection.status in WORKING else [connection.status]
        states = ", ".join([*trouble, "paused"] if is_paused else trouble)
        click.echo(f"{connection.id}  {states:<23} {connection.name}")


@connections.command()
@click.argument("connection_id", type=click.UUID)
def pause(connection_id: UUID) -> None:
    """Stop working with a connection; it is kept alive, and its reader sees that it is paused.

    The pause ends with `resume`, or when its reader disconnects the organisation and connects it anew.
    """
    begin_write()
    connection = _live(connection_id)
    care.pause(connection)
    commit()
    click.echo(f"{connection.name} is paused.")


@connections.command()
@click.argument("connection_id", type=click.UUID)
def resume(connection_id: UUID) -> None:
    """Work with a paused connection again."""
    begin_write()
    connection = _live(connection_id)
    care.resume(connection)
    commit()
    click.echo(f"{connection.name} is no longer paused.")


@connections.command()
@click.option("--yes", is_flag=True, help="Do not ask: no other site uses these connections.")
def adopt(yes: bool) -> None:
    """Have this installation go on with the stored connections, after a copy, a move or a restore."""
    found = installation.doubt()
    if found is None:
        click.echo("The connections are this installation's already; there is nothing to do.")
        return
    click.echo(f"{installation.explained(found)}\n{installation.advice(found)}")
    if not yes:
        click.confirm("Does no other site use these connections any more?", abort=True)
    installation.adopt()
    if installation.must_rest():
        raise click.ClickException(
            "INSTANCE_DIR cannot be written to, so nothing here would remember it. "
            "Set INSTALLATION to a name of your choice, and adopt again."
        )
    click.echo("This installation goes on with them: the worker looks at every login soon.")


def tell_of_rest() -> None:
    """Say on standard error that the connections rest, and what to do, if they do."""
    found = installation.doubt()
    if found is not None:
        sys.stderr.write(
            f"The connections rest. {installation.explained(found)} {installation.advice(found)}\n"
        )


def _live(connection_id: UUID) -> Connection:
    connection = db.session.get(Connection, connection_id)
    environment = current_provider().facts.environment
    if connection is None or not connection.is_live or connection.environment != environment:
        raise click.ClickException(
            f"There is no live connection {connection_id}. `flask connections list` names them."
        )
    return connection
