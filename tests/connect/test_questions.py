"""What only the reader can decide is asked: whose login, in place of which, and for which customer."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from typing import cast
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.accounts.company import letters, noted
from tests.client import Client
from tests.connect.conftest import ARTICLE, Visitor, count, serving, the_only
from tests.connect.hostile import Claims, Hostile, said, signed
from tests.connect.test_choosing import lists, tenant
from tests.connect.test_colleagues import put, sign_in, user_id
from tests.connect.test_hostile_provider import come_back
from xero_onboard.accounts.models import Customer, Membership, StoredSession, User
from xero_onboard.config import Settings, VaultKey
from xero_onboard.connect.models import Attempt, Candidate, Connection, Errand, Grant, Removal
from xero_onboard.factory import create_app
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db

AMARA = "amara@practice.example"
HARBOUR = "Harbour Café Ltd"

Another = Callable[[str], Visitor]


@pytest.fixture
def provider(settings: Settings, provider_port: int) -> Iterator[Hostile]:
    """Plays Xero by a script."""
    xero = settings.xero
    played = Hostile(xero.identity_url, xero.client_id, xero.client_secret, xero.scopes)
    with serving(played, provider_port):
        yield played


@pytest.fixture
def sam(app: Flask, amara: Visitor, another_visitor: Another) -> Visitor:
    """A colleague of Amara's at Xero and here, who has connected Harbour Café."""
    visitor = another_visitor("robin@practice.example")
    sign_in(visitor)
    sign_in(amara)
    put(app, amara, "connect", of=visitor)
    return visitor


def words(answer: object) -> str:
    """A page's words, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", str(answer))).split())


def page_of(client: Client, way: str) -> str:
    return words(client.get(way.replace(ARTICLE, "/connect"), follow_redirects=True).text)


def as_somebody_else(provider: Hostile, name: str = "Noor") -> None:
    """Whoever comes back now has another login at Xero."""
    claims: Claims = {"xero_userid": f"{name}-at-xero", "given_name": name, "email": "n@x.example"}
    provider.token = lambda h: said(h.tokens(id_token=signed(h.claims(**claims))))


def newly(provider: Hostile, number: int, **changes: object) -> Claims:
    """An organisation that was allowed just now."""
    today = now().strftime("%Y-%m-%dT%H:%M:%S.0000000")
    return provider.organisation(number, updatedDateUtc=today, **changes)


def break_connection(app: Flask) -> Connection:
    with app.app_context():
        broken = {"status": "needs_reauth", "reason": "revoked_in_xero"}
        db.session.execute(update(Connection).values(broken))
        db.session.commit()
    return the_only(app, Connection)


def connections(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {row.name: row.status for row in db.session.scalars(select(Connection))}


def picker(app: Flask) -> str:
    with app.app_context():
        query = select(Attempt.id).where(Attempt.status == "choosing")
        return f"/connect/organisations/{db.session.scalars(query).one()}"


# The same organisation, another login


def test_what_works_with_another_login_is_taken_over_only_if_the_reader_says_so(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Failure 42: the same customer."""
    come_back(client, provider)
    before = the_only(app, Connection)
    as_somebody_else(provider)

    way = come_back(client, provider)

    assert "Company 1 is connected already, with another Xero login" in page_of(client, way)
    asked = words(client.get(picker(app)).text)
    assert "Riley Reed" in asked
    assert "Take it over" in asked
    assert the_only(app, Connection).grant_id == before.grant_id


def test_leaving_it_as_it_is_changes_nothing(app: Flask, client: Client, provider: Hostile) -> None:
    come_back(client, provider)
    before = the_only(app, Connection)
    as_somebody_else(provider)
    come_back(client, provider)

    client.post(f"/connect/attempts/{picker(app).rpartition('/')[2]}/cancel")

    after = the_only(app, Connection)
    assert (after.grant_id, after.status) == (before.grant_id, "active")
    assert count(app, Removal) == 0


def test_taking_over_moves_the_connection_and_tells_both(
    app: Flask, sam: Visitor, amara: Visitor
) -> None:
    """Failure 42, and rule 9: said in the guide, and by mail to both."""
    give_harbour_to(app, sam, amara)
    way = amara.come_back(amara.person.go_on(amara.press_connect()))
    assert "is connected already, with another Xero login" in amara.read(way)

    answer = amara.client.post(f"{picker(app)}/take-over")

    connection = the_only(app, Connection)
    page = amara.read(answer.location)
    assert "Harbour Café Ltd is connected with your Xero login now" in page
    assert "It was connected by Robin Patel before" in page
    assert connection.connected_by == "Amara Osei"
    assert connection.connected_by_id == user_id(app, amara)
    assert told(app) == {"robin@practice.example", AMARA}
    assert noted(app, "connection_taken_over") == 1


