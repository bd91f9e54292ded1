"""While no mail can be sent, everything else goes on, and the pages that promise mail say how it is."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.accounts.owner import Owner, is_in
from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.employees import RILEY, run
from tests.feedback.asking import send
from tests.lib.test_mail import text_of
from tests.post_office import PostOffice
from xero_onboard.accounts.models import MailedProof
from xero_onboard.lib import jobs
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.models import Mail

FORM = {"name": "Robin Hale", "email": "robin@example.com", "password": "velvet-harbour-quill-91"}


@pytest.fixture
def environ(environ: dict[str, str], office: PostOffice) -> dict[str, str]:
    """A mail server is named, and nobody answers there yet."""
    office.close()
    return {**environ, "MAIL_URL": office.url}


def minutes_pass(app: Flask, minutes: int = 10) -> None:
    """While the worker works."""
    jobs.run_due(app)
    with app.app_context():
        for mail in db.session.query(Mail):
            mail.created_at -= timedelta(minutes=minutes)
            mail.due_at -= timedelta(minutes=minutes)
        for proof in db.session.query(MailedProof):
            proof.expires_at -= timedelta(minutes=minutes)
        db.session.commit()


def test_the_pages_that_promise_mail_are_honest(app: Flask, client: Client) -> None:
    """Fault row 40: said where somebody waits, and no sooner than it is true."""
    client.post("/register", data=FORM)
    soon = client.get("/register/code").text

    minutes_pass(app)

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


def test_a_link_that_came_late_works_for_as_long_as_it_says(
    app: Flask, client: Client, office: PostOffice
) -> None:
    """Fault row 40: its minutes are counted from when it is on its way."""
    run(app, "create", RILEY, "--name", "Riley")
    client.post("/password/forgotten", data={"email": RILEY})
    minutes_pass(app, 15)
    office.open()

    minutes_pass(app, 9)

    (path,) = re.findall(r"/password/reset/\S+", text_of(office.arrived[0]))
    assert client.get(path).status_code == 200
    minutes_pass(app, 2)
    assert client.get(path).status_code == 410


def test_what_nobody_waits_for_any_more_is_not_mailed(
    app: Flask, client: Client, office: PostOffice
) -> None:
    """Fault row 40: after an hour, and when another was asked for meanwhile."""
    client.post("/register", data=FORM)
    minutes_pass(app, 61)
    for _ in range(2):
        client.post("/register", data=FORM)
        minutes_pass(app)
    office.open()

    minutes_pass(app)
    minutes_pass(app)

    assert len(office.arrived) == 1
    assert "Our mail is slow" not in client.get("/register/code").text


def test_who_asks_for_help_is_told_as_well(app: Flask, client: Client) -> None:
    """Fault row 40."""
    begun = send(client).location

    minutes_pass(app)

    assert "Mail is slow at the moment" in client.get(begun).text


def test_signing_in_and_reading_go_on(app: Flask, client: Client) -> None:
    """Fault row 40."""
    client.post("/register", data=FORM)
    minutes_pass(app)

    casey = sign_in(app, CASEY)

    assert is_in(casey)
    assert client.get("/hc/en-gb").status_code == 200
    assert Owner(app).another_browser().get("/sign-in").status_code == 200
