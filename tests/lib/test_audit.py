"""The audit log: written with the change, never changed, and every attempt to change it found out."""

import ast
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest
from flask import Flask, abort
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.config import ROOT
from xero_onboard.lib import audit, jobs
from xero_onboard.lib.audit.models import Entry, Visit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.web import access

SOMEBODY = UUID("11111111-1111-4111-8111-111111111111")
BROWSER = {"User-Agent": "Casey's browser"}


@pytest.fixture(params=["sqlite", "postgresql"])
def environ(request: pytest.FixtureRequest, environ: dict[str, str]) -> dict[str, str]:
    """Every test on both databases."""
    if request.param == "postgresql":
        environ["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    return environ


@pytest.fixture
def site(app: Flask) -> Flask:
    """The site with doors behind which something is recorded."""

    def note() -> str:
        audit.record("role_changed", subject=f"user:{SOMEBODY}", role="editor")
        return ""

    def refuse() -> str:
        audit.record("signed_in")
        audit.record_apart("sign_in_failed", reason="wrong password")
        abort(401)

    def fail() -> str:
        audit.record("role_changed")
        raise RuntimeError("after it was noted")

    for view in (note, refuse, fail):
        app.add_url_rule(f"/{view.__name__}", view_func=access.anyone(view), methods=["POST"])
    return app


@pytest.fixture
def five(site: Flask) -> Iterator[list[int]]:
    """The numbers of five entries that were made in a row, the newest there are."""
    with site.app_context():
        begin_write()
        for role in ("one", "two", "three", "four", "five"):
            audit.record("role_changed", actor=SOMEBODY, role=role)
            commit()
        numbers = db.session.scalars(select(Entry.number).order_by(Entry.number.desc()).limit(5))
        yield sorted(numbers.all())


def test_an_entry_says_who_did_what_and_from_where(site: Flask) -> None:
    """Row L2."""
    casey = sign_in(site, CASEY)

    answer = casey.post("/note", headers=BROWSER)

    entry = newest(site)
    assert (entry.event, entry.subject) == ("role_changed", f"user:{SOMEBODY}")
    assert entry.sentence == "A role was given to a user or taken from them."
    assert entry.details == {"role": "editor"}
    assert entry.actor_id is not None
    assert entry.customer_id is not None
    assert entry.request_id == answer.headers["X-Request-Id"]
    assert (entry.address, entry.user_agent) == ("127.0.0.1", "Casey's browser")
    assert now() - entry.at < timedelta(minutes=1)


def test_what_is_refused_leaves_only_what_was_recorded_apart(site: Flask) -> None:
    """Row L2: a failed sign-in is answered with an error, and still leaves its trace."""
    before = count(site)
    client = cast(Client, site.test_client())

    failed = client.post("/fail")
    refused = client.post("/refuse")

    assert (failed.status_code, refused.status_code) == (500, 401)
    assert count(site) == before + 1
    assert newest(site).event == "sign_in_failed"
    assert newest(site).actor_id is None


def test_what_a_savepoint_takes_back_was_never_done(site: Flask) -> None:
    with site.app_context():
        begin_write()
        audit.record("role_changed", role="kept")
        with pytest.raises(LookupError), db.session.begin_nested():
            audit.record("role_changed", role="lost")
            with db.session.begin_nested():
                audit.record("role_changed", role="lost within")
            raise LookupError
        with db.session.begin_nested():
            audit.record("role_changed", role="kept too")
        commit()

        roles = [entry.details.get("role") for entry in audit.search(event="role_changed").entries]

    assert roles == ["kept too", "kept"]


def test_outside_of_requests_it_says_who_worked(site: Flask) -> None:
    with site.app_context():
        begin_write()
        audit.record("guide_archived")
        commit()

    assert newest(site).details == {"by": "command line"}
    assert newest(site).address is None


@pytest.mark.parametrize(
    "detail",
    ["casey@example.com", "two\nlines", "x" * 201, "Ünal", "\x1b[31m", 1.5, ["a"], {"a": 1}, b"a"],
)
def test_a_detail_that_could_be_personal_or_secret_is_refused(site: Flask, detail: str) -> None:
    """Row L1."""
    with site.app_context():
        begin_write()

        with pytest.raises(audit.NotPlain):
            audit.record("role_changed", role=detail)
        with pytest.raises(audit.NotPlain):
            audit.record("role_changed", subject=detail)


def test_only_known_events_are_recorded_and_only_by_writers(site: Flask) -> None:
    with site.app_context():
        with pytest.raises(audit.NotWriting):
            audit.record("role_changed")
        begin_write()
        with pytest.raises(audit.UnknownEvent):
            audit.record("something_else")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET event = 'signed_in'",
        "DELETE FROM audit",
        "REPLACE INTO audit SELECT * FROM audit WHERE number = 1",
    ],
)
def test_the_database_refuses_to_change_an_entry(site: Flask, five: list[int], change: str) -> None:
    """Row L2: nor is an entry replaced, which only SQLite knows how to do."""
    is_known = db.engine.dialect.name == "sqlite" or not change.startswith("REPLACE")
    words = "the audit log is never changed" if is_known else "syntax error"
    with pytest.raises(DBAPIError, match=words):
        db.session.execute(text(change))
    db.session.rollback()

    assert audit.verify().is_whole


