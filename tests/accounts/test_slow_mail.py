"""While no mail can be sent, everything else goes on, and the pages that promise mail say how it is."""

import socket
from datetime import timedelta

import pytest
from flask import Flask

from tests.accounts.owner import Owner, is_in
from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.accounts.models import MailedProof
from xero_onboard.lib import jobs
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.models import Mail

FORM = {"name": "Robin Hale", "email": "robin@example.com", "password": "velvet-harbour-quill-91"}


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """A mail server is named, and nobody answers there."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    return {**environ, "MAIL_URL": f"smtp://localhost:{port}"}


def ten_minutes_pass(app: Flask) -> None:
    jobs.run_due(app)
    with app.app_context():
        for mail in db.session.query(Mail):
            mail.created_at -= timedelta(minutes=10)
        db.session.commit()


def test_the_pages_that_promise_mail_are_honest(app: Flask, client: Client) -> None:
    """Fault row 40: said where somebody waits, and no sooner than it is true."""
    client.post("/register", data=FORM)
    soon = client.get("/register/code").text

    ten_minutes_pass(app)

    assert "Our mail is slow" not in soon
    assert "Our mail is slow" in client.get("/register/code").text
    assert "Our mail is slow" in client.post("/password/forgotten", data=FORM).text


def test_a_worker_that_is_away_is_told_of_as_well(app: Flask, client: Client) -> None:
    """Fault row 40: what it has not even written cannot be on its way."""
    client.post("/register", data=FORM)
    with app.app_context():
        db.session.query(MailedProof).one().created_at -= timedelta(minutes=10)
        db.session.commit()

    assert "Our mail is slow" in client.get("/register/code").text


def test_signing_in_and_reading_go_on(app: Flask, client: Client) -> None:
    """Fault row 40."""
    client.post("/register", data=FORM)
    ten_minutes_pass(app)

    casey = sign_in(app, CASEY)

    assert is_in(casey)
    assert client.get("/hc/en-gb").status_code == 200
    assert Owner(app).another_browser().get("/sign-in").status_code == 200
