"""Who may do what: every door, every person, every id that is somebody else's, every column in a form."""

import statistics
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.client import Client
from tests.house.test_bad_input import rows
from tests.house.world import MEMBERS, STAFF, World, address_of
from xero_onboard.accounts.models import (
    Customer,
    Invitation,
    Membership,
    StoredSession,
    User,
)
from xero_onboard.connect.models import Attempt, Connection
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import RIGHTS
from xero_onboard.lib.web.access import FRESH, Mark, mark_of

PEOPLE = ("stranger", "half", "disabled", *MEMBERS, *STAFF)
# What a view that lets anybody in refuses by itself.
REFUSED_INSIDE = {("connect.connect", "see"): "refused"}
DETOURS = {
    "/sign-in?next=": "to sign in",
    "/account/prove?next=": "to prove it again",
    "/account/two-step?next=": "to set up a second step",
}
# Mail of a site in development is everybody's; there is none otherwise.
EVERYBODYS = {"mail_id"}

# What only staff can name in an address.
FOR_STAFF_ALONE = {"customer_id", "grant_id", "remark_id", "request_id", "following_id"}

SAMPLES = 100
# What a stranger on a network cannot tell from noise.
GAP_SECONDS = 0.005

CANARY = "canary-7f3a"
# What many forms read: where to go back to.
READ = {"next": "/connect", "anchor": "connect"}
# What forms read, so that they get as far as to do something; the others read no more than `next`.
FIELDS: Mapping[str, Mapping[str, str]] = {
    "accounts.ask_for_link": {"email": "casey@example.com"},
    "accounts.ask_to_register": {
        "email": "new@example.com",
        "name": "New Person",
        "password": "wattle-anvil-quince-42",
    },
    "address.ask": {"email": "newer@example.com"},
    "account.set_alternative": {"email": "second@example.com"},
    "colleagues.invite": {"email": "new@example.com", "right": "see"},
    "colleagues.rename": {"name": "Wattle Street Bakery"},
    "colleagues.set_right": {"right": "connect"},
    "choice.choose": {"tenant": "t"},
    "choice.choose_instead": {"tenant": "t"},
    "connect.shown": {"edition": "360001000101-1"},
    "content.read": {"edition": "360001000101-1"},
    "errand.ask": {"email": "new@example.com"},
    "errand.leave": {"confirm": "yes"},
    "feedback.problem": {"wrong": "w"},
    "feedback.remark": {"words": "w"},
    "feedback.vote": {"value": "up"},
    "staff_certification.confirm": {"note": "n"},
    "staff_connections.remove": {"remote_id": "r"},
    "comments.write": {"words": "w"},
    "comments.edit": {"words": "w"},
    "following.ask": {
        "kind": "article",
        "target": "360001000101",
        "email": "new@example.com",
        "locale": "en-gb",
    },
    "staff_comments.moderate": {"status": "shown", "wording": "w"},
    "requests.write": {"words": "w"},
    "requests.send_link": {"email": "casey@example.com"},
    "staff_requests.answer": {"words": "w", "status": "waiting", "read_to": str(UUID(int=1))},
    "staff_requests.handle": {"status": "solved", "was_status": "open"},
    "staff_requests.note": {"words": "w"},
    "staff_feedback.work_on": {"status": "done", "was_status": "new"},
    "staff_people.role": {"role": "reader"},
}


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.mark.parametrize("who", PEOPLE)
def test_every_door_opens_to_those_it_says_and_to_nobody_else(world: World, who: str) -> None:
    """Row E1: each answer is what the mark of the view says, for every address and method."""
    wrong = []
    for rule, method in doors(world.app):
        mark = mark_of(world.app.view_functions[rule.endpoint])
        assert mark is not None, f"{rule.endpoint} does not say who may enter"
        answer = knock(world.browser(who), rule, method, world.customers.casey)
        must_be = REFUSED_INSIDE.get((rule.endpoint, who)) or expected(mark, who)
        if verdict(answer) != must_be:
            wrong.append(f"{method} {rule.rule}: {verdict(answer)}, not {must_be}")
        if method != "GET" and answer.status_code < 400:
            world.put_back()

    assert wrong == []


@pytest.mark.parametrize("who", ["administer", "admin"])
def test_an_old_sign_in_opens_nothing_that_asks_for_a_fresh_one(world: World, who: str) -> None:
    """Row D8."""
    browser, wrong = world.browser(who), []
    with world.app.app_context():
        for row in db.session.scalars(select(StoredSession).where(StoredSession.id != "casey")):
            age(row)
        db.session.commit()
    for rule, method in doors(world.app):
        mark = mark_of(world.app.view_functions[rule.endpoint])
        if mark is None or not mark.is_fresh or expected(mark, who) != "let in":
            continue
        answer = knock(browser, rule, method, world.customers.casey)
        if verdict(answer) != "to prove it again":
            wrong.append(f"{method} {rule.rule}: {verdict(answer)}")

    assert wrong == []


