"""Signing in with another address: proven by its mailbox, told to the old one, and taken from nobody.

And not before three days have passed, in which the old mailbox stops it.
"""

import re
from datetime import timedelta

import pytest
from babel.dates import format_date
from flask import Flask
from sqlalchemy import select, update

from tests import mailbox
from tests.accounts.device import Device
from tests.accounts.owner import (
    NEW_PASSWORD,
    Owner,
    choose_a_password,
    events,
    grow_stale,
    is_in,
    let_password_settle,
    options_from,
)
from tests.cast import CASEY, DANA
from tests.client import sign_in
from xero_onboard.accounts.models import (
    AlternativeAddress,
    NewLogin,
    Password,
    User,
    UserIdentity,
)
from xero_onboard.lib import jobs
from xero_onboard.lib.audit.models import Entry
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Identity

NEW = "robin.hale@example.net"
PATH = "/account/address"


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


def move(owner: Owner, address: str = NEW) -> int:
    """Ask for the code, and type it; how that was answered."""
    assert owner.browser.post(PATH, data={"email": address}).location == PATH
    code = mailbox.code(owner.app, address)
    return owner.browser.post(f"{PATH}/code", data={"code": code}).status_code


def three_days_later(app: Flask) -> None:
    """Time passes for what waits, and the worker comes by."""
    with app.app_context():
        db.session.execute(update(NewLogin).values(counts_from=now()))
        db.session.commit()
    assert jobs.run_due(app)


def login_of(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(select(Password.login)))


def test_the_new_address_opens_the_account_and_the_old_one_does_not(
    app: Flask, robin: Owner
) -> None:
    assert move(robin) == 303

    three_days_later(app)

    assert login_of(app) == [NEW]
    before = {"email": robin.login, "password": robin.password}
    assert robin.another_browser().post("/sign-in/password", data=before).status_code == 400
    robin.login = NEW
    assert is_in(robin.enter())
    assert NEW in robin.browser.get("/account").text


def test_until_then_the_old_address_opens_it_and_the_new_one_does_not(
    app: Flask, robin: Owner
) -> None:
    """Row D7: whoever sits at an open session for a moment has not taken the account with it."""
    move(robin)

    assert jobs.run_due(app)

    assert is_in(robin.enter())
    new = {"email": NEW, "password": robin.password}
    assert robin.another_browser().post("/sign-in/password", data=new).status_code == 400
    with app.app_context():
        counts_from = db.session.scalars(select(NewLogin.counts_from)).one()
    assert timedelta(hours=71) < counts_from - now() <= timedelta(hours=72)
    for path in (PATH, "/account"):
        assert NEW in robin.browser.get(path).text


def test_the_day_of_the_change_is_written_as_its_reader_writes_days(
    app: Flask, robin: Owner
) -> None:
    robin.browser.get("/hc/fr-ca")

    move(robin)

    day = format_date(now() + timedelta(hours=72), "long", "fr_CA")
    assert f"À partir du {day}, " in mailbox.newest(app, robin.login)


def test_the_old_mailbox_stops_it(app: Flask, robin: Owner) -> None:
    """Row D7: by a new password, from a browser that knows nothing."""
    move(robin)
    owner = robin.another_browser()
    owner.post("/password/forgotten", data={"email": robin.login})
    link = mailbox.link(app, robin.login, "/password/reset/")

    assert owner.post(link, data={"password": NEW_PASSWORD}).status_code == 303

    three_days_later(app)
    assert login_of(app) == [robin.login]
    assert not is_in(robin.browser)
    assert "had not come into force were stopped" in mailbox.letters(app, robin.login)[0]
    assert {"email_change_begun", "email_change_stopped"} <= set(events(app))


def test_the_new_mailbox_resets_nothing_before_its_time(app: Flask, robin: Owner) -> None:
    """Row D7."""
    move(robin)
    thief = robin.another_browser()

    thief.post("/password/forgotten", data={"email": NEW})

    assert not mailbox.newest(app, NEW).startswith("Set a new password")


def test_its_owner_stops_it_in_the_account(app: Flask, robin: Owner) -> None:
    move(robin)

    assert "Stop the change" in robin.browser.get(PATH).text
    assert robin.browser.post(f"{PATH}/stop").location == PATH

    three_days_later(app)
    assert login_of(app) == [robin.login]
    for address in (robin.login, NEW):
        assert mailbox.newest(app, address).startswith("The address you sign in with stays")


