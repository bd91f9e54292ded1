"""How a connection stands: only what was really learnt of it, and of nothing else."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.connect.conftest import ARTICLE, Visitor, the_only
from tests.connect.hostile import Hostile, Reply, said
from tests.connect.test_choosing import lists, tenant
from tests.connect.test_hostile_provider import come_back
from tests.connect.test_renewal import busy, change, refusing, rotating, sent
from tests.faults_client import Faults
from xero_onboard.connect import signals, upkeep
from xero_onboard.connect.models import Attempt, Connection, Grant, Removal
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db, new_id

HARBOUR, NORTHSIDE = "Harbour Café Ltd", "Northside Builders Ltd"
EDGE = Reply(b"<html>Access Denied</html>", "403 Forbidden", {"Content-Type": "text/html"})


@pytest.fixture
def connection(client: Client, app: Flask, provider: Hostile) -> Connection:
    """Company 1, connected."""
    come_back(client, provider)
    provider.received.clear()
    return the_only(app, Connection)


def closed(hostile: Hostile) -> Reply:
    body = {"Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"}
    return said(body, "403 Forbidden")


def opened(hostile: Hostile) -> Reply:
    return said({"Organisations": [{"Name": "Company 1", "CountryCode": "NZ"}]})


def standing(app: Flask) -> dict[str, tuple[str, str | None]]:
    with app.app_context():
        return {each.name: (each.status, each.reason) for each in rows()}


def rows() -> list[Connection]:
    return list(db.session.scalars(select(Connection)))


def press(client: Client, button: str, connection: Connection) -> str:
    """Press a button beside a connection; the words of the page it leads to."""
    path = f"/connect/connections/{connection.id}/{button}"
    return client.get(client.post(path, data={"next": "/connect"}).location).text


def a_day_passes(app: Flask) -> None:
    change(app, next_refresh_at=now() - timedelta(seconds=1))
    with app.app_context():
        upkeep.look_after_grants()
        db.session.commit()


def test_a_choice_after_the_permission_ended_connects_nothing(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    """The picker is open in one tab while the last connection is disconnected in another."""
    today = now().strftime("%Y-%m-%dT%H:%M:%S.0000000")
    new = [provider.organisation(number, updatedDateUtc=today) for number in (2, 3)]
    lists(provider, provider.organisation(1), *new)
    way = come_back(client, provider)
    with app.app_context():
        choosing = select(Attempt.id).where(Attempt.status == "choosing")
        picker = f"/connect/organisations/{db.session.scalars(choosing).one()}"
    press(client, "disconnect", connection)

    answer = client.post(picker, data={"tenant": tenant(provider, 2)})

    assert answer.location == way
    assert "Xero's permission ended" in words(client, way)
    assert "Company 2" not in standing(app)


def test_a_permission_that_ends_while_we_look_connects_nothing(
    app: Flask, client: Client, provider: Hostile
) -> None:
    def describing(hostile: Hostile) -> Reply:
        change(app, status="dead", reason="disconnected")
        return opened(hostile)

    provider.describing = describing

    way = come_back(client, provider)

    assert "Xero's permission ended" in words(client, way)
    assert standing(app) == {}


def test_a_connection_that_dangles_is_mended_by_the_next_check(
    app: Flask, client: Client, connection: Connection
) -> None:
    change(app, status="dead", reason="revoked_in_xero")

    page = press(client, "check", connection)

    assert standing(app) == {"Company 1": ("needs_reauth", "revoked_in_xero")}
    assert f"/connect/connections/{connection.id}/reconnect" in page


def test_a_login_that_dies_while_an_organisation_is_asked_stays_dead(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    """The list came before; what it said must not bring the connection back."""
    rung: list[str] = []
    provider.refreshing = refusing
    provider.describing = lambda h: Reply(b"{}", "401 Unauthorized")

    with signals.connected.connected_to(lambda _: rung.append("connected")):
        press(client, "check", connection)

    assert standing(app) == {"Company 1": ("needs_reauth", "revoked_in_xero")}
    assert rung == []


def test_a_closed_organisation_stays_closed_until_it_opens(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    """The list goes on naming it, and is believed of all but this."""
    rung: list[str] = []
    provider.describing, provider.refreshing = closed, rotating

    def lost(_: Connection) -> None:
        rung.append("lost")

    def found(_: Connection) -> None:
        rung.append("found")

    with signals.needs_reauth.connected_to(lost), signals.connected.connected_to(found):
        press(client, "check", connection)
        a_day_passes(app)
        press(client, "check", connection)
        assert standing(app) == {"Company 1": ("org_unavailable", "organisation_closed")}
        assert rung == ["lost"]

        provider.describing = opened
        a_day_passes(app)

    assert standing(app) == {"Company 1": ("active", None)}
    assert rung == ["lost", "found"]
    with app.app_context():
        assert len(audit.search(event="connection_restored").entries) == 1


@pytest.mark.parametrize("how", ["closed", "role"])
def test_the_daily_look_finds_that_an_organisation_is_closed_to_its_login(
    app: Flask, amara: Visitor, faults: Faults, how: str
) -> None:
    """The list goes on naming it, and nobody has pressed Check."""
    for name in (HARBOUR, NORTHSIDE):
        amara.connect(name)
    if how == "closed":
        faults.happen("condition_changed", organisation=HARBOUR, value="closed")
    else:
        faults.happen(
            "role_changed", person=amara.person.email, organisation=HARBOUR, value="Read only"
        )

    a_day_passes(app)

    assert standing(app) == {
        HARBOUR: ("org_unavailable", "organisation_closed"),
        NORTHSIDE: ("active", None),
    }


def test_one_refused_token_is_renewed_once_for_all_that_are_asked(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    lists(provider, provider.organisation(1), provider.organisation(2))
    with app.app_context():
        values = {"tenant_id": tenant(provider, 2), "name": "Company 2", "is_selected": False}
        kept = {each.name: getattr(connection, each.name) for each in Connection.__table__.columns}
        db.session.add(Connection(**{**kept, **values, "id": new_id()}))
        db.session.commit()
    provider.refreshing = rotating
    provider.describing = lambda h: Reply(b"{}", "401 Unauthorized")

    a_day_passes(app)

    assert len(sent(provider)) == 2
    assert {status for status, _ in standing(app).values()} == {"active"}


def test_a_permission_that_an_organisation_misses_is_said_as_it_is(
    app: Flask, amara: Visitor, faults: Faults
) -> None:
    amara.connect(HARBOUR)
    faults.arm("organisation", "insufficient_scope")

    page = amara.press("check", the_only(app, Connection).id)

    assert standing(app) == {HARBOUR: ("needs_reauth", "scope_missing")}
    assert "Xero gave us fewer permissions than we need" in page


def test_a_permission_that_was_never_asked_for_ends_nothing(
    app: Flask, amara: Visitor, faults: Faults
) -> None:
    """The operator asks for more than when this login was asked; what it allowed goes on."""
    amara.connect(HARBOUR)
    change(app, scopes="openid offline_access")
    faults.arm("organisation", "insufficient_scope")

    a_day_passes(app)

    assert standing(app) == {HARBOUR: ("active", None)}


def test_a_closed_organisation_that_says_nothing_stays_closed(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    provider.describing, provider.refreshing = closed, rotating
    press(client, "check", connection)

    provider.describing = lambda h: Reply(b"", "503 Service Unavailable")
    a_day_passes(app)

    assert standing(app) == {"Company 1": ("org_unavailable", "organisation_closed")}


def test_a_refusal_by_what_stands_before_xero_says_nothing(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    provider.describing = lambda h: EDGE

    press(client, "check", connection)

    assert standing(app) == {"Company 1": ("active", None)}


@pytest.mark.parametrize("refusal", [EDGE, closed(Hostile("", "", "", ()))])
def test_a_removal_that_is_refused_is_tried_again(
    app: Flask, client: Client, provider: Hostile, connection: Connection, refusal: Reply
) -> None:
    provider.removing = lambda h: refusal

    press(client, "disconnect", connection)

    removal = the_only(app, Removal)
    assert (removal.status, removal.tries) == ("pending", 1)
    assert removal.refresh_sealed is not None


def test_days_of_silence_are_shown(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    provider.refreshing = busy
    for _ in range(3):
        a_day_passes(app)

    assert the_only(app, Grant).failures == 3
    assert standing(app) == {"Company 1": ("degraded", "provider_slow")}
    assert "Xero is not answering" in client.get("/connect").text


def left_alone(*_: object) -> Reply:
    """Xero wants to be asked again in fifty minutes."""
    return Reply(b"", "429 Too Many Requests", {"Retry-After": "3000"})


@pytest.mark.parametrize("place", ["refreshing", "connections"])
def test_xero_is_left_alone_for_as_long_as_it_wants(
    app: Flask, provider: Hostile, connection: Connection, place: str
) -> None:
    """Fault row 11."""
    provider.refreshing = rotating
    setattr(provider, place, left_alone)

    a_day_passes(app)

    wait = the_only(app, Grant).next_refresh_at - now()
    assert timedelta(seconds=2900) < wait < timedelta(seconds=3100)


def test_a_removal_leaves_xero_alone_for_as_long_as_it_wants(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    provider.removing = left_alone

    press(client, "disconnect", connection)

    assert the_only(app, Removal).due_at > now() + timedelta(seconds=2900)


def test_a_token_made_just_now_and_refused_kills_no_grant(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    """It is the API that fails: the consent has just been proven good."""
    provider.refreshing = rotating
    provider.connections = lambda h: Reply(b"{}", "401 Unauthorized")

    page = press(client, "check", connection)

    assert len(sent(provider)) == 1
    assert the_only(app, Grant).status == "ok"
    assert standing(app) == {"Company 1": ("degraded", "provider_slow")}
    assert "Xero is not answering at the moment" in page


def test_our_own_trouble_with_xero_is_not_called_xeros(
    app: Flask,
    client: Client,
    provider: Hostile,
    connection: Connection,
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider.refreshing = lambda h, body: said({"error": "invalid_client"}, "401 Unauthorized")
    change(app, access_expires_at=now())

    page = press(client, "check", connection)

    assert "Our own set-up with Xero is not working" in page
    assert standing(app) == {"Company 1": ("active", None)}
    assert "CRITICAL" in {record.levelname for record in caplog.records}


def test_a_permission_that_is_missing_is_said_as_it_is(
    app: Flask, client: Client, provider: Hostile, connection: Connection
) -> None:
    lacking = {"WWW-Authenticate": "insufficent_scope", "Content-Type": "application/json"}
    provider.connections = lambda h: Reply(b"{}", "401 Unauthorized", lacking)

    page = press(client, "check", connection)

    assert standing(app) == {"Company 1": ("needs_reauth", "scope_missing")}
    assert "Xero gave us fewer permissions than we need" in page


def words(client: Client, way: str) -> str:
    return client.get(way.replace(ARTICLE, "/connect")).text.replace("&#39;", "'")
