"""What readers think of the guides, and what they ask."""

from collections.abc import Callable, Collection

from flask import Flask
from flask_login import user_logged_in

from xero_onboard.feedback import (
    ballot,
    comment_views,
    comments,
    following_views,
    guides,
    names,
    once_more,
    request_views,
    requests,
    spam,
    views,
    whereabouts,
)
from xero_onboard.feedback.remarks import REASONS
from xero_onboard.feedback.whereabouts import Standing

__all__ = ["ballot", "comments", "register"]


def register(
    app: Flask,
    places: guides.Places,
    takes: guides.Takes,
    standing: Callable[[], Standing],
    staff_names: Callable[[], Collection[str]],
) -> None:
    """Add the room to the app.

    `places` says where readers find a guide or section, `takes` what they may say of a guide,
    `standing` how the reader's connection is shown to them, `staff_names` what those who work here
    are called: other rooms know.
    """
    guides.register(app, places, takes)
    whereabouts.register(app, standing)
    names.register(app, staff_names)
    app.register_error_handler(spam.LooksAutomatic, once_more.ask_again)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(request_views.blueprint)
    app.register_blueprint(comment_views.blueprint)
    app.register_blueprint(following_views.blueprint)
    app.jinja_env.globals.update(
        comments_on=comment_views.comments_on,
        vote_state=views.vote_state,
        vote_reasons=REASONS,
        feedback_thanks=views.thanks,
        request_thanks=request_views.thanks,
        open_requests=requests.open_about,
        longest_subject=requests.LONGEST_SUBJECT,
        stamp_of_page=once_more.stamp_of_page,
    )
    user_logged_in.connect(views.carry_votes_over, app)
