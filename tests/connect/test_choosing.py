"""Several organisations at once: only the reader knows which is meant."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.client import Client
from tests.connect.conftest import ARTICLE, count, serving, the_only
from tests.connect.hostile import Hostile, Reply, said, signed
from tests.connect.test_hostile_provider import come_back
from xero_onboard.config import Settings
from xero_onboard.connect import upkeep, vault
from xero_onboard.connect.models import Attempt, Candidate, Connection, Grant
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, db


@pytest.fixture
def provider(settings: Settings, provider_port: int) -> Iterator[Hostile]:
    """Plays a Xero that may connect several organisations at once."""
    xero = settings.xero
    played = Hostile(xero.identity_url, xero.client_id, xero.client_secret, xero.scopes)
    with serving(played, provider_port):
        yield played


def lists(provider: Hostile, *rows: dict[str, Any]) -> None:
    provider.connections = lambda _: said(rows)


def two(provider: Hostile) -> None:
    """Two organisations that were allowed just now."""
    today = now().strftime("%Y-%m-%dT%H:%M:%S.0000000")
    lists(
        provider,
        provider.organisation(1, updatedDateUtc=today),
        provider.organisation(2, updatedDateUtc=today),
    )


def tenant(provider: Hostile, number: int) -> str:
    return str(provider.organisation(number)["tenantId"])


def names(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Connection.name).order_by(Connection.name)))


def test_of_several_the_reader_chooses(app: Flask, client: Client, provider: Hostile) -> None:
    two(provider)

    way = come_back(client, provider)

    attempt = the_only(app, Attempt)
    picker = f"/connect/organisations/{attempt.id}"
    page = client.get(way.replace(ARTICLE, "/connect")).text
    assert (attempt.status, count(app, Connection)) == ("choosing", 0)
    assert "One more step: choose your organisation" in page
    assert picker in page
    assert "Company 1" in client.get(picker).text

    answer = client.post(picker, data={"tenant": tenant(provider, 2)})

    assert answer.location == way
    assert names(app) == ["Company 2"]
    assert the_only(app, Connection).is_selected
    assert "Company 2 is connected" in client.get(way.replace(ARTICLE, "/connect")).text
    assert client.get(picker).location == way
    assert client.post(picker, data={"tenant": tenant(provider, 1)}).location == way
    assert names(app) == ["Company 2"]
    assert count(app, Candidate) == 0


@pytest.mark.parametrize(("language", "joined"), [("en-GB", "and"), ("fr-CA", "et")])
def test_several_may_be_chosen(
    app: Flask, client: Client, provider: Hostile, language: str, joined: str
) -> None:
    two(provider)
    way = come_back(client, provider)

    client.post(
        f"/connect/organisations/{the_only(app, Attempt).id}",
        data={"tenant": [tenant(provider, 1), tenant(provider, 2)]},
        headers={"Accept-Language": language},
    )

    assert names(app) == ["Company 1", "Company 2"]
    page = client.get(way.replace(ARTICLE, "/connect")).text
    assert f"Company 1 {joined} Company 2" in page


def many_with_long_names(provider: Hostile) -> list[str]:
    """Five organisations that were allowed just now; together their names fit in no row."""
    today = now().strftime("%Y-%m-%dT%H:%M:%S.0000000")
    rows = [
        provider.organisation(
            number, updatedDateUtc=today, tenantName=f"Company {number} {'of the coast ' * 3}end"
        )
        for number in range(1, 6)
    ]
    lists(provider, *rows)
    return [str(row["tenantId"]) for row in rows]


def test_of_many_long_names_those_are_told_that_fit(
    app: Flask, client: Client, provider: Hostile
) -> None:
    chosen = many_with_long_names(provider)
    way = come_back(client, provider)

    answer = client.post(
        f"/connect/organisations/{the_only(app, Attempt).id}", data={"tenant": chosen}
    )

    assert answer.location == way
    assert len(names(app)) == 5
    told = f"{', '.join(names(app)[:3])} and 2 more"
    assert the_only(app, Attempt).organisation == told
    assert told in client.get(way.replace(ARTICLE, "/connect")).text


@pytest.mark.parametrize(
    "chosen", [[], [""], ["unknown"], ["' OR 1=1 --"], ["x" * 9000], ["<script>marker"]]
)
def test_a_choice_that_is_none_is_asked_for_again(
    app: Flask, client: Client, provider: Hostile, chosen: list[str]
) -> None:
    two(provider)
    come_back(client, provider)

    picker = f"/connect/organisations/{the_only(app, Attempt).id}"
    answer = client.post(picker, data={"tenant": [*chosen, *chosen]})

    assert answer.status_code == 400
    assert "Tick at least one" in answer.text
    assert "<script>marker" not in answer.text
    assert the_only(app, Attempt).status == "choosing"
    assert count(app, Connection) == 0


def test_what_another_customer_holds_cannot_be_chosen(
    app: Flask, client: Client, provider: Hostile
) -> None:
    lists(provider, provider.organisation(1))
    somebody = cast(Client, app.test_client())
    provider.token = lambda h: said(
        h.tokens(id_token=signed(h.claims(xero_userid="somebody-else", given_name="Sam")))
    )
    come_back(somebody, provider)
    provider.token = None
    two(provider)
    come_back(client, provider)
    with app.app_context():
        attempt_id = db.session.scalars(
            select(Attempt.id).where(Attempt.status == "choosing")
        ).one()

    answer = client.post(
        f"/connect/organisations/{attempt_id}",
        data={"tenant": [tenant(provider, 1), tenant(provider, 2)]},
    )

    assert answer.status_code == 409
    assert "Company 1 is connected to another Acme Billing account" in answer.text
    assert answer.text.count("checked") == 2
    assert "Sam" not in answer.text
    assert names(app) == ["Company 1"]


def test_a_choice_belongs_to_the_reader_who_came_back(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)
    picker = f"/connect/organisations/{the_only(app, Attempt).id}"
    other = cast(Client, app.test_client())
    provider.token = lambda h: said(h.tokens(id_token=signed(h.claims(xero_userid="other"))))
    come_back(other, provider)

    assert other.get(picker).status_code == 404
    assert other.post(picker, data={"tenant": tenant(provider, 1)}).status_code == 404
    assert app.test_client().get(picker).location.startswith("/sign-in")
    assert count(app, Connection) == 0


def test_a_choice_nobody_makes_comes_to_an_end(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)
    with app.app_context():
        db.session.execute(update(Attempt).values(started_at=now() - timedelta(minutes=31)))
        db.session.commit()
        upkeep.end_old_attempts()
        db.session.commit()

    assert the_only(app, Attempt).outcome == "permission_ended"
    assert "Choose your organisation" not in client.get("/connect").text


def test_what_has_changed_since_we_looked_is_the_one(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Without an event id and with a clock that is off, only the list from before can tell."""
    lists(provider, provider.organisation(1))
    come_back(client, provider)
    asked = len(provider.received)

    def grown(hostile: Hostile) -> Reply:
        is_before = not any("token" in path for path, _ in hostile.received[asked:])
        rows = [hostile.organisation(1), hostile.organisation(2), hostile.organisation(3)]
        return said(rows[:2] if is_before else rows)

    provider.connections = grown
    come_back(client, provider)

    assert names(app) == ["Company 1", "Company 3"]