def test_no_name_is_a_link_in_what_both_are_told(app: Flask, sam: Visitor, amara: Visitor) -> None:
    """Anybody writes into their profile at Xero what they like, and must not advertise by it under ours."""
    give_harbour_to(app, sam, amara)
    amara.come_back(amara.person.go_on(amara.press_connect()))
    page = picker(app)
    with app.app_context():
        db.session.execute(update(Attempt).values(actor="Verify at http://evil.example/new"))
        db.session.execute(update(User).values(name="Verify at http://evil.example/old"))
        db.session.commit()

    amara.client.post(f"{page}/take-over")

    texts = [each.text for each in letters(app) if "Xero login" in each.subject]
    assert len(texts) == 2
    assert all("Verify at http evil example" in each for each in texts)
    assert not any("evil.example" in each for each in texts)


def test_reconnecting_as_a_colleague_takes_over_and_tells_both(
    app: Flask, sam: Visitor, amara: Visitor
) -> None:
    """Failure 51: the same organisation, and another user of the customer."""
    give_harbour_to(app, sam, amara)
    connection = break_connection(app)

    at_xero = amara.client.post(
        f"/connect/connections/{connection.id}/reconnect", data={"next": ARTICLE}
    ).location
    way = amara.come_back(amara.person.go_on(at_xero))

    assert "It was connected by Robin Patel before" in amara.read(way)
    assert the_only(app, Connection).status == "active"
    assert the_only(app, Connection).connected_by == "Amara Osei"
    assert told(app) == {"robin@practice.example", AMARA}


def test_whoever_had_it_before_may_have_left(app: Flask, sam: Visitor, amara: Visitor) -> None:
    give_harbour_to(app, sam, amara)
    way = amara.come_back(amara.person.go_on(amara.press_connect()))
    amara.client.post(f"{picker(app)}/take-over")
    with app.app_context():
        left = Membership.user_id == user_id(app, sam)
        db.session.query(Membership).filter(left).delete()
        db.session.commit()

    assert "It was connected by a colleague before" in amara.read(way)


def give_harbour_to(app: Flask, sam: Visitor, amara: Visitor) -> None:
    """Amara's login has Harbour Café at Xero, and the connection here goes by Sam's."""
    amara.connect(HARBOUR)
    with app.app_context():
        theirs = Grant(
            environment="sandbox",
            provider="xero",
            issuer="https://identity.test",
            subject="sams-login",
            scopes="openid",
            access_expires_at=now(),
            refresh_expires_at=now(),
            rotated_at=now(),
            next_refresh_at=now(),
        )
        db.session.add(theirs)
        db.session.flush()
        whose = {"connected_by": "Robin Patel", "connected_by_id": user_id(app, sam)}
        db.session.execute(update(Connection).values(grant_id=theirs.id, **whose))
        db.session.commit()


def told(app: Flask) -> set[str]:
    """To whom mail about another login went."""
    return {letter.to for letter in letters(app) if "Xero login" in letter.subject}


# Another organisation than the one that was to be renewed


@pytest.fixture
def asked(app: Flask, client: Client, provider: Hostile) -> str:
    """The reader was reconnecting Company 1 and has chosen Company 2 at Xero; the page that asks."""
    come_back(client, provider)
    connection = break_connection(app)
    lists(provider, newly(provider, 2))
    way = come_back(client, provider, button=f"/connect/connections/{connection.id}/reconnect")
    assert "You chose Company 2, not Company 1" in page_of(client, way)
    return picker(app)


def test_another_organisation_stops_and_asks(app: Flask, client: Client, asked: str) -> None:
    """Failure 51: what was expected and what came, and nothing is bound."""
    page = words(client.get(asked).text)

    assert "You chose Company 2, not Company 1" in page
    assert "Add it, and keep Company 1" in page
    assert "Use it instead of Company 1" in page
    assert set(connections(app)) == {"Company 1"}


def test_it_can_be_added(app: Flask, client: Client, provider: Hostile, asked: str) -> None:
    client.post(asked, data={"tenant": tenant(provider, 2)})

    assert connections(app) == {"Company 1": "org_unavailable", "Company 2": "active"}


