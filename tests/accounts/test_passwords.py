"""Signing up, signing in and getting back in with a password."""

import statistics
import time
import unicodedata

import pytest
from flask import Flask
from sqlalchemy import select

from tests import mailbox
from tests.accounts.owner import events
from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.accounts.models import Customer, MailedProof, Password, User
from xero_onboard.lib.db import db

ROBIN = "robin@example.com"
GOOD = "velvet-harbour-quill-91"
FORM = {"name": "Robin Hale", "email": ROBIN, "password": GOOD, "next": "/connect"}


def sign_up(app: Flask, client: Client, address: str = ROBIN, password: str = GOOD) -> None:
    """Register and type the code that comes."""
    form = {**FORM, "email": address, "password": password}
    assert client.post("/register", data=form).location == "/register/code"
    opened = client.post("/register/code", data={"code": mailbox.code(app, address)})
    assert opened.status_code == 303, opened.text


def enter(client: Client, password: str = GOOD, address: str = ROBIN) -> str:
    """Sign in; where that leads, or the page that refuses."""
    form = {"email": address, "password": password}
    answer = client.post("/sign-in/password", data=form)
    return answer.location or answer.text


def another(app: Flask) -> Client:
    browser = app.test_client()
    assert isinstance(browser, Client)
    return browser


def count(app: Flask, *tables: type[User | Password | Customer | MailedProof]) -> list[int]:
    with app.app_context():
        return [len(db.session.scalars(select(table)).all()) for table in tables]


# Signing up


def test_the_code_in_the_mail_opens_the_account(app: Flask, client: Client) -> None:
    sign_up(app, client)

    assert "Sign out" in client.get("/hc/en-gb").text
    assert count(app, User, Password, Customer) == [1, 1, 1]


def test_nothing_is_opened_before_the_code(app: Flask, client: Client) -> None:
    client.post("/register", data=FORM)
    wrong = client.post("/register/code", data={"code": "000000"})

    assert wrong.status_code == 400
    assert "This code is not right" in wrong.text
    assert count(app, User, Password) == [0, 0]


def test_whoever_finishes_twice_is_sent_on(app: Flask, client: Client) -> None:
    """By a second click, the back button or an old tab."""
    client.post("/register", data=FORM)
    code = {"code": mailbox.code(app, ROBIN)}

    first, second = (client.post("/register/code", data=code) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert client.get("/register/code").location == "/connect"


def test_a_code_is_tried_five_times_and_no_more(app: Flask, client: Client) -> None:
    client.post("/register", data=FORM)
    right = mailbox.code(app, ROBIN)
    wrong = "111111" if right != "111111" else "222222"
    answers = [client.post("/register/code", data={"code": wrong}) for _ in range(5)]
    too_late = client.post("/register/code", data={"code": right})

    assert [answer.status_code for answer in answers] == [400] * 5
    assert "six digits" in answers[3].text
    for answer in (answers[4], too_late):
        assert "That was the fifth wrong code" in answer.text
        assert "six digits" not in answer.text
    assert too_late.status_code == 400
    assert count(app, User) == [0]


def test_a_code_works_in_the_browser_that_asked(app: Flask, client: Client) -> None:
    client.post("/register", data=FORM)

    answer = another(app).post("/register/code", data={"code": mailbox.code(app, ROBIN)})

    assert answer.status_code == 400
    assert count(app, User) == [0]


def test_a_code_works_once(app: Flask, client: Client) -> None:
    sign_up(app, client)
    used = mailbox.code(app, ROBIN)
    client.post("/sign-out")

    assert client.post("/register/code", data={"code": used}).status_code == 400


def test_a_name_and_an_address_are_asked_for_in_words(client: Client) -> None:
    answer = client.post("/register", data={"name": "", "email": "robin@", "password": GOOD})

    assert answer.status_code == 400
    assert "Write the name" in answer.text
    assert "Write an email address like" in answer.text
    assert 'value="robin@"' in answer.text
    assert GOOD not in answer.text


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short-and-odd-7", None),
        ("fourteen-chars", "Use at least 15 characters"),
        ("passwordpassword", "too easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaa", "too easy to guess"),
        ("acmebillingacmebilling", "too easy to guess"),
        ("xeroonboard2026!", "too easy to guess"),
        ("Connect-2-Xero-2026", "too easy to guess"),
        ("HelpCentre@localhost:1", "too easy to guess"),
        ("connect velvet quills 9", None),
        ("робин" * 4, "too easy to guess"),
        ("robinhale robinhale", "too easy to guess"),
        ("Robin.Hale.Acme.Billing", "too easy to guess"),
        ("x" * 1025, "too long"),
    ],
)
def test_a_weak_password_is_refused_in_words(
    client: Client, password: str, words: str | None
) -> None:
    """Row D1: length, and what attackers try first; no rule about kinds of characters."""
    answer = client.post("/register", data={**FORM, "password": password})

    if words is None:
        assert answer.status_code == 303
    else:
        assert answer.status_code == 400
        assert words in answer.text


