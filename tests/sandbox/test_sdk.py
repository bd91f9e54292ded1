"""Xero's own SDK works with the practice Xero, told nothing but another host."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from flask import Flask
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import HTTPStatusException
from xero_python.identity import IdentityApi

from tests.sandbox.dance import AMARA, CALLBACK, SCOPES, Browser
from xero_onboard.sandbox.settings import settings


class Sdk:
    """Xero's SDK, as its documentation sets it up."""

    def __init__(self, xero: Flask) -> None:
        with xero.app_context():
            self.known = settings()
        self.token: dict[str, Any] = {}
        oauth = OAuth2Token(client_id=self.known.client_id, client_secret=self.known.client_secret)
        self.client = ApiClient(Configuration(oauth2_token=oauth), pool_threads=1)
        self.client.oauth2_token_getter(lambda: self.token)
        self.client.oauth2_token_saver(self.token.update)
        self.identity = IdentityApi(self.client, base_url=self.known.origin)
        self.accounting = AccountingApi(self.client, base_url=f"{self.known.origin}/api.xro/2.0")

    @property
    def token_api(self) -> TokenApi:
        api = TokenApi(self.client, self.known.client_id, self.known.client_secret)
        api.refresh_token_url = f"{self.known.origin}/connect/token"
        api.revoke_token_url = f"{self.known.origin}/connect/revocation"
        return api

    def redeem(self, code: str) -> None:
        """The exchange, which the SDK leaves to an OAuth library."""
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        secret = (self.known.client_id, self.known.client_secret)
        answer = httpx.post(f"{self.known.origin}/connect/token", data=fields, auth=secret)
        self.token.update(answer.raise_for_status().json())


@pytest.fixture
def sdk(xero_online: Flask) -> Iterator[Sdk]:
    """The SDK, after Amara has allowed access to two of her organisations."""
    amara = Browser(xero_online)
    amara.log_in(AMARA)
    amara.allow("Northside Builders Ltd")
    sdk = Sdk(xero_online)
    sdk.redeem(amara.allow("Harbour Café Ltd"))
    yield sdk
    sdk.client.rest_client.pool_manager.clear()


def test_it_lists_connections(sdk: Sdk) -> None:
    connections = sdk.identity.get_connections()

    names = [connection.tenant_name for connection in connections]
    assert names == ["Northside Builders Ltd", "Harbour Café Ltd"]
    assert connections[0].created_date_utc.year >= 2026


def test_it_finds_what_one_consent_added(sdk: Sdk) -> None:
    event = sdk.identity.get_connections()[1].auth_event_id

    (connection,) = sdk.identity.get_connections(auth_event_id=event)

    assert connection.tenant_name == "Harbour Café Ltd"


def test_it_reads_the_organisation(sdk: Sdk) -> None:
    tenant = sdk.identity.get_connections()[1].tenant_id

    (organisation,) = sdk.accounting.get_organisations(tenant).organisations

    assert organisation.name == "Harbour Café Ltd"
    assert organisation.organisation_id == tenant
    assert organisation.country_code.value == "GB"
    assert organisation.created_date_utc.year == 2019


def test_it_deletes_a_connection(sdk: Sdk) -> None:
    connection = sdk.identity.get_connections()[0]

    sdk.identity.delete_connection(connection.id)

    assert len(sdk.identity.get_connections()) == 1
    with pytest.raises(HTTPStatusException) as refused:
        sdk.accounting.get_organisations(connection.tenant_id)
    assert refused.value.status == 403


def test_it_refreshes(sdk: Sdk) -> None:
    before = dict(sdk.token)

    sdk.token.update(sdk.token_api.refresh_token(sdk.token["refresh_token"], SCOPES.split()))

    assert sdk.token["access_token"] != before["access_token"]
    assert sdk.token["refresh_token"] != before["refresh_token"]
    assert len(sdk.identity.get_connections()) == 2


def test_it_revokes(sdk: Sdk) -> None:
    assert sdk.token_api.revoke_token(sdk.token["refresh_token"]) == 200

    assert sdk.identity.get_connections() == []
