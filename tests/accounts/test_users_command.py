"""What an operator does with people on the command line."""

import re
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import mailbox
from tests.cast import ISSUER
from tests.client import Client, sign_in
from tests.employees import ADA, EDDIE, RILEY, Account, make, run
from tests.house.test_bad_input import rows
from xero_onboard.accounts.models import MailedProof, User
from xero_onboard.config import ROOT
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Identity

LINK = re.compile(r"http://localhost:8000(/password/recover/\S+)")
NEW = "marmalade under the lighthouse"


def test_a_new_account_is_opened_by_the_password_that_is_printed_once(app: Flask) -> None:
    ada = make(app, ADA, "admin")

    browser = ada.sign_in(app)

    assert is_signed_in(browser)
    with app.app_context():
        assert [row for row in rows() if ada.password in row] == []
    assert ada.password not in run(app, "list").output


def test_two_accounts_get_two_passwords(app: Flask) -> None:
    assert make(app, ADA, "admin").password != make(app, EDDIE, "editor").password


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((ADA, "--name", "Ada"), "signs in with this address already"),
        (("ADA@Example.com", "--name", "Ada"), "signs in with this address already"),
        (("ada at example", "--name", "Ada"), "not an email address"),
        (("eddie@example.com\nBcc: x@example.com", "--name", "E"), "not an email address"),
        ((EDDIE, "--name", "  "), "name is missing"),
        ((EDDIE, "--name", "Eddie", "--role", "root"), "root"),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    app: Flask, words: tuple[str, ...], complaint: str
) -> None:
    make(app, ADA, "admin")

    said = run(app, "create", *words)

    assert said.exit_code != 0
    assert complaint in said.output
    assert len(run(app, "list").output.splitlines()) == 1


def test_the_list_says_who_may_do_what(app: Flask) -> None:
    make(app, ADA, "admin", has_second_step=True)
    make(app, RILEY)
    run(app, "disable", RILEY)

    ada, riley = run(app, "list").output.splitlines()

    assert ada.split()[:2] == ["admin", "open"]
    assert "two steps" in ada
    assert riley.split()[:2] == ["reader", "disabled"]
    assert RILEY in riley


def test_a_new_role_ends_every_session_is_mailed_and_stands_in_the_log(app: Flask) -> None:
    """Row C3, and row L2."""
    make(app, ADA, "admin")
    riley = make(app, RILEY)
    laptop, phone = riley.sign_in(app), riley.sign_in(app)

    said = run(app, "role", RILEY, "editor")

    assert said.exit_code == 0
    assert not is_signed_in(laptop)
    assert not is_signed_in(phone)
    assert "Your role was changed" in mailbox.newest(app, RILEY)
    entry = newest_entry(app, "role_changed")
    assert entry.subject == f"user:{riley.id}"
    assert entry.details == {"by": "command line", "role": "editor", "before": "reader"}


def test_a_disabled_account_opens_to_nobody_until_it_is_enabled(app: Flask) -> None:
    """Row C3, and row L2."""
    riley = make(app, RILEY)
    browser = riley.sign_in(app)

    run(app, "disable", RILEY)

    assert not is_signed_in(browser)
    stranger = cast(Client, app.test_client())
    assert stranger.post("/sign-in/password", data=riley.proof).status_code == 403
    run(app, "enable", RILEY)
    assert not is_signed_in(browser)
    assert is_signed_in(riley.sign_in(app))
    assert newest_entry(app, "user_disabled").subject == f"user:{riley.id}"
    assert newest_entry(app, "user_enabled").subject == f"user:{riley.id}"
    subjects = [letter.partition("\n")[0] for letter in mailbox.letters(app, RILEY)]
    assert subjects == ["Your account was opened again", "Your account was closed"]


@pytest.mark.parametrize("words", [("role", ADA, "editor"), ("disable", ADA)])
def test_the_last_administrator_stays(app: Flask, words: tuple[str, ...]) -> None:
    """Row E1: an administrator whose account is closed does not count."""
    ada = make(app, ADA, "admin")
    make(app, EDDIE, "admin")
    run(app, "disable", EDDIE)
    browser = ada.sign_in(app)

    said = run(app, *words)

    assert said.exit_code == 1
    assert "last administrator" in said.output
    assert is_signed_in(browser)
    assert run(app, "list").output.startswith("admin   open")


def test_an_administrator_may_go_when_there_is_another(app: Flask) -> None:
    make(app, ADA, "admin")
    make(app, EDDIE, "admin")

    assert run(app, "role", ADA, "reader").exit_code == 0


def test_a_recovery_link_sets_a_new_password_once(app: Flask) -> None:
    """Row D7, and row L2."""
    riley = make(app, RILEY)
    browser, path = riley.sign_in(app), link(app, RILEY)

    stranger = cast(Client, app.test_client())
    assert stranger.get(path).status_code == stranger.get(path).status_code == 200
    answer = stranger.post(path, data={"password": NEW})

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not is_signed_in(browser)
    assert not is_signed_in(stranger)
    assert is_signed_in(Account(RILEY, NEW, riley.id).sign_in(app))
    assert stranger.post("/sign-in/password", data=riley.proof).status_code == 400
    assert stranger.get(path).status_code == 410
    assert stranger.post(path, data={"password": NEW}).status_code == 410
    assert newest_entry(app, "recovery_link_made").subject == f"user:{riley.id}"
    assert newest_entry(app, "password_reset").details == {"via": "support"}