@pytest.mark.parametrize("who", STAFF)
def test_staff_without_a_second_step_set_one_up_first(world: World, who: str) -> None:
    """Row D9."""
    browser = world.browser(who)
    with world.app.app_context():
        db.session.execute(db.metadata.tables["passkey"].delete())
        db.session.commit()

    answers = {
        rule.rule: verdict(knock(browser, rule, method, {}))
        for rule, method in doors(world.app)
        if expected(mark(world.app, rule), who) == "let in" and mark(world.app, rule).who in STAFF
    }

    assert set(answers.values()) == {"to set up a second step"}


@pytest.mark.parametrize(
    ("prefix", "whose"),
    [("/staff", {"editor", "admin"}), ("/account", {"signed_in"})],
)
def test_no_door_of_a_room_with_a_lock_stands_open(
    app: Flask, prefix: str, whose: set[str]
) -> None:
    """Row E1: the marks themselves, where one forgotten line would open a room."""
    found = {
        rule.rule: mark(app, rule).who
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(prefix)
    }

    assert found
    assert {path: who for path, who in found.items() if who not in whose} == {}


def test_a_role_that_was_taken_away_is_gone_with_the_next_request(world: World) -> None:
    """Row E1."""
    ada = world.browser("admin")
    assert ada.get("/staff/people").status_code == 200

    with world.app.app_context():
        db.session.execute(update(User).values(role="reader"))
        db.session.commit()

    assert ada.get("/staff/people").status_code == 403


def test_what_is_somebody_elses_is_as_unknown_as_what_never_was(world: World) -> None:
    """Row E2: same status and same body, for every address with an id in it."""
    told, tried = [], set()
    for rule, method in doors(world.app):
        names = rule.arguments & set(world.customers.dana)
        assert not ids_of(rule) - names - EVERYBODYS, f"{rule.rule}: whose id is this?"
        if not names:
            continue
        answers = []
        for ids in (world.customers.dana, dict.fromkeys(names, uuid4()), world.customers.casey):
            answer = knock(world.browser("casey"), rule, method, ids)
            answers.append((answer.status_code, without(answer, [ids[name] for name in names])))
            if method != "GET" and answer.status_code < 400:
                world.put_back()
        if answers[0] != answers[1]:
            told.append(f"{method} {rule.rule}: {answers[0][0]}, not {answers[1][0]}")
        if answers[2] != answers[1]:
            tried |= names

    assert told == []
    # Their own ids are known, or the test would show nothing.
    assert tried == set(world.customers.casey) - {"customer", *FOR_STAFF_ALONE}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("attempt_id", "/connect/organisations/{}"),
        ("connection_id", "/connect/connections/{}/select"),
        ("invitation_id", "/account/colleagues/invitations/{}/withdraw"),
    ],
)
def test_the_clock_does_not_tell_whether_an_id_is_somebodys(
    world: World, name: str, path: str
) -> None:
    """Row E2: a hundred times each, in time of the processor, which a busy machine does not change."""
    browser, theirs = world.browser("casey"), world.customers.dana[name]
    rounds = [
        [timed(browser, path.format(each)) for each in (theirs, uuid4())] for _ in range(SAMPLES)
    ]
    medians = [statistics.median(took) for took in zip(*rounds, strict=True)]

    assert abs(medians[0] - medians[1]) < GAP_SECONDS


@pytest.mark.parametrize("name", ["attempt", "customer"])
def test_an_id_in_a_query_or_form_is_nobodys_either(world: World, name: str) -> None:
    """Row E2."""
    ids = {"attempt": world.customers.dana["attempt_id"], **world.customers.dana}
    pages = []
    for each in (ids[name], uuid4()):
        browser = world.browser("casey")
        shown = browser.get("/connect", query_string={name: str(each)})
        switched = browser.post("/account/customers/switch", data={"customer": str(each)})
        pages.append([without(answer, [each]) for answer in (shown, switched)])

    assert pages[0] == pages[1]


def timed(browser: Client, path: str) -> float:
    """How long it took to be told that this is nothing of theirs."""
    began = time.thread_time()
    answer = browser.post(path, data={"next": "/connect"})
    took = time.thread_time() - began
    assert answer.status_code == 404, answer.text
    return took


def test_what_was_begun_for_one_customer_is_not_finished_for_another(world: World) -> None:
    """Row E2: in each of their customers somebody may do something else."""
    casey, another = world.browser("casey"), world.customers.dana["customer"]
    with world.app.app_context():
        db.session.add(Membership(user_id=world.people["casey"], customer_id=another))
        db.session.commit()
    path = f"/connect/organisations/{world.customers.casey['attempt_id']}"
    assert casey.get(path).status_code == 200

    casey.post("/account/customers/switch", data={"customer": str(another)})

    asked = casey.get(path).text
    assert "You began this for Casey Limited, and act for Dana Limited now" in asked
    assert "Another" not in asked
    assert casey.post(path, data={"tenant": "t"}).status_code == 404


