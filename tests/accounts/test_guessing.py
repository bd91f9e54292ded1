"""Guessing at large: from many networks, at many logins, and by the clock."""

import statistics
import time
from collections.abc import Iterator
from ipaddress import ip_network
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from tests.accounts.owner import PASSWORD, ROBIN, Owner, is_in
from tests.client import Client
from xero_onboard.accounts import guarding
from xero_onboard.accounts.models import User
from xero_onboard.lib import limits
from xero_onboard.lib.audit.models import Entry
from xero_onboard.lib.db import db
from xero_onboard.lib.limits import LimitBucket

NOBODY = "nobody@example.com"
SAMPLES = 200
# What a stranger on a network cannot tell from noise.
GAP_SECONDS = 0.005
NETWORKS = ip_network("198.18.0.0/15").hosts()


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """Behind a proxy, whose word on where a visitor comes from is believed."""
    return {**environ, "PROXY_HOPS": "1"}


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


def test_a_thousand_tries_from_fifty_networks_are_ten(app: Flask, robin: Owner) -> None:
    """Row D2: what is allowed for a login is allowed once, however many take part."""
    guesser = robin.another_browser()

    answers = [
        guesser.post(
            "/sign-in/password",
            data={"email": ROBIN, "password": f"guess-number-{number}"},
            headers={"X-Forwarded-For": f"203.0.113.{number % 50 + 1}"},
        ).status_code
        for number in range(1000)
    ]

    # One more drains every minute and a half.
    compared = answers.count(400)
    assert 10 <= compared <= 12
    assert answers.count(429) == 1000 - compared
    with app.app_context():
        wrong = select(func.count()).where(Entry.event == "sign_in_failed")
        assert db.session.scalar(wrong) == compared
        # Row L2: whose account it was, and one line for all that were refused.
        entries = db.session.scalars(select(Entry).where(Entry.event.startswith("sign_in_")))
        subjects = [(entry.event, entry.subject) for entry in entries]
        whose = f"user:{db.session.scalars(select(User.id)).one()}"
    assert set(subjects) == {("sign_in_failed", whose), ("sign_in_limited", whose)}
    assert subjects.count(("sign_in_limited", whose)) == 1
    assert is_in(robin.enter(robin.browser))


def test_a_swarm_that_tries_each_login_once_is_stopped_over_all(app: Flask, robin: Owner) -> None:
    """Row D2: each of two thousand networks guessed once; owners enter where they are known."""
    with app.app_context(), pytest.raises(limits.TooMany):
        while True:
            limits.count(guarding.ALL, "")
    stay_full(app)
    one_more = {"X-Forwarded-For": "198.51.100.7"}

    form = {"email": "somebody-else@example.com", "password": PASSWORD}
    answer = robin.another_browser().post("/sign-in/password", data=form, headers=one_more)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert is_in(robin.enter(robin.browser))


@pytest.mark.parametrize("door", ["/sign-in/password", "/register", "/password/forgotten"])
def test_the_clock_does_not_tell_who_has_an_account(app: Flask, robin: Owner, door: str) -> None:
    """Row D3: two hundred times each, in time of the processor, which a busy machine does not change."""
    medians = [statistics.median(took) for took in zip(*samples(app, door), strict=True)]

    assert abs(medians[0] - medians[1]) < GAP_SECONDS


def test_the_clock_does_not_tell_whose_address_it_is(app: Flask, robin: Owner) -> None:
    """Row D3: asked for as an alternative one, and as one to sign in with."""
    kim = Owner(app, "kim@example.com", "Kim Lee").sign_up()
    for door in ("/account/alternative", "/account/address"):
        rounds = [
            [timed(robin.browser, door, address, app) for address in (kim.login, NOBODY)]
            for _ in range(SAMPLES // 2)
        ]
        medians = [statistics.median(took) for took in zip(*rounds, strict=True)]

        assert abs(medians[0] - medians[1]) < GAP_SECONDS


def samples(app: Flask, door: str) -> Iterator[tuple[float, float]]:
    """How long both took, one after the other, so that both meet the same weather."""
    browser = cast(Client, app.test_client())
    for _ in range(SAMPLES):
        yield timed(browser, door, ROBIN, app), timed(browser, door, NOBODY, app)


def timed(browser: Client, door: str, address: str, app: Flask) -> float:
    """How long this took, of a network that nobody has come from before."""
    forget_tries(app)
    network = {"X-Forwarded-For": str(next(NETWORKS))}
    form = {"name": "X", "email": address, "password": "a-wrong-password-42"}
    began = time.thread_time()
    answer = browser.post(door, data=form, headers=network)
    took = time.thread_time() - began
    assert answer.status_code in (200, 303, 400), answer.text
    return took


def stay_full(app: Flask) -> None:
    """For a minute, as if others went on meanwhile: what is too full is refused as what is full."""
    with app.app_context():
        db.session.execute(update(LimitBucket).values(empty_at=LimitBucket.empty_at + 60_000))
        db.session.commit()


def forget_tries(app: Flask) -> None:
    """As if an hour had passed."""
    with app.app_context():
        db.session.execute(delete(LimitBucket))
        db.session.commit()