def test_it_can_take_the_others_place(
    app: Flask, client: Client, provider: Hostile, asked: str
) -> None:
    answer = client.post(f"{asked}/instead", data={"tenant": tenant(provider, 2)})

    page = page_of(client, answer.location)
    assert "Company 2 is connected in place of Company 1" in page
    assert connections(app)["Company 2"] == "active"
    assert connections(app)["Company 1"] in ("disconnecting", "disconnected")
    with app.app_context():
        chosen = db.session.scalars(select(Connection).where(Connection.is_selected)).one()
    assert chosen.name == "Company 2"


def test_taking_a_place_asks_for_a_fresh_proof(
    app: Flask, client: Client, provider: Hostile, asked: str
) -> None:
    """Row D8: it disconnects what was there."""
    with app.app_context():
        for row in db.session.scalars(select(StoredSession)):
            row.content = {**row.content, "proved_at": row.content["proved_at"] - 3600}
        db.session.commit()

    answer = client.post(f"{asked}/instead", data={"tenant": tenant(provider, 2)})

    assert answer.location == f"/account/prove?next={asked}"
    assert set(connections(app)) == {"Company 1"}


def test_nothing_ticked_takes_no_place(app: Flask, client: Client, asked: str) -> None:
    answer = client.post(f"{asked}/instead")

    assert answer.status_code == 400
    assert "Tick the one organisation that is to take its place" in answer.text
    assert "Company 2" not in connections(app)


def test_changing_nothing_gives_it_back(app: Flask, client: Client, asked: str) -> None:
    client.post(f"/connect/attempts/{asked.rpartition('/')[2]}/cancel")

    assert "Company 2" not in connections(app)
    assert the_only(app, Removal).remote_id is not None
    assert count(app, Candidate) == 0


def test_what_another_customer_holds_takes_no_place(
    app: Flask, client: Client, provider: Hostile, asked: str
) -> None:
    """Failure 42: refused without naming them, and what there was stays."""
    with app.app_context():
        other = Customer(name="Somebody Else Limited")
        db.session.add(other)
        db.session.flush()
        mine = db.session.scalars(select(Connection)).one()
        row = {"environment": "sandbox", "provider": "xero", "grant_id": mine.grant_id}
        held = Connection(
            **row,
            customer_id=other.id,
            tenant_id=tenant(provider, 2),
            remote_id="elsewhere",
            name="Company 2",
        )
        db.session.add(held)
        db.session.commit()

    answer = client.post(f"{asked}/instead", data={"tenant": tenant(provider, 2)})

    assert answer.status_code == 409
    assert "is connected to another Acme Billing account" in answer.text
    assert "Somebody Else" not in answer.text
    assert connections(app)["Company 1"] not in ("disconnecting", "disconnected")


def test_while_the_vault_is_locked_nothing_takes_anothers_place(
    app: Flask, client: Client, provider: Hostile, settings: Settings, asked: str
) -> None:
    """Row B3."""
    before = connections(app)
    locked = create_app(replace(settings, vault_keys=(VaultKey("new1", b"x" * 32),)))
    locked.test_client_class = Client
    browser, cookie = cast(Client, locked.test_client()), client.get_cookie("sid")
    assert cookie is not None
    browser.set_cookie("sid", cookie.value)

    answer = browser.post(f"{asked}/instead", data={"tenant": tenant(provider, 2)})

    assert answer.status_code == 503
    assert "Nothing is lost" in answer.text
    assert connections(app) == before
    client.post(f"{asked}/instead", data={"tenant": tenant(provider, 2)})
    assert connections(app)["Company 2"] == "active"


# For another customer than the reader acts for now


def test_whoever_switched_meanwhile_is_asked_with_both_names(app: Flask, riley: Visitor) -> None:
    """Failure 26: never bound to the customer that is current by chance."""
    sign_in(riley)
    at_xero = riley.press_connect()
    second = another_customer(app, riley)
    riley.client.post("/account/customers/switch", data={"customer": str(second)})

    way = riley.come_back(riley.person.allow(at_xero))

    assert way == picker(app)
    page = words(riley.client.get(way).text)
    assert "You began this for Riley Reed, and act for Second Limited now" in page
    assert count(app, Connection) == 0
    assert riley.client.post(way, data={"tenant": "x"}).status_code == 404