@pytest.mark.parametrize("who", ["stranger", "casey"])
def test_no_form_takes_what_it_does_not_ask_for(world: World, who: str) -> None:
    """Row E3: every column of every table, added to every form, is ignored or refused."""
    names = {column.name for table in db.metadata.tables.values() for column in table.columns}
    extras = ({}, dict.fromkeys(names, CANARY), {name: wanted(world, name) for name in names})
    wrong = []
    for rule, method in doors(world.app):
        if method != "POST":
            continue
        plain, *others = [send(world, who, rule, each) for each in extras]
        wrong += [f"{rule.rule}: {told}" for told in others if told not in (plain, "refused")]

    assert wrong == []


def send(world: World, who: str, rule: Rule, extra: Mapping[str, str]) -> object:
    """What matters after a form was sent with something in addition; "refused" when it was not taken."""
    form = {**extra, **READ, **FIELDS.get(rule.endpoint, {})}
    answer = world.browser(who).post(address_of(rule, world.customers.casey), data=form)
    assert answer.status_code < 500, rule.rule
    if answer.status_code == 400 and extra:
        return "refused"
    state = what_matters(world.app), holds(world.app, CANARY)
    if answer.status_code < 400:
        world.put_back()
    return state


def doors(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every address with every method it answers to."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def mark(app: Flask, rule: Rule) -> Mark:
    found = mark_of(app.view_functions[rule.endpoint])
    assert found is not None, f"{rule.endpoint} does not say who may enter"
    return found


def expected(mark: Mark, who: str) -> str:
    """What becomes of somebody who has just signed in."""
    if mark.who == "anybody":
        return "let in"
    if who in ("stranger", "half", "disabled"):
        return "to sign in"
    if mark.who in STAFF:
        return "let in" if who in (mark.who, "admin") else "refused"
    # Whoever acts for no customer may look at how little they have.
    own = MEMBERS.get(who, "see")
    is_enough = RIGHTS.index(own) >= RIGHTS.index(mark.right or "see")
    return "let in" if is_enough else "refused"


def verdict(answer: TestResponse) -> str:
    """What the answer means for whoever knocked."""
    assert answer.status_code < 500, answer.request.path
    detour = next((what for where, what in DETOURS.items() if _leads(answer, where)), None)
    return detour or ("refused" if answer.status_code == 403 else "let in")


def _leads(answer: TestResponse, where: str) -> bool:
    return answer.status_code == 303 and answer.location.startswith(where)


def knock(browser: Client, rule: Rule, method: str, ids: Mapping[str, UUID]) -> TestResponse:
    form = {**READ, **FIELDS.get(rule.endpoint, {})} if method == "POST" else None
    return browser.open(address_of(rule, ids), method=method, data=form)


def ids_of(rule: Rule) -> set[str]:
    return {name for name, kind in rule._converters.items() if "UUID" in type(kind).__name__}


def without(answer: TestResponse, ids: list[UUID]) -> str:
    """The whole answer, with nothing in it that differs only because it was asked for."""
    said = f"{answer.headers.get('Location')} {answer.text}"
    for each in ids:
        said = said.replace(str(each), "…")
    return said


def age(row: StoredSession) -> None:
    if "proved_at" in row.content:
        old = row.content["proved_at"] - (FRESH + timedelta(minutes=1)).total_seconds()
        row.content = {**row.content, "proved_at": int(old)}


def wanted(world: World, name: str) -> str:
    """What an attacker would write into a column of this name."""
    dana, user_id = world.customers.dana, str(world.people["dana"])
    known = {
        "role": "admin",
        "right": "administer",
        "customer_id": str(dana["customer"]),
        "owner_customer_id": str(dana["customer"]),
        "user_id": user_id,
        "owner_user_id": user_id,
        "status": "active",
        "disabled_at": "2026-01-01T00:00:00Z",
        "verified_at": "2026-01-01T00:00:00Z",
    }
    return known.get(name, "1")


def what_matters(app: Flask) -> set[tuple[object, ...]]:
    """Who is who, who may what, and what belongs to whom, without ids that are made anew each time."""
    queries = (
        select(User.name, User.email, User.role, User.disabled_at),
        select(Customer.name, User.name, Membership.right)
        .join(Membership, Membership.customer_id == Customer.id)
        .join(User, User.id == Membership.user_id),
        select(Customer.name, Connection.name, Connection.status, Connection.is_selected).join(
            Connection, Connection.customer_id == Customer.id
        ),
        select(Customer.name, Invitation.email, Invitation.right).join(
            Invitation, Invitation.customer_id == Customer.id
        ),
        select(Attempt.purpose, Attempt.user_id, Attempt.customer_id, Attempt.owner_customer_id),
    )
    with app.app_context():
        return {tuple(row) for query in queries for row in db.session.execute(query)}


def holds(app: Flask, words: str) -> bool:
    with app.app_context():
        return any(words in row for row in rows())
