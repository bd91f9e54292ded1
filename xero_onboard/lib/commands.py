"""Commands that work with the database, and say so where there is none yet."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy import inspect

from xero_onboard.lib.db import db

P = ParamSpec("P")
R = TypeVar("R")


class Commands(AppGroup):
    """A group of commands of which each needs the database, unless it says that it does not."""

    def command(  # type: ignore[override]
        self, *args: Any, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        """Like that of every group; with `needs_database=False` it asks for none."""
        needs_database: bool = kwargs.pop("needs_database", True)
        enter = super().command(*args, **kwargs)
        return lambda function: enter(on_database(function) if needs_database else function)


def on_database(function: Callable[P, R]) -> Callable[P, R]:
    """Run this where the tables are; elsewhere nothing is made, above all no empty database."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _is_prepared():
            raise click.ClickException(
                "There is no database yet. `flask db upgrade` makes it, and so does the first start: `make run`."
            )
        return function(*args, **kwargs)

    return run


def _is_prepared() -> bool:
    url = db.engine.url
    # SQLite would make the file by being asked.
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    return inspect(db.engine).has_table("alembic_version")
