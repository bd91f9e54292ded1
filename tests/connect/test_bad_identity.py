"""Identity tokens that are wrong in one way each: nobody is signed in, nothing is stored, and it is told in words."""

import re
import time
from collections.abc import Callable

import pytest
from flask import Flask

from tests.client import Client
from tests.connect.conftest import the_only
from tests.connect.hostile import (
    ANOTHER_KEY,
    HEAD,
    KEY,
    Hostile,
    at_hash,
    said,
    signed,
    signed_by_hand,
    signed_with_public_key,
    signed_with_secret,
    unsigned,
)
from tests.connect.test_hostile_provider import come_back, hostile, page_of, stored
from xero_onboard.connect.models import Attempt

__all__ = ["hostile"]

IdToken = Callable[[Hostile], object]


def told(**changes: object) -> IdToken:
    """An identity token that is right but for these claims."""
    return lambda hostile: signed(hostile.claims(**changes))


def ago(**claims: int) -> IdToken:
    """An identity token with these times, in seconds from now."""
    return lambda hostile: signed(
        hostile.claims(**{name: int(time.time()) + offset for name, offset in claims.items()})
    )


@pytest.mark.parametrize(
    "id_token",
    [
        pytest.param(told(iss="https://evil.example"), id="another issuer"),
        pytest.param(lambda h: signed(h.claims(iss=h.origin + "/")), id="issuer with a slash"),
        pytest.param(told(iss=None), id="no issuer"),
        pytest.param(told(aud="another-app"), id="another audience"),
        pytest.param(lambda h: signed(h.claims(aud="other", azp=h.client_id)), id="azp is us"),
        pytest.param(lambda h: signed(h.claims(aud=[h.client_id, "other"])), id="two audiences"),
        pytest.param(told(azp="another-app"), id="another party"),
        pytest.param(told(aud=None), id="no audience"),
        pytest.param(told(sub=None), id="no subject"),
        pytest.param(told(sub=""), id="empty subject"),
        pytest.param(told(xero_userid=None), id="no user"),
        pytest.param(told(nonce="another"), id="another nonce"),
        pytest.param(told(nonce=None), id="no nonce"),
        pytest.param(ago(exp=-130), id="expired"),
        pytest.param(told(exp=None), id="no expiry"),
        pytest.param(told(exp=float("nan")), id="expiry that is no number"),
        pytest.param(told(iat=None), id="no time of issue"),
        pytest.param(ago(nbf=130), id="not valid yet"),
        pytest.param(told(at_hash=at_hash("another")), id="another access token"),
        pytest.param(lambda h: signed(h.claims(), ANOTHER_KEY), id="same key id, another key"),
        pytest.param(lambda h: signed(h.claims(), kid="unknown"), id="unknown key id"),
        pytest.param(lambda h: unsigned(h.claims()), id="no signature"),
        pytest.param(
            lambda h: signed_with_secret(h.claims(), h.client_secret), id="signed with our secret"
        ),
        pytest.param(
            lambda h: signed(h.claims(), ANOTHER_KEY, jwk=ANOTHER_KEY.as_dict(private=False)),
            id="brings its own key",
        ),
        pytest.param(lambda h: "not.a.token", id="not a token"),
        pytest.param(lambda h: "", id="empty"),
        pytest.param(lambda h: 7, id="a number"),
        pytest.param(lambda h: f"{signed(h.claims())}.more", id="four parts"),
        pytest.param(lambda h: f" {signed(h.claims())}", id="a blank before it"),
        pytest.param(lambda h: "x" * 20_000, id="endless"),
        pytest.param(lambda h: "\u00e9.\u00e9.\u00e9", id="beyond ASCII"),
        pytest.param(told(aud=[]), id="an empty list of audiences"),
        pytest.param(told(aud=""), id="an empty audience"),
        pytest.param(told(iss=["https://evil.example"]), id="issuer in a list"),
        pytest.param(told(sub=7), id="a subject that is no text"),
        pytest.param(told(sub="d" * 400), id="a subject without end"),
        pytest.param(told(xero_userid="d" * 65), id="a user without end"),
        pytest.param(told(nonce=["another"]), id="a nonce that is no text"),
        pytest.param(told(exp="tomorrow"), id="expiry in words"),
        pytest.param(told(exp=1e400), id="never expires"),
        pytest.param(told(iat="now"), id="issued in words"),
        pytest.param(told(at_hash=""), id="empty access token hash"),
        pytest.param(told(at_hash=7), id="access token hash that is no text"),
        pytest.param(lambda h: signed(h.claims(), kid=None), id="no key id"),
        pytest.param(lambda h: signed(h.claims(), kid="../../known"), id="key id that is a path"),
        pytest.param(lambda h: signed(h.claims(), alg="RS512"), id="another algorithm"),
        pytest.param(
            lambda h: signed_with_public_key(h.claims()), id="signed with Xero's public key"
        ),
        pytest.param(lambda h: unsigned(h.claims(), "nOnE"), id="no signature, spelt oddly"),
        pytest.param(
            lambda h: signed(h.claims(), ANOTHER_KEY, jku=f"{h.origin}/keys"),
            id="says where its key is",
        ),
        pytest.param(
            lambda h: signed_by_hand({**HEAD, "crit": ["exp"]}, h.claims()), id="critical words"
        ),
        pytest.param(lambda h: signed_by_hand(HEAD, ["claims"]), id="a list of claims"),
        pytest.param(lambda h: signed_by_hand(HEAD, None), id="no claims"),
        pytest.param(lambda h: h.tokens()["access_token"], id="the access token again"),
        pytest.param(lambda h: signed(h.claims())[:-8] + "AAAAAAAA", id="changed signature"),
    ],
)
def test_a_bad_identity_token_is_refused(
    app: Flask,
    client: Client,
    hostile: Hostile,
    caplog: pytest.LogCaptureFixture,
    id_token: IdToken,
) -> None:
    """Row A5."""
    hostile.token = lambda h: said(h.tokens(id_token=id_token(h)))

    way = come_back(client, hostile)

    assert the_only(app, Attempt).outcome == "bad_identity"
    assert "We could not be sure who signed in" in page_of(client, way)
    assert "bad_identity" in caplog.text
    assert stored(app) == (0, 0, 0)
    assert [path for path, _ in hostile.received if path.endswith("/keys")] == []


