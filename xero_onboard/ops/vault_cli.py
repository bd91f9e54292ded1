"""The keys that seal tokens and other secrets: checking, changing and giving them up."""

import sys

import click

from xero_onboard.config import new_vault_key
from xero_onboard.connect import removals, vault
from xero_onboard.connect.cli import tell_of_rest
from xero_onboard.lib import audit, sealed
from xero_onboard.lib.commands import Commands
from xero_onboard.lib.db import begin_write, commit
from xero_onboard.lib.sealed import Findings
from xero_onboard.lib.web import settings

group = Commands(
    "vault", help="The keys in VAULT_KEYS: check what they seal, rotate and forget them."
)


@group.command("new-key", needs_database=False)
@click.argument("key_id")
def new_key(key_id: str) -> None:
    """Print a fresh key with this id, to be put into VAULT_KEYS."""
    if not key_id.isalnum() or len(key_id) > 16 or key_id in _known():
        raise click.ClickException("A key needs an id of its own, of at most 16 letters or digits.")
    click.echo(new_vault_key(key_id))


@group.command("check")
def check() -> None:
    """Open everything that is sealed, and name what does not open; nothing is changed."""
    _refuse_wrong_keys()
    findings = sealed.check()
    _tell_of_keys(findings)
    tell_of_rest()
    _tell_of_unopened(findings)
    if not findings.unopened:
        click.echo("Everything opens.")


@group.command("rotate")
def rotate() -> None:
    """Seal everything anew under the first key of VAULT_KEYS, while the site goes on.

    It may be stopped at any moment and begun again.
    """
    _refuse_wrong_keys()
    begin_write()
    vault.enrol()
    commit()
    findings = sealed.renew(_tell_progress)
    begin_write()
    audit.record("vault_rotated", key=_known()[0], count=findings.renewed)
    commit()
    click.echo(f"{findings.renewed} sealed anew under {_known()[0]}.")
    _tell_of_unopened(findings)
    _tell_of_keys(sealed.check())


@group.command("forget-key")
@click.argument("key_id")
@click.confirmation_option(
    prompt="Everybody whose tokens it sealed must reconnect. Is this key lost for good?"
)
def forget_key(key_id: str) -> None:
    """Give up a key that is lost: whose tokens it sealed is asked to reconnect."""
    if key_id in _known():
        raise click.ClickException(f"{key_id} is in VAULT_KEYS, so nothing is lost.")
    begin_write()
    logins, given_up = vault.give_up_key(key_id), removals.give_up_key(key_id)
    commit()
    have = "login has" if logins == 1 else "logins have"
    were = "removal at Xero was" if given_up == 1 else "removals at Xero were"
    click.echo(f"{logins} {have} to reconnect; {given_up} {were} given up.")
    left = [each for each in sealed.check().unopened if each.key_id == key_id]
    apps = sum(each.column == "authenticator.secret_sealed" for each in left)
    if apps:
        click.echo(
            f"{apps} authenticator {'app' if apps == 1 else 'apps'} cannot be checked any more: whoever "
            "has one gets in with a recovery code or a passkey, or an administrator takes the second step away."
        )


def _known() -> list[str]:
    return [key.id for key in settings().vault_keys]


def _refuse_wrong_keys() -> None:
    wrong = vault.wrong_keys()
    if wrong:
        raise click.ClickException(
            f"VAULT_KEYS: {', '.join(wrong)} is not the key that sealed what is stored; restore it, "
            "or give the new key an id of its own."
        )


def _tell_progress(findings: Findings) -> None:
    click.echo(f"{findings.renewed} sealed anew …")


def _tell_of_keys(findings: Findings) -> None:
    for key_id in sorted({*findings.by_key, *_known()}):
        count = findings.by_key[key_id]
        needed = "" if count or key_id == _known()[0] else "; it can be taken out of VAULT_KEYS"
        click.echo(f"{key_id:<16} seals {count}{needed}")


def _tell_of_unopened(findings: Findings) -> None:
    for each in findings.unopened:
        click.echo(f"{each.column} of row {each.row} (key {each.key_id}): {each.reason}", err=True)
    if findings.unopened:
        sys.exit(1)
