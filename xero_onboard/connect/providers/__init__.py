"""The providers we can connect to; each is one adapter in this folder."""

import logging

from flask import Flask, current_app

from xero_onboard.config import Settings
from xero_onboard.connect.providers.base import Provider
from xero_onboard.connect.providers.xero import XeroProvider
from xero_onboard.connect.providers.xero_scopes import doubts

log = logging.getLogger(__name__)


def current_provider() -> Provider:
    """The adapter of this app."""
    provider: Provider = current_app.extensions["provider"]
    return provider


def register(app: Flask, settings: Settings) -> None:
    """Make the adapter once, because it remembers the provider's keys."""
    for doubt in doubts(settings.xero.scopes, settings.xero.further_scopes):
        log.error("XERO_SCOPES: %s", doubt)
    app.extensions["provider"] = XeroProvider(settings.xero)
