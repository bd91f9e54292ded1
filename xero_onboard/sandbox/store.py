"""The practice store: a SQLite file of the sandbox's own, thrown away without regret."""

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Apart from the site's tables: its migrations must never see these."""


store = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

# Flask-SQLAlchemy makes its base class at run time, where mypy cannot follow.
if TYPE_CHECKING:
    Table = Base
else:
    Table = store.Model


def register(app: Flask, path: Path) -> None:
    """Bind the store to the app, with one commit an answer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{path.absolute()}"
    store.init_app(app)
    app.before_request(write)
    app.after_request(_commit)


def write() -> None:
    """Make what follows one writer after the other.

    Nearly every page and call here changes something (a code, a counter), and SQLite refuses to
    turn a reader into a writer; `xero_onboard.lib.db` reads this mark when a transaction begins.
    """
    g.is_writing = True


def _commit(response: Response) -> Response:
    # A refused form is kept too: it has counted a failure.
    if response.status_code < 500:
        store.session.commit()
    else:
        store.session.rollback()
    return response
