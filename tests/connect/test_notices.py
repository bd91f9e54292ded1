"""What customers are written to of their connections, by a real mail server: once, and only those who can act."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage

import pytest
from babel.dates import format_date
from flask import Flask
from sqlalchemy import event, update

from tests.connect.conftest import Served, Visitor, the_only
from tests.connect.test_colleagues import Another, put, sign_in, user_id
from tests.connect.test_states import change, run
from tests.faults_client import Faults
from tests.post_office import PostOffice
from xero_onboard.accounts.models import AlternativeAddress, User
from xero_onboard.connect.models import Connection, Grant
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.models import Mail

RILEY, ROBIN = "riley@practice.example", "robin@practice.example"


@pytest.fixture
def environ(environ: dict[str, str], office: PostOffice) -> dict[str, str]:
    return {**environ, "MAIL_URL": office.url}


@pytest.fixture
def connected(app: Flask, riley: Visitor) -> Visitor:
    """Riley's Roastery, connected just now."""
    riley.connect()
    return riley


@pytest.fixture
def revoked(app: Flask, connected: Visitor, faults: Faults) -> Visitor:
    """Access was taken away at Xero, and the worker is about to look."""
    faults.happen("revoked", person=RILEY)
    change(app, Grant, access_expires_at=now(), next_refresh_at=now())
    return connected


def not_renewed_for(app: Flask, days: float) -> None:
    """So long nobody could renew the login, and nobody tries just now."""
    then = now() - timedelta(days=days)
    change(app, Grant, rotated_at=then, refresh_expires_at=then + timedelta(days=60))
    change(app, Grant, next_refresh_at=now() + timedelta(days=1))


def work(app: Flask) -> None:
    """The worker comes by, and comes again when the time of all mail has come."""
    assert jobs.run_due(app)
    with app.app_context():
        db.session.execute(update(Mail).values(due_at=now() - timedelta(seconds=1)))
        db.session.commit()
    assert jobs.run_due(app)


def reconnect(app: Flask, visitor: Visitor) -> None:
    pressed = f"/connect/connections/{the_only(app, Connection).id}/reconnect"
    at_xero = visitor.client.post(pressed, data={"next": "/connect"}).location
    visitor.come_back(visitor.person.allow(at_xero))


def receivers(office: PostOffice) -> list[str]:
    return sorted(str(message["To"]) for message in office.arrived)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_nothing_is_written_while_all_is_well(
    app: Flask, connected: Visitor, office: PostOffice
) -> None:
    not_renewed_for(app, 44.9)

    work(app)

    assert office.arrived == []


def test_the_end_is_told_of_twice_before_it_comes(
    app: Flask, connected: Visitor, office: PostOffice
) -> None:
    for days in (45.1, 46, 54.9, 55.1, 59):
        not_renewed_for(app, days)
        work(app)
        work(app)
        if days == 46:
            assert receivers(office) == [RILEY]

    assert receivers(office) == [RILEY, RILEY]
    letter = text_of(office.arrived[1])
    assert "Riley's Roastery: for weeks Xero has not let us renew" in letter
    assert "http://localhost:8000/connect\n" in letter


def test_the_day_of_the_end_is_in_the_subject_and_no_name(
    app: Flask, connected: Visitor, office: PostOffice
) -> None:
    not_renewed_for(app, 50)

    work(app)

    ends_at = now() + timedelta(days=10)
    (message,) = office.arrived
    assert message["Subject"] == f"Reconnect to Xero before {ends_at.day} {ends_at:%B %Y}"


def test_it_is_all_in_the_language_of_who_reads_it(
    app: Flask, connected: Visitor, office: PostOffice, faults: Faults
) -> None:
    change(app, User, locale="fr-ca")
    not_renewed_for(app, 50)
    work(app)
    faults.happen("revoked", person=RILEY)
    change(app, Grant, access_expires_at=now(), next_refresh_at=now())
    work(app)

    ending, stopped = office.arrived
    day = format_date(now() + timedelta(days=10), "long", "fr_CA")
    assert ending["Subject"] == f"Reconnectez à Xero avant le {day}"
    assert "Riley's Roastery\N{NO-BREAK SPACE}: L’accès a été retiré dans Xero" in text_of(stopped)


def test_a_worker_that_was_away_for_long_writes_once(
    app: Flask, connected: Visitor, office: PostOffice
) -> None:
    not_renewed_for(app, 57)

    work(app)
    work(app)

    assert receivers(office) == [RILEY]


def test_after_a_renewal_everything_begins_anew(
    app: Flask, connected: Visitor, office: PostOffice
) -> None:
    not_renewed_for(app, 46)
    work(app)
    change(app, Grant, access_expires_at=now(), next_refresh_at=now())
    work(app)
    assert the_only(app, Grant).rotated_at > now() - timedelta(minutes=1)

    not_renewed_for(app, 46)
    work(app)

    assert receivers(office) == [RILEY, RILEY]


def test_what_was_taken_away_is_told_once_with_its_reason(
    app: Flask, revoked: Visitor, office: PostOffice
) -> None:
    for _ in range(3):
        work(app)
        change(app, Grant, next_refresh_at=now())

    assert the_only(app, Connection).status == "needs_reauth"
    (message,) = office.arrived
    assert message["To"] == RILEY
    assert message["Subject"] == "A connection to Xero has stopped"
    assert "Riley's Roastery: Access was taken away in Xero" in text_of(message)
    assert "http://localhost:8000/connect\n" in text_of(message)


