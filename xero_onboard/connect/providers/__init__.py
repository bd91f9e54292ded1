"""The providers we can connect to; each is one adapter in this folder."""

from flask import Flask, current_app

from xero_onboard.config import Settings
from xero_onboard.connect.providers.base import Provider
from xero_onboard.connect.providers.xero import XeroProvider


def current_provider() -> Provider:
    """The adapter of this app."""
    provider: Provider = current_app.extensions["provider"]
    return provider


def register(app: Flask, settings: Settings) -> None:
    """Make the adapter once, because it remembers the provider's keys."""
    app.extensions["provider"] = XeroProvider(settings.xero)
