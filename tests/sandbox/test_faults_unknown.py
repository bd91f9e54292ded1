"""What nobody outside knows of Xero for sure: both behaviours that are reported can be chosen."""

import pytest

from tests.faults_client import Faults
from tests.sandbox.dance import AMARA, RILEY, SCOPES
from tests.sandbox.online import Online, came_back, claims_of
from tests.sandbox.test_faults_organisations import HARBOUR, OSEI, ROASTERY


@pytest.mark.parametrize(("late_reuse", "status"), [("request", 200), ("family", 400)])
def test_a_refresh_token_is_used_again_too_late(
    online: Online, faults: Faults, late_reuse: str, status: int
) -> None:
    faults.choose(late_reuse=late_reuse)
    first = online.tokens(RILEY)["refresh_token"]
    second = online.refresh(first).json()["refresh_token"]
    online.rows(
        "UPDATE refresh_token SET first_used_at = '2001-01-01 00:00:00.000000'"
        " WHERE first_used_at IS NOT NULL"
    )

    assert online.refresh(first).json() == {"error": "invalid_grant"}
    assert online.refresh(second).status_code == status


@pytest.mark.parametrize(
    ("refresh_after_last", "status"), [("succeeds", 200), ("invalid_grant", 400)]
)
def test_the_last_organisation_is_gone(
    online: Online, faults: Faults, refresh_after_last: str, status: int
) -> None:
    faults.choose(refresh_after_last=refresh_after_last)
    tokens = online.tokens(RILEY)
    token = online.refresh(tokens["refresh_token"]).json()["refresh_token"]

    faults.happen("app_removed", person=RILEY, organisation=ROASTERY)

    assert online.refresh(token).status_code == status


def test_somebody_who_only_signed_in_has_nothing_to_lose(online: Online, faults: Faults) -> None:
    faults.choose(refresh_after_last="invalid_grant")
    asked = online.authorize_url(scope="openid offline_access")
    code = came_back(online.person(RILEY).allow(asked))["code"]

    assert online.refresh(online.redeem(code).json()["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("answer", "matched", "moved"),
    [
        ("unmatched", 0, [False, False]),
        ("bumped", 0, [True, True]),
        ("another", 0, [True, False]),
        ("matched", 2, [True, True]),
    ],
)
def test_somebody_continues_with_what_was_connected_before(
    online: Online, faults: Faults, answer: str, matched: int, moved: list[bool]
) -> None:
    faults.choose(**{"continue": answer})
    online.tokens(AMARA, HARBOUR)
    access = online.tokens(AMARA, OSEI)["access_token"]
    before = {each["id"]: each["updatedDateUtc"] for each in online.connections(access)}

    code = came_back(online.person(AMARA).go_on(online.authorize_url()))["code"]

    access = online.redeem(code).json()["access_token"]
    event = claims_of(access)["authentication_event_id"]
    after = {each["id"]: each["updatedDateUtc"] for each in online.connections(access)}
    assert len(online.call(f"/connections?authEventId={event}", access).json()) == matched
    assert [after[each] > before[each] for each in before] == moved


@pytest.mark.parametrize(("pkce", "is_error"), [("accepted", False), ("refused", True)])
def test_an_app_with_a_secret_sends_a_challenge(
    online: Online, faults: Faults, pkce: str, is_error: bool
) -> None:
    faults.choose(pkce=pkce)

    answer = online.client.get(
        online.authorize_url(code_challenge="c" * 43, code_challenge_method="S256")
    )

    assert ("/identity/error?" in answer.headers["Location"]) is is_error


@pytest.mark.parametrize(("nonce", "is_there"), [("returned", True), ("ignored", False)])
def test_an_app_sends_a_nonce(online: Online, faults: Faults, nonce: str, is_there: bool) -> None:
    faults.choose(nonce=nonce)

    claims = claims_of(online.tokens(RILEY)["id_token"])

    assert ("nonce" in claims) is is_there


@pytest.mark.parametrize(("scopes", "is_there"), [("absent", False), ("present", True)])
def test_the_discovery_document_names_its_scopes(
    online: Online, faults: Faults, scopes: str, is_there: bool
) -> None:
    faults.choose(scopes_supported=scopes)

    document = online.client.get("/.well-known/openid-configuration").json()

    assert set(SCOPES.split()).issubset(document.get("scopes_supported", ())) is is_there
