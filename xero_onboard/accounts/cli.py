"""What an operator does with people from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import click

from xero_onboard.accounts import directory, passwords, people
from xero_onboard.accounts.registering import Incomplete
from xero_onboard.lib.commands import Commands
from xero_onboard.lib.db import begin_write, commit
from xero_onboard.lib.reader import Disabled, Role

ROLES = ("reader", "editor", "admin")

users = Commands("users", help="People: make accounts, give roles, close them, let people back in.")


@users.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What colleagues know them by.")
@click.option("--role", type=click.Choice(ROLES), default="reader", show_default=True)
def create(email: str, name: str, role: str) -> None:
    """Make an account and print its password, this once."""
    with _changing():
        _, password = people.create(email, name, cast(Role, role))
    click.echo(f"{email} can sign in with this password, which is shown this once: {password}")


@users.command("list")
def list_all() -> None:
    """Every account: its role, whether it is closed, its second step, and when somebody was last seen who is signed in."""
    for person in directory.everybody():
        state = "disabled" if person.disabled_at else "open"
        step = "two steps" if person.has_second_step else "one step"
        seen = f"{person.seen_at:%Y-%m-%d}" if person.seen_at else "no session"
        who = person.email if person.is_proven else f"{person.id} ({person.email}, not proven)"
        click.echo(f"{person.role:<7} {state:<9} {step:<10} {seen:<10} {who}  {person.name}")


@users.command("role")
@click.argument("person")
@click.argument("role", type=click.Choice(ROLES))
def role(person: str, role: str) -> None:
    """Give a role; all sessions of the person end."""
    with _changing():
        is_new = people.set_role(people.whom(person), cast(Role, role))
    outcome = ". They sign in anew." if is_new else " already: nothing was changed."
    click.echo(f"{person} is {role}{outcome}")


@users.command("disable")
@click.argument("person")
def disable(person: str) -> None:
    """Close an account; all its sessions end."""
    with _changing():
        people.disable(people.whom(person))
    click.echo(f"{person} is disabled.")


@users.command("enable")
@click.argument("person")
def enable(person: str) -> None:
    """Open a closed account again."""
    with _changing():
        people.enable(people.whom(person))
    click.echo(f"{person} is enabled.")


@users.command("recovery-link")
@click.argument("person")
def recovery_link(person: str) -> None:
    """Print a link by which a person sets a new password, once and within 10 minutes; the second step stays."""
    with _changing():
        link = people.make_link(people.whom(person))
    click.echo(f"Hand this to {person} yourself; it works once, for 10 minutes:\n{link}")


@contextmanager
def _changing() -> Iterator[None]:
    """One transaction; what cannot be done is said in words, and nothing of it is kept."""
    begin_write()
    try:
        yield
    except Incomplete as error:
        raise click.ClickException(" ".join(error.errors.values())) from error
    except tuple(_WORDS) as error:
        raise click.ClickException(_WORDS[type(error)]) from error
    commit()


_WORDS: dict[type[Exception], str] = {
    passwords.BadAddress: "This is not an email address like name@example.com.",
    people.TakenLogin: "Somebody signs in with this address already. `flask users list` names them.",
    people.NoSuchPerson: "Nobody signs in with this address. Who has no password is named by an id, which `flask users list` shows.",
    people.LastAdministrator: "This is the last administrator. Make another one first.",
    Disabled: "This account is closed. Open it first: `flask users enable`.",
    people.NoPassword: "This person signs in without a password, through Xero or with a passkey.",
}