@pytest.mark.parametrize("seconds", [-2 * 365 * 86400, -600, -90, 90, 600])
def test_clocks_that_do_not_agree(
    app: Flask, client: Client, hostile: Hostile, caplog: pytest.LogCaptureFixture, seconds: int
) -> None:
    """Row A5: an answer to our own question was made a moment ago, whatever it says."""
    apart = ago(iat=seconds, nbf=seconds, exp=seconds + 300)
    hostile.token = lambda h: said(h.tokens(id_token=apart(h)))

    way = come_back(client, hostile)

    assert the_only(app, Attempt).outcome == "clocks_apart"
    assert "Our clock and Xero" in page_of(client, way)
    side = "behind" if seconds > 0 else "ahead of"
    measured = re.search(rf"our clock is (\d+) seconds {side} the provider", caplog.text)
    assert measured is not None
    assert abs(int(measured[1]) - abs(seconds)) < 10
    assert stored(app) == (0, 0, 0)


@pytest.mark.parametrize("seconds", [-60, -45, 45, 58])
def test_a_clock_that_is_a_little_off_does_no_harm(
    app: Flask, client: Client, hostile: Hostile, seconds: int
) -> None:
    slow = ago(iat=seconds, nbf=seconds, exp=seconds + 300)
    hostile.token = lambda h: said(h.tokens(id_token=slow(h)))

    come_back(client, hostile)

    assert the_only(app, Attempt).outcome == "connected"


def test_a_provider_that_changed_its_keys_is_believed(
    app: Flask, client: Client, hostile: Hostile
) -> None:
    """Known key ids with a new key, and a new key id, are looked up again, once a minute at most."""
    come_back(client, hostile)
    hostile.keys = lambda h: said({"keys": [ANOTHER_KEY.as_dict(private=False)]})
    hostile.token = lambda h: said(h.tokens(id_token=signed(h.claims(), ANOTHER_KEY)))

    come_back(app.test_client(), hostile)
    for _ in range(5):
        hostile.token = lambda h: said(h.tokens(id_token=signed(h.claims(), KEY, kid="unknown")))
        come_back(app.test_client(), hostile)

    fetched = [path for path, _ in hostile.received if path.endswith("/jwks")]
    assert len(fetched) == 2
