"""Row D8: whatever changes an account, or what somebody may do, is told at every address of theirs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from tests import mailbox
from tests.accounts.belongings import fill
from tests.accounts.company import COLLEAGUES, accept, invite, join, letters, user_of
from tests.accounts.device import Device
from tests.accounts.owner import NEW_PASSWORD, Owner
from tests.cast import CASEY, DANA
from tests.client import Client, sign_in
from tests.employees import ADA, Account, make, run
from tests.post_office import PostOffice
from xero_onboard.accounts.models import AlternativeAddress, Customer, Membership, NewLogin, User
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.models import Mail

SOON, SPARE, WRITTEN = "robin.soon@example.net", "robin.spare@example.org", "robin@work.example"
EVERYWHERE = {"robin@example.com", SOON, SPARE, WRITTEN}
MARK = "quaggazeb"


@pytest.fixture
def robin(app: Flask) -> Owner:
    """Somebody with four addresses, each known for another reason."""
    robin = Owner(app).sign_up()
    moment = now() + timedelta(hours=1)
    with app.app_context():
        user_id = db.session.scalars(select(User.id)).one()
        db.session.execute(update(User).values(email=WRITTEN))
        db.session.add_all(
            [
                NewLogin(user_id=user_id, address=SOON, counts_from=moment),
                AlternativeAddress(user_id=user_id, address=SPARE, counts_from=moment),
            ]
        )
        db.session.commit()
    return robin


def change_password(robin: Owner) -> None:
    robin.browser.post("/account/password", data={"password": NEW_PASSWORD})


def use_an_app(robin: Owner) -> None:
    robin.set_up_app()


def use_no_app(robin: Owner) -> None:
    robin.set_up_app()
    robin.browser.post("/account/two-step/remove")


def make_codes(robin: Owner) -> None:
    robin.set_up_app()
    robin.browser.post("/account/recovery-codes")


def add_passkey(robin: Owner) -> None:
    robin.add_passkey(Device())


def give_up_the_spare(robin: Owner) -> None:
    robin.browser.post("/account/alternative/remove")


def stop_the_change(robin: Owner) -> None:
    robin.browser.post("/account/address/stop")


def take_data_away(robin: Owner) -> None:
    assert robin.browser.post("/account/privacy/export").status_code == 200


def hand_over(robin: Owner) -> None:
    join(robin.app, robin.browser, DANA, "see")
    robin.browser.post(f"{COLLEAGUES}/{user_of(robin.app, DANA)}/hand-over")


def get_a_role(robin: Owner) -> None:
    assert run(robin.app, "role", robin.login, "editor").exit_code == 0


def be_closed(robin: Owner) -> None:
    assert run(robin.app, "disable", robin.login).exit_code == 0


def get_a_link(robin: Owner) -> None:
    assert run(robin.app, "recovery-link", robin.login).exit_code == 0


def lose_the_second_step(robin: Owner) -> None:
    robin.set_up_app()
    with robin.app.app_context():
        user_id = db.session.scalars(select(User.id)).one()
    ada = make(robin.app, ADA, "admin", has_second_step=True).sign_in(robin.app)
    assert ada.post(f"/staff/people/{user_id}/second-step").status_code == 303


CHANGES: dict[str, Callable[[Owner], None]] = {
    "Your password was changed": change_password,
    "Two-step authentication was set up": use_an_app,
    "Your authenticator app was removed": use_no_app,
    "You have new recovery codes": make_codes,
    "A passkey was added to your account": add_passkey,
    "The alternative email address of your account was removed": give_up_the_spare,
    "The address you sign in with stays as it is": stop_the_change,
    "A copy of your data was made": take_data_away,
    "You have handed over to a colleague": hand_over,
    "Your role was changed": get_a_role,
    "Your account was closed": be_closed,
    "A link to get back into your account was made": get_a_link,
    "Two-step authentication was taken away from your account": lose_the_second_step,
}


@pytest.mark.parametrize("title", CHANGES)
def test_it_is_told_at_every_address(app: Flask, robin: Owner, title: str) -> None:
    CHANGES[title](robin)

    assert jobs.run_due(app)
    with app.app_context():
        told = db.session.scalars(select(Mail.recipient).where(Mail.subject == title)).all()
    assert sorted(told) == sorted(EVERYWHERE)


def test_no_noise_hides_that_the_account_is_taken_over(app: Flask, robin: Owner) -> None:
    """Row D8: whoever has a session of theirs makes codes until they think that nothing more is told."""
    robin.set_up_app()
    for _ in range(40):
        assert robin.browser.post("/account/recovery-codes").status_code == 200

    robin.browser.post("/account/two-step/remove")
    robin.browser.post("/account/password", data={"password": NEW_PASSWORD})

    assert letters_about(app, "You have new recovery codes") < 30 * len(EVERYWHERE)
    assert letters_about(app, "Your authenticator app was removed") == len(EVERYWHERE)
    assert letters_about(app, "Your password was changed") == len(EVERYWHERE)


def test_no_noise_hides_what_was_added(app: Flask, robin: Owner) -> None:
    """Row D8: the same as told three times before, among more letters than are written in an hour."""
    robin.add_passkey(Device())
    for _ in range(3):
        robin.add_passkey(Device())
    for _ in range(30):
        robin.browser.post("/account/recovery-codes")
    told = letters_about(app, "A passkey was added to your account")

    robin.add_passkey(Device())

    assert letters_about(app, "A passkey was added to your account") == told + len(EVERYWHERE)
    assert "/not-me/" in mailbox.newest(app, robin.login)


def test_what_can_be_added_in_an_hour_is_limited(robin: Owner) -> None:
    """Of each all addresses are told, so that there must not be a thousand."""
    answers = [robin.add_passkey(Device()).status_code for _ in range(12)]

    assert [each == 429 for each in answers] == [False] * 10 + [True] * 2


def test_what_is_disconnected_is_told_to_all_who_may_connect(app: Flask) -> None:
    """Row D8: by whom, and not to those who may only see."""
    casey = make(app, "casey@example.com", has_second_step=True)
    dana = make(app, "dana@example.com")
    fill(app, casey, MARK)
    forget_mail(app)
    browser = casey.sign_in(app)
    join_by_mail(app, browser, dana, "connect")
    kim = make(app, "kim@example.com")
    join_by_mail(app, browser, kim, "see")
    page = browser.get("/connect").text
    action = page.partition('action="/connect/connections/')[2].partition("/disconnect")[0]

    browser.post(f"/connect/connections/{action[:36]}/disconnect")

    with app.app_context():
        told = db.session.scalars(
            select(Mail.recipient).where(Mail.subject == "An organisation was disconnected")
        ).all()
    # The alternative address and the one they will sign in with are theirs as well.
    assert {each for each in told if not each.startswith(MARK)} == {
        "casey@example.com",
        "dana@example.com",
    }
    letter = mailbox.newest(app, "dana@example.com")
    assert f"{MARK}'s Bakery was disconnected" in letter
    assert "by Casey Testperson" in letter
    # Dana acts for a company of her own as well, and her list may show that one.
    assert f"This is about {company_of(app, casey)}." in letter
    assert "This is about" not in mailbox.newest(app, "casey@example.com")


def test_no_name_is_a_link_in_mail_to_a_stranger(app: Flask) -> None:
    """Whoever invites chooses their own name, and must not advertise by it under ours."""
    casey = sign_in(app, CASEY)
    form = {"name": "Win at https://evil.example/prize or www.evil.example"}
    assert casey.post("/account/customers/rename", data=form).status_code == 303
    with app.app_context():
        db.session.execute(update(User).values(name="evil.example/free" + "x" * 180))
        db.session.commit()

    invite(app, casey, "stranger@example.net")

    text = letters(app)[-1].text
    assert "evil.example" not in text
    assert "https://" not in text.replace("http://localhost:8000", "")
    assert "Win at https evil example prize or www evil example" in text
    assert "x" * 80 not in text


class TestTheFarewell:
    """Row M2: told at all addresses, and nothing of it is kept."""

    @pytest.fixture
    def environ(self, environ: dict[str, str], office: PostOffice) -> dict[str, str]:
        return {**environ, "MAIL_URL": office.url}

    def test_it_goes_out_and_is_forgotten(self, app: Flask, office: PostOffice) -> None:
        casey = make(app, f"{MARK}@example.com", has_second_step=True)
        fill(app, casey, MARK)
        browser = casey.sign_in(app)

        form = {"confirmation": "delete my account"}
        assert browser.post("/account/privacy/delete", data=form).status_code == 303
        assert jobs.run_due(app)

        farewells = [each["To"] for each in office.arrived if "was deleted" in each["Subject"]]
        assert sorted(farewells) == [
            f"{MARK}-other@example.com",
            f"{MARK}-soon@example.org",
            f"{MARK}@example.com",
        ]
        assert jobs.run_due(app)
        with app.app_context():
            assert db.session.scalars(select(Mail.recipient)).all() == []


def company_of(app: Flask, account: Account) -> str:
    with app.app_context():
        query = select(Customer.name).join(Membership)
        return db.session.scalars(query.where(Membership.user_id == account.id)).one()


def letters_about(app: Flask, subject: str) -> int:
    """How many letters say this."""
    with app.app_context():
        query = select(func.count(Mail.id)).where(Mail.subject == subject)
        return db.session.scalar(query) or 0


def forget_mail(app: Flask) -> None:
    """What fills the table cannot be read as letters."""
    with app.app_context():
        db.session.execute(delete(Mail))
        db.session.commit()


def join_by_mail(app: Flask, by: Client, account: Account, right: str) -> None:
    """Have this account join by an invitation to its own address."""
    link = invite(app, by, account.email, right)
    assert accept(account.sign_in(app), link) == 303
