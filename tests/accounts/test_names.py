"""What people and companies may be called: something that others can see, and see as it is written."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests import mailbox
from tests.accounts.company import invite, words
from tests.accounts.owner import PASSWORD, Owner
from tests.cast import CASEY, ISSUER
from tests.client import Client, sign_in
from tests.employees import EDDIE, run
from xero_onboard.accounts.models import Customer, User
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Identity

# A space without width, fillers of Hangul, braille without a dot, joiners that join nothing, an accent on nothing.
UNSEEN = ["\u200b", "\u3164\uffa0", "\u2800", "\u200d\u200c", "\u2066\u2069", "\u0301"]


@pytest.mark.parametrize("name", UNSEEN)
def test_a_name_that_nobody_sees_is_none(app: Flask, client: Client, name: str) -> None:
    """Row E5."""
    casey = sign_in(app, CASEY)
    form = {"name": name, "email": "robin@example.com", "password": PASSWORD}
    asked = client.post("/register", data=form)
    made = run(app, "create", EDDIE, "--name", name)
    renamed = casey.post("/account/customers/rename", data={"name": name})
    sign_in(app, Identity(ISSUER, "other", "other@example.com", name))

    assert asked.status_code == 400
    assert "Write the name" in asked.text
    assert "A name is missing." in made.output
    assert renamed.status_code == 400
    assert "other@example.com" in called(app)
    assert not {name, ""} & called(app)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202enosreP\u202c  \u2067A\u2069", "nosreP A"),
        ("Ed\u200b\u00addie\u2060 \u200dHale\u200c", "Eddie Hale"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", None),
        ("\u0d05\u0d28\u0d3f\u0d32\u0d4d\u200d", None),
        ("👩🏽 J. O'Neil-Łoś, 田中", None),
    ],
    ids=["turned", "hidden", "Persian", "Malayalam", "ordinary"],
)
def test_a_name_keeps_what_is_seen_of_it(app: Flask, typed: str, kept: str | None) -> None:
    """Row E5: joiners stay where Persian and Malayalam write them."""
    Owner(app, name=typed).sign_up()

    assert called(app) == {kept or typed}


def test_an_invitation_names_nobody_in_another_order(app: Flask) -> None:
    """Row F6: a company whose name was kept before such characters were taken out."""
    owner = Owner(app, name="Peter Silva").sign_up()
    with app.app_context():
        for row in (*db.session.scalars(select(User)), *db.session.scalars(select(Customer))):
            row.name = "\u202eavliS reteP\u200b"
        db.session.commit()

    invite(app, owner.browser, "stranger@example.com")

    letter = mailbox.newest(app, "stranger@example.com")
    assert "avliS reteP" in letter
    assert "\u202e" not in letter
    assert "\u200b" not in letter
    assert "avliS reteP" in words(owner.browser)


def called(app: Flask) -> set[str]:
    """What people and companies are called here."""
    with app.app_context():
        return {*db.session.scalars(select(User.name)), *db.session.scalars(select(Customer.name))}
