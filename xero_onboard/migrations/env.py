"""Alembic's way into the app: its engine, its models."""

from typing import Any, Literal

from alembic import context
from flask import current_app

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
        with context.begin_transaction():
            context.run_migrations()


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write a moment as the database's own type: a migration must outlive the code it was made from."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


run()