def test_a_megabyte_of_password_is_refused_at_once(client: Client) -> None:
    """Row D1: nobody makes us hash that."""
    answer = client.post("/sign-in/password", data={"email": ROBIN, "password": "x" * 1_000_000})

    assert answer.status_code == 413


def test_a_password_is_the_same_however_it_is_typed(app: Flask, client: Client) -> None:
    """Row D1: composed or not, and 128 characters long."""
    chosen = "Größe, Ärger & naïve Übermüdung über 7 Flüsse hinweg – " + "żółw gęś jaźń łódź ćma "
    chosen += "brûlée à l'été, où çà? Señor Núñez añade 12 piñas más; 39 tělesně"
    assert len(unicodedata.normalize("NFC", chosen)) >= 128
    sign_up(app, client, password=unicodedata.normalize("NFC", chosen))
    client.post("/sign-out")

    assert enter(client, unicodedata.normalize("NFD", chosen)) == "/connect"


def test_the_password_lies_nowhere_in_clear(app: Flask, client: Client) -> None:
    sign_up(app, client)

    with app.app_context():
        assert db.session.scalars(select(Password.verifier)).one().startswith("$argon2id$")
        assert all(proof.content == {} for proof in db.session.scalars(select(MailedProof)))
        dump = "\n".join(db.session.connection().connection.iterdump())  # type: ignore[attr-defined]
    assert GOOD not in dump


# Signing in


def test_a_password_signs_in_and_goes_on(app: Flask, client: Client) -> None:
    sign_up(app, client)
    client.post("/sign-out")

    form = {"email": " ROBIN@Example.com ", "password": GOOD, "next": "/hc/en-gb"}
    answer = client.post("/sign-in/password", data=form)

    assert answer.location == "/hc/en-gb"
    assert "Sign out" in client.get("/hc/en-gb").text


@pytest.mark.parametrize(
    "form",
    [
        {"email": ROBIN, "password": "velvet-harbour-quill-92"},
        {"email": "nobody@example.com", "password": GOOD},
        {"email": "not an address", "password": GOOD},
        {"email": ROBIN, "password": ""},
    ],
)
def test_wrong_is_wrong_and_no_more_is_told(
    app: Flask, client: Client, form: dict[str, str]
) -> None:
    sign_up(app, client)
    client.post("/sign-out")

    answer = client.post("/sign-in/password", data=form)

    assert answer.status_code == 400
    assert "The address or the password is not right." in answer.text
    assert "Sign out" not in client.get("/hc/en-gb").text


def test_guessing_at_one_login_ends_and_says_for_how_long(app: Flask, client: Client) -> None:
    """Row D2: counted for the login, whatever network the guesses come from."""
    sign_up(app, client)
    guesser = another(app)
    answers = [
        guesser.post(
            "/sign-in/password",
            data={"email": ROBIN, "password": f"guess-number-{number}"},
            environ_base={"REMOTE_ADDR": f"203.0.113.{number}"},
        )
        for number in range(12)
    ]

    assert [answer.status_code for answer in answers] == [400] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_spraying_over_many_logins_ends_as_well(app: Flask) -> None:
    """Row D2: counted for the network too."""
    sprayer = another(app)

    codes = [
        sprayer.post(
            "/sign-in/password", data={"email": f"p{number}@example.com", "password": GOOD}
        )
        for number in range(61)
    ]

    assert [answer.status_code for answer in codes] == [400] * 60 + [429]


# Getting back in


def test_a_link_sets_a_new_password_once(app: Flask, client: Client) -> None:
    """Row D7: one use, all sessions ended, the owner told."""
    sign_up(app, client)
    asking = another(app)
    asking.post("/password/forgotten", data={"email": ROBIN})
    link = mailbox.link(app, ROBIN, "/password/reset/")

    page = asking.get(link)
    done = asking.post(link, data={"password": "copper-lantern-meadow-4"})

    assert "Choose a new password" in page.text
    assert done.location == "/sign-in"
    assert "Sign out" not in client.get("/hc/en-gb").text
    assert enter(asking, "copper-lantern-meadow-4") == "/connect"
    assert "is not right" in enter(another(app), GOOD)
    assert asking.post(link, data={"password": GOOD}).status_code == 410
    assert mailbox.newest(app, ROBIN).startswith("Your password was changed")


def test_looking_at_a_link_uses_nothing_up(app: Flask, client: Client) -> None:
    """Row D7: scanners open every link in a mail."""
    sign_up(app, client)
    client.post("/sign-out")
    client.post("/password/forgotten", data={"email": ROBIN})
    link = mailbox.link(app, ROBIN, "/password/reset/")

    assert another(app).get(link).status_code == 410
    assert [client.get(link).status_code for _ in range(3)] == [200] * 3
    assert client.post(link, data={"password": "copper-lantern-meadow-4"}).status_code == 303


