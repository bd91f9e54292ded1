"""The browsers in which somebody is signed in: listed, and ended by their owner."""

import re

import pytest
from flask import Flask

from tests.accounts.owner import Owner, events, is_in

_END = re.compile(r"/account/sessions/([0-9a-f-]{36})/end")
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36"


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


def names(owner: Owner) -> list[str]:
    return _END.findall(owner.browser.get("/account/sessions").text)


def test_each_is_shown_with_device_address_and_last_use(robin: Owner) -> None:
    """Row C3: what is open can be seen."""
    other = robin.another_browser()
    form = {"email": robin.login, "password": robin.password}
    other.post("/sign-in/password", data=form, headers={"User-Agent": CHROME})

    page = robin.browser.get("/account/sessions").text

    assert page.count("This one") == 1
    assert "Chrome on Windows" in page
    assert "From 127.0.0.1." in page
    assert "Last used" in page


def test_one_is_ended_from_another(app: Flask, robin: Owner) -> None:
    """Row C3: revoked, and out at the next request."""
    before = set(names(robin))
    other = robin.enter()
    (name,) = set(names(robin)) - before

    answer = robin.browser.post(f"/account/sessions/{name}/end")

    assert answer.location == "/account/sessions"
    assert not is_in(other)
    assert is_in(robin.browser)
    assert events(app)[-1] == "session_revoked"


def test_all_others_are_ended_at_once(app: Flask, robin: Owner) -> None:
    """Row C3: and this one goes on under a new handle."""
    others = [robin.enter() for _ in range(3)]
    before = robin.browser.get_cookie("sid")

    robin.browser.post("/account/sessions/end-others")

    after = robin.browser.get_cookie("sid")
    assert [is_in(other) for other in others] == [False] * 3
    assert is_in(robin.browser)
    assert before and after and before.value != after.value


def test_a_half_open_one_is_shown_and_ended(robin: Owner) -> None:
    robin.set_up_app()
    half = robin.enter()
    assert "Still at the second step" in robin.browser.get("/account/sessions").text

    robin.browser.post("/account/sessions/end-others")

    assert half.get("/sign-in/second-step").location == "/sign-in"


def test_somebody_elses_is_as_unknown_as_one_that_never_was(app: Flask, robin: Owner) -> None:
    dana = Owner(app, "dana@example.com", "Dana Whitfield").sign_up()
    (theirs,) = names(robin)

    assert dana.browser.post(f"/account/sessions/{theirs}/end").status_code == 404
    assert is_in(robin.browser)


def test_the_page_tells_no_handle(robin: Owner) -> None:
    cookie = robin.browser.get_cookie("sid")

    page = robin.browser.get("/account/sessions").text

    assert cookie is not None
    assert cookie.value not in page


def test_the_cookie_stays_small_and_out_of_reach(robin: Owner) -> None:
    """Row C1: after thirty starts of a connection."""
    for _ in range(30):
        answer = robin.browser.post("/connect/xero", data={"next": "/connect"})
        assert len(answer.headers.get("Set-Cookie", "")) < 200

    signed_in = robin.another_browser().post(
        "/sign-in/password", data={"email": robin.login, "password": robin.password}
    )
    cookies = signed_in.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_an_https_site_pins_both_cookies_to_its_host(app: Flask, robin: Owner) -> None:
    """Row C1: neither travels in clear nor comes from another host."""
    app.config.update(SESSION_COOKIE_NAME="__Host-sid", SESSION_COOKIE_SECURE=True)

    answer = robin.another_browser().post(
        "/sign-in/password", data={"email": robin.login, "password": robin.password}
    )

    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-sid", "__Host-device"}
    assert all("Secure" in cookie for cookie in cookies)
