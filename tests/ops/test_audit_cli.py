"""Checking and listing the audit log from the command line."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask

from xero_onboard.config import ROOT, Settings
from xero_onboard.lib import audit
from xero_onboard.lib.db import begin_write, commit
from xero_onboard.ops import audit_cli

SOMEBODY = UUID("11111111-1111-4111-8111-111111111111")


@pytest.fixture
def site(app: Flask) -> Flask:
    """The site with one entry more than the publications of its guides."""
    with app.app_context():
        begin_write()
        audit.record("role_changed", actor=SOMEBODY, subject="user:1", role="editor")
        commit()
    return app


def test_a_whole_log_is_counted_and_its_last_hash_printed(site: Flask) -> None:
    """Row L2."""
    with site.app_context():
        verdict = audit.verify()

    said = run(site, "verify")

    assert said.exit_code == 0
    assert said.output == f"{verdict.count} entries, last hash {verdict.last_hash}\n"
    assert run(site, "verify", "--expect", verdict.last_hash).exit_code == 0


def test_a_broken_log_is_named_by_its_first_broken_number(site: Flask, settings: Settings) -> None:
    """Row L2: somebody has the file of the database and a tool for it."""
    with closing(sqlite3.connect(settings.instance / "site.db")) as database, database:
        database.execute("DROP TRIGGER audit_refuses_update")
        database.execute("UPDATE audit SET subject = 'article:1' WHERE number = 3")

    said = run(site, "verify")

    assert said.exit_code == 1
    assert "2 entries" in said.output
    assert "BROKEN at number 3. changed" in said.output


def test_a_log_without_the_expected_hash_is_broken(site: Flask) -> None:
    """Row L2: nothing in a log that was written anew as a whole tells of it."""
    said = run(site, "verify", "--expect", "f" * 64)

    assert said.exit_code == 1
    assert "removed" in said.output


@pytest.mark.parametrize(
    "options", [["--event", "role_changed"], ["--actor", str(SOMEBODY)], ["--limit", "1"]]
)
def test_entries_are_listed_as_asked(site: Flask, options: Sequence[str]) -> None:
    lines = run(site, "list", *options).output.splitlines()

    assert len(lines) == 1
    assert f"role_changed           {SOMEBODY}  user:1  by=command line role=editor" in lines[0]


def test_entries_are_listed_from_a_moment_on(site: Flask) -> None:
    assert run(site, "list", "--since", "2100-01-01").output == ""
    assert "guide_published" in run(site, "list", "--since", "2020-01-01").output


def test_every_event_is_explained_in_a_sentence(site: Flask) -> None:
    """Row L2: what the log can say, from signing in to deleting an account."""
    said = dict(line.split(maxsplit=1) for line in run(site, "events").output.splitlines())

    assert said == dict(audit.EVENTS)
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in said.values())
    assert all(len(name) <= 40 for name in said)


def test_the_readme_names_every_command_of_the_log() -> None:
    readme = (ROOT / "README.md").read_text()

    assert [name for name in audit_cli.group.commands if f"flask audit {name}" not in readme] == []


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *words])
