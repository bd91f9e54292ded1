"""Mail, delivered to a real server that may be down, slow, picky or false."""

import re
import subprocess
import sys
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from tests.client import Client
from tests.outside import ENVIRON
from tests.post_office import (
    HOST,
    PASSWORD,
    USER,
    PostOffice,
    wait_until,
)
from tests.staff.test_brand import logo
from xero_onboard.config import ROOT
from xero_onboard.lib import jobs, mail
from xero_onboard.lib.brand.changing import Sent, wear_sent
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.mail import servers
from xero_onboard.lib.mail.models import Mail
from xero_onboard.lib.web import access

CASEY = "casey@example.com"
CODE = "481516"


@pytest.fixture
def environ(environ: dict[str, str], office: PostOffice) -> dict[str, str]:
    return {**environ, "MAIL_URL": office.url}


def send_code(app: Flask, to: str = CASEY) -> None:
    with app.app_context():
        begin_write()  # as whoever sends mail does, which looks for the logo before it is written
        values = {"title": "Your code for signing in", "lines": (), "minutes": 10}
        mail.send(to, "code", code=CODE, **values)
        db.session.commit()


def send_notice(app: Flask, title: str = "Your password was changed", href: str = "/") -> None:
    with app.app_context():
        begin_write()
        lines = ("It was changed just now.", "Nothing else was.")
        mail.send(
            CASEY, "notice", title=title, lines=lines, link_label="Have a look", link_href=href
        )
        db.session.commit()


def work(app: Flask) -> None:
    """What the worker does when the time of all mail has come."""
    with app.app_context():
        db.session.execute(update(Mail).values(due_at=now() - timedelta(seconds=1)))
        db.session.commit()
    assert jobs.run_due(app)


def the_mail(app: Flask) -> Mail:
    with app.app_context():
        return db.session.scalars(select(Mail)).one()


def age(app: Flask, by: timedelta) -> None:
    with app.app_context():
        db.session.execute(update(Mail).values(created_at=now() - by))
        db.session.commit()


def is_stuck(app: Flask) -> bool:
    with app.app_context():
        return mail.is_stuck()


def text_of(message: EmailMessage, form: str = "plain") -> str:
    part = message.get_body((form,))
    assert part is not None
    return str(part.get_content())


def test_a_mail_arrives_in_both_forms(app: Flask, office: PostOffice) -> None:
    send_notice(app, href="/connect")
    work(app)

    (message,) = office.arrived
    assert message["To"] == CASEY
    assert message["From"] == "Acme Billing <support@example.com>"
    assert message["Subject"] == "Your password was changed"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{the_mail(app).id}@localhost>"
    assert message["Date"].datetime == the_mail(app).created_at.replace(microsecond=0)
    for form in ("plain", "html"):
        said = text_of(message, form)
        assert "It was changed just now." in said
        assert "http://localhost:8000/connect" in said
        assert "If this was not you" in said
    assert (the_mail(app).status, the_mail(app).body_sealed) == ("sent", None)


def test_the_logo_of_the_site_comes_with_the_mail(app: Flask, office: PostOffice) -> None:
    with app.app_context():
        begin_write()
        wear_sent(None, None, Sent(files={"logo": logo()}))
        commit()

    send_notice(app)
    work(app)

    (message,) = office.arrived
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<logo@localhost>"]
    said = text_of(message, "html")
    assert re.search(r'src="cid:logo@localhost"\s+alt="Acme Billing"\s+width="112"', said)
    assert "http" not in said.partition("cid:")[0]