def test_of_two_who_prove_one_address_the_first_gets_it(app: Flask, robin: Owner) -> None:
    """Both read the mailbox, with codes of their own."""
    kim = Owner(app, "kim@example.com", "Kim Lee").sign_up()
    assert [move(robin), move(kim)] == [303, 303]

    three_days_later(app)

    assert len(login_of(app)) == 2
    assert login_of(app).count(NEW) == 1
    told = [mailbox.newest(app, each) for each in ("kim@example.com", robin.login)]
    titles = sorted(letter.partition("\n")[0] for letter in told)
    assert titles == [
        "The address you sign in with stays as it is",
        "The address you sign in with was changed",
    ]


def test_mail_goes_to_the_new_address_from_then_on(app: Flask, robin: Owner) -> None:
    move(robin)

    three_days_later(app)

    with app.app_context():
        assert db.session.scalars(select(User.email)).one() == NEW


def test_an_address_that_is_not_proven_opens_nothing(app: Flask, robin: Owner) -> None:
    robin.browser.post(PATH, data={"email": NEW})
    mailbox.code(app, NEW)

    answer = robin.browser.post(f"{PATH}/code", data={"code": "000000"})

    assert answer.status_code == 400
    assert "This code is not right" in answer.text
    assert login_of(app) == [robin.login]


def test_a_code_is_for_the_browser_that_asked(app: Flask, robin: Owner) -> None:
    """Row D7."""
    robin.browser.post(PATH, data={"email": NEW})
    code = mailbox.code(app, NEW)

    assert robin.enter().post(f"{PATH}/code", data={"code": code}).status_code == 400
    assert login_of(app) == [robin.login]


def test_the_change_asks_for_a_fresh_proof(app: Flask, robin: Owner) -> None:
    """Row D8."""
    robin.browser.post(PATH, data={"email": NEW})
    code = mailbox.code(app, NEW)
    grow_stale(app)

    for path, form in ((PATH, {"email": NEW}), (f"{PATH}/code", {"code": code})):
        assert robin.browser.post(path, data=form).location.startswith("/account/prove")
    assert login_of(app) == [robin.login]


def test_both_mailboxes_and_the_alternative_one_are_told(app: Flask, robin: Owner) -> None:
    """Row D8."""
    spare = "spare@example.org"
    robin.browser.post("/account/alternative", data={"email": spare})
    code = mailbox.code(app, spare)
    robin.browser.post("/account/alternative/code", data={"code": code})

    move(robin)
    coming = "The address you sign in with is going to change"
    for address in (robin.login, NEW, spare):
        assert mailbox.newest(app, address).startswith(coming)

    three_days_later(app)

    title = "The address you sign in with was changed"
    for address in (robin.login, NEW, spare):
        assert mailbox.newest(app, address).startswith(title)
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.event == "email_changed")).one()
        assert NEW not in str(entry.details)


def test_other_sessions_end_and_links_to_the_old_mailbox_too(app: Flask, robin: Owner) -> None:
    """Row C2."""
    elsewhere = robin.enter()
    robin.browser.post("/password/forgotten", data={"email": robin.login})
    link = mailbox.link(app, robin.login, "/password/reset/")

    move(robin)
    assert not is_in(elsewhere)
    assert is_in(robin.browser)

    three_days_later(app)

    assert robin.browser.get(link).status_code == 410


def test_somebody_elses_address_is_neither_taken_nor_betrayed(app: Flask, robin: Owner) -> None:
    """Row D3."""
    other = Owner(app, "kim@example.com", "Kim Lee").sign_up()

    asked = robin.browser.post(PATH, data={"email": other.login})
    free = robin.browser.post(PATH, data={"email": NEW})

    assert (asked.status_code, asked.location) == (free.status_code, free.location)
    assert login_of(app) == sorted([robin.login, other.login])


def test_the_owner_of_the_address_is_told_and_gets_no_code(app: Flask, robin: Owner) -> None:
    """Row D3."""
    other = Owner(app, "kim@example.com", "Kim Lee").sign_up()

    robin.browser.post(PATH, data={"email": other.login})

    letter = mailbox.newest(app, other.login)
    assert letter.startswith("You already sign in with this address")
    assert not re.search(r"[0-9]{3} ?[0-9]{3}", letter)


def test_an_address_that_was_taken_meanwhile_stays_with_its_owner(app: Flask, robin: Owner) -> None:
    robin.browser.post(PATH, data={"email": NEW})
    code = mailbox.code(app, NEW)
    newcomer = Owner(app, "kim@example.com", "Kim Lee").sign_up()
    with app.app_context():
        kims = update(Password).where(Password.login == newcomer.login)
        db.session.execute(kims.values(login=NEW))
        db.session.commit()

    assert robin.browser.post(f"{PATH}/code", data={"code": code}).status_code == 400
    assert login_of(app) == sorted([robin.login, NEW])


