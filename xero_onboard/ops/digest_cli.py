"""Looking at the weekly digest from the command line."""

import click

from xero_onboard.accounts import subscribers
from xero_onboard.lib import mail
from xero_onboard.lib.commands import Commands
from xero_onboard.lib.languages import SOURCE, speaking
from xero_onboard.staff import digest, waiting

group = Commands("digest", help="The weekly mail to support staff: see what it would say.")


@group.command("show")
def show() -> None:
    """Print what would be mailed to whom if it were sent now; nothing is sent."""
    found = waiting.found()
    for person in subscribers.everybody():
        theirs = found.of(person)
        click.echo(f"=== {person.address or person.name}: {_fate(person, theirs.count)}")
        if theirs.count:
            with speaking(SOURCE):
                letter = mail.write(digest.TEMPLATE, digest.values_of(person, theirs))
            # The way to stop it is theirs alone.
            click.echo(f"\n{letter.subject}\n\n{letter.text.partition('-- ')[0]}")


def _fate(person: subscribers.Subscriber, count: int) -> str:
    if not count:
        return "nothing waits, no mail"
    if not person.address:
        return "no proven address, no mail; administrators are told instead"
    return "mail" if person.wants_digest else "switched off, no mail"
