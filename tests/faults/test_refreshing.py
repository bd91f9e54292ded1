"""Processes that refresh die, stop and meet: nothing is lost, and Xero is asked once."""

import os
import signal
import time
from collections.abc import Callable

import pytest
from sqlalchemy import update

from tests.faults.crew import Crew, Member
from tests.faults.front import Call
from tests.faults.refresh import SHORT
from tests.faults.yard import Yard
from xero_onboard.connect import upkeep
from xero_onboard.connect.models import Grant
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db

Start = Callable[..., Member]


def test_of_eight_processes_one_asks_and_all_get_the_same_token(yard: Yard, start: Start) -> None:
    """Fault row 18."""
    members = [start() for _ in range(8)]
    for member in members:
        member.wait_for("ready")

    for member in members:
        member.go()

    assert [each.end() for each in members] == [0] * 8
    assert len(yard.front.calls) == 1
    assert len({token for each in members for token in each.tokens.values()}) == 2
    assert yard.outcome() == "active"


@pytest.mark.parametrize(
    ("point", "calls"), [("leased", 1), ("answered", 2), ("writing", 2), ("written", 1)]
)
def test_whoever_is_killed_is_followed_by_another(
    yard: Yard, start: Start, point: str, calls: int
) -> None:
    """Fault row 7: with the lease in hand, with the answer in hand, in the middle of writing, after it."""
    victim = start(points=(point,), chance=1.0)
    victim.go()
    assert victim.end() == -signal.SIGKILL

    heir = start()
    heir.go()

    assert heir.end() == 0
    assert (victim.killed_at, len(yard.front.calls)) == (point, calls)
    assert {call.status for call in yard.front.calls} == {"200"}
    assert yard.outcome() == "active"


@pytest.mark.parametrize("moment", ["on_arrival", "on_answer"])
def test_whoever_is_killed_while_xero_answers_is_followed_by_another(
    yard: Yard, start: Start, moment: str
) -> None:
    """Fault row 7: Xero has rotated, and nobody heard the answer."""
    victim = start()
    setattr(yard.front, moment, lambda call: victim.kill(moment) if call.caller == "1" else None)
    victim.go()
    assert victim.end() == -signal.SIGKILL

    heir = start()
    heir.go()

    assert heir.end() == 0
    assert len(yard.front.calls) == 2
    assert len({call.sent for call in yard.front.calls}) == 1
    assert yard.outcome() == "active"


def test_whoever_was_stopped_with_the_lease_asks_nothing_when_it_wakes(
    yard: Yard, start: Start
) -> None:
    """Fault row 19: somebody else has the lease by then, or has had it."""
    sleeper = start(points=("leased",), chance=1.0, blow="SIGSTOP")
    sleeper.go()
    sleeper.wait_for("hit leased")
    other = start()
    other.go()
    assert other.end() == 0

    sleeper.process.send_signal(signal.SIGCONT)

    assert sleeper.end() == 0
    assert [call.caller for call in yard.front.calls] == [other.name]
    assert newest(sleeper) == newest(other)
    assert yard.outcome() == "active"


def test_an_answer_that_comes_after_the_lease_is_not_written_over_the_newer_one(
    yard: Yard, start: Start
) -> None:
    """Fault row 19: stopped while Xero answers, and woken when somebody else has asked again."""
    sleeper = start()

    def stop(call: Call) -> None:
        if call.caller == sleeper.name:
            os.kill(sleeper.process.pid, signal.SIGSTOP)

    yard.front.on_arrival = stop
    sleeper.go()
    other = start()
    other.go()
    assert other.end() == 0
    kept = yard.grant

    sleeper.process.send_signal(signal.SIGCONT)

    assert sleeper.end() == 0
    assert newest(sleeper) == newest(other)
    assert (yard.grant.version, yard.grant.refresh_sealed) == (kept.version, kept.refresh_sealed)
    look_after_what_is_due(yard)
    assert [call.sent for call in yard.front.calls][2:] == [yard.front.calls[1].given]
    assert yard.outcome() == "active"


def test_the_worker_takes_up_what_was_left_well_within_the_grace(yard: Yard, start: Start) -> None:
    """Fault row 7: without anybody asking, a minute after the kill."""
    victim = start(points=("answered",), chance=1.0)
    victim.go()
    victim.end()
    look_after_what_is_due(yard)
    assert len(yard.front.calls) == 1

    change(yard, next_refresh_at=now(), lease_until=0)
    look_after_what_is_due(yard)

    assert len(yard.front.calls) == 2
    assert yard.outcome() == "active"


def test_however_many_die_nothing_is_lost_and_nobody_asks_twice(yard: Yard) -> None:
    """Fault rows 7 and 18: `python -m tests.faults.refresh`, but shorter."""
    tally = Crew(yard, SHORT, rotations=8).run(processes=3, chance=0.08, every=5)

    assert tally.broken == ()
    assert tally.rotations == 8
    assert tally.calls == tally.rotations + tally.retries + tally.silences
    assert yard.outcome() == "active"


def test_whoever_hears_nothing_hangs_up_before_asking_again(yard: Yard) -> None:
    """Fault row 18: Xero may still be busy with what nobody waits for."""
    pauses = iter([SHORT.refresh_seconds + 1])
    yard.front.on_arrival = lambda _call: time.sleep(next(pauses, 0))

    tally = Crew(yard, SHORT, rotations=2).run(processes=1, chance=0, every=0)

    assert tally.broken == ()
    assert (tally.rotations, tally.calls, tally.silences) == (2, 3, 1)
    assert yard.outcome() == "active"


def newest(member: Member) -> tuple[int, str]:
    return max(member.tokens.items())


def change(yard: Yard, **values: object) -> None:
    with yard.app.app_context():
        begin_write()
        db.session.execute(update(Grant).values(**values))
        commit()


def look_after_what_is_due(yard: Yard) -> None:
    with yard.app.app_context():
        upkeep.look_after_grants()
