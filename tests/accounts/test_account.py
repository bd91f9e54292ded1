"""One's own account: what protects it, a password, an alternative address."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import mailbox
from tests.accounts.owner import NEW_PASSWORD, PASSWORD, ROBIN, Owner, events, give_role, is_in
from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.accounts.models import AlternativeAddress, MailedProof, Password
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

SPARE, OTHER_SPARE = "robin.at.home@example.net", "other@example.org"


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


def give_up(app: Flask, robin: Owner, how: str) -> None:
    """Remove the alternative address, or have another take its place."""
    if how == "remove":
        robin.browser.post("/account/alternative/remove")
        return
    robin.browser.post("/account/alternative", data={"email": OTHER_SPARE})
    form = {"code": mailbox.code(app, OTHER_SPARE)}
    assert robin.browser.post("/account/alternative/code", data=form).status_code == 303


def add_spare(app: Flask, owner: Owner, *, counts: bool = True) -> None:
    """Prove a second mailbox, and let the three days pass."""
    owner.browser.post("/account/alternative", data={"email": SPARE})
    code = {"code": mailbox.code(app, SPARE)}
    assert owner.browser.post("/account/alternative/code", data=code).status_code == 303
    if counts:
        with app.app_context():
            db.session.execute(update(AlternativeAddress).values(counts_from=now()))
            db.session.commit()


# The page


def test_the_page_says_what_protects_the_account(app: Flask, robin: Owner) -> None:
    robin.set_up_app()
    add_spare(app, robin, counts=False)

    page = robin.browser.get("/account").text

    for words in (f"You sign in as {ROBIN}", "In use since", "10 of 10 are unused", SPARE):
        assert words in page


def test_only_who_is_signed_in_sees_it(client: Client) -> None:
    assert client.get("/account").location == "/sign-in?next=/account"


# Password


def test_a_new_password_ends_the_old_one_and_the_other_sessions(app: Flask, robin: Owner) -> None:
    """Row C3: a changed password."""
    other, before = robin.enter(), robin.browser.get_cookie("sid")

    answer = robin.browser.post("/account/password", data={"password": NEW_PASSWORD})

    after = robin.browser.get_cookie("sid")
    assert answer.location == "/account"
    assert is_in(robin.browser)
    assert not is_in(other)
    assert before and after and before.value != after.value
    refused = robin.another_browser().post(
        "/sign-in/password", data={"email": ROBIN, "password": PASSWORD}
    )
    assert refused.status_code == 400
    robin.password = NEW_PASSWORD
    assert is_in(robin.enter())


def test_every_address_is_told_of_a_new_password(app: Flask, robin: Owner) -> None:
    """Row D8: a change is mailed to all addresses."""
    add_spare(app, robin, counts=False)

    robin.browser.post("/account/password", data={"password": NEW_PASSWORD})

    for address in (ROBIN, SPARE):
        assert mailbox.newest(app, address).startswith("Your password was changed")
    assert events(app)[-1] == "password_changed"


@pytest.mark.parametrize("password", ["", "too short", "passwordpassword"])
def test_a_weak_password_is_refused_here_as_well(robin: Owner, password: str) -> None:
    """Row D1: the rules of signing up."""
    answer = robin.browser.post("/account/password", data={"password": password})

    assert answer.status_code == 400
    assert is_in(robin.enter())


def test_whoever_came_with_xero_can_choose_a_password(app: Flask) -> None:
    casey = sign_in(app, CASEY)
    form = {"email": "Casey@Example.com", "password": PASSWORD}

    assert casey.post("/account/password", data=form).location == "/account/password"
    assert "casey@example.com" in casey.get("/account/password").text
    code = {"code": mailbox.code(app, "casey@example.com")}
    assert casey.post("/account/password/code", data=code).location == "/account"

    with_password = app.test_client()
    assert with_password.post("/sign-in/password", data=form).status_code == 303
    assert is_in(with_password)  # type: ignore[arg-type]


def test_an_address_counts_only_once_it_is_proven(app: Flask) -> None:
    casey = sign_in(app, CASEY)
    casey.post("/account/password", data={"email": "ceo@example.com", "password": PASSWORD})

    assert casey.post("/account/password/code", data={"code": "000000"}).status_code == 400
    with app.app_context():
        assert db.session.scalars(select(Password)).all() == []


def test_an_address_that_somebody_signs_in_with_gets_no_code(app: Flask, robin: Owner) -> None:
    """Row D3: the page is the same, and the mailbox alone learns it."""
    casey = sign_in(app, CASEY)

    known = casey.post("/account/password", data={"email": ROBIN, "password": PASSWORD})
    page = casey.get("/account/password").text

    assert known.location == "/account/password"
    assert f"We have written to <strong>{ROBIN}</strong>" in page
    assert mailbox.newest(app, ROBIN).startswith("You already sign in with this address")


def test_what_is_stored_for_a_password_opens_nothing(app: Flask) -> None:
    casey = sign_in(app, CASEY)
    casey.post("/account/password", data={"email": CASEY.email, "password": PASSWORD})

    with app.app_context():
        (content,) = db.session.scalars(select(MailedProof.content)).all()
    assert PASSWORD not in str(content)
    assert content["verifier"].startswith("$argon2id$")


# Alternative address


def test_an_alternative_address_is_another_one(robin: Owner) -> None:
    """Row D7: not the login, however it is typed."""
    answer = robin.browser.post("/account/alternative", data={"email": "ROBIN@example.com"})

    assert answer.status_code == 400
    assert "Use another mailbox" in answer.text


def test_an_alternative_address_is_proven_first(app: Flask, robin: Owner) -> None:
    """Row D7: by the code that is mailed there."""
    robin.browser.post("/account/alternative", data={"email": SPARE})

    wrong = robin.browser.post("/account/alternative/code", data={"code": "000000"})

    assert wrong.status_code == 400
    assert "You have none. A second mailbox" in robin.browser.get("/account").text


def test_adding_one_is_told_and_ends_the_other_sessions(app: Flask, robin: Owner) -> None:
    """Row D7: a notice to all addresses."""
    other = robin.enter()

    add_spare(app, robin, counts=False)

    assert not is_in(other)
    assert "recovery_email_set" in events(app)
    for address in (ROBIN, SPARE):
        assert "An alternative email address was added" in mailbox.newest(app, address)


def test_it_counts_three_days_later(app: Flask, robin: Owner) -> None:
    """Row D7: not before seventy-two hours."""
    add_spare(app, robin, counts=False)
    browser = robin.another_browser()

    browser.post("/password/forgotten", data={"email": SPARE})

    assert "Set a new password" not in mailbox.newest(app, SPARE)
    with app.app_context():
        counts_from = db.session.scalars(select(AlternativeAddress.counts_from)).one()
    assert timedelta(hours=71) < counts_from - now() <= timedelta(hours=72)


def test_a_code_mailed_there_is_a_second_step(app: Flask, robin: Owner) -> None:
    robin.set_up_app()
    add_spare(app, robin)
    half = robin.enter()

    half.post("/sign-in/mailed-code/ask")
    answer = half.post("/sign-in/mailed-code", data={"code": mailbox.code(app, SPARE)})

    assert answer.status_code == 303
    assert is_in(half)
    # Whoever reads that mailbox and has the password does not come in unseen.
    assert "A code mailed to your alternative address was used" in mailbox.newest(app, robin.login)


def test_it_is_never_both_proofs(app: Flask, robin: Owner) -> None:
    """Row D7: after a password set through it, no second step through it."""
    robin.set_up_app()
    add_spare(app, robin)
    thief = robin.another_browser()
    thief.post("/password/forgotten", data={"email": SPARE})
    thief.post(mailbox.link(app, SPARE, "/password/reset/"), data={"password": NEW_PASSWORD})
    robin.password = NEW_PASSWORD
    robin.enter(thief)
    letters = len(mailbox.letters(app, SPARE))

    page = thief.get("/sign-in/second-step").text
    thief.post("/sign-in/mailed-code/ask")

    assert "alternative email address" not in page
    assert len(mailbox.letters(app, SPARE)) == letters
    assert not is_in(thief)


def test_it_is_no_second_step_for_staff(app: Flask, robin: Owner) -> None:
    """Row D7: another administrator lets staff back in, and no mailbox."""
    robin.set_up_app()
    add_spare(app, robin)
    give_role(app, ROBIN, "editor")

    page = robin.enter().get("/sign-in/second-step").text

    assert "Use your alternative email address" not in page


def test_a_removed_one_is_told_too(app: Flask, robin: Owner) -> None:
    """Row D7: the mailbox that was given up hears of it."""
    add_spare(app, robin)

    robin.browser.post("/account/alternative/remove")

    assert "was removed" in mailbox.newest(app, SPARE)
    assert "recovery_email_removed" in events(app)


@pytest.mark.parametrize("how", ["remove", "replace"])
def test_one_that_was_given_up_helps_for_three_days_more(
    app: Flask, robin: Owner, how: str
) -> None:
    """Row D7: whoever sits at an open session does not take the owner's way back."""
    add_spare(app, robin)
    give_up(app, robin, how)
    thrown_out = robin.another_browser()

    thrown_out.post("/password/forgotten", data={"email": SPARE})
    assert mailbox.newest(app, SPARE).startswith("Set a new password")

    with app.app_context():
        ends_at = db.session.scalars(
            select(AlternativeAddress.ends_at).where(AlternativeAddress.address == SPARE)
        ).one()
        assert ends_at is not None
        assert timedelta(hours=71) < ends_at - now() <= timedelta(hours=72)
        ending = AlternativeAddress.ends_at.is_not(None)
        db.session.execute(update(AlternativeAddress).where(ending).values(ends_at=now()))
        db.session.commit()
    letters = len(mailbox.letters(app, SPARE))
    thrown_out.post("/password/forgotten", data={"email": SPARE})
    assert len(mailbox.letters(app, SPARE)) == letters
    with app.app_context():
        left = db.session.scalars(select(AlternativeAddress.address)).all()
    assert SPARE not in left


