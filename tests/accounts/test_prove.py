"""Proving again who one is before changing what protects the account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.accounts.device import Device
from tests.accounts.owner import PASSWORD, Owner, events, grow_stale, is_in, options_from
from tests.employees import ADA, make
from xero_onboard.accounts.models import StoredSession
from xero_onboard.lib.db import db
from xero_onboard.lib.web.access import FRESH, Who, mark_of

SOME_ID = "33333333-3333-4333-8333-333333333333"
# Everything that changes what protects the account. What is added here must ask for a proof.
SENSITIVE = {
    "/account/address",
    "/account/address/code",
    "/account/address/stop",
    "/account/address/give-up",
    "/account/alternative",
    "/account/alternative/code",
    "/account/alternative/keep",
    "/account/alternative/remove",
    "/account/passkeys",
    "/account/passkeys/options",
    f"/account/passkeys/{SOME_ID}/remove",
    "/account/password",
    "/account/password/code",
    "/account/recovery-codes",
    "/account/two-step",
    "/account/two-step/remove",
    "/account/xero/link",
    "/account/xero/unlink",
    f"/connect/connections/{SOME_ID}/disconnect",
    # Who may do what, and what is taken away for good.
    "/account/colleagues/invite",
    f"/account/colleagues/invitations/{SOME_ID}/withdraw",
    f"/account/colleagues/{SOME_ID}/hand-over",
    f"/account/colleagues/{SOME_ID}/remove",
    f"/account/colleagues/{SOME_ID}/right",
    "/account/customers/leave",
    "/account/customers/rename",
    "/account/privacy/delete",
    "/account/privacy/export",
}
SENSITIVE_TO_STAFF = {
    f"/staff/people/{SOME_ID}/disable",
    f"/staff/people/{SOME_ID}/enable",
    f"/staff/people/{SOME_ID}/role",
    f"/staff/people/{SOME_ID}/second-step",
    "/staff/feedback/export",
}


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


@pytest.fixture
def stale(app: Flask, robin: Owner) -> Owner:
    """Signed in twenty minutes ago."""
    grow_stale(app)
    return robin


def fresh_doors(app: Flask, who: Who) -> set[tuple[str, str]]:
    """Method and path of every view that asks these people for a fresh proof."""
    adapter = app.url_map.bind("localhost")
    return {
        (method, adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, SOME_ID), method))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if (mark := mark_of(app.view_functions[rule.endpoint]))
        and mark.is_fresh
        and mark.who == who
    }


def proved_at(app: Flask) -> int:
    with app.app_context():
        rows = db.session.scalars(select(StoredSession.content))
        return int(max(row.get("proved_at", 0) for row in rows))


def test_what_is_sensitive_asks_for_a_proof(app: Flask, stale: Owner) -> None:
    """Row D8: every route of the list that asks for a fresh proof."""
    doors = fresh_doors(app, "signed_in")

    answers = {door: stale.browser.open(door[1], method=door[0]) for door in doors}

    assert {path for method, path in doors if method == "POST"} >= SENSITIVE
    for door, answer in answers.items():
        assert answer.status_code == 303, door
        assert answer.location.startswith("/account/prove?next="), door


def test_what_is_sensitive_to_staff_asks_them_for_a_proof(app: Flask) -> None:
    """Row D8: roles, accounts, other people's second steps, and what is taken along."""
    browser = make(app, ADA, "admin", has_second_step=True).sign_in(app)
    grow_stale(app)
    doors = fresh_doors(app, "admin") | fresh_doors(app, "editor")

    answers = {door: browser.open(door[1], method=door[0]) for door in doors}

    assert {path for method, path in doors if method == "POST"} >= SENSITIVE_TO_STAFF
    for door, answer in answers.items():
        assert (answer.status_code, answer.location[:14]) == (303, "/account/prove"), door


def test_a_proof_holds_for_a_quarter_of_an_hour() -> None:
    """Row D8: no longer than fifteen minutes."""
    assert timedelta(minutes=15) == FRESH


