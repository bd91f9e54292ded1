"""The administrator and the editor of a site that is only tried out."""

import json
import os
import re
import stat
from dataclasses import replace

from flask import Flask

from tests.employees import ADA, EDDIE, Account, make, run
from tests.house.test_bad_input import rows
from xero_onboard.accounts import people
from xero_onboard.config import Settings
from xero_onboard.ops.demonstration import employ
from xero_onboard.ops.stage import welcome


def test_one_of_each_is_made_and_can_sign_in(app: Flask, settings: Settings) -> None:
    made = employ(app, settings)

    assert [(each.email, each.role) for each in made] == [(ADA, "admin"), (EDDIE, "editor")]
    for each in made:
        browser = account(app, each.email, each.password).sign_in(app)
        # They are led to set up a second step before they get any further.
        assert "two-step" in browser.get("/staff").location
        assert f"{each.email:24}  {each.role:8}  {each.password}" in welcome(settings, made)


def test_the_next_start_says_the_same_and_makes_nobody(app: Flask, settings: Settings) -> None:
    first = employ(app, settings)

    assert employ(app, settings) == first
    assert len(run(app, "list").output.splitlines()) == 2


def test_production_gets_nobody(app: Flask, settings: Settings) -> None:
    in_production = replace(settings, environment="production")

    assert employ(app, in_production) == ()
    assert run(app, "list").output == ""
    assert not (settings.instance / "staff.json").exists()
    assert "sign in at" not in welcome(in_production)


def test_a_database_that_goes_into_production_lets_neither_of_them_in(
    app: Flask, settings: Settings
) -> None:
    made = employ(app, settings)
    make(app, "boss@example.com", "admin")
    browser = account(app, ADA, made[0].password).sign_in(app)
    in_production = replace(settings, environment="production")

    assert employ(app, in_production) == ()
    assert employ(app, in_production) == ()

    listed = run(app, "list").output
    for state, email in (("disabled", ADA), ("disabled", EDDIE), ("open", "boss@example.com")):
        assert re.search(rf"^(admin|editor) +{state} .*{email}", listed, re.MULTILINE)
    assert "Sign out" not in browser.get("/account", follow_redirects=True).text
    refused = app.test_client().post(
        "/sign-in/password", data={"email": ADA, "password": made[0].password}
    )
    assert "account is closed" in refused.text


def test_nobody_is_named_who_cannot_work_here(app: Flask, settings: Settings) -> None:
    """After a start in production on the same instance, and after other roles were given."""
    employ(app, settings)
    make(app, "boss@example.com", "admin")
    run(app, "role", ADA, "editor")
    run(app, "role", EDDIE, "reader")

    assert [(each.email, each.role) for each in employ(app, settings)] == [(ADA, "editor")]

    employ(app, replace(settings, environment="production"))
    left = employ(app, settings)
    assert left == ()
    assert ADA not in welcome(settings, left)
    assert "flask users enable" in welcome(settings, left)
    assert "flask users" not in welcome(replace(settings, environment="production"))


def test_the_passwords_lie_beside_the_other_secrets_for_the_owner_alone(
    app: Flask, settings: Settings
) -> None:
    # As it is on most machines, and as this process has set it to be stricter for itself.
    stricter = os.umask(0o022)
    try:
        made = employ(app, settings)
    finally:
        os.umask(stricter)

    path = settings.instance / "staff.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {each.email: each.password for each in made}
    with app.app_context():
        assert [row for row in rows() for each in made if each.password in row] == []


def test_a_password_that_was_changed_is_not_said_any_more(app: Flask, settings: Settings) -> None:
    employ(app, settings)
    link = run(app, "recovery-link", ADA).output.strip().partition("http://localhost:8000")[2]
    app.test_client().post(link, data={"password": "marmalade under the lighthouse"})

    assert [each.email for each in employ(app, settings)] == [EDDIE]


def test_where_somebody_works_already_nobody_is_added(app: Flask, settings: Settings) -> None:
    make(app, "boss@example.com", "admin")

    assert employ(app, settings) == ()
    assert len(run(app, "list").output.splitlines()) == 1


def test_a_reader_who_has_the_address_keeps_it(app: Flask, settings: Settings) -> None:
    make(app, ADA)

    assert [each.email for each in employ(app, settings)] == [EDDIE]
    assert run(app, "list").output.splitlines()[-1].startswith("reader")


def account(app: Flask, email: str, password: str) -> Account:
    with app.app_context():
        return Account(email, password, people.whom(email))
