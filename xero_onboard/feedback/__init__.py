"""What readers think of the guides."""

from flask import Flask
from flask_login import user_logged_in

from xero_onboard.feedback import views


def register(app: Flask) -> None:
    """Add the room to the app."""
    app.register_blueprint(views.blueprint)
    app.jinja_env.globals["vote_state"] = views.vote_state
    user_logged_in.connect(views.carry_votes_over, app)