def test_the_password_proves_it_under_a_new_handle(app: Flask, stale: Owner) -> None:
    """Row C2: the handle is another one after the proof."""
    before = stale.browser.get_cookie("sid")

    answer = stale.browser.post(
        "/account/prove/password", data={"password": PASSWORD, "next": "/account/two-step"}
    )

    after = stale.browser.get_cookie("sid")
    assert answer.location == "/account/two-step"
    assert before and after and before.value != after.value
    assert stale.browser.get("/account/two-step").status_code == 200
    assert "proved_again" in events(app)


def test_using_the_account_does_not_prolong_a_proof(app: Flask, robin: Owner) -> None:
    """Row D8: fixed, not sliding."""
    before = proved_at(app)

    robin.browser.get("/account/password")
    robin.browser.get("/account/alternative")

    assert proved_at(app) == before


def test_a_wrong_password_proves_nothing(app: Flask, stale: Owner) -> None:
    answer = stale.browser.post("/account/prove/password", data={"password": "not mine at all 7"})

    assert answer.status_code == 400
    assert "This is not your password" in answer.text
    assert stale.browser.get("/account/password").status_code == 303
    assert "sign_in_failed" in events(app)


def test_guessing_at_the_password_is_counted_as_at_signing_in(stale: Owner) -> None:
    """Row D2: a stolen session is no place to guess from."""
    wrong = {"password": "not mine at all 7"}

    statuses = [
        stale.browser.post("/account/prove/password", data=wrong).status_code for _ in range(11)
    ]

    assert statuses == [400] * 10 + [429]


def test_a_code_of_the_app_proves_it_once(app: Flask, robin: Owner) -> None:
    """Row D4: no code twice, here as well."""
    robin.set_up_app()
    grow_stale(app)
    code = {"code": robin.code()}

    assert robin.browser.post("/account/prove/code", data=code).status_code == 303
    assert robin.browser.post("/account/prove/code", data=code).status_code == 400


def test_one_code_at_the_same_moment_proves_once(app: Flask, robin: Owner) -> None:
    """Row D4: fifty at once."""
    robin.set_up_app()
    grow_stale(app)
    code, cookie = robin.code(), robin.browser.get_cookie("sid")
    assert cookie is not None

    def attempt(_number: int) -> int:
        copy = robin.another_browser()
        copy.set_cookie("sid", cookie.value)
        answer = copy.post("/account/prove/code", data={"code": code})
        return 0 if (answer.location or "").startswith("/sign-in") else answer.status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(attempt, range(50)))

    assert statuses.count(303) == 1
    assert set(statuses) <= {0, 303, 400, 429}


def test_a_passkey_proves_it(app: Flask, robin: Owner) -> None:
    device = Device()
    robin.add_passkey(device)
    grow_stale(app)

    signed = device.sign(options_from(robin.browser, "/account/prove/passkey/options"))
    answer = robin.browser.post("/account/prove/passkey", data={"answer": signed})

    assert answer.location == "/account"
    assert robin.browser.get("/account/passkeys").status_code == 200


def test_another_users_passkey_proves_nothing(app: Flask, robin: Owner) -> None:
    mallory, device = Owner(app, "mallory@example.com", "Mallory").sign_up(), Device()
    mallory.add_passkey(device)
    grow_stale(app)

    signed = device.sign(options_from(robin.browser, "/account/prove/passkey/options"))
    answer = robin.browser.post("/account/prove/passkey", data={"answer": signed})

    assert answer.status_code == 400
    assert "not one of yours" in answer.text
    assert robin.browser.get("/account/passkeys").status_code == 303


def test_a_proof_leads_to_pages_of_ours_alone(stale: Owner) -> None:
    """Row A8: the way on after a proof."""
    form = {"password": PASSWORD, "next": "https://evil.example/account"}

    assert stale.browser.post("/account/prove/password", data=form).location == "/"


def test_only_who_is_signed_in_can_prove_it(robin: Owner) -> None:
    browser = robin.another_browser()

    answer = browser.post("/account/prove/password", data={"password": PASSWORD})

    assert answer.location.startswith("/sign-in?")
    assert not is_in(browser)
