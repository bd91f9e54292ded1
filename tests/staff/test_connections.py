"""Everything that is connected and was tried, for those who are asked about it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.connect.conftest import (
    Served,
    Visitor,
    amara,
    environ,
    filled_sandbox,
    provider_port,
    riley,
    the_only,
    xero,
)
from tests.employees import Account
from tests.house.test_bad_input import HOSTILE
from tests.staff.test_people import age_proofs, newest_entry
from xero_onboard.connect.models import Attempt, Connection, Grant, Removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

__all__ = ["amara", "environ", "filled_sandbox", "provider_port", "riley", "xero"]

LIST = "/staff/connections"
HARBOUR, NORTHSIDE = "Harbour Café Ltd", "Northside Builders Ltd"
VERBS = ("check", "pause", "resume", "disconnect")
ROASTERY = "Riley&#39;s Roastery"
SECRETS = re.compile(r"_sealed|verifier|nonce|digest|eyJ[A-Za-z0-9]")


def text(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def change(app: Flask, table: type[Connection | Grant | Attempt], **values: object) -> None:
    with app.app_context():
        db.session.execute(update(table).values(values))
        db.session.commit()


def test_what_is_connected_is_listed_with_its_state(editor: Client, riley: Visitor) -> None:
    riley.connect()

    page = text(editor, LIST)

    assert ROASTERY in page
    assert "Connected, and Xero answered when we last asked." in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("connections", "Nobody has connected an organisation yet."),
        ("attempts", "Nobody has pressed Connect yet."),
        ("customers", "There is no customer yet."),
        ("logins", "No Xero login has allowed us anything yet."),
    ],
)
def test_an_empty_list_says_so(editor: Client, kind: str, words: str) -> None:
    assert words in text(editor, f"{LIST}?kind={kind}")


@pytest.mark.parametrize("kind", ["connections", "attempts", "customers", "logins"])
@pytest.mark.parametrize("words", ["roastery", "RILEY", "riley@practice.example"])
def test_an_organisation_a_person_and_a_customer_are_found(
    editor: Client, riley: Visitor, kind: str, words: str
) -> None:
    riley.connect()

    assert "iley" in text(editor, f"{LIST}?kind={kind}&query={words}").partition("staff-entries")[2]
    assert "Nothing was found." in text(editor, f"{LIST}?kind={kind}&query=nobody-at-all")


@pytest.mark.parametrize("spelt", ["{}", " {} ", "lower", "bare", "blank", "long dash"])
def test_a_reference_is_found_however_it_is_said(
    app: Flask, editor: Client, riley: Visitor, spelt: str
) -> None:
    riley.press_connect()
    attempt = the_only(app, Attempt)
    reference = attempt.reference or ""
    said = {
        "lower": reference.lower(),
        "bare": reference.removeprefix("XC-"),
        "blank": reference.replace("-", " "),
        "long dash": reference.replace("-", "–"),
    }.get(spelt, spelt.format(reference))

    page = editor.get(LIST, query_string={"query": said}).get_data(as_text=True)

    assert f"/staff/connections/attempts/{attempt.id}" in page


@pytest.mark.parametrize("kind", ["connections", "customers", "logins"])
def test_a_reference_leads_to_its_attempt_wherever_it_is_typed(
    app: Flask, editor: Client, riley: Visitor, kind: str
) -> None:
    riley.press_connect()
    attempt = the_only(app, Attempt)
    asked = {"kind": kind, "query": attempt.reference, "state": ""}

    page = editor.get(LIST, query_string=asked).get_data(as_text=True)

    assert f"/staff/connections/attempts/{attempt.id}" in page


def test_a_reference_that_nobody_has_finds_nothing(editor: Client) -> None:
    assert "Nothing was found." in text(editor, f"{LIST}?query=XC-2222")


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "active"),
        ({"status": "degraded", "reason": "provider_slow"}, "degraded"),
        ({"status": "needs_reauth", "reason": "revoked_in_xero"}, "needs_reauth"),
        ({"status": "org_unavailable", "reason": "organisation_gone"}, "org_unavailable"),
        ({"status": "disconnecting"}, "disconnecting"),
        ({"status": "disconnected", "ended_at": now()}, "disconnected"),
        ({"paused_at": now()}, "paused"),
    ],
)
def test_each_state_is_filtered_by_itself(
    app: Flask, editor: Client, riley: Visitor, values: dict[str, object], state: str
) -> None:
    riley.connect()
    if values:
        change(app, Connection, **values)

    found = {
        each
        for each in ("active", "degraded", "expiring_soon", "paused", "needs_reauth")
        + ("org_unavailable", "disconnecting", "disconnected")
        if ROASTERY in text(editor, f"{LIST}?kind=connections&state={each}")
    }

    assert found == {state}


def test_a_login_that_was_not_renewed_for_long_is_filtered_too(
    app: Flask, editor: Client, riley: Visitor
) -> None:
    riley.connect()
    change(app, Grant, rotated_at=now() - timedelta(days=46))

    assert ROASTERY in text(editor, f"{LIST}?state=expiring_soon&kind=connections")
    assert ROASTERY not in text(editor, f"{LIST}?state=active&kind=connections")
    assert "Logins will run out" in text(editor, LIST)


def test_attempts_are_filtered_by_how_they_ended(
    editor: Client, riley: Visitor, amara: Visitor
) -> None:
    riley.connect()
    amara.come_back(amara.person.cancel(amara.press_connect()))

    declined = text(editor, f"{LIST}?kind=attempts&code=declined")

    assert "Nothing was connected" in declined
    assert "is connected</span>" not in declined


def test_a_list_that_is_long_has_pages(app: Flask, editor: Client, riley: Visitor) -> None:
    for number in range(31):
        riley.press_connect(f"/hc/en-gb/articles/{number}")

    first, second = (text(editor, f"{LIST}?kind=attempts&page={page}") for page in (1, 2))

    assert first.count('class="staff-entry"') == 30
    assert second.count('class="staff-entry"') == 1
    assert "Older" in first
    assert "Newer" in second


def test_an_attempt_is_told_moment_by_moment(app: Flask, editor: Client, riley: Visitor) -> None:
    riley.connect()
    attempt = the_only(app, Attempt)

    page = text(editor, f"{LIST}/attempts/{attempt.id}")

    told = [
        *("Pressed the button", "Sent to Xero", "Came back from Xero"),
        *("Xero gave its permission", "Recognised", "Organisation chosen", "Ended: "),
    ]
    places = [page.index(words) for words in told]
    assert places == sorted(places)
    assert attempt.reference in page
    assert "is connected" in page


def test_what_a_reader_saw_stands_in_the_time_line(
    app: Flask, editor: Client, riley: Visitor
) -> None:
    riley.press_connect()
    attempt_id = the_only(app, Attempt).id
    riley.client.post(f"/connect/attempts/{attempt_id}/saw", data={"saw": "saw_two_apps"})

    page = text(editor, f"{LIST}/attempts/{attempt_id}")

    assert "two uncertified apps" in page
    assert "Nobody has come back yet." in page


def test_no_page_holds_what_proves_or_opens_something(
    app: Flask, administrator: Client, riley: Visitor, xero: Served
) -> None:
    """Row B1."""
    riley.connect()
    connection, grant = the_only(app, Connection), the_only(app, Grant)
    attempt = the_only(app, Attempt)
    pages = [
        *(f"{LIST}?kind={kind}" for kind in ("connections", "attempts", "customers", "logins")),
        *(f"{LIST}/{connection.id}", f"{LIST}/attempts/{attempt.id}"),
        *(f"{LIST}/logins/{grant.id}", f"{LIST}/customers/{connection.customer_id}"),
    ]

    for page in (text(administrator, path) for path in pages):
        assert not SECRETS.search(page.partition("<main")[2])
        assert [token for token in xero.tokens() if token in page] == []
        assert [each for each in (attempt.nonce, attempt.state_digest) if each in page] == []
        assert (grant.access_sealed or "-") not in page


def test_a_customer_is_shown_with_people_connections_and_tries(
    app: Flask, editor: Client, riley: Visitor
) -> None:
    riley.connect()

    page = text(editor, f"{LIST}/customers/{the_only(app, Connection).customer_id}")

    assert "riley@practice.example" in page
    assert ROASTERY in page
    assert (the_only(app, Attempt).reference or "-") in page


def test_an_administrator_has_xero_asked(
    app: Flask, administrator: Client, ada: Account, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    connection = the_only(app, Connection)
    before = xero.asked("/connections")

    answer = administrator.post(f"{LIST}/{connection.id}/check")

    assert "Xero answered: Riley&#39;s Roastery is connected" in text(
        administrator, answer.location
    )
    assert xero.asked("/connections") == before + 1
    entry = newest_entry(app, "connection_checked")
    assert (entry.actor_id, entry.subject) == (ada.id, f"connection:{connection.id}")
    assert "Found connected by a later look" in text(administrator, f"{LIST}/{connection.id}")


def test_an_administrator_pauses_and_resumes(
    app: Flask, administrator: Client, ada: Account, riley: Visitor
) -> None:
    riley.connect()
    connection_id = the_only(app, Connection).id

    administrator.post(f"{LIST}/{connection_id}/pause")
    assert the_only(app, Connection).paused_at is not None
    assert "We have paused this connection" in riley.read("/connect")
    administrator.post(f"{LIST}/{connection_id}/resume")

    assert the_only(app, Connection).paused_at is None
    for event in ("connection_paused", "connection_resumed"):
        entry = newest_entry(app, event)
        assert (entry.actor_id, entry.subject) == (ada.id, f"connection:{connection_id}")


def test_an_administrator_disconnects_here_and_at_xero(
    app: Flask, administrator: Client, ada: Account, riley: Visitor
) -> None:
    riley.connect()
    connection_id = the_only(app, Connection).id

    answer = administrator.post(f"{LIST}/{connection_id}/disconnect")

    assert the_only(app, Connection).status == "disconnected"
    assert the_only(app, Removal).status == "delivered"
    page = text(administrator, answer.location)
    assert "is disconnected." in page
    assert "Xero has confirmed it" in page
    assert 'action="/staff/connections' not in page
    assert newest_entry(app, "disconnected").actor_id == ada.id


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_disconnected_meanwhile_is_left_alone(
    app: Flask, administrator: Client, riley: Visitor, verb: str
) -> None:
    riley.connect()
    connection_id = the_only(app, Connection).id
    riley.press("disconnect", connection_id)

    assert administrator.post(f"{LIST}/{connection_id}/{verb}").status_code == 409


@pytest.mark.parametrize("verb", VERBS)
def test_editors_look_and_do_not_act(app: Flask, editor: Client, riley: Visitor, verb: str) -> None:
    """Row E1."""
    riley.connect()
    connection_id = the_only(app, Connection).id
    page = text(editor, f"{LIST}/{connection_id}")

    assert f"{connection_id}/{verb}" not in page
    assert editor.post(f"{LIST}/{connection_id}/{verb}").status_code == 403
    assert the_only(app, Connection).status == "active"


@pytest.mark.parametrize("verb", ["pause", "resume", "disconnect"])
def test_acting_asks_who_it_is_when_the_proof_is_old(
    app: Flask, administrator: Client, riley: Visitor, verb: str
) -> None:
    """Row D8: and then the way leads back to the connection."""
    riley.connect()
    place = f"{LIST}/{the_only(app, Connection).id}"
    age_proofs(app)

    answer = administrator.post(f"{place}/{verb}")

    assert answer.location.endswith(f"/prove?next={place}")
    assert f'value="{place}"' in text(administrator, answer.location)


@pytest.mark.parametrize("place", ["", "attempts/", "customers/", "logins/"])
def test_what_is_not_there_is_not_found(editor: Client, place: str) -> None:
    assert editor.get(f"{LIST}/{place}{uuid4()}").status_code == 404


@pytest.mark.parametrize("field", ["kind", "state", "code", "page", "query"])
def test_a_hostile_question_is_refused_in_words(editor: Client, field: str) -> None:
    for kind, values in HOSTILE.items():
        answer = editor.get(LIST, query_string={field: values})

        assert answer.status_code == 400, kind
        assert field in answer.get_data(as_text=True), kind


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "tokens"), ("state", "ok"), ("code", "declined"), ("page", "0"), ("page", "x")],
)
def test_what_is_not_offered_is_refused(editor: Client, field: str, value: str) -> None:
    assert editor.get(LIST, query_string={field: value}).status_code == 400


def test_looking_never_asks_xero(app: Flask, editor: Client, riley: Visitor, xero: Served) -> None:
    """Row C5."""
    riley.connect()
    before = len(xero.requests)
    connection, grant = the_only(app, Connection), the_only(app, Grant)

    for path in (LIST, f"{LIST}/{connection.id}", f"{LIST}/logins/{grant.id}", "/staff"):
        text(editor, path)

    assert len(xero.requests) == before
