"""Xero's checkpoints: what is met, how that is known, and what only a person can say."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.connect.conftest import (
    Visitor,
    amara,
    environ,
    filled_sandbox,
    pause,
    provider_port,
    riley,
    the_only,
    xero,
)
from tests.connect.test_showings import guides
from tests.employees import Account
from tests.house.test_bad_input import HOSTILE
from tests.staff.test_brand import give
from tests.staff.test_people import age_proofs, newest_entry
from xero_onboard.accounts.models import Customer
from xero_onboard.config import Settings
from xero_onboard.connect.models import Attempt, Connection, Grant, Removal
from xero_onboard.lib.brand.colours import contrast
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.staff import certification, checking
from xero_onboard.staff.models import AuditCheck, Confirmation

__all__ = ["amara", "environ", "filled_sandbox", "guides", "provider_port", "riley", "xero"]

PAGE = "/staff/certification"
LETTERS = {"A": 12, "B": 5, "C": 3, "D": 3, "E": 3, "F": 4, "G": 9, "H": 2}


def status(app: Flask, checkpoint: str) -> str:
    with app.test_request_context():
        return certification.CHECKPOINTS[checkpoint].look().status


def evidence(app: Flask, checkpoint: str) -> str:
    with app.test_request_context():
        return certification.CHECKPOINTS[checkpoint].look().evidence


def change(app: Flask, table: type, **values: object) -> None:
    with app.app_context():
        db.session.execute(update(table).values(values))
        db.session.commit()


@pytest.fixture
def decide(app: Flask) -> Iterator[object]:
    """Change settings of the running app, and put them back."""
    before: Settings = app.extensions["settings"]

    def change_settings(**values: object) -> None:
        app.extensions["settings"] = replace(app.extensions["settings"], **values)

    yield change_settings
    app.extensions["settings"] = before


def test_every_checkpoint_of_xero_is_there(editor: Client) -> None:
    page = editor.get(PAGE).get_data(as_text=True)

    asked = [
        f"{letter}{number}" for letter, most in LETTERS.items() for number in range(1, most + 1)
    ]
    assert list(certification.CHECKPOINTS) == asked
    assert [each for each in asked if f'id="{each}"' not in page] == []
    assert set(re.findall(r'href="(https://[^/"]+)', page.partition("<main")[2])) == {
        "https://developer.xero.com"
    }


def test_each_says_how_it_is_known_and_what_is_left(app: Flask) -> None:
    with app.test_request_context():
        rows = [row for area in certification.areas() for row in area.rows]

    assert [row.checkpoint.id for row in rows if not row.finding.evidence] == []
    lacking = [row for row in rows if row.status in ("unmet", "confirm")]
    assert [row.checkpoint.id for row in lacking if not row.finding.todo] == []


@pytest.mark.parametrize("checkpoint", ["A1", "A2", "A3", "A4", "A5", "F1", "F2", "H1"])
def test_before_anything_is_connected_nothing_is_claimed(guides: Flask, checkpoint: str) -> None:
    assert status(guides, checkpoint) == "unmet"


def test_what_a_connection_shows_is_met(guides: Flask, riley: Visitor) -> None:
    riley.connect()

    for checkpoint in ("A1", "A2", "A3", "A5", "A7", "A10", "A11", "C1", "C2", "C3", "D1", "D3"):
        assert status(guides, checkpoint) == "met", evidence(guides, checkpoint)
    for checkpoint in ("B2", "B4", "B5", "F1", "H1", "H2"):
        assert status(guides, checkpoint) == "met", evidence(guides, checkpoint)


@pytest.mark.parametrize(
    ("checkpoint", "table", "values"),
    [
        ("A2", Connection, {"name": ""}),
        ("A3", Connection, {"checked_at": now() - timedelta(days=2)}),
        ("A5", Grant, {"rotated_at": now() - timedelta(days=2)}),
        ("C2", Grant, {"scopes": "openid"}),
        ("C3", Grant, {"scopes": "openid offline_access"}),
        ("D2", Grant, {"failures": 15}),
        ("G1", Grant, {"key_id": "lost"}),
        ("H1", Grant, {"rotated_at": now() - timedelta(days=46)}),
        ("H1", Connection, {"status": "needs_reauth", "reason": "rotation_lost"}),
        ("H2", Grant, {"environment": "live"}),
    ],
)
def test_what_goes_wrong_is_seen(
    guides: Flask, riley: Visitor, checkpoint: str, table: type, values: dict[str, object]
) -> None:
    riley.connect()
    before = status(guides, checkpoint)

    change(guides, table, **values)

    assert status(guides, checkpoint) == "unmet"
    assert before != "unmet" or checkpoint == "G1"


def test_disconnecting_is_met_once_xero_has_confirmed_it(guides: Flask, riley: Visitor) -> None:
    riley.connect()
    riley.press("disconnect", the_only(guides, Connection).id)
    assert status(guides, "A4") == "met"

    change(guides, Removal, status="unconfirmed")
    assert status(guides, "A4") == "unmet"


def test_what_was_given_up_long_ago_needs_nobody_any_more(guides: Flask, riley: Visitor) -> None:
    riley.connect()
    riley.press("disconnect", the_only(guides, Connection).id)
    grant_id = the_only(guides, Removal).grant_id
    with guides.app_context():
        long_ago = now() - timedelta(days=31)
        given_up = {"status": "unconfirmed", "finished_at": long_ago, "created_at": long_ago}
        db.session.add(Removal(environment="sandbox", grant_id=grant_id, **given_up))
        db.session.commit()

    assert status(guides, "A4") == "met"


def test_a_login_that_was_ended_at_xero_is_not_the_workers_fault(
    guides: Flask, riley: Visitor
) -> None:
    riley.connect()
    change(guides, Connection, status="needs_reauth", reason="revoked_in_xero")
    change(guides, Connection, checked_at=now() - timedelta(days=2))
    change(guides, Grant, status="dead", reason="revoked_in_xero")

    assert status(guides, "A3") == "met"


def test_pressing_cancel_is_a_failure_to_try_it_by(guides: Flask, riley: Visitor) -> None:
    riley.come_back(riley.person.cancel(riley.press_connect()))
    assert status(guides, "A12") == "unmet"
    pause(guides)

    riley.connect()

    assert status(guides, "A12") == "met"


def test_who_failed_and_got_through_shows_that_it_mends(guides: Flask, riley: Visitor) -> None:
    assert status(guides, "A12") == "confirm"
    riley.press_connect()
    failed = {"status": "finished", "outcome": "provider_unavailable"}
    change(guides, Attempt, **failed, started_at=now() - timedelta(minutes=1))
    assert status(guides, "A12") == "unmet"

    riley.connect()

    assert status(guides, "A12") == "met"


def test_guides_that_are_taken_away_are_missed(guides: Flask, riley: Visitor) -> None:
    riley.connect()
    with guides.app_context():
        db.session.execute(db.text("UPDATE article SET status = 'archived'"))
        db.session.execute(db.text("UPDATE content_generation SET number = number + 1"))
        db.session.commit()

    for checkpoint in ("A1", "A6", "A7", "C1", "D1", "D3", "F4"):
        assert status(guides, checkpoint) == "unmet", checkpoint


def test_a_secret_in_a_guide_is_found(guides: Flask, settings: Settings) -> None:
    assert status(guides, "A11") == "met"
    with guides.app_context():
        db.session.execute(
            db.text("UPDATE revision SET source = source || :secret"),
            {"secret": settings.xero.client_secret},
        )
        db.session.commit()

    assert status(guides, "A11") == "unmet"


def test_a_customer_who_left_and_is_still_connected_is_found(guides: Flask, riley: Visitor) -> None:
    riley.connect()
    assert status(guides, "A8") == "confirm"

    change(guides, Customer, closed_at=now() - timedelta(days=2))

    assert status(guides, "A8") == "unmet"


def test_settings_are_looked_at(app: Flask, settings: Settings, decide) -> None:  # type: ignore[no-untyped-def]
    assert (status(app, "B1"), status(app, "A9"), status(app, "G2")) == (
        "confirm",
        "confirm",
        "unmet",
    )
    decide(product_name="Xero Helper", public_origin="https://help.example.com")
    decide(xero=replace(settings.xero, is_sandbox=False, login_url="https://login.example.com"))

    assert (status(app, "B1"), status(app, "A9"), status(app, "G2")) == (
        "unmet",
        "unmet",
        "confirm",
    )
    decide(xero=replace(settings.xero, scopes=("accounting.transactions",)))
    assert (status(app, "C2"), status(app, "C3"), status(app, "F1")) == ("unmet",) * 3


def test_cookies_are_looked_at(app: Flask) -> None:
    assert status(app, "G6") == "unmet"

    app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-sid")

    assert status(app, "G6") == "confirm"


def test_the_key_beside_the_database_is_noticed(app: Flask) -> None:
    assert "in the folder of the database" in evidence(app, "G1")
    assert status(app, "G1") == "unmet"


def test_every_one_who_works_here_needs_a_second_step(
    app: Flask, ada: Account, eddie: Account
) -> None:
    assert status(app, "G3") == "met"

    with app.app_context():
        db.session.execute(db.text("DELETE FROM authenticator"))
        db.session.commit()

    assert status(app, "G3") == "unmet"


def test_the_log_must_have_been_found_whole_lately(app: Flask, ada: Account) -> None:
    assert status(app, "G8") == "unmet"
    with app.app_context():
        checking.check()
        db.session.commit()
    assert status(app, "G8") == "met"

    for values in ({"reason": "changed"}, {"reason": None, "at": now() - timedelta(days=3)}):
        change(app, AuditCheck, **values)
        assert status(app, "G8") == "unmet"


def test_artwork_that_was_added_has_to_be_looked_at(app: Flask, tmp_path: Path) -> None:
    assert (status(app, "B2"), status(app, "B3")) == ("met", "elsewhere")
    app.config["STATIC_FOLDER"] = str(tmp_path)
    (tmp_path / "css").mkdir()
    (tmp_path / "connect-blue.svg").write_text('<svg><path fill="#13B5EA"/></svg>')
    (tmp_path / "css" / "tokens.css").write_text("--button: #13b5ea; --on-button: #ffffff;")
    (tmp_path / "popup.js").write_text('window.open("/connect")')

    assert (status(app, "B2"), status(app, "B3")) == ("confirm", "confirm")
    assert (status(app, "B5"), status(app, "A10")) == ("unmet", "unmet")


def test_the_words_on_the_button_are_measured_in_the_vendors_colours(
    app: Flask, administrator: Client
) -> None:
    give(administrator, "#0c7699", "#13b5ea")

    page = administrator.get("/staff/certification").text

    assert status(app, "B5") == "met"
    assert f"a contrast of {contrast('#0c7699', '#ffffff'):.2f} to 1" in page


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#ffffff", "#000000", 21.0), ("#ffffff", "#13b5ea", 2.38), ("#0b789b", "#ffffff", 5.03)],
)
def test_contrast_is_computed_as_the_guidelines_say(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_an_administrator_confirms_what_only_a_person_knows(
    app: Flask, administrator: Client, ada: Account
) -> None:
    answer = administrator.post(f"{PAGE}/G5/confirm", data={"note": "Hardened by the NIST guide."})

    assert answer.location == f"{PAGE}#G5"
    page = administrator.get(PAGE).get_data(as_text=True)
    assert "Hardened by the NIST guide." in page
    assert "by Ada Testperson" in page
    entry = newest_entry(app, "checkpoint_confirmed")
    assert (entry.actor_id, entry.subject) == (ada.id, "checkpoint:G5")


def test_a_confirmation_counts_for_a_year(app: Flask, administrator: Client) -> None:
    administrator.post(f"{PAGE}/G5/confirm", data={"note": "Looked at."})
    confirmed = "<dt>Confirmed</dt>\n          <dd>\n            1"
    assert confirmed in administrator.get(PAGE).get_data(as_text=True)

    change(app, Confirmation, at=now() - timedelta(days=366))

    page = administrator.get(PAGE).get_data(as_text=True)
    assert confirmed not in page
    assert "more than a year ago" in page


def test_a_confirmation_is_withdrawn(app: Flask, administrator: Client) -> None:
    administrator.post(f"{PAGE}/G5/confirm", data={"note": "Looked at."})

    administrator.post(f"{PAGE}/G5/withdraw")

    assert "Looked at." not in administrator.get(PAGE).get_data(as_text=True)
    assert newest_entry(app, "checkpoint_withdrawn").subject == "checkpoint:G5"


def test_nobodys_word_stands_against_what_is_seen(app: Flask, administrator: Client) -> None:
    for checkpoint in ("G2", "A10"):
        answer = administrator.post(f"{PAGE}/{checkpoint}/confirm", data={"note": "It is."})
        assert answer.status_code == 409
    with app.app_context():
        assert db.session.query(Confirmation).count() == 0


@pytest.mark.parametrize("verb", ["confirm", "withdraw"])
def test_confirming_is_for_administrators_who_proved_it_lately(
    app: Flask, administrator: Client, editor: Client, verb: str
) -> None:
    """Row E1."""
    assert editor.post(f"{PAGE}/G5/{verb}", data={"note": "n"}).status_code == 403
    assert f"{PAGE}/G5/confirm" not in editor.get(PAGE).text
    age_proofs(app)
    answer = administrator.post(f"{PAGE}/G5/{verb}", data={"note": "n"})
    assert answer.location.endswith(f"/prove?next={PAGE}")


@pytest.mark.parametrize("given", ["", "   ", "x" * 501, *HOSTILE.values()])
def test_a_note_must_be_written_and_be_plain(
    app: Flask, administrator: Client, given: str | list[str]
) -> None:
    answer = administrator.post(f"{PAGE}/G5/confirm", data={"note": given})

    assert answer.status_code == 400
    with app.app_context():
        assert db.session.query(Confirmation).count() == 0


def test_a_script_in_a_note_is_text(administrator: Client) -> None:
    administrator.post(f"{PAGE}/G5/confirm", data={"note": "<script>alert(1)</script>"})

    assert "<script>alert" not in administrator.get(PAGE).text


@pytest.mark.parametrize("verb", ["confirm", "withdraw"])
def test_what_xero_never_asked_is_not_found(administrator: Client, verb: str) -> None:
    for name in ("Z9", "x" * 300, "%F0%9F%98%80"):
        answer = administrator.post(f"{PAGE}/{name}/{verb}", data={"note": "n"})
        assert answer.status_code == 404
