"""Mail speaks the language that its recipient reads, whoever causes it."""

from flask import Flask

from tests.accounts.owner import PASSWORD, Owner
from tests.cast import CASEY
from tests.client import sign_in
from tests.mailbox import newest


def test_mail_is_in_the_language_that_its_reader_has_chosen(app: Flask) -> None:
    casey = sign_in(app, CASEY)
    casey.get("/hc/fr-ca")

    casey.post("/account/privacy/export")

    letter = newest(app, CASEY.email)
    assert letter.startswith("Une copie de vos données a été faite")
    assert "Voir votre compte" in letter
    assert "Vous recevez ce message parce que cette adresse appartient à votre compte" in letter


def test_codes_are_in_the_language_of_the_page_they_were_asked_for_on(app: Flask) -> None:
    browser = app.test_client()
    form = {"name": "Élodie", "email": "elodie@example.com", "password": PASSWORD}
    browser.post("/register", data={**form, "next": "/hc/fr-ca"})

    letter = newest(app, "elodie@example.com")

    assert letter.startswith("Votre code pour terminer l’inscription")
    assert "Il est valide pendant 30\N{NO-BREAK SPACE}minutes." in letter


def test_links_are_in_the_language_of_whose_password_it_is(app: Flask) -> None:
    robin = Owner(app).sign_up()
    robin.browser.get("/hc/fr-ca")

    robin.another_browser().post("/password/forgotten", data={"email": robin.login})

    assert newest(app, robin.login).startswith("Définir un nouveau mot de passe")


def test_a_choice_in_passing_loses_nothing_that_was_done(app: Flask) -> None:
    casey = sign_in(app, CASEY)

    casey.post("/account/privacy/export", data={"locale": "fr-ca"})

    assert newest(app, CASEY.email).startswith("Une copie de vos données a été faite")
    assert "Votre compte" in casey.get("/account").text


def test_the_language_of_the_last_time_is_there_when_signing_in_again(app: Flask) -> None:
    sign_in(app, CASEY).get("/hc/fr-ca")

    again = sign_in(app, CASEY)

    assert "Votre compte" in again.get("/account").text
