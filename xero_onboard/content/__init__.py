"""Guides: how they are written, kept, found and shown."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from flask import Flask
from watchfiles import watch
from werkzeug.exceptions import NotFound

from xero_onboard.content import commands, library, search, views
from xero_onboard.content.intake import Report, check, sync

__all__ = ["Report", "changes", "check", "register", "sync"]


def register(app: Flask) -> None:
    """Add the room to the app."""
    app.register_blueprint(views.blueprint)
    app.register_error_handler(NotFound, views.not_found)
    app.jinja_env.globals["help_for"] = library.help_for
    app.extensions["content_search"] = search.open_index()
    app.cli.add_command(commands.group)


def changes(folder: Path, stop: Event | None = None) -> Iterator[None]:
    """Yield whenever a file in the folder has changed, until told to stop; for development."""
    for _ in watch(folder, stop_event=stop, raise_interrupt=False):
        yield
