"""Copies and notices on the other database, where several machines work at the same time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from tests.connect.conftest import Served, Visitor, the_only
from tests.connect.copies.making import close, copy_keys, start, work
from tests.connect.copies.operator import adopt, cause, make_due
from tests.connect.copies.test_backups import (
    test_a_backup_from_before_there_were_names_is_noticed,
    test_a_database_from_before_there_were_names_is_used_by_the_site_it_is_of,
)
from tests.connect.copies.test_copies import (
    test_a_site_knows_itself_and_goes_on,
    test_without_the_file_only_its_operator_knows,
)
from tests.connect.test_notices import (
    revoked,
    test_a_crash_between_two_letters_loses_none_and_repeats_none,
    test_after_a_renewal_everything_begins_anew,
    test_of_several_that_stop_one_letter_tells,
    test_the_end_is_told_of_twice_before_it_comes,
    test_two_workers_write_once,
)
from tests.databases import connect
from tests.post_office import PostOffice
from xero_onboard.connect.models import Connection

__all__ = [
    "revoked",
    "test_a_backup_from_before_there_were_names_is_noticed",
    "test_a_crash_between_two_letters_loses_none_and_repeats_none",
    "test_a_database_from_before_there_were_names_is_used_by_the_site_it_is_of",
    "test_a_site_knows_itself_and_goes_on",
    "test_after_a_renewal_everything_begins_anew",
    "test_of_several_that_stop_one_letter_tells",
    "test_the_end_is_told_of_twice_before_it_comes",
    "test_two_workers_write_once",
    "test_without_the_file_only_its_operator_knows",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str, office: PostOffice) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url, "MAIL_URL": office.url}


@pytest.fixture
def copy_url(app: Flask, connected: Visitor, postgres_url: str) -> Iterator[str]:
    """A copy of the database on the same server, made while nobody uses it."""
    close(app)
    url = make_url(postgres_url)
    name = f"{url.database}_copy"
    with connect(url.set(database="postgres")) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"'.encode())
        yield url.set(database=name).render_as_string(hide_password=False)
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def test_a_copy_rests_until_it_is_adopted(
    app: Flask, environ: dict[str, str], copy_url: str, xero: Served, tmp_path: Path
) -> None:
    """Fault row 35."""
    copy_keys(app, tmp_path / "copy")
    copy = start(environ, tmp_path / "copy", DATABASE_URL=copy_url)
    make_due(copy)
    xero.requests.clear()

    work(copy)
    assert (cause(copy), xero.requests) == ("elsewhere", [])
    adopt(copy)
    work(copy)

    assert the_only(copy, Connection).status == "active"
    assert xero.asked("/connect/token") == 1
    close(copy)


def test_several_machines_with_one_name_go_on(
    app: Flask, environ: dict[str, str], connected: Visitor, xero: Served, tmp_path: Path
) -> None:
    other = start(environ, tmp_path / "other", INSTALLATION="production")
    assert cause(other) == "elsewhere"
    adopt(other)
    third = start(environ, tmp_path / "third", INSTALLATION="production")

    assert (cause(other), cause(third), cause(app)) == (None, None, "elsewhere")
    for each in (other, third):
        close(each)
