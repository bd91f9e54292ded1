"""The people's page: roles, closing accounts, and a second step that was lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from tests import mailbox
from tests.accounts.company import COLLEAGUES, customer_of, join, right_of, user_of
from tests.accounts.device import Device
from tests.accounts.owner import options_from
from tests.cast import CASEY, DANA
from tests.client import Client, sign_in
from tests.employees import EDDIE, RILEY, Account, make, run
from tests.house.test_bad_input import HOSTILE
from xero_onboard.accounts.models import Passkey, StoredSession, User, UserIdentity
from xero_onboard.lib import audit
from xero_onboard.lib.db import db
from xero_onboard.lib.web.access import FRESH

VERBS = ("role", "disable", "enable", "second-step")


def test_everybody_is_listed_with_what_they_may_do(
    app: Flask, administrator: Client, eddie: Account
) -> None:
    make(app, RILEY)
    run(app, "disable", RILEY)

    page = administrator.get("/staff/people").get_data(as_text=True)

    assert "3 with an account" in page
    for words in ("ada@example.com", EDDIE, RILEY, "Disabled", "Editor", "No second step"):
        assert words in page


def test_one_of_very_many_is_found_and_nobody_waits_for_them_all(
    app: Flask, administrator: Client
) -> None:
    riley = make(app, RILEY)
    with app.app_context():
        crowd = [User(name=f"Reader {n:03}", email=f"r{n}@example.org") for n in range(120)]
        db.session.add_all(crowd)
        db.session.commit()

    listed = [administrator.get(f"/staff/people?page={page}").text for page in (1, 2, 3)]
    assert [page.count('class="staff-person"') for page in listed] == [50, 50, 22]
    assert "ada@example.com" in listed[0]
    assert "122 with an account" in listed[0]
    for words in (RILEY, RILEY.upper(), "riley test", str(riley.id), "ile"):
        page = administrator.get("/staff/people", query_string={"query": words}).text
        assert RILEY in page
        assert "1 of this name" in page
    assert "0 of this name" in administrator.get("/staff/people?query=%25").text


@pytest.mark.parametrize("words", ["Élodie", "élodie côté", "CÔTÉ"])
def test_a_name_is_found_in_large_and_small_letters_of_any_language(
    app: Flask, administrator: Client, words: str
) -> None:
    with app.app_context():
        db.session.add(User(name="Élodie Côté", email="elodie@example.org"))
        db.session.commit()

    page = administrator.get("/staff/people", query_string={"query": words}).text

    assert "1 of this name" in page


def test_a_role_is_given_and_ends_the_persons_sessions(
    app: Flask, administrator: Client, ada: Account
) -> None:
    """Row C3, and row L2."""
    riley = make(app, RILEY)
    browser = riley.sign_in(app)

    answer = administrator.post(f"/staff/people/{riley.id}/role", data={"role": "editor"})

    assert answer.location == "/staff/people"
    assert browser.get("/account/privacy").status_code == 303
    assert role_of(app, RILEY) == "editor"
    assert "Your role was changed" in mailbox.newest(app, RILEY)
    assert newest_entry(app, "role_changed").actor_id == ada.id


def test_an_account_is_closed_and_opened_again(app: Flask, administrator: Client) -> None:
    """Row C3, and row L2."""
    riley = make(app, RILEY)
    browser = riley.sign_in(app)

    administrator.post(f"/staff/people/{riley.id}/disable")

    assert browser.get("/account/privacy").status_code == 303
    assert browser.post("/sign-in/password", data=riley.proof).status_code == 403
    administrator.post(f"/staff/people/{riley.id}/enable")
    assert riley.sign_in(app).get("/account/privacy").status_code == 200


def test_a_lost_second_step_is_taken_away_by_another_administrator(
    app: Flask, administrator: Client, ada: Account, eddie: Account
) -> None:
    """Row D7, and row L2: the password stays, and /staff stays closed."""
    before = eddie.sign_in(app)

    administrator.post(f"/staff/people/{eddie.id}/second-step")

    assert before.get("/account/privacy").status_code == 303
    browser = Account(EDDIE, eddie.password, eddie.id).sign_in(app)
    assert browser.get("/account/privacy").status_code == 200
    assert "two-step" in browser.get("/staff").location
    entry = newest_entry(app, "two_step_removed")
    assert (entry.actor_id, entry.subject) == (ada.id, f"user:{eddie.id}")
    assert "Two-step authentication was taken away" in mailbox.newest(app, EDDIE)


def test_passkeys_that_are_the_only_way_in_stay(app: Flask, administrator: Client) -> None:
    """Row D9: or the account would be closed for good."""
    casey = sign_in(app, CASEY)
    options = options_from(casey, "/account/passkeys/options")
    form = {"name": "Phone", "answer": Device().make(options)}
    assert casey.post("/account/passkeys", data=form).status_code == 200
    with app.app_context():
        user_id = db.session.scalars(select(UserIdentity.user_id)).one()
        db.session.execute(delete(UserIdentity))
        db.session.commit()

    answer = administrator.post(f"/staff/people/{user_id}/second-step")

    assert answer.status_code == 409
    assert "the only way into this account" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Passkey)) == 1


def test_nobody_takes_away_their_own_second_step_here(
    app: Flask, administrator: Client, ada: Account
) -> None:
    """Row D7."""
    assert administrator.post(f"/staff/people/{ada.id}/second-step").status_code == 409
    assert administrator.get("/staff").status_code == 200


@pytest.mark.parametrize(("verb", "values"), [("role", {"role": "reader"}), ("disable", {})])
def test_the_last_administrator_cannot_go(
    app: Flask, administrator: Client, ada: Account, verb: str, values: dict[str, str]
) -> None:
    """Row E1."""
    answer = administrator.post(f"/staff/people/{ada.id}/{verb}", data=values)

    assert answer.status_code == 409
    assert "last administrator" in answer.get_data(as_text=True)
    assert administrator.get("/staff/people").status_code == 200


def test_two_administrators_who_demote_each_other_at_once_leave_one(
    app: Flask, administrator: Client, ada: Account
) -> None:
    """Row E1."""
    eddie = make(app, EDDIE, "admin", has_second_step=True)
    both = Barrier(2)

    def demote(browser: Client, other: Account) -> int:
        both.wait()
        answer = browser.post(f"/staff/people/{other.id}/role", data={"role": "reader"})
        return answer.status_code

    with ThreadPoolExecutor(2) as pool:
        browsers = ((administrator, eddie), (eddie.sign_in(app), ada))
        tries = [pool.submit(demote, browser, other) for browser, other in browsers]
        assert 303 in [each.result() for each in tries]

    listed = run(app, "list").output.splitlines()
    assert [line.split()[0] for line in listed] == ["admin", "reader"]


def test_a_customer_that_nobody_administers_any_more_is_given_an_administrator(
    app: Flask, administrator: Client, editor: Client
) -> None:
    """Rows E1 and L2."""
    casey = sign_in(app, CASEY)
    dana = join(app, casey, DANA, "see")
    customer, (boss, colleague) = (
        customer_of(app, CASEY),
        (user_of(app, each) for each in (CASEY, DANA)),
    )
    page = f"/staff/connections/customers/{customer}"
    appoint = f"/staff/people/{colleague}/administer/{customer}"
    assert administrator.post(appoint).status_code == 409

    administrator.post(f"/staff/people/{boss}/disable")

    assert page in administrator.get("/staff/people").text
    assert appoint in administrator.get(page).text
    assert appoint not in editor.get(page).text
    assert administrator.post(f"/staff/people/{boss}/administer/{customer}").status_code == 404
    assert administrator.post(f"/staff/people/{uuid4()}/administer/{customer}").status_code == 404
    assert administrator.post(f"/staff/people/{colleague}/administer/{uuid4()}").status_code == 404
    assert editor.post(appoint).status_code == 403
    assert right_of(app, DANA, customer) == "see"

    assert administrator.post(appoint).location == page
    assert right_of(app, DANA, customer) == "administer"
    assert newest_entry(app, "colleague_role_changed").subject == f"user:{colleague}"
    assert "You administer a company now" in mailbox.newest(app, DANA.email)
    assert "Invite" in dana.get(COLLEAGUES).text
    assert page not in administrator.get("/staff/people").text


@pytest.mark.parametrize("verb", VERBS)
def test_changes_ask_who_it_is_when_the_proof_is_old(
    app: Flask, administrator: Client, verb: str
) -> None:
    """Row E1: and after that the way leads back to the people."""
    riley = make(app, RILEY)
    age_proofs(app)

    answer = administrator.post(f"/staff/people/{riley.id}/{verb}", data={"role": "admin"})

    assert answer.status_code == 303
    assert answer.location.endswith("/prove?next=/staff/people")
    assert role_of(app, RILEY) == "reader"


@pytest.mark.parametrize("verb", VERBS)
def test_only_administrators_change_people(
    app: Flask, client: Client, editor: Client, verb: str
) -> None:
    """Row E1."""
    riley = make(app, RILEY)
    path = f"/staff/people/{riley.id}/{verb}"

    assert riley.sign_in(app).post(path, data={"role": "admin"}).status_code == 403
    assert editor.post(path, data={"role": "admin"}).status_code == 403
    assert client.post(path, data={"role": "admin"}).location.startswith("/sign-in")
    assert role_of(app, RILEY) == "reader"


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_is_not_found(administrator: Client, verb: str) -> None:
    answer = administrator.post(f"/staff/people/{uuid4()}/{verb}", data={"role": "editor"})

    assert answer.status_code == 404


@pytest.mark.parametrize("given", ["root", "", *HOSTILE.values()])
def test_a_role_that_does_not_exist_is_refused(
    app: Flask, administrator: Client, given: str | list[str]
) -> None:
    riley = make(app, RILEY)

    answer = administrator.post(f"/staff/people/{riley.id}/role", data={"role": given})

    assert answer.status_code == 400
    assert role_of(app, RILEY) == "reader"


def age_proofs(app: Flask) -> None:
    """Let as much time pass as makes a proof old."""
    with app.app_context():
        for row in db.session.scalars(select(StoredSession)):
            old = int(
                row.content.get("proved_at", 0) - (FRESH + timedelta(minutes=1)).total_seconds()
            )
            row.content = {**row.content, "proved_at": old}
        db.session.commit()


def role_of(app: Flask, email: str) -> str:
    return next(line for line in run(app, "list").output.splitlines() if email in line).split()[0]


def newest_entry(app: Flask, event: str) -> audit.Found:
    with app.app_context():
        return audit.search(event=event, size=1).entries[0]


def test_a_short_password_does_not_stand_alone_afterwards(
    app: Flask, administrator: Client
) -> None:
    """Row D1: eight characters are enough beside a second step, and no longer without it."""
    riley = make(app, RILEY, has_second_step=True)
    browser = riley.sign_in(app)
    assert browser.post("/account/password", data={"password": "Vq7-lamp-ok"}).status_code == 303

    administrator.post(f"/staff/people/{riley.id}/second-step")

    form = {"email": RILEY, "password": "Vq7-lamp-ok"}
    refused = app.test_client().post(
        "/sign-in/password", data=form, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert refused.status_code == 400