def test_a_removal_can_be_taken_back(app: Flask, robin: Owner) -> None:
    """Row D7."""
    add_spare(app, robin)
    robin.browser.post("/account/alternative/remove")
    assert "Keep it after all" in robin.browser.get("/account/alternative").text

    robin.browser.post("/account/alternative/keep")

    with app.app_context():
        assert db.session.scalars(select(AlternativeAddress.ends_at)).one() is None
    assert SPARE in robin.browser.get("/account").text


def test_whoever_gets_back_in_by_mail_has_the_old_one_back(app: Flask, robin: Owner) -> None:
    """Row D7: the thief's own has not counted yet, and never will."""
    add_spare(app, robin)
    give_up(app, robin, "replace")
    owner = robin.another_browser()
    owner.post("/password/forgotten", data={"email": robin.login})
    link = mailbox.link(app, robin.login, "/password/reset/")

    owner.post(link, data={"password": NEW_PASSWORD})

    with app.app_context():
        rows = db.session.execute(select(AlternativeAddress.address, AlternativeAddress.ends_at))
        assert [tuple(row) for row in rows] == [(SPARE, None)]
    # Row L2; and the mailbox that was named meanwhile hears that it is not.
    assert events(app)[-3:] == ["password_reset", "recovery_email_removed", "recovery_email_set"]
    assert "had not come into force were stopped" in mailbox.newest(app, OTHER_SPARE)