def test_it_is_told_again_when_it_stops_again(
    app: Flask, revoked: Visitor, faults: Faults, office: PostOffice
) -> None:
    work(app)
    reconnect(app, revoked)
    assert the_only(app, Connection).status == "active"

    faults.happen("revoked", person=RILEY)
    change(app, Grant, access_expires_at=now(), next_refresh_at=now())
    work(app)

    assert receivers(office) == [RILEY, RILEY]


def test_an_organisation_that_is_gone_is_told_of(
    app: Flask, connected: Visitor, office: PostOffice
) -> None:
    connected.person.disconnect("Riley's Roastery")
    for _ in range(2):
        change(app, Grant, next_refresh_at=now())
        work(app)

    (message,) = office.arrived
    assert "Riley's Roastery: Xero no longer lets us see this organisation" in text_of(message)


def test_of_several_that_stop_one_letter_tells(
    app: Flask, amara: Visitor, faults: Faults, office: PostOffice
) -> None:
    amara.connect("Northside Builders Ltd")
    amara.connect("Harbour Café Ltd")
    faults.happen("revoked", person=amara.person.email)
    change(app, Grant, access_expires_at=now(), next_refresh_at=now())

    work(app)

    (message,) = office.arrived
    assert message["Subject"] == "Connections to Xero have stopped"
    assert "Northside Builders Ltd: Access" in text_of(message)
    assert "Harbour Café Ltd: Access" in text_of(message)


@pytest.mark.parametrize(
    ("right", "told"),
    [("see", [RILEY]), ("connect", [RILEY, ROBIN]), ("administer", [RILEY, ROBIN])],
)
def test_those_who_may_connect_are_told_and_nobody_else(
    app: Flask,
    revoked: Visitor,
    another_visitor: Another,
    office: PostOffice,
    right: str,
    told: list[str],
) -> None:
    robin, amara = another_visitor(ROBIN), another_visitor("amara@practice.example")
    sign_in(robin)
    sign_in(amara)
    put(app, robin, right, of=revoked)  # type: ignore[arg-type]

    work(app)

    assert receivers(office) == told


def test_whoever_was_disabled_is_not_told(
    app: Flask, revoked: Visitor, another_visitor: Another, office: PostOffice
) -> None:
    robin = another_visitor(ROBIN)
    sign_in(robin)
    put(app, robin, "connect", of=revoked)
    with app.app_context():
        db.session.get_one(User, user_id(app, robin)).disabled_at = now()
        db.session.commit()

    work(app)

    assert receivers(office) == [RILEY]


def test_every_proven_address_is_written_to(
    app: Flask, revoked: Visitor, office: PostOffice
) -> None:
    with app.app_context():
        proven = {"address": "riley@elsewhere.example", "counts_from": now()}
        db.session.add(AlternativeAddress(user_id=user_id(app, revoked), **proven))
        db.session.commit()

    work(app)

    assert receivers(office) == ["riley@elsewhere.example", RILEY]


def test_what_is_paused_is_told_of_when_it_goes_on(
    app: Flask, revoked: Visitor, office: PostOffice
) -> None:
    connection_id = str(the_only(app, Connection).id)
    run(app, "pause", connection_id)
    work(app)
    assert the_only(app, Connection).status == "needs_reauth"
    assert office.arrived == []

    run(app, "resume", connection_id)
    work(app)

    assert receivers(office) == [RILEY]


def test_what_is_paused_is_not_warned_of(
    app: Flask, connected: Visitor, office: PostOffice
) -> None:
    run(app, "pause", str(the_only(app, Connection).id))
    not_renewed_for(app, 50)

    work(app)

    assert office.arrived == []


def test_what_was_disconnected_is_not_told_of(
    app: Flask, revoked: Visitor, xero: Served, office: PostOffice
) -> None:
    revoked.press("disconnect", the_only(app, Connection).id)

    work(app)

    # That it was disconnected is told, and no more.
    assert {each["Subject"] for each in office.arrived} == {"An organisation was disconnected"}


def test_while_mail_is_down_nothing_is_lost_or_said_twice(
    app: Flask, revoked: Visitor, office: PostOffice
) -> None:
    office.close()
    work(app)
    work(app)

    office.open()
    work(app)
    work(app)

    assert receivers(office) == [RILEY]


def test_a_crash_between_two_letters_loses_none_and_repeats_none(
    app: Flask, revoked: Visitor, another_visitor: Another, office: PostOffice
) -> None:
    robin = another_visitor(ROBIN)
    sign_in(robin)
    put(app, robin, "connect", of=revoked)
    with no_room_for_the_second_letter(app):
        assert not jobs.run_due(app)
    assert the_only(app, Connection).is_untold

    work(app)
    work(app)

    assert receivers(office) == [RILEY, ROBIN]


def test_two_workers_write_once(app: Flask, revoked: Visitor, office: PostOffice) -> None:
    workers = [threading.Thread(target=jobs.run_due, args=(app,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    work(app)

    assert receivers(office) == [RILEY]


def test_no_token_and_no_secret_is_in_a_letter(
    app: Flask, revoked: Visitor, xero: Served, office: PostOffice
) -> None:
    """Row B1: and neither is anything that opens the account."""
    work(app)

    (message,) = office.arrived
    assert xero.tokens()
    assert [each for each in xero.tokens() if each in message.as_string()] == []


@contextmanager
def no_room_for_the_second_letter(app: Flask) -> Iterator[None]:
    """The database breaks down when the second mail is written."""
    seen: list[str] = []

    def break_down(
        _connection: object, _cursor: object, statement: str, *_: object, **__: object
    ) -> None:
        if statement.startswith("INSERT INTO mail"):
            seen.append(statement)
            if len(seen) == 2:
                raise OSError("no space left on device")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", break_down)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", break_down)
    assert len(seen) == 2
