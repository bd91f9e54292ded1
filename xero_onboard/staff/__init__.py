"""The pages of those who work here: support staff and administrators."""

from flask import Flask

from xero_onboard.staff import (
    approval_views,
    archive_views,
    article_views,
    audit_views,
    brand_views,
    certification_views,
    comment_views,
    connection_views,
    digest,
    feedback_views,
    funnel_views,
    history_views,
    news,
    people_views,
    place_views,
    request_views,
    searching_views,
    section_views,
    snippet_views,
    translation_views,
    views,
    waiting_views,
)

__all__ = ["digest", "news", "register"]


def register(app: Flask) -> None:
    """Add the room to the app."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(waiting_views.blueprint)
    app.register_blueprint(archive_views.blueprint)
    app.register_blueprint(article_views.blueprint)
    app.register_blueprint(approval_views.blueprint)
    app.register_blueprint(history_views.blueprint)
    app.register_blueprint(place_views.blueprint)
    app.register_blueprint(translation_views.blueprint)
    app.register_blueprint(section_views.blueprint)
    app.register_blueprint(snippet_views.blueprint)
    app.register_blueprint(audit_views.blueprint)
    app.register_blueprint(brand_views.blueprint)
    app.register_blueprint(people_views.blueprint)
    app.register_blueprint(connection_views.blueprint)
    app.register_blueprint(funnel_views.blueprint)
    app.register_blueprint(comment_views.blueprint)
    app.register_blueprint(feedback_views.blueprint)
    app.register_blueprint(request_views.blueprint)
    app.register_blueprint(searching_views.blueprint)
    app.register_blueprint(certification_views.blueprint)
