"""Guides: how they are written, kept, found and shown."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Literal

from flask import Flask
from watchfiles import watch
from werkzeug.exceptions import NotFound

from xero_onboard.content import (
    assistants,
    attached_views,
    codes,
    commands,
    feed_views,
    feeds,
    library,
    owners,
    scheduling,
    search,
    talk,
    views,
    votes,
    zendesk_views,
)
from xero_onboard.content.index import Index
from xero_onboard.content.intake import Report, check, sync
from xero_onboard.content.translations import ArticleCard
from xero_onboard.lib.languages import current_locale

# How long one look at the folder lasts; the first one that ends says that the watch has begun.
_WATCH_MILLISECONDS = 500

__all__ = ["Report", "changes", "check", "path_of", "register", "scheduling", "sync", "takes"]


def register(
    app: Flask,
    explained: codes.Codes,
    ballots: votes.Ballots,
    comments: talk.Comments,
    staff_addresses: owners.Addresses,
) -> None:
    """Add the room to the app.

    `explained` are the codes that guides are there to explain, `ballots` the room that counts votes, and
    `comments` the one that keeps what is said below guides; `staff_addresses` says where those are written to
    who work here.
    """
    codes.register(app, explained)
    votes.register(app, ballots)
    talk.register(app, comments)
    owners.register(app, staff_addresses)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(zendesk_views.blueprint)
    app.register_blueprint(attached_views.blueprint)
    app.register_blueprint(feed_views.blueprint)
    app.register_error_handler(NotFound, views.not_found)
    index = app.extensions["content_index"] = Index()
    app.jinja_env.globals.update(
        addressed_card=_addressed_card,
        article_card=library.article_card,
        assistants_for=assistants.offered,
        feed_beside=feeds.path_beside,
        guides_like=search.guides_like,
        guides_related=search.related,
        help_for=library.help_for,
        is_filling=lambda: index.is_filling,
        section_card=library.section,
    )
    app.cli.add_command(commands.group)


def path_of(kind: Literal["article", "section"], number: int) -> str | None:
    """Where readers find this guide or section, if they can see it."""
    if kind == "section":
        return library.path_of_section(number)
    return library.path_of_article(number)


def takes(what: Literal["comments", "votes"], number: int) -> bool:
    """Whether readers may say this of the guide."""
    terms = library.terms_of(number)
    if terms is None:
        return False
    return terms.takes_comments if what == "comments" else terms.takes_votes


def changes(folder: Path, stop: Event | None = None) -> Iterator[None]:
    """Yield once when the watch has begun and then whenever a file has changed, until told to stop.

    The first time is for what was saved between the last publication and the beginning of the watch.
    """
    has_begun = False
    for changed in watch(
        folder,
        stop_event=stop,
        raise_interrupt=False,
        rust_timeout=_WATCH_MILLISECONDS,
        yield_on_timeout=True,
    ):
        if changed or not has_begun:
            has_begun = True
            yield


def _addressed_card(article_id: int) -> ArticleCard | None:
    """The guide for whoever has read it at its address: one that is in no list, too."""
    listed = library.article_card(article_id)
    return listed or library.card_for(article_id, current_locale(), "addressed")
