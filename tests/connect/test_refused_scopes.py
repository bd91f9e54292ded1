"""Scopes that Xero would answer with an error page: nobody is sent there, and nothing is lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.client import Client
from tests.connect.conftest import ARTICLE, the_only
from tests.connect.hostile import Hostile
from tests.connect.test_hostile_provider import come_back, page_of
from tests.connect.test_trouble import CLOSED
from xero_onboard.config import DEFAULT_SCOPES, Settings
from xero_onboard.connect.models import Connection
from xero_onboard.connect.providers.xero_scopes import BROAD_END_ON, are_refused
from xero_onboard.factory import create_app

ASKED = tuple(DEFAULT_SCOPES.split())
NEW = {"scopes": (*ASKED, "accounting.dreams")}
MIXED = {"scopes": (*ASKED, "practicemanager")}
BROAD = {"scopes": (*ASKED, "accounting.transactions")}


def set_up(settings: Settings, **changes: Any) -> Flask:
    """The site as it is after a restart with other scopes."""
    app = create_app(replace(settings, xero=replace(settings.xero, **changes)))
    app.test_client_class = Client
    return app


@pytest.mark.parametrize("changes", [NEW, MIXED])
def test_nobody_is_sent_into_an_error_page_and_what_is_connected_stays(
    app: Flask, client: Client, provider: Hostile, settings: Settings, changes: dict[str, Any]
) -> None:
    come_back(client, provider)
    stranger = set_up(settings, **changes).test_client()

    leaving = stranger.post("/connect/xero", data={"next": ARTICLE, "anchor": "connect"})

    assert leaving.location.startswith(f"{ARTICLE}?attempt=")
    assert CLOSED in page_of(stranger, leaving.location)
    assert the_only(app, Connection).status == "active"


@pytest.mark.parametrize("changes", [{**NEW, "further_scopes": ("accounting.dreams",)}, BROAD])
def test_what_xero_may_know_or_gives_to_some_is_asked_for(
    app: Flask, settings: Settings, changes: dict[str, Any]
) -> None:
    leaving = (
        set_up(settings, **changes).test_client().post("/connect/xero", data={"next": ARTICLE})
    )

    assert "/authorize?" in leaving.location


@pytest.mark.parametrize("scopes", [ASKED, BROAD["scopes"]])
def test_broad_scopes_are_asked_for_until_the_day_on_which_xero_ends_them(
    scopes: tuple[str, ...],
) -> None:
    """From then on every reader would see an error page that nobody comes back from."""
    day_before = BROAD_END_ON - timedelta(days=1)
    is_broad = scopes != ASKED

    assert not are_refused(scopes, today=day_before)
    assert are_refused(scopes, today=BROAD_END_ON) == is_broad
    assert not are_refused(scopes, further=scopes, today=BROAD_END_ON)