def test_what_comes_every_week_tells_mail_programs_how_to_stop_it(
    app: Flask, office: PostOffice
) -> None:
    """In one line, however long the address: https://www.rfc-editor.org/rfc/rfc8058#section-3.1"""
    place = f"/digest/{'x' * 150}"
    links = {"page_href": "/staff/waiting", "unsubscribe_href": place}
    with app.app_context():
        mail.send(CASEY, "staff/digest", title="1 thing waits", lines=(), desks=(), **links)
        db.session.commit()
    send_notice(app)

    work(app)

    found = {str(message["Subject"]): dict(message.raw_items()) for message in office.arrived}
    weekly = found.pop("1 thing waits")
    assert str(weekly["List-Unsubscribe"]).strip() == f"<http://localhost:8000{place}>"
    assert weekly["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [name for each in found.values() for name in each if "Unsubscribe" in name] == []


def test_a_code_stands_in_the_text_and_nowhere_else(app: Flask, office: PostOffice) -> None:
    send_code(app)
    work(app)

    (message,) = office.arrived
    assert CODE in text_of(message)
    assert CODE in text_of(message, "html")
    assert CODE not in str(message["Subject"])


def test_a_server_that_is_down_stops_nothing_and_gets_the_mail_later_and_once(
    app: Flask, client: Client, office: PostOffice
) -> None:
    """Fault row 40: the request that sends goes well, and so do all other jobs of the worker."""
    office.close()
    add_a_view_that_sends(app)

    assert client.post("/tell").status_code == 200
    work(app)
    assert (the_mail(app).status, the_mail(app).tries) == ("queued", 1)

    office.open()
    work(app)
    work(app)

    assert len(office.arrived) == 1
    assert the_mail(app).status == "sent"


def test_pages_can_say_that_mail_is_slow(app: Flask, office: PostOffice) -> None:
    """Fault row 40."""
    office.close()
    send_code(app)
    work(app)
    assert not is_stuck(app)

    age(app, timedelta(minutes=6))
    assert is_stuck(app)

    office.open()
    work(app)
    assert not is_stuck(app)


def test_one_full_mailbox_does_not_make_mail_slow(app: Flask, office: PostOffice) -> None:
    office.answers[CASEY] = "452 mailbox full"
    send_code(app)
    work(app)

    age(app, timedelta(minutes=6))

    assert (the_mail(app).status, is_stuck(app)) == ("queued", False)
    office.answers.clear()
    work(app)
    assert len(office.arrived) == 1


@pytest.mark.parametrize("where", ["recipient", "text"])
def test_a_final_refusal_is_not_tried_again(app: Flask, office: PostOffice, where: str) -> None:
    if where == "recipient":
        office.answers[CASEY] = "550 no such person"
    else:
        office.data_answer = "554 not this"
    send_code(app)

    work(app)

    assert (the_mail(app).status, the_mail(app).body_sealed) == ("failed", None)
    work(app)
    assert the_mail(app).tries == 1


def test_a_lost_answer_means_the_same_mail_again(app: Flask, office: PostOffice) -> None:
    office.data_answer = "451 try later"
    send_code(app)
    work(app)
    office.data_answer = "250 taken"
    work(app)

    first, second = office.arrived
    assert first["Message-ID"] == second["Message-ID"]
    assert the_mail(app).status == "sent"


def test_the_pauses_grow_and_end_after_three_days(app: Flask, office: PostOffice) -> None:
    office.close()
    send_code(app)

    pauses = []
    for _ in range(11):
        work(app)
        pauses.append(round((the_mail(app).due_at - now()).total_seconds() / 60))
    age(app, timedelta(days=3, minutes=1))
    work(app)

    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert (the_mail(app).status, the_mail(app).body_sealed) == ("failed", None)


def test_new_mail_does_not_wait_behind_what_keeps_failing(app: Flask, office: PostOffice) -> None:
    full = "full@example.com"
    office.answers[full] = "452 mailbox full"
    send_code(app, full)
    work(app)
    send_code(app)

    work(app)

    assert office.asked == [full, CASEY, full]


@pytest.mark.parametrize(
    "address",
    [
        *("", "nobody", "two@example.com, three@example.com", "Casey <casey@example.com>"),
        *("casey@example.com\r\nBcc: eve@example.com", "casey@example.com\n", "a\x00b@example.com"),
        *("casey @example.com", "@example.com", "c@s@y.example", f"{'x' * 320}@example.com"),
        *("casey.@example.com", "c..y@example.com", "cäsey@example.com", "casey@[127.0.0.1]"),
        *("casey@", "casey@example.", '"casey"@example.com', "casey(at home)@example.com"),
    ],
)
def test_what_is_not_one_address_is_refused(app: Flask, address: str) -> None:
    """Row F6."""
    with pytest.raises(mail.UnsafeAddress):
        send_code(app, address)


def test_a_host_in_another_script_is_written_as_servers_do(app: Flask, office: PostOffice) -> None:
    send_code(app, "casey@exämple.com")
    work(app)

    assert office.asked == ["casey@xn--exmple-cua.com"]


def test_a_value_is_text_and_never_a_header_or_a_template(app: Flask, office: PostOffice) -> None:
    """Row F6."""
    send_notice(app, title="Hello\r\nBcc: eve@example.com\r\n\r\n{{ 7 * 7 }} <b>bold</b>")
    work(app)

    (message,) = office.arrived
    assert message["Bcc"] is None
    assert "Bcc: eve@example.com" in message["Subject"]
    assert "{{ 7 * 7 }}" in message["Subject"]
    assert "&lt;b&gt;bold" in text_of(message, "html")


@pytest.mark.parametrize(
    "href",
    [
        *("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"),
        *("http://localhost:8000.evil.example/", "http://localhost:8000@evil.example/", "/a b"),
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(app: Flask, href: str) -> None:
    with pytest.raises(mail.UnsafeLink):
        send_notice(app, href=href)


def test_two_workers_send_one_mail_once(app: Flask, office: PostOffice) -> None:
    """Fault row 40: no duplicates."""
    for _ in range(5):
        send_code(app)
    workers = [threading.Thread(target=jobs.run_due, args=(app,)) for _ in range(4)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(office.arrived) == 5
    assert len({message["Message-ID"] for message in office.arrived}) == 5


def test_a_refused_request_sends_nothing(app: Flask, client: Client) -> None:
    add_a_view_that_sends(app, status=409)

    assert client.post("/tell").status_code == 409

    with app.app_context():
        assert db.session.scalars(select(Mail)).all() == []


def test_a_text_that_was_moved_to_another_row_is_not_sent(app: Flask, office: PostOffice) -> None:
    """Row B2."""
    send_code(app)
    send_notice(app)
    with app.app_context():
        sealed = select(Mail.body_sealed).where(Mail.subject.startswith("Your code"))
        moved = db.session.scalar(sealed)
        db.session.execute(update(Mail).values(body_sealed=moved))
        db.session.commit()

    work(app)

    assert [message["Subject"] for message in office.arrived] == ["Your code for signing in"]


def test_mail_is_forgotten_after_a_week(app: Flask) -> None:
    send_code(app)
    age(app, timedelta(days=7, minutes=1))

    assert jobs.run_due(app)

    with app.app_context():
        assert db.session.scalars(select(Mail)).all() == []


def test_the_worker_delivers_within_seconds_and_ends_when_told(
    app: Flask, environ: dict[str, str], office: PostOffice
) -> None:
    with subprocess.Popen(
        (sys.executable, "-m", "flask", "--app", "app", "work"), cwd=ROOT, env=ENVIRON | environ
    ) as worker:
        try:
            send_code(app)
            wait_until(office, 1, seconds=30)
            send_code(app)
            wait_until(office, 2, seconds=8)
        finally:
            worker.terminate()
            assert worker.wait(timeout=20) == 0


def reach(app: Flask, office: PostOffice, kind: servers.Tls) -> None:
    """Have the app use this server in this way, as it would if it were on another machine."""
    is_known = "authenticator" in office.options or kind == "starttls"
    app.extensions["mail_server"] = servers.Server(
        host=HOST,
        port=office.port,
        tls=kind,
        user=USER if is_known else "",
        password=PASSWORD if is_known else "",
        sender="support@example.com",
        name="localhost",
    )


def add_a_view_that_sends(app: Flask, status: int = 200) -> None:
    def tell() -> tuple[str, int]:
        mail.send(CASEY, "code", title="Your code", code=CODE, minutes=10, lines=())
        return "", status

    app.add_url_rule("/tell", view_func=access.anyone(tell), methods=["POST"])


def rows(app: Flask) -> list[str]:
    with app.app_context():
        return [str(row) for row in db.session.execute(text("SELECT * FROM mail"))]
