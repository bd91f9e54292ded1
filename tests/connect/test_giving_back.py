"""What was allowed for an attempt in which nothing was chosen: given back to Xero, and nothing else."""

from datetime import timedelta
from typing import cast
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from tests.client import Client
from tests.connect.conftest import Visitor, count, the_only
from tests.connect.hostile import Hostile, said, signed
from tests.connect.test_choosing import lists, names, provider, tenant, two
from tests.connect.test_hostile_provider import come_back
from tests.connect.test_states import let_time_pass
from xero_onboard.connect import upkeep
from xero_onboard.connect.models import Attempt, Connection, Removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

__all__ = ["provider"]

LONG_AGO = "2020-01-01T00:00:00.0000000"


def attempts(app: Flask) -> list[Attempt]:
    with app.app_context():
        return list(db.session.scalars(select(Attempt).order_by(Attempt.started_at)))


def stop(client: Client, attempt_id: UUID) -> str:
    return client.post(f"/connect/attempts/{attempt_id}/cancel").location


def given_back(app: Flask, provider: Hostile) -> set[str]:
    """Which organisations Xero was told to disconnect, once the worker has come by."""
    with app.app_context():
        upkeep.deliver_removals()
    deleted = (path for path, _ in provider.received if path.startswith("DELETE /connections/"))
    return {path.rpartition("/")[2] for path in deleted}


def remote(provider: Hostile, *numbers: int) -> set[str]:
    return {str(provider.organisation(number)["id"]) for number in numbers}


def half_an_hour_passes(app: Flask, attempt: Attempt) -> None:
    with app.app_context():
        old = update(Attempt).where(Attempt.id == attempt.id)
        db.session.execute(old.values(started_at=now() - timedelta(minutes=31)))
        db.session.commit()
        upkeep.end_old_attempts()
        db.session.commit()


def test_what_another_open_choice_offers_is_kept_for_it(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """The reader pressed Start again, and chooses in the newer tab."""
    two(provider)
    come_back(client, provider)
    come_back(client, provider)
    older, newer = attempts(app)

    half_an_hour_passes(app, older)

    assert given_back(app, provider) == set()
    client.post(f"/connect/organisations/{newer.id}", data={"tenant": tenant(provider, 1)})
    assert names(app) == ["Company 1"]
    assert given_back(app, provider) == set()


def test_the_last_of_several_choices_gives_back_what_none_used(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Only in the older attempt it was new; the duty passes to the one that still offers it."""
    two(provider)
    come_back(client, provider)
    old = {"updatedDateUtc": LONG_AGO, "authEventId": str(UUID(int=9))}
    lists(provider, *(provider.organisation(number, **old) for number in (1, 2)))
    come_back(client, provider)
    older, newer = attempts(app)

    stop(client, older.id)
    assert given_back(app, provider) == set()
    stop(client, newer.id)

    assert given_back(app, provider) == remote(provider, 1, 2)


def test_what_was_connected_meanwhile_is_not_given_back(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)
    come_back(client, provider)
    older, newer = attempts(app)
    client.post(f"/connect/organisations/{newer.id}", data={"tenant": tenant(provider, 1)})

    stop(client, older.id)

    assert given_back(app, provider) == remote(provider, 2)
    assert the_only(app, Connection).status == "active"


def test_what_was_there_before_is_not_given_back(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Nothing says what is new: it may have been connected long ago, and for something else."""
    old = {"updatedDateUtc": LONG_AGO, "authEventId": str(UUID(int=9))}
    lists(provider, *(provider.organisation(number, **old) for number in (1, 2)))
    come_back(client, provider)

    stop(client, the_only(app, Attempt).id)

    assert the_only(app, Attempt).outcome == "cancelled"
    assert given_back(app, provider) == set()
    assert count(app, Removal) == 0


def test_the_next_person_at_this_browser_ends_nobodys_choice(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)
    attempt_id = the_only(app, Attempt).id
    somebody = {"xero_userid": "somebody-else", "given_name": "Sam"}
    provider.token = lambda h: said(h.tokens(id_token=signed(h.claims(**somebody))))
    asked = client.post("/sign-in/xero", data={"next": "/connect"}).location
    provider.nonce = asked.partition("nonce=")[2].partition("&")[0]
    state = asked.partition("state=")[2].partition("&")[0]
    client.get(f"/sign-in/sandbox/callback?code=a-code&state={state}")
    assert "Sam" in client.get("/connect").text

    assert stop(client, attempt_id) == "/connect/problem/unknown_attempt"

    with app.app_context():
        assert db.session.get_one(Attempt, attempt_id).status == "choosing"


def test_a_person_may_end_their_choice_in_another_browser(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)
    attempt_id = the_only(app, Attempt).id
    other = cast(Client, app.test_client())
    come_back(other, provider)
    assert other.get(f"/connect/organisations/{attempt_id}").status_code == 200

    way = stop(other, attempt_id)

    assert attempts(app)[0].outcome == "cancelled"
    assert "You stopped" in other.get(way.replace("/hc/en-gb/articles/1", "/connect")).text


def test_only_the_same_button_supersedes(app: Flask, riley: Visitor) -> None:
    riley.client.post("/sign-in/xero", data={"next": "/connect"})
    riley.connect()

    let_time_pass(app)

    assert [each.outcome for each in attempts(app)] == ["abandoned", "connected"]


def test_only_a_later_success_supersedes(app: Flask, riley: Visitor) -> None:
    riley.connect()
    riley.press("disconnect", the_only(app, Connection).id)
    riley.press_connect()

    let_time_pass(app)

    assert [each.outcome for each in attempts(app)] == ["connected", "abandoned"]


def test_renewing_one_organisation_does_not_supersede_renewing_another(
    app: Flask, amara: Visitor
) -> None:
    amara.connect("Northside Builders Ltd")
    amara.connect("Harbour Café Ltd")
    with app.app_context():
        by_name = select(Connection.id).order_by(Connection.name)
        harbour, northside = db.session.scalars(by_name).all()
    amara.client.post(f"/connect/connections/{northside}/reconnect")
    url = amara.client.post(f"/connect/connections/{harbour}/reconnect").location
    amara.come_back(amara.person.go_on(url))

    let_time_pass(app)

    assert [each.outcome for each in attempts(app)][2:] == ["abandoned", "reconnected"]