@pytest.mark.parametrize("spelling", ["robin@example.com", " ROBIN@example.com "])
def test_the_present_address_is_not_another(robin: Owner, spelling: str) -> None:
    answer = robin.browser.post(PATH, data={"email": spelling})

    assert answer.status_code == 400
    assert "You sign in with this address already" in answer.text


def test_one_mailbox_never_stands_for_both_proofs(app: Flask, robin: Owner) -> None:
    """Row D7: neither before the code is mailed nor when it is typed."""
    robin.browser.post(PATH, data={"email": NEW})
    code = mailbox.code(app, NEW)
    with app.app_context():
        user_id = db.session.scalars(select(User.id)).one()
        moment = now() - timedelta(days=9)
        row = AlternativeAddress(
            user_id=user_id, address=NEW, verified_at=moment, counts_from=moment
        )
        db.session.add(row)
        db.session.commit()

    typed = robin.browser.post(f"{PATH}/code", data={"code": code})
    asked = robin.browser.post(PATH, data={"email": NEW})

    for answer in (typed, asked):
        assert answer.status_code == 400
        assert "This is your alternative address" in answer.text
    assert login_of(app) == [robin.login]


def test_who_has_no_password_chooses_both_together(app: Flask) -> None:
    browser = sign_in(app, CASEY)

    assert browser.get(PATH).location == "/account/password"
    assert browser.post(PATH, data={"email": NEW}).location == "/account/password"


def test_the_address_at_xero_is_learned_with_the_next_sign_in(app: Flask) -> None:
    """Row D8: told at both, and noted."""
    sign_in(app, CASEY)

    sign_in(app, casey_at(NEW))

    assert written_to(app) == [NEW]
    for address in (CASEY.email, NEW):
        assert mailbox.newest(app, address).startswith("Our mail to you goes to another address")
    assert events(app)[-2:] == ["signed_in", "contact_address_changed"]


def test_a_login_that_was_linked_later_does_not_say_where_mail_goes(app: Flask) -> None:
    """Row D8: or whoever links their own gets the letters that tell of it, and its owner none."""
    sign_in(app, CASEY)
    with app.app_context():
        user_id = db.session.scalars(select(User.id)).one()
        db.session.add(UserIdentity(user_id=user_id, issuer=DANA.issuer, subject=DANA.subject))
        db.session.commit()

    assert is_in(sign_in(app, DANA))

    assert written_to(app) == [CASEY.email]


def test_the_address_at_xero_counts_once_the_second_step_is_taken(app: Flask) -> None:
    """Row D9: Xero is one proof of two."""
    casey, phone = sign_in(app, CASEY), Device()
    options = options_from(casey, "/account/passkeys/options")
    casey.post("/account/passkeys", data={"name": "Phone", "answer": phone.make(options)})

    half = sign_in(app, casey_at(NEW))
    assert written_to(app) == [CASEY.email]
    options = options_from(half, "/sign-in/passkey/options")
    half.post("/sign-in/passkey", data={"answer": phone.sign(options)})

    assert is_in(half)
    assert written_to(app) == [NEW]


def test_what_xero_says_does_not_replace_a_proven_address(app: Flask) -> None:
    """Row A9: its word proves nothing."""
    choose_a_password(app, sign_in(app, CASEY), CASEY.email)

    sign_in(app, casey_at(DANA.email))

    assert written_to(app) == [CASEY.email]


@pytest.mark.parametrize("given", ["", "nonsense", "casey@", CASEY.email.upper()])
def test_what_is_no_other_address_is_not_written_to(app: Flask, given: str) -> None:
    sign_in(app, CASEY)

    sign_in(app, casey_at(given))

    assert written_to(app) == [CASEY.email]
    assert "contact_address_changed" not in events(app)


def test_an_address_that_only_xero_gives_is_shown_and_given_up(app: Flask) -> None:
    """Row D8: its mailbox is told, too."""
    casey = sign_in(app, CASEY)
    choose_a_password(app, casey, NEW)
    assert f"We write to <strong>{CASEY.email}</strong> as well" in casey.get(PATH).text
    casey.post(f"{PATH}/give-up")
    assert written_to(app) == [CASEY.email]
    let_password_settle(app)

    assert casey.post(f"{PATH}/give-up").location == PATH

    assert CASEY.email not in casey.get(PATH).text
    assert written_to(app) == [NEW]
    letter = mailbox.newest(app, CASEY.email)
    assert letter.startswith("Our mail to you goes to another address")
    sign_in(app, CASEY)
    assert written_to(app) == [NEW]


def casey_at(address: str) -> Identity:
    """Casey, whose address at Xero is another by now."""
    return Identity(CASEY.issuer, CASEY.subject, address, CASEY.name)


def written_to(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(User.email)))
