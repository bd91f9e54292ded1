"""Keys, connections, organisations, and the pages a person sees, when something is wrong with them."""

import re
from html import unescape
from uuid import UUID

import httpx
import pytest

from tests.connect.person import Options
from tests.faults_client import Faults
from tests.sandbox.dance import AMARA, RILEY, ROBIN
from tests.sandbox.online import Online, Tokens, came_back, claims_of

HARBOUR, NORTHSIDE, OSEI = "Harbour Café Ltd", "Northside Builders Ltd", "Osei & Partners"
ROASTERY = "Riley's Roastery"


def tenant_of(online: Online, tokens: Tokens) -> str:
    return online.connections(tokens["access_token"])[0]["tenantId"]


def page_of(online: Online, email: str, **changes: str) -> httpx.Response:
    """The page that this person sees at Xero when the app has sent them there."""
    return online.person(email).open(online.authorize_url(**changes))


def test_there_are_no_keys(online: Online, faults: Faults) -> None:
    faults.arm("jwks", "no_keys")

    assert online.keys().json() == {"keys": []}
    assert len(online.keys().json()["keys"]) == 1


@pytest.mark.parametrize("kid", ["same", "new"])
def test_the_list_of_keys_holds_another_one(online: Online, faults: Faults, kid: str) -> None:
    true = online.keys().json()["keys"][0]
    faults.arm("jwks", "other_keys", kid=kid)

    (false,) = online.keys().json()["keys"]

    assert false["n"] != true["n"]
    assert (false["kid"] == true["kid"]) is (kid == "same")
    assert false.keys() == true.keys()


@pytest.mark.parametrize("kid", ["same", "new"])
def test_the_key_changes_and_old_tokens_stay_good(online: Online, faults: Faults, kid: str) -> None:
    access = online.tokens(RILEY)["access_token"]
    before = online.keys().json()["keys"][0]

    faults.happen("key_changed", value=kid)

    (after,) = online.keys().json()["keys"]
    assert after["n"] != before["n"]
    assert (after["kid"] == before["kid"]) is (kid == "same")
    assert len(online.connections(access)) == 1
    online.start_anew()
    assert online.rows("SELECT count(*) FROM signing_key") == [(1,)]


def test_the_list_of_connections_is_empty(online: Online, faults: Faults) -> None:
    access = online.tokens(RILEY)["access_token"]
    faults.arm("connections", "no_connections")

    assert online.connections(access) == []
    assert len(online.connections(access)) == 1


def test_the_event_of_the_consent_matches_nothing(online: Online, faults: Faults) -> None:
    access = online.tokens(RILEY)["access_token"]
    event = claims_of(access)["authentication_event_id"]
    faults.arm("connections", "unmatched_event", times=2)

    assert online.call(f"/connections?authEventId={event}", access).json() == []
    (listed,) = online.connections(access)
    assert listed["authEventId"] != event
    assert UUID(listed["authEventId"])
    assert len(online.call(f"/connections?authEventId={event}", access).json()) == 1


@pytest.mark.parametrize(("how", "organisations"), [("beside", 1), ("only", 0)])
def test_practices_are_in_the_list(
    online: Online, faults: Faults, how: str, organisations: int
) -> None:
    access = online.tokens(RILEY)["access_token"]
    event = claims_of(access)["authentication_event_id"]
    faults.arm("connections", "practice_tenants", how=how)

    listed = online.call(f"/connections?authEventId={event}", access).json()

    kinds = [each["tenantType"] for each in listed]
    assert kinds == ["PRACTICE", "PRACTICEMANAGER", *["ORGANISATION"] * organisations]
    assert {each["authEventId"] for each in listed} == {event}


@pytest.mark.parametrize(
    ("fault", "values", "status", "detail", "challenge"),
    [
        ("token_expired", {}, 401, "TokenExpired", None),
        (
            "insufficient_scope",
            {"spelling": "insufficient_scope"},
            401,
            "AuthorizationUnsuccessful",
            "insufficient_scope",
        ),
        (
            "insufficient_scope",
            {"spelling": "insufficent_scope"},
            401,
            "AuthorizationUnsuccessful",
            "insufficent_scope",
        ),
        ("no_access", {}, 403, "AuthenticationUnsuccessful", None),
    ],
)
def test_the_api_refuses_a_good_token(
    online: Online,
    faults: Faults,
    fault: str,
    values: dict[str, str],
    status: int,
    detail: str,
    challenge: str | None,
) -> None:
    tokens = online.tokens(RILEY)
    tenant = tenant_of(online, tokens)
    faults.arm("organisation", fault, **values)

    answer = online.organisation(tokens["access_token"], tenant)

    assert answer.status_code == status
    assert answer.json()["Detail"].startswith(detail)
    assert answer.headers.get("WWW-Authenticate") == challenge
    assert online.organisation(tokens["access_token"], tenant).status_code == 200