@pytest.mark.parametrize(
    ("changes", "place", "why"),
    [
        (["UPDATE audit SET event = 'signed_in' WHERE number = :third"], 2, "changed"),
        (
            ["UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE number = :third"],
            2,
            "changed",
        ),
        (['UPDATE audit SET details = \'{"role":"admin"}\' WHERE number = :third'], 2, "changed"),
        (["UPDATE audit SET actor_id = NULL WHERE number = :third"], 2, "changed"),
        (["UPDATE audit SET previous = 'x' WHERE number = :third"], 2, "changed"),
        (["UPDATE audit SET hash = 'x' WHERE number = :third"], 2, "changed"),
        (["DELETE FROM audit WHERE number = :third"], 2, "removed"),
        (
            [
                "UPDATE audit SET number = 0 WHERE number = :second",
                "UPDATE audit SET number = :second WHERE number = :third",
                "UPDATE audit SET number = :third WHERE number = 0",
            ],
            1,
            "reordered",
        ),
    ],
)
def test_a_changed_log_is_found_out(
    site: Flask, five: list[int], changes: list[str], place: int, why: str
) -> None:
    """Row L2: changed, removed and reordered, by somebody who owns the database."""
    disarm()
    for change in changes:
        db.session.execute(text(change), named(change, five))
    commit()

    verdict = audit.verify()

    assert verdict.broken_number == five[place]
    assert verdict.reason is not None
    assert verdict.reason.startswith(why)
    assert verdict.count == five[place] - 1


def test_a_change_with_a_fitting_hash_is_found_out(site: Flask, five: list[int]) -> None:
    """Row L2: whoever writes one entry anew must write all that follow anew."""
    disarm()
    entry = db.session.get_one(Entry, five[2])
    entry.event = "signed_in"
    entry.hash = audit.chain.hash_of(entry)
    db.session.commit()

    verdict = audit.verify()

    assert (verdict.broken_number, verdict.is_whole) == (five[2], False)


def test_a_cut_off_end_is_found_out_by_a_hash_noted_before(site: Flask, five: list[int]) -> None:
    """Row L2."""
    noted = audit.verify().last_hash
    disarm()
    db.session.execute(text("DELETE FROM audit WHERE number = :last"), {"last": five[4]})
    commit()

    assert audit.verify().is_whole
    assert not audit.verify(noted).is_whole


def test_an_older_hash_is_still_found_when_the_log_has_grown(site: Flask, five: list[int]) -> None:
    noted = audit.verify().last_hash
    begin_write()
    audit.record("role_changed")
    commit()

    assert audit.verify(noted).is_whole
    assert audit.verify(noted).last_hash != noted


def test_many_writers_at_once_make_one_chain(site: Flask) -> None:
    """Row L2: on either database."""
    before = count(site)

    def note(_number: int) -> int:
        return cast(Client, site.test_client()).post("/note").status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(note, range(40)))

    assert set(codes) == {200}
    assert count(site) == before + 40
    with site.app_context():
        assert audit.verify().is_whole


