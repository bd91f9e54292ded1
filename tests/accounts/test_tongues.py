"""Mail speaks the language that its recipient reads, whoever causes it."""

from flask import Flask

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


def test_a_choice_in_passing_loses_nothing_that_was_done(app: Flask) -> None:
    casey = sign_in(app, CASEY)

    casey.post("/account/privacy/export", data={"locale": "fr-ca"})

    assert newest(app, CASEY.email).startswith("Une copie de vos données a été faite")
    assert "Votre compte" in casey.get("/account").text


def test_the_language_of_the_last_time_is_there_when_signing_in_again(app: Flask) -> None:
    sign_in(app, CASEY).get("/hc/fr-ca")

    again = sign_in(app, CASEY)

    assert "Votre compte" in again.get("/account").text