def test_a_connection_that_is_to_end_is_not_found(online: Online, faults: Faults) -> None:
    access = online.tokens(RILEY)["access_token"]
    path = f"/connections/{online.connections(access)[0]['id']}"
    faults.arm("disconnection", "not_found")

    assert online.call(path, access, "DELETE").status_code == 404
    assert online.call(path, access, "DELETE").status_code == 204


@pytest.mark.parametrize(
    "error",
    [
        *("server_error", "temporarily_unavailable", "access_denied", "login_required"),
        *("interaction_required", "invalid_request"),
    ],
)
def test_the_app_gets_an_error_instead_of_a_code(
    online: Online, faults: Faults, error: str
) -> None:
    faults.arm("authorize", "error_by_redirect", error=error)

    answer = online.client.get(online.authorize_url())

    assert answer.headers["Location"].startswith(online.settings.redirect_uris[0])
    assert came_back(answer.headers["Location"]) == {"error": error, "state": "state-of-the-app"}


def test_an_error_goes_to_no_address_that_is_not_registered(online: Online, faults: Faults) -> None:
    faults.arm("authorize", "error_by_redirect")

    answer = online.client.get(online.authorize_url(redirect_uri="https://evil.example/"))

    assert "/identity/error?errorId=" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("redirect_uri", "unauthorized_client : Invalid redirect_uri"),
        ("client", "unauthorized_client : Unknown client or client not enabled"),
        ("scope_for_client", "unauthorized_client : Invalid scope for client"),
        ("scope", "invalid_scope : Invalid scope"),
    ],
)
def test_the_person_stays_at_xeros_error_page(
    online: Online, faults: Faults, error: str, words: str
) -> None:
    faults.arm("authorize", "error_page", error=error)

    page = online.client.get(online.authorize_url(), follow_redirects=True)

    assert page.status_code == 400
    assert "Sorry, something went wrong" in page.text
    assert f"Error: {words}" in page.text


def test_the_app_has_as_many_connections_as_it_may(online: Online, faults: Faults) -> None:
    armed = faults.arm("consent", "app_full")
    riley = online.person(RILEY)
    assert riley.browser.get(online.authorize_url()).is_redirect
    assert armed.met == 0

    page = riley.open(online.authorize_url())

    assert armed.met == 1
    words = "Acme Billing needs to complete certification before they can connect to more Xero"
    assert words in page.text
    assert "Allow access" not in page.text


def test_several_organisations_are_connected_at_once(online: Online, faults: Faults) -> None:
    faults.arm("decision", "bulk")
    amara = online.person(AMARA)
    page = amara.open(online.authorize_url())
    ids = re.findall(r'type="checkbox"\s+value="([^"]+)"', page.text)

    answer = amara.browser.post(
        online.authorize_url(), data={"decision": "allow", "organisation": ids[:2]}
    )

    access = online.redeem(came_back(answer.headers["Location"])["code"]).json()["access_token"]
    listed = online.connections(access)
    assert len(ids) == 3
    assert len(listed) == 2
    assert {each["authEventId"] for each in listed} == {
        claims_of(access)["authentication_event_id"]
    }
    assert 'type="checkbox"' not in amara.browser.get(online.authorize_url()).text


def test_an_app_may_ask_for_one_organisation_all_the_same(online: Online, faults: Faults) -> None:
    faults.arm("decision", "bulk", times=9)

    page = page_of(online, AMARA, acr_values="bulk_connect:false")

    assert 'type="checkbox"' not in page.text
    assert HARBOUR in Options.of(page.text).choices


def test_only_one_organisation_is_connected_where_one_may_be_chosen(online: Online) -> None:
    amara = online.person(AMARA)
    ids = list(Options.of(amara.open(online.authorize_url()).text).choices.values())[1:]

    answer = amara.browser.post(
        online.authorize_url(), data={"decision": "allow", "organisation": ids}
    )

    assert answer.status_code == 400
    assert online.rows("SELECT count(*) FROM connection") == [(0,)]


def test_the_app_is_removed_in_connected_apps(online: Online, faults: Faults) -> None:
    tokens = online.tokens(RILEY)
    tenant = tenant_of(online, tokens)

    faults.happen("app_removed", person=RILEY, organisation=ROASTERY)

    assert online.connections(tokens["access_token"]) == []
    assert online.organisation(tokens["access_token"], tenant).status_code == 403
    assert online.refresh(tokens["refresh_token"]).status_code == 200


def test_everything_is_taken_back(online: Online, faults: Faults) -> None:
    tokens = online.tokens(RILEY)

    faults.happen("revoked", person=RILEY)

    assert online.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert online.connections(tokens["access_token"]) == []