def test_a_recovery_link_is_told_by_mail_and_kept_as_a_digest(app: Flask) -> None:
    """Row D7."""
    make(app, RILEY)

    path = link(app, RILEY)

    letter = mailbox.newest(app, RILEY)
    assert "A link to get back into your account was made" in letter
    token = path.rpartition("/")[2]
    assert token not in letter
    with app.app_context():
        assert [row for row in rows() if token in row] == []


def test_a_weak_password_does_not_use_the_link_up(app: Flask) -> None:
    make(app, RILEY)
    path = link(app, RILEY)
    stranger = cast(Client, app.test_client())

    assert stranger.post(path, data={"password": "riley"}).status_code == 400
    assert stranger.post(path, data={"password": NEW}).status_code == 303


@pytest.mark.parametrize("what", ["half an hour", "a newer link", "a closed account"])
def test_a_recovery_link_ends(app: Flask, what: str) -> None:
    """Row D7."""
    make(app, RILEY)
    path = link(app, RILEY)

    if what == "half an hour":
        with app.app_context():
            past = now() - timedelta(seconds=1)
            db.session.execute(update(MailedProof).values(expires_at=past))
            db.session.commit()
    elif what == "a newer link":
        link(app, RILEY)
    else:
        run(app, "disable", RILEY)

    answer = app.test_client().post(path, data={"password": NEW})
    assert answer.status_code == 410


def test_a_closed_account_gets_no_link_and_no_letter_about_one(app: Flask) -> None:
    riley = make(app, RILEY)
    run(app, "disable", RILEY)

    said = run(app, "recovery-link", RILEY)

    assert said.exit_code == 1
    assert "This account is closed. Open it first: `flask users enable`." in said.output
    assert "A link to get back" not in "".join(mailbox.letters(app, RILEY))

    # However an account came to be closed, no form asks for a password that opens nothing.
    run(app, "enable", RILEY)
    path = link(app, RILEY)
    with app.app_context():
        db.session.execute(update(User).where(User.id == riley.id).values(disabled_at=now()))
        db.session.commit()
    assert app.test_client().get(path).status_code == 410


def test_a_role_that_somebody_has_changes_nothing_and_says_so(app: Flask) -> None:
    riley = make(app, RILEY)
    browser = riley.sign_in(app)

    said = run(app, "role", RILEY, "reader")

    assert "is reader already: nothing was changed" in said.output
    assert is_signed_in(browser)


def test_the_list_does_not_say_never_of_who_signed_out(app: Flask) -> None:
    browser = make(app, RILEY).sign_in(app)
    assert f"{now():%Y-%m-%d}" in run(app, "list").output

    browser.post("/sign-out")

    assert "no session" in run(app, "list").output
    assert "never" not in run(app, "list").output


def test_the_second_step_stays(app: Flask) -> None:
    """Row D7: one link never takes both away by itself."""
    riley = make(app, RILEY, has_second_step=True)
    stranger = cast(Client, app.test_client())

    stranger.post(link(app, RILEY), data={"password": NEW})
    stranger.post("/sign-in/password", data={"email": RILEY, "password": NEW})

    assert not is_signed_in(stranger)
    assert is_signed_in(Account(RILEY, NEW, riley.id, riley.secret).sign_in(app))


def test_nobody_is_not_anybody(app: Flask) -> None:
    for words in (("role", ADA, "admin"), ("disable", ADA), ("enable", ADA)):
        assert "Nobody signs in with this address" in run(app, *words).output
    assert "Nobody signs in" in run(app, "recovery-link", ADA).output


def test_an_address_that_only_a_provider_gives_names_nobody(app: Flask) -> None:
    """Row C3: whoever writes a colleague's address into their profile gets no role by it."""
    sign_in(app, Identity(ISSUER, "thief", RILEY, "Riley Okafor"))

    assert "Nobody signs in with this address" in run(app, "role", RILEY, "admin").output

    listed = run(app, "list").output
    named = re.search(rf"([0-9a-f-]{{36}}) \({RILEY}, not proven\)", listed)
    assert named is not None
    assert "is editor" in run(app, "role", named[1], "editor").output


def test_who_has_no_password_gets_none_by_a_link(app: Flask) -> None:
    """Row D7: no address is proven that it could be for."""
    sign_in(app, Identity(ISSUER, "riley", RILEY, "Riley Okafor"))
    with app.app_context():
        user_id = db.session.scalars(select(User.id)).one()

    assert "without a password" in run(app, "recovery-link", str(user_id)).output


def test_the_readme_names_every_command(app: Flask) -> None:
    readme = (ROOT / "README.md").read_text()
    commands = run(app, "--help").output.partition("Commands:")[2]
    names = re.findall(r"^  ([a-z-]+)", commands, re.MULTILINE)

    assert len(names) == 6
    assert [name for name in names if f"flask users {name}" not in readme] == []


def link(app: Flask, email: str, *options: str) -> str:
    said = run(app, "recovery-link", email, *options)
    found = LINK.search(said.output)
    assert found is not None, said.output
    return found[1]


def is_signed_in(browser: Client) -> bool:
    return "Sign out" in browser.get("/hc/en-gb").get_data(as_text=True)


def newest_entry(app: Flask, event: str) -> audit.Found:
    with app.app_context():
        return audit.search(event=event, size=1).entries[0]