def test_addresses_are_forgotten_after_90_days_and_the_chain_stays_whole(site: Flask) -> None:
    """Row M3."""
    client = cast(Client, site.test_client())
    for _ in range(2):
        client.post("/note", headers=BROWSER)
    with site.app_context():
        old, new = db.session.scalars(select(Visit).order_by(Visit.number)).all()
        old.at, new.at = now() - timedelta(days=90, minutes=1), now() - timedelta(days=89)
        db.session.commit()

        jobs.run_due(site)

        assert db.session.scalars(select(Visit.number)).all() == [new.number]
        assert audit.verify().is_whole
    rows = everything(site)
    assert rows.count("127.0.0.1") == 1


def test_the_chain_itself_holds_no_address_and_no_browser(site: Flask) -> None:
    """Row M3: a digest with our key tells two visitors apart, and leads back to neither."""
    client = cast(Client, site.test_client())
    for agent in ("one", "one", "another"):
        client.post("/note", headers={"User-Agent": agent})

    with site.app_context():
        digests = db.session.scalars(
            select(Entry.visitor_digest).where(Entry.visitor_digest.is_not(None))
        ).all()

    assert len(digests) == 3
    assert len(set(digests)) == 2


def test_the_visits_of_one_person_can_be_forgotten(site: Flask) -> None:
    casey = sign_in(site, CASEY)
    casey.post("/note", headers=BROWSER)
    cast(Client, site.test_client()).post("/note", headers={"User-Agent": "another"})
    with site.app_context():
        actor = audit.search(event="role_changed").entries[1].actor_id
        assert actor is not None
        begin_write()
        audit.forget_visits_of(actor)
        commit()

        agents = [entry.user_agent for entry in audit.search(event="role_changed").entries]

    assert agents == ["another", None]


def test_searching_finds_by_word_event_person_and_time(site: Flask, five: list[int]) -> None:
    begin_write()
    audit.record("disconnected", customer=SOMEBODY, subject="connection:abc_1", how="100")
    commit()

    assert [entry.number for entry in audit.search(actor=SOMEBODY).entries] == five[::-1]
    assert found("FOUR") == ["four"]
    assert [entry.subject for entry in audit.search("abc_").entries] == ["connection:abc_1"]
    assert audit.search("abcx1").entries == ()  # a wildcard of the database is a letter here
    assert audit.search("%").entries == ()
    assert [entry.event for entry in audit.search(customer=SOMEBODY).entries] == ["disconnected"]
    assert audit.search(event="disconnected", actor=uuid4()).entries == ()
    assert audit.search(since=now() + timedelta(minutes=1)).entries == ()
    assert len(audit.search("role", since=now() - timedelta(minutes=1)).entries) == 5


def test_searching_gives_a_page_at_a_time(site: Flask, five: list[int]) -> None:
    first = audit.search(event="role_changed", size=3)
    second = audit.search(event="role_changed", size=3, page=2)

    assert [len(first.entries), len(second.entries)] == [3, 2]
    assert (first.has_more, second.has_more) == (True, False)
    assert [entry.number for entry in (*first.entries, *second.entries)] == five[::-1]


def test_no_room_records_what_the_log_cannot_say() -> None:
    calls = [
        node
        for path in (ROOT / "xero_onboard").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("audit.record")
    ]
    words = [node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)]

    assert len(words) > 10
    assert set(words) <= set(audit.EVENTS)


def disarm() -> None:
    """What somebody does first who owns the database."""
    begin_write()
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DROP TRIGGER audit_refuses_update"))
        db.session.execute(text("DROP TRIGGER audit_refuses_delete"))
    else:
        db.session.execute(text("DROP TRIGGER audit_refuses_change ON audit"))


def named(change: str, five: list[int]) -> dict[str, int]:
    names = dict(zip(("first", "second", "third", "fourth", "fifth"), five, strict=True))
    return {name: number for name, number in names.items() if f":{name}" in change}


def found(word: str) -> list[object]:
    return [entry.details["role"] for entry in audit.search(word).entries]


def newest(app: Flask) -> audit.Found:
    with app.app_context():
        return audit.search(size=1).entries[0]


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Entry)) or 0


def everything(app: Flask) -> str:
    with app.app_context():
        tables = [Entry.__table__, Visit.__table__]
        return str([list(db.session.execute(select(table))) for table in tables])