def test_several_that_are_all_connected_need_no_choice(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)
    tenants = [tenant(provider, 1), tenant(provider, 2)]
    client.post(f"/connect/organisations/{the_only(app, Attempt).id}", data={"tenant": tenants})

    way = come_back(client, provider)

    page = client.get(way.replace(ARTICLE, "/connect")).text
    assert "This organisation was already connected" in unescape(page)
    assert count(app, Connection) == 2


def test_beside_what_works_an_open_choice_stays_in_reach(
    app: Flask, client: Client, provider: Hostile
) -> None:
    come_back(client, provider)
    today = now().strftime("%Y-%m-%dT%H:%M:%S.0000000")
    new = (provider.organisation(number, updatedDateUtc=today) for number in (2, 3))
    lists(provider, provider.organisation(1), *new)
    come_back(client, provider)
    with app.app_context():
        choosing = select(Attempt.id).where(Attempt.status == "choosing")
        attempt_id = db.session.scalars(choosing).one()

    guide = client.get("/hc/en-gb/articles/360001000301", follow_redirects=True).text
    for page in (client.get("/connect").text, guide):
        assert "Company 1" in page
        assert f"/connect/organisations/{attempt_id}" in page
        assert f"/connect/attempts/{attempt_id}/cancel" in page


def test_reloading_while_we_work_still_signs_in(app: Flask, provider: Hostile) -> None:
    """The browser drops the answer that signed it in, and must not be left a stranger."""
    app.test_client_class = FlaskClient
    browser = app.test_client()

    def slow(hostile: Hostile) -> Reply:
        # Long enough for the second to arrive, on a busy machine too.
        time.sleep(4)
        return said(hostile.tokens())

    provider.token = slow
    form = {"next": ARTICLE}
    headers = {"Sec-Fetch-Site": "same-origin"}
    location = browser.post("/connect/xero", data=form, headers=headers).location
    query = dict(pair.split("=", 1) for pair in location.partition("?")[2].split("&"))
    provider.nonce = query["nonce"]
    callback = f"/connect/sandbox/callback?code=a-code&state={query['state']}"
    cookie = browser.get_cookie("sid")
    assert cookie is not None
    again = app.test_client()
    again.set_cookie("sid", cookie.value)

    first = threading.Thread(target=lambda: browser.get(callback))
    first.start()
    time.sleep(0.4)
    way = again.get(callback).location
    first.join()

    assert "Company 1 is connected" in again.get(way.replace(ARTICLE, "/connect")).text
    assert sum("/connect/token" in path for path, _ in provider.received) == 1


def test_reconnecting_takes_what_works_again_whatever_else_was_ticked(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Xero lists both, and only the one that was allowed just now as new."""
    lists(provider, provider.organisation(1))
    come_back(client, provider)
    connection = the_only(app, Connection)
    provider.connections = lambda h: said([])
    client.post(f"/connect/connections/{connection.id}/check", data={"next": "/connect"})
    today = now().strftime("%Y-%m-%dT%H:%M:%S.0000000")
    lists(provider, provider.organisation(1), provider.organisation(2, updatedDateUtc=today))

    way = come_back(client, provider, button=f"/connect/connections/{connection.id}/reconnect")

    page = client.get(way.replace(ARTICLE, "/connect")).text
    assert "Company 1 is connected again" in page
    assert "we changed nothing" not in page
    assert names(app) == ["Company 1"]


def test_a_list_that_was_missed_is_read_again_soon(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """The new permission has mended what was connected before, and nobody has to wait a day for it."""
    come_back(client, provider)
    with app.app_context():
        begin_write()
        vault.tell(the_only(app, Grant).id, "revoked_in_xero")
        db.session.commit()
    provider.connections = lambda h: Reply(b"", "503 Service Unavailable")
    come_back(client, provider)
    assert the_only(app, Grant).next_refresh_at < now() + timedelta(minutes=2)

    provider.connections = None
    with app.app_context():
        db.session.execute(update(Grant).values(next_refresh_at=now()))
        db.session.commit()
        upkeep.look_after_grants()
        db.session.commit()

    assert the_only(app, Connection).status == "active"
