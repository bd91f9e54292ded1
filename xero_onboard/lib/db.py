"""The database: one session a request, one commit a good answer, and writers that queue instead of failing."""

import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from flask import Flask, Response, g, has_app_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

# How long a writer waits for others.
BUSY_SECONDS = 5.0
# Nobody waits longer for a page because something is to be noted in passing.
_IN_PASSING_SECONDS = 0.2
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    """Names every constraint, so that a migration on either database can find it again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()

# Flask-SQLAlchemy makes its base class at run time, where mypy cannot follow.
if TYPE_CHECKING:
    Table = Base
else:
    Table = db.Model


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, without an offset where the database knows none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def new_id() -> UUID:
    """An id that cannot be guessed from outside."""
    return uuid4()


def insert_into(table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, which each database spells in a dialect of its own."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def commit() -> None:
    """Keep what was done so far; for verbs that must not hold a transaction while they call out."""
    db.session.commit()


def begin_write() -> None:
    """Make the next transaction a writer from its first statement.

    SQLite refuses at once, whatever the busy time-out, to turn a reader into a writer when another
    process wrote in between: whoever will write must say so before reading.
    https://www.sqlite.org/isolation.html
    """
    db.session.rollback()
    g.is_writing = True


def be_alone_with(name: str) -> None:
    """Wait until no other transaction is at work on what goes by this name, and keep it until we commit.

    On SQLite a writer is alone anyway. https://www.postgresql.org/docs/current/explicit-locking.html
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def begin_read() -> None:
    """Make the next transaction a reader that sees what others have committed by now, and locks nothing."""
    db.session.rollback()
    g.is_writing = False


def begin_snapshot() -> None:
    """Make the next transaction a reader for which time stands still, however often it looks."""
    begin_read()
    # On SQLite every reader is one.
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def wait_no_longer_than(seconds: float) -> None:
    """Give up sooner than usual, in this request, when others keep the database, or a row, to themselves."""
    db.session.rollback()
    g.busy_seconds = seconds


def note_in_passing(what: str, write: Callable[[], None]) -> bool:
    """Write in a short transaction of its own what a page that is only read leaves behind; whether that is kept.

    Nobody is refused the page for it: while the database is busy or full it goes unwritten, and a
    request that has waited for it once does not wait again.
    """
    if g.get("notes_nothing", False):
        return False
    begin_write()
    wait_no_longer_than(_IN_PASSING_SECONDS)
    try:
        write()
        commit()
    except OperationalError:
        g.notes_nothing = True
        log.warning("%s: not noted, because the database is busy or full", what)
    g.pop("busy_seconds", None)
    begin_read()
    return not g.get("notes_nothing", False)


def engine_options(url: str) -> dict[str, Any]:
    """How to connect: waiting is bounded on either database, and no value is written to a log."""
    options: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
    if url.startswith("postgresql"):
        patience = f"-c lock_timeout={round(BUSY_SECONDS * 1000)}"
        limits = f"{patience} -c idle_in_transaction_session_timeout=60000"
        options["connect_args"] = {"connect_timeout": 5, "options": limits}
    return options


def register(app: Flask) -> None:
    """Bind the database to the app and make the one commit of each good answer."""
    db.init_app(app)
    migrate.init_app(app, db, directory=str(app.config["MIGRATIONS"]))
    app.before_request(_choose_transaction)
    app.after_request(_commit_good_answer)


def _choose_transaction() -> None:
    g.is_writing = request.method not in SAFE_METHODS


def _commit_good_answer(response: Response) -> Response:
    if response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    return response


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # Python's driver would begin transactions late and on its own; `_begin` does it instead.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows the letters of English alone: “Élodie” would not be found as “élodie”.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    seconds = g.get("busy_seconds", BUSY_SECONDS) if has_app_context() else BUSY_SECONDS
    if connection.dialect.name == "sqlite":
        is_writing = has_app_context() and g.get("is_writing", False)
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
    elif seconds != BUSY_SECONDS:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(seconds * 1000)}")
