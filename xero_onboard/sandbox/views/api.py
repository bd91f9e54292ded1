"""The API: an app's connections, and the organisation behind one of them."""

from datetime import datetime
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter, Map

from xero_onboard.lib import clock
from xero_onboard.sandbox import connections, limits
from xero_onboard.sandbox.models import Organisation
from xero_onboard.sandbox.settings import settings
from xero_onboard.sandbox.views import bearer

blueprint = Blueprint("api", __name__)

_CLASSES = {"demo": "DEMO", "trial": "TRIAL"}
_ORGANISATION_SCOPES = frozenset({"accounting.settings", "accounting.settings.read"})


class AnyCase(BaseConverter):
    """A word in any letter case: Xero's own documents and SDKs differ."""

    def __init__(self, url_map: Map, word: str) -> None:
        super().__init__(url_map)
        self.regex = f"(?i:{word})"


@blueprint.record_once
def _know_any_case(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["any_case"] = AnyCase


@blueprint.get("/<any_case('connections'):_word>")
def list_connections(_word: str) -> Response:
    """Every connection of the caller's person, or those of one passage through consent."""
    person_id = bearer.caller().person_id
    event_id = request.args.get("authEventId", "").lower()
    mine = [connections.as_json(connection) for connection in connections.of(person_id)]
    return jsonify([one for one in mine if not event_id or one["authEventId"] == event_id])


@blueprint.delete("/<any_case('connections'):_word>/<connection_id>")
def delete_connection(_word: str, connection_id: str) -> Response:
    """End one connection."""
    ended = connections.disconnect(bearer.caller().person_id, connection_id)
    return Response(status=204 if ended else 404)


@blueprint.get("/api.xro/2.0/<any_case('organisations?'):_word>")
def organisation(_word: str) -> Response:
    """The organisation that the tenant header names, in Xero's envelope."""
    caller = bearer.caller()
    if caller.scopes.isdisjoint(_ORGANISATION_SCOPES):
        return bearer.refuse_scope()
    connection = connections.usable(caller.person_id, request.headers.get("xero-tenant-id"))
    if connection is None:
        return bearer.refuse_tenant()
    standing = limits.count(connection.organisation_id)
    response = Response(status=429) if standing.problem else _details(connection.organisation)
    response.headers.update(standing.headers)
    return response


def _details(found: Organisation) -> Response:
    return jsonify(
        Id=str(uuid4()),
        Status="OK",
        ProviderName=settings().app_name,
        DateTimeUTC=_milliseconds(clock.now()),
        Organisations=[
            {
                "Name": found.name,
                "LegalName": found.name,
                "PaysTax": True,
                "Version": found.country_code if found.country_code != "GB" else "UK",
                "OrganisationType": "COMPANY",
                "BaseCurrency": found.currency,
                "CountryCode": found.country_code,
                "IsDemoCompany": found.condition == "demo",
                "OrganisationStatus": "ACTIVE",
                "FinancialYearEndDay": 31,
                "FinancialYearEndMonth": 3,
                "CreatedDateUTC": _milliseconds(found.created_at),
                "Timezone": found.timezone,
                "OrganisationEntityType": "COMPANY",
                "ShortCode": found.short_code,
                "OrganisationID": str(found.id),
                "Edition": "BUSINESS",
                "Class": _CLASSES.get(found.condition, "STANDARD"),
                "Addresses": [],
                "Phones": [],
                "ExternalLinks": [],
                "PaymentTerms": {},
            }
        ],
    )


def _milliseconds(moment: datetime) -> str:
    """Xero's JSON writes moments as the old .NET serialiser did."""
    return f"/Date({int(moment.timestamp() * 1000)})/"