def test_a_link_works_in_the_browser_that_asked(app: Flask, client: Client) -> None:
    """Row D7: whoever reads the mail over somebody's shoulder cannot use it."""
    sign_up(app, client)
    client.post("/password/forgotten", data={"email": ROBIN})
    link = mailbox.link(app, ROBIN, "/password/reset/")

    stolen = another(app).post(link, data={"password": "copper-lantern-meadow-4"})

    assert stolen.status_code == 410
    assert enter(another(app), GOOD) == "/connect"


def test_a_second_link_ends_the_first(app: Flask, client: Client) -> None:
    sign_up(app, client)
    client.post("/password/forgotten", data={"email": ROBIN})
    first = mailbox.link(app, ROBIN, "/password/reset/")
    client.post("/password/forgotten", data={"email": ROBIN})
    mailbox.letters(app, ROBIN)

    assert client.get(first).status_code == 410


def test_a_forged_host_makes_no_link(app: Flask, client: Client) -> None:
    """Row D7: links are made from the settings."""
    sign_up(app, client)

    forged = client.post("/password/forgotten", data={"email": ROBIN}, headers={"Host": "evil"})

    assert forged.status_code == 400
    client.post("/password/forgotten", data={"email": ROBIN})
    assert "http://localhost:8000/password/reset/" in mailbox.newest(app, ROBIN)


def test_a_weak_new_password_leaves_the_link_as_it_was(app: Flask, client: Client) -> None:
    sign_up(app, client)
    client.post("/password/forgotten", data={"email": ROBIN})
    link = mailbox.link(app, ROBIN, "/password/reset/")

    weak = client.post(link, data={"password": "passwordpassword"})

    assert weak.status_code == 400
    assert "too easy to guess" in weak.text
    assert client.post(link, data={"password": "copper-lantern-meadow-4"}).status_code == 303


def test_coming_and_going_is_written_down(app: Flask, client: Client) -> None:
    """Row L2: also what was refused, and what was only asked for."""
    sign_up(app, client)
    client.post("/sign-out")
    enter(client, "a-wrong-password-42")
    client.post("/sign-in/passkey", data={"answer": "{}"})
    client.post("/password/forgotten", data={"email": ROBIN})

    assert [each for each in events(app) if each != "guide_published"] == [
        *("signed_up", "signed_in", "signed_out"),
        *("sign_in_failed", "sign_in_failed", "password_reset_asked"),
    ]


# What a stranger learns of who has an account


def test_asking_says_the_same_for_every_address(app: Flask, client: Client) -> None:
    """Row D3: status, headers and words are alike; only the mailbox learns the difference."""
    sign_up(app, client)
    known, unknown = another(app), another(app)
    for path in ("/register", "/password/forgotten"):
        one = known.post(path, data=FORM)
        other = unknown.post(path, data={**FORM, "email": "riley@example.com"})

        assert one.status_code == other.status_code
        assert one.location == other.location
        assert one.text.replace(ROBIN, "") == other.text.replace("riley@example.com", "")
        assert strange(one.headers) == strange(other.headers)

    pages = [browser.get("/register/code").text for browser in (known, unknown)]
    assert pages[0].replace(ROBIN, "") == pages[1].replace("riley@example.com", "")
    assert "You already have an account" in "".join(mailbox.letters(app, ROBIN))


def test_a_login_that_nobody_has_takes_as_long(app: Flask, client: Client) -> None:
    """Row D3: measured in time of the processor, which a busy machine does not change."""
    sign_up(app, client)
    took: dict[str, list[float]] = {ROBIN: [], "nobody@example.com": []}
    for number in range(24):
        address = (ROBIN, "nobody@example.com")[number % 2]
        guesser = another(app)
        network = {"REMOTE_ADDR": f"198.51.100.{number}"}
        began = time.thread_time()
        form = {"email": address, "password": "a-wrong-password-42"}
        guesser.post("/sign-in/password", data=form, environ_base=network)
        took[address].append(time.thread_time() - began)

    known, unknown = (statistics.median(each) for each in took.values())
    assert abs(known - unknown) < 0.25 * max(known, unknown)


def test_xero_and_a_password_are_two_people_until_they_are_linked(
    app: Flask, client: Client
) -> None:
    """Row A9: the same address opens nobody else's account."""
    sign_in(app, CASEY)

    sign_up(app, client, address="casey@example.com")

    assert count(app, User) == [2]


def strange(headers: object) -> list[tuple[str, str]]:
    """The headers but for those that are random or a moment."""
    varies = {"Set-Cookie", "Date", "X-Request-Id", "Content-Length"}
    return sorted(each for each in headers if each[0] not in varies)  # type: ignore[attr-defined]