@pytest.mark.parametrize("role", ["Read only", "Invoice only"])
def test_a_role_becomes_too_low_and_is_put_back(online: Online, faults: Faults, role: str) -> None:
    tokens = online.tokens(RILEY)
    tenant = tenant_of(online, tokens)

    faults.happen("role_changed", person=RILEY, organisation=ROASTERY, value=role)

    assert online.organisation(tokens["access_token"], tenant).status_code == 403
    assert len(online.connections(tokens["access_token"])) == 1
    online.rows("DELETE FROM connection")
    assert "More permission required" in page_of(online, RILEY).text
    faults.put_back()
    assert ROASTERY in Options.of(page_of(online, RILEY).text).choices


@pytest.mark.parametrize("role", ["Standard", "Adviser"])
def test_a_colleague_may_let_the_app_in_as_well(online: Online, faults: Faults, role: str) -> None:
    faults.happen("role_changed", person=ROBIN, organisation=HARBOUR, value=role)
    faults.happen("role_changed", person=ROBIN, organisation=OSEI, value=role)

    first = online.tokens(ROBIN, HARBOUR)
    second = online.tokens(AMARA, HARBOUR)

    assert tenant_of(online, first) == tenant_of(online, second)
    assert OSEI in Options.of(page_of(online, ROBIN).text).choices


def test_a_person_is_removed_from_an_organisation(online: Online, faults: Faults) -> None:
    tokens = online.tokens(RILEY)

    faults.happen("role_changed", person=RILEY, organisation=ROASTERY, value="none")

    assert online.connections(tokens["access_token"]) == []
    assert ROASTERY not in unescape(page_of(online, RILEY).text)


def test_a_closed_organisation_is_listed_and_answers_nobody(online: Online, faults: Faults) -> None:
    tokens = online.tokens(AMARA, HARBOUR)
    tenant = tenant_of(online, tokens)

    faults.happen("condition_changed", organisation=HARBOUR, value="closed")

    answer = online.organisation(tokens["access_token"], tenant)
    assert (answer.status_code, answer.json()["Detail"]) == (403, "AuthenticationUnsuccessful")
    assert len(online.connections(tokens["access_token"])) == 1
    assert HARBOUR not in unescape(page_of(online, AMARA).text)
    faults.happen("condition_changed", organisation=HARBOUR, value="ordinary")
    assert online.organisation(tokens["access_token"], tenant).status_code == 200


@pytest.mark.parametrize(
    ("condition", "kind", "is_demo"), [("demo", "DEMO", True), ("trial", "TRIAL", False)]
)
def test_an_organisation_is_only_tried_out(
    online: Online, faults: Faults, condition: str, kind: str, is_demo: bool
) -> None:
    tokens = online.tokens(RILEY)
    faults.happen("condition_changed", organisation=ROASTERY, value=condition)

    answer = online.organisation(tokens["access_token"], tenant_of(online, tokens)).json()

    (details,) = answer["Organisations"]
    assert (details["Class"], details["IsDemoCompany"]) == (kind, is_demo)


def test_a_demo_company_begins_anew_for_everybody(online: Online, faults: Faults) -> None:
    faults.happen("role_changed", person=ROBIN, organisation=HARBOUR, value="Standard")
    tokens = [online.tokens(ROBIN, HARBOUR), online.tokens(AMARA, HARBOUR)]

    faults.happen("demo_reset", organisation=HARBOUR)

    assert [online.connections(each["access_token"]) for each in tokens] == [[], []]
    assert online.refresh(tokens[1]["refresh_token"]).status_code == 200
    assert HARBOUR in Options.of(page_of(online, AMARA).text).choices


def test_an_organisation_has_two_uncertified_apps(online: Online, faults: Faults) -> None:
    faults.happen("app_limit", organisation=HARBOUR, value="reached")

    page = unescape(page_of(online, AMARA).text)

    assert f"{HARBOUR} (App limit reached)" in page
    assert HARBOUR not in Options.of(page).choices
    assert NORTHSIDE in Options.of(page).choices
    faults.happen("app_limit", organisation=HARBOUR, value="free")
    assert HARBOUR in Options.of(page_of(online, AMARA).text).choices


def test_the_only_organisation_has_two_uncertified_apps(online: Online, faults: Faults) -> None:
    faults.happen("app_limit", organisation=ROASTERY, value="reached")

    page = page_of(online, RILEY)

    assert "App limit reached" in page.text
    assert "Allow access" not in page.text
    assert "More permission required" not in page.text


def test_two_organisations_have_one_name(online: Online, faults: Faults) -> None:
    faults.happen("renamed", organisation=NORTHSIDE, value=HARBOUR)

    page = unescape(page_of(online, AMARA).text)

    assert page.count(f">{HARBOUR}</option>") == 2
    faults.put_back()
    assert unescape(page_of(online, AMARA).text).count(f">{HARBOUR}</option>") == 1
