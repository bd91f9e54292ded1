"""Alembic's way into the app: its engine, its models."""

from alembic import context
from flask import current_app

from xero_onboard.lib.db import db


def run() -> None:
    """Run the migrations in one transaction, online; there is no offline mode."""
    engine = db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            compare_type=True,
            render_as_batch=engine.dialect.name == "sqlite",
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
