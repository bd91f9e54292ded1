"""What this practice Xero was told at its start."""

from flask import Flask, current_app

from xero_onboard.config import SandboxSettings


def settings() -> SandboxSettings:
    """The registered app, and where we are."""
    found: SandboxSettings = current_app.extensions["sandbox_settings"]
    return found


def register(app: Flask, chosen: SandboxSettings) -> None:
    """Give the app its settings."""
    app.extensions["sandbox_settings"] = chosen
    app.jinja_env.globals["settings"] = chosen
