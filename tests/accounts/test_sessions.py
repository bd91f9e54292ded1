"""Sessions: random handles, renewed at sign-in, ended on the server."""

from datetime import timedelta

from flask import Flask, session
from flask_login import encode_cookie
from sqlalchemy import select, update

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.accounts.entry import sign_out
from xero_onboard.accounts.models import StoredSession, User
from xero_onboard.accounts.sessions import forget_ended
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import commit, db
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import access

VOTE = "/hc/articles/360001000101/vote"


def test_reading_starts_no_session(app: Flask, client: Client) -> None:
    client.get("/hc/en-gb")
    client.get("/connect")

    assert stored(app) == []


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    cookie = client.post(VOTE, data={"value": "up"}).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_an_https_site_pins_the_cookie_to_its_host(app: Flask) -> None:
    app.config.update(SESSION_COOKIE_NAME="__Host-sid", SESSION_COOKIE_SECURE=True)

    cookie = app.test_client().post(VOTE, data={"value": "up"}).headers["Set-Cookie"]

    assert cookie.startswith("__Host-sid=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_the_table_holds_no_handle_that_opens_a_session(app: Flask, client: Client) -> None:
    client.post(VOTE, data={"value": "up"})

    handle = handle_of(app, client)

    assert stored(app) == [digest(handle)]


def test_a_handle_chosen_by_somebody_else_is_not_adopted(app: Flask, client: Client) -> None:
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], "chosen-by-an-attacker")

    client.post(VOTE, data={"value": "up"})

    assert handle_of(app, client) != "chosen-by-an-attacker"


def test_signing_in_changes_the_handle_and_ends_the_old_one(app: Flask, client: Client) -> None:
    client.post(VOTE, data={"value": "up"})
    before = handle_of(app, client)

    sign_in(app, CASEY, client)

    assert handle_of(app, client) != before
    assert digest(before) not in stored(app)


def test_signing_out_ends_the_session_for_whoever_copied_the_cookie(app: Flask) -> None:
    casey = sign_in(app, CASEY)
    copied = handle_of(app, casey)

    response = casey.post("/sign-out")

    thief = app.test_client()
    thief.set_cookie(app.config["SESSION_COOKIE_NAME"], copied)
    assert response.status_code == 303
    assert "Sign out" not in thief.get("/hc/en-gb").get_data(as_text=True)
    assert casey.get_cookie(app.config["SESSION_COOKIE_NAME"]) is None


def test_a_request_under_way_does_not_bring_an_ended_session_back(app: Flask) -> None:
    casey = sign_in(app, CASEY)
    handle = handle_of(app, casey)
    slow = app.test_client()
    slow.set_cookie(app.config["SESSION_COOKIE_NAME"], handle)

    @app.post("/slow")
    def slowly() -> str:
        session["seen"] = True
        commit()
        casey.post("/sign-out")
        return ""

    access.anyone(app.view_functions["slowly"])
    response = slow.post("/slow")

    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert stored(app) == []


def test_signing_out_is_believed_within_the_same_request(app: Flask) -> None:
    casey = sign_in(app, CASEY)

    seen = []

    @app.post("/leave")
    def leave() -> str:
        seen.append(current_reader().is_signed_in)
        sign_out()
        seen.append(current_reader().is_signed_in)
        return ""

    access.anyone(app.view_functions["leave"])
    casey.post("/leave")

    assert seen == [True, False]


def test_a_remember_cookie_is_no_second_way_in(app: Flask) -> None:
    sign_in(app, CASEY)
    with app.test_request_context():
        user_id = db.session.scalar(select(User.id))
        token = encode_cookie(str(user_id))
    thief = app.test_client()
    thief.set_cookie(app.config["SESSION_COOKIE_NAME"], "anything")
    thief.set_cookie("remember_token", token)

    assert "Sign out" not in thief.get("/hc/en-gb").get_data(as_text=True)


def test_a_session_ends_after_its_time(app: Flask) -> None:
    casey = sign_in(app, CASEY)
    with app.app_context():
        db.session.execute(update(StoredSession).values(expires_at=now() - timedelta(seconds=1)))
        db.session.commit()

    assert "Sign out" not in casey.get("/hc/en-gb").get_data(as_text=True)


def test_a_stolen_cookie_is_worth_nothing_after_31_days(app: Flask) -> None:
    """Row C3: nor does using it every day make it last."""
    casey = sign_in(app, CASEY)
    copied = handle_of(app, casey)
    for _ in range(31):
        let_a_day_pass(app)
        casey.get("/account")

    thief = app.test_client()
    thief.set_cookie(app.config["SESSION_COOKIE_NAME"], copied)

    assert thief.get("/account").location == "/sign-in?next=/account"
    assert casey.get("/account").location == "/sign-in?next=/account"


def test_the_worker_forgets_sessions_that_ended(app: Flask) -> None:
    sign_in(app, CASEY)
    with app.app_context():
        db.session.execute(update(StoredSession).values(expires_at=now() - timedelta(days=1)))
        forget_ended()
        db.session.commit()

    assert stored(app) == []


def let_a_day_pass(app: Flask) -> None:
    with app.app_context():
        for row in db.session.scalars(select(StoredSession)):
            row.expires_at -= timedelta(days=1)
            row.seen_at = row.seen_at and row.seen_at - timedelta(days=1)
        db.session.commit()


def handle_of(app: Flask, client: Client) -> str:
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value


def stored(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(StoredSession.id)))
