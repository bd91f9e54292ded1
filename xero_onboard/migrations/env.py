"""Alembic's way into the app: its engine, its models."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from xero_onboard.lib.db import UtcDateTime, db


def run() -> None:
    """Run the migrations in one transaction, online; there is no offline mode."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            **current_app.extensions["migrate"].configure_args,
        )
        with _tables_can_be_replaced(connection), context.begin_transaction():
            context.run_migrations()


@contextmanager
def _tables_can_be_replaced(connection: Connection) -> Iterator[None]:
    """Let SQLite take a table away and put a changed one in its place, whatever refers to it.

    The pragma has no effect once a transaction has begun. https://www.sqlite.org/lang_altertable.html#otheralter
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        strays = driver.execute("PRAGMA foreign_key_check").fetchall()
        if strays:
            raise RuntimeError(f"rows refer to what is not there any more: {strays[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write a moment as the database's own type: a migration must outlive the code it was made from."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


run()