def test_switching_back_finishes_where_it_was_begun(app: Flask, riley: Visitor) -> None:
    """Failure 26."""
    sign_in(riley)
    first = the_only(app, Membership).customer_id
    at_xero = riley.press_connect()
    second = another_customer(app, riley)
    riley.client.post("/account/customers/switch", data={"customer": str(second)})
    way = riley.come_back(riley.person.allow(at_xero))

    switched = riley.client.post(
        "/account/customers/switch", data={"customer": str(first), "next": way}
    )
    with app.app_context():
        tenant_id = db.session.scalars(select(Candidate.tenant_id)).one()
    riley.client.post(switched.location, data={"tenant": tenant_id})

    assert the_only(app, Connection).customer_id == first


def another_customer(app: Flask, visitor: Visitor) -> UUID:
    with app.app_context():
        customer = Customer(name="Second Limited")
        db.session.add(customer)
        db.session.flush()
        db.session.add(Membership(user_id=user_id(app, visitor), customer_id=customer.id))
        db.session.commit()
        return customer.id


# Telling organisations apart


def test_organisations_of_one_name_are_told_apart(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Failures 40 and 41: an id, a country, and what is known of each."""
    today = now().strftime("%Y-%m-%dT%H:%M:%S.0000000")
    alike = {"tenantName": "Harbour", "updatedDateUtc": today}
    lists(provider, provider.organisation(1, **alike), provider.organisation(2, **alike))
    facts = {"Name": "Harbour", "CountryCode": "NZ", "IsDemoCompany": True}
    provider.describing = lambda _: said({"Organisations": [facts]})
    come_back(client, provider)

    page = words(client.get(picker(app)).text)

    for number in (1, 2):
        assert f"begins with {tenant(provider, number)[:8]}" in page
    assert page.count("Demo company") == 2
    assert page.count("NZ") == 2
    assert page.count(" New") == 2


def test_what_is_connected_here_already_says_so(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Failure 41."""
    lists(provider, provider.organisation(1))
    come_back(client, provider)
    lists(provider, newly(provider, 1), newly(provider, 2))
    come_back(client, provider)

    page = words(client.get(picker(app)).text)

    assert page.count("Already connected here") == 1
    assert page.count(" New") == 1


def test_a_practice_is_shown_with_the_reason_and_cannot_be_chosen(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Failure 41."""
    practice = newly(provider, 3, tenantType="PRACTICE", tenantName="Osei Practice")
    lists(provider, newly(provider, 1), newly(provider, 2), practice)
    come_back(client, provider)

    page = client.get(picker(app)).text
    answer = client.post(picker(app), data={"tenant": tenant(provider, 3)})

    assert "An accountant’s practice: it has no books of its own" in page
    assert "disabled" in page
    assert answer.status_code == 400
    assert connections(app) == {}


# What somebody who came by a link has to choose


def test_whoever_came_by_a_link_chooses_for_those_who_asked(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Row A10: what Xero does not prove to be of this very trip is connected by a tick only."""
    sign_in_only(client, provider)
    with app.app_context():
        membership = db.session.scalars(select(Membership)).one()
        db.session.add(
            Errand(
                environment="sandbox",
                customer_id=membership.customer_id,
                asked_by_id=membership.user_id,
                token_digest=digest("a-token"),
                expires_at=now().replace(year=now().year + 1),
            )
        )
        db.session.commit()
    helper = app.test_client()
    assert isinstance(helper, Client)
    helper.get("/for-a-colleague/a-token")
    as_somebody_else(provider)
    at_xero = helper.post("/for-a-colleague", data={"confirm": "yes"}).location
    asked = dict(pair.split("=", 1) for pair in at_xero.partition("?")[2].split("&"))
    provider.nonce = asked["nonce"]
    helper.get(f"/connect/sandbox/callback?code=a-code&state={asked['state']}")

    page = words(helper.get("/for-a-colleague", follow_redirects=True).text)
    assert "One more step: choose the organisation" in page
    assert connections(app) == {}
    nothing = helper.post("/for-a-colleague/organisations")
    assert nothing.status_code == 400
    done = helper.post("/for-a-colleague/organisations", data={"tenant": tenant(provider, 1)})

    assert done.location == "/for-a-colleague"
    assert "Done: Company 1 is connected" in words(helper.get("/for-a-colleague").text)
    assert connections(app) == {"Company 1": "active"}
    assert the_only(app, Connection).connected_by == "Noor Reed"


def sign_in_only(client: Client, provider: Hostile) -> None:
    at_xero = client.post("/sign-in/xero", data={"next": "/connect"}).location
    asked = dict(pair.split("=", 1) for pair in at_xero.partition("?")[2].split("&"))
    provider.nonce = asked["nonce"]
    client.get(f"/sign-in/sandbox/callback?code=a-code&state={asked['state']}")
