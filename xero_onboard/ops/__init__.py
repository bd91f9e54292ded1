"""Running the site: command line, worker, everything at once, and the mail of a site without a server."""

from flask import Flask

from xero_onboard.content.commands import incoming
from xero_onboard.lib import web
from xero_onboard.ops import (
    audit_cli,
    cli,
    digest_cli,
    health_views,
    preview_views,
    vault_cli,
    views,
    zendesk,
)


def register(app: Flask) -> None:
    """Add the commands to `flask`, what says whether the site is up, and pages for whoever tries the site out: its mail, its states."""
    app.cli.add_command(cli.work)
    app.cli.add_command(audit_cli.group)
    app.cli.add_command(vault_cli.group)
    app.cli.add_command(digest_cli.group)
    incoming.add_command(zendesk.command)
    app.register_blueprint(health_views.health)
    with app.app_context():
        settings = web.settings()
    if not (settings.is_production or settings.mail_url):
        app.register_blueprint(views.inbox)
    if settings.xero.is_sandbox and not settings.is_production:
        app.register_blueprint(preview_views.states)
