"""Limits on guessing: exact over processes, restarts and both databases, and never for ever."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask, abort
from sqlalchemy import select, update

from tests.client import Client
from xero_onboard.config import ROOT
from xero_onboard.content.models import Section
from xero_onboard.lib import jobs, limits
from xero_onboard.lib.db import commit, db
from xero_onboard.lib.limits import Limit, LimitBucket, TooMany
from xero_onboard.lib.web import access

TEN = Limit("test", most=10, per=timedelta(hours=1))
CASEY = "casey@practice.example"
COUNTING = """
from datetime import timedelta
from xero_onboard.factory import create_app
from xero_onboard.lib.limits import Limit, TooMany, count

passed = 0
with create_app().app_context():
    for _ in range(15):
        try:
            count(Limit("test", most=10, per=timedelta(hours=1)), "casey@practice.example")
            passed += 1
        except TooMany:
            pass
print(passed)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environ(request: pytest.FixtureRequest, environ: dict[str, str]) -> dict[str, str]:
    """The settings of an instance on either database."""
    if request.param == "postgresql":
        environ["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    return environ


def test_two_processes_and_a_restart_share_one_limit(app: Flask, environ: dict[str, str]) -> None:
    """Row I1: what is counted does not depend on who counts."""
    together = [start_counting(environ) for _ in range(2)]
    passed = [passed_in(process) for process in together]

    after_restart = passed_in(start_counting(environ))

    assert (sum(passed), after_restart) == (10, 0)


def test_many_tries_at_once_are_counted_exactly(app: Flask) -> None:
    """Row I1: fifty guesses at the same moment."""

    def guess(_number: int) -> bool:
        with app.app_context():
            return passes(TEN, CASEY)

    with ThreadPoolExecutor(max_workers=50) as crowd:
        passed = sum(crowd.map(guess, range(50)))

    assert passed == 10


def test_a_try_stays_counted_when_its_request_is_refused(app: Flask, client: Client) -> None:
    """Row D2: a wrong guess is answered by an error, and an error is rolled back."""
    add_guessing(app)

    answers = [client.post("/guess").status_code for _ in range(12)]

    assert answers == [400] * 10 + [429] * 2


def test_the_page_says_when_to_come_back(app: Flask, client: Client) -> None:
    """Row I3: in words for people, in seconds for machines."""
    add_guessing(app)
    for _ in range(10):
        client.post("/guess")

    refused = client.post("/guess")

    assert refused.headers["Cache-Control"] == "private, no-store"
    assert 350 <= int(refused.headers["Retry-After"]) <= 360
    assert "Wait 6 minutes, then try again." in refused.get_data(as_text=True)


def test_after_retry_after_the_next_try_counts_again(app: Flask) -> None:
    with app.app_context():
        wait = retry_after(TEN, CASEY)

        let_pass(timedelta(seconds=wait - 2))
        too_early = passes(TEN, CASEY)
        let_pass(timedelta(seconds=2))

        assert (too_early, passes(TEN, CASEY)) == (False, True)


@pytest.mark.parametrize(("minutes", "allowed"), [(5, 0), (6, 1), (30, 5), (59, 9), (60, 10)])
def test_no_moment_lets_twice_as_many_pass(app: Flask, minutes: int, allowed: int) -> None:
    with app.app_context():
        assert how_many_pass(TEN, CASEY) == 10

        let_pass(timedelta(minutes=minutes))

        assert how_many_pass(TEN, CASEY) == allowed


def test_refused_tries_do_not_lock_for_longer(app: Flask) -> None:
    """Row D2: nobody can lock another out for good by going on guessing."""
    with app.app_context():
        first = retry_after(TEN, CASEY)
        for _ in range(30):
            passes(TEN, CASEY)

        assert retry_after(TEN, CASEY) <= first


def test_a_clock_that_is_put_back_lifts_no_limit_and_locks_nobody_out(app: Flask) -> None:
    with app.app_context():
        how_many_pass(TEN, CASEY)

        let_pass(-timedelta(days=1))
        wait = retry_after(TEN, CASEY)
        let_pass(timedelta(hours=1))

        assert wait <= 360
        assert passes(TEN, CASEY)


def test_one_visitor_and_one_limit_do_not_use_up_anothers(app: Flask) -> None:
    other = Limit("another test", most=10, per=timedelta(hours=1))
    with app.app_context():
        how_many_pass(TEN, CASEY)

        assert passes(TEN, "dana@practice.example")
        assert passes(other, CASEY)


def test_peeking_tells_what_is_left_and_counts_nothing(app: Flask) -> None:
    with app.app_context():
        before = [limits.peek(TEN, CASEY) for _ in range(20)]
        limits.count(TEN, CASEY)
        after_one = limits.peek(TEN, CASEY)
        how_many_pass(TEN, CASEY)

        assert (set(before), after_one, limits.peek(TEN, CASEY)) == ({10}, 9, 0)


def test_success_forgives_everything(app: Flask) -> None:
    with app.app_context():
        how_many_pass(TEN, CASEY)

        limits.forgive(TEN, CASEY)
        commit()

        assert limits.peek(TEN, CASEY) == 10


def test_what_is_given_back_is_one_try_alone(app: Flask) -> None:
    """Row D2: an attacker's own sign-in does not begin their network's count anew."""
    with app.app_context():
        how_many_pass(TEN, CASEY)

        limits.give_back(TEN, CASEY)
        commit()

        assert how_many_pass(TEN, CASEY) == 1


def test_no_address_is_stored(app: Flask) -> None:
    with app.app_context():
        limits.count(TEN, CASEY)
        key = db.session.scalars(select(LimitBucket.key)).one()

    assert len(key) == 64
    assert "casey" not in key


def test_counting_after_rows_were_changed_is_a_mistake(app: Flask) -> None:
    with app.app_context():
        db.session.add(Section())

        with pytest.raises(RuntimeError, match="count before"):
            limits.count(TEN, CASEY)
        db.session.rollback()


def test_the_worker_forgets_what_has_drained(app: Flask) -> None:
    with app.app_context():
        limits.count(Limit("short", most=10, per=timedelta(minutes=1)), CASEY)
        limits.count(Limit("long", most=10, per=timedelta(hours=10)), CASEY)
        let_pass(timedelta(minutes=1))

    jobs.run_due(app)

    with app.app_context():
        assert len(db.session.scalars(select(LimitBucket)).all()) == 1


def add_guessing(app: Flask) -> None:
    def guess() -> str:
        limits.count(TEN, CASEY)
        abort(400)

    app.add_url_rule("/guess", view_func=access.anyone(guess), methods=["POST"])


def passes(limit: Limit, key: str) -> bool:
    try:
        limits.count(limit, key)
    except TooMany:
        return False
    return True


def how_many_pass(limit: Limit, key: str) -> int:
    return sum(passes(limit, key) for _ in range(2 * limit.most))


def retry_after(limit: Limit, key: str) -> int:
    """Use the limit up, and what the refusal says."""
    how_many_pass(limit, key)
    with pytest.raises(TooMany) as refused:
        limits.count(limit, key)
    return refused.value.retry_after


def let_pass(time: timedelta) -> None:
    """Make every bucket as it would be after that time; a negative one puts the clock back."""
    earlier = LimitBucket.empty_at - int(time.total_seconds() * 1000)
    db.session.execute(update(LimitBucket).values(empty_at=earlier))
    commit()


def start_counting(environ: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", COUNTING]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)  # noqa: S603


def passed_in(process: "subprocess.Popen[str]") -> int:
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return int(said)