def test_an_administrators_password_is_not_set_through_it(app: Flask, robin: Owner) -> None:
    """Row D7: another administrator lets staff back in, and no second mailbox."""
    add_spare(app, robin)
    give_role(app, robin.login, "admin")
    letters = len(mailbox.letters(app, SPARE))

    robin.another_browser().post("/password/forgotten", data={"email": SPARE})

    assert len(mailbox.letters(app, SPARE)) == letters


def test_the_next_person_at_a_browser_sees_nothing_of_the_one_before(app: Flask) -> None:
    """An address that somebody typed and did not prove is theirs alone."""
    robin = Owner(app).sign_up()
    pages = ("/account/alternative", "/account/address")
    for path in pages:
        robin.browser.post(path, data={"email": SPARE})
    code = mailbox.code(app, SPARE)
    robin.browser.post("/sign-out")
    kim = Owner(app, "kim@example.com", "Kim Lee").sign_up()

    kim.enter(robin.browser)

    for path in pages:
        page = robin.browser.get(path)
        assert page.status_code == 200
        assert SPARE not in page.text
        assert robin.browser.post(f"{path}/code", data={"code": code}).status_code == 400


def test_a_code_of_another_account_adds_nothing(app: Flask, robin: Owner) -> None:
    """Row D7: a code is for the person who asked."""
    robin.browser.post("/account/alternative", data={"email": SPARE})
    code = {"code": mailbox.code(app, SPARE)}
    dana = Owner(app, "dana@example.com", "Dana Whitfield").sign_up()

    assert dana.browser.post("/account/alternative/code", data=code).status_code == 400
