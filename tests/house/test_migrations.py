"""The migrations make exactly what the models describe, on both databases, and can be taken back."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect

from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_site(request: pytest.FixtureRequest, environ: dict[str, str]) -> Iterator[Flask]:
    """The site on a database in which nothing was made yet."""
    if request.param == "postgresql":
        environ["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    site = create_app(Settings.from_environ(environ))
    with site.app_context():
        yield site
        db.session.remove()
        db.engine.dispose()


def test_an_upgraded_database_is_what_the_models_say(empty_site: Flask) -> None:
    upgrade()

    assert differences() == []


def test_an_upgraded_database_checks_what_the_models_say(empty_site: Flask) -> None:
    upgrade()

    assert checks() == {
        table.name: {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        for table in db.metadata.tables.values()
    }


def test_every_migration_can_be_taken_back(empty_site: Flask) -> None:
    upgrade()

    downgrade(revision="base")

    assert tables() <= {"alembic_version"}


def test_a_database_taken_back_can_be_upgraded_again(empty_site: Flask) -> None:
    upgrade()
    downgrade(revision="base")

    upgrade()

    assert differences() == []


def differences() -> list[object]:
    """What a new migration would have to change."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadata))


def checks() -> dict[str, set[str | None]]:
    """The names of every table's CHECK constraints, which Alembic does not compare."""
    inspector = inspect(db.engine)
    return {
        table: {check["name"] for check in inspector.get_check_constraints(table)}
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names())
