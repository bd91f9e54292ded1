"""Several processes that refresh the same login, how they die, and what that comes to in numbers."""

import math
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import groupby, pairwise, zip_longest
from typing import Self

from tests.faults.front import OWN_PATH, Call, nothing
from tests.faults.worker import Order
from tests.faults.yard import Yard
from xero_onboard.config import ROOT
from xero_onboard.connect.renewal import Pace

START_SECONDS = 60.0
INSIDE = ("leased", "answered", "writing", "written")


@dataclass
class Member:
    """One process; `killed_at` is the point at which it was killed, if it was."""

    order: Order
    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)
    killed_at: str | None = None
    ended_at: float = math.inf
    _listener: threading.Thread | None = None

    @classmethod
    def start(cls, order: Order) -> Self:
        command = (sys.executable, "-m", "tests.faults.worker", order.written())
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=ROOT,
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        member = cls(order, process)
        member._listener = threading.Thread(target=member._listen)
        member._listener.start()
        return member

    @property
    def name(self) -> str:
        return self.order.name

    @property
    def tokens(self) -> dict[int, str]:
        """What it got, by version."""
        got = [line.split() for line in self.lines if line.startswith("has ")]
        return {int(version): token for _, version, token in got}

    @property
    def askings(self) -> list[tuple[float, float]]:
        """From when to when it waited for Xero, each time; the last wait may have ended with its life."""
        moments = [line.split() for line in self.lines if line.startswith(("asks ", "asked "))]
        began = [float(moment) for word, moment in moments if word == "asks"]
        ended = [float(moment) for word, moment in moments if word == "asked"]
        return list(zip_longest(began, ended, fillvalue=self.ended_at))

    def go(self) -> None:
        """Begin, once it has been heard that it is ready."""
        assert self.process.stdin is not None
        self.wait_for("ready")
        self.process.stdin.write("go\n")

    def wait_for(self, line: str) -> None:
        """Until it has said this."""
        ends_at = time.monotonic() + START_SECONDS
        while line not in self.lines:
            assert self.process.poll() is None, f"{self.name} ended without a {line!r}"
            assert time.monotonic() < ends_at, f"{self.name} did not say {line!r}"
            time.sleep(0.01)

    def kill(self, point: str) -> None:
        """Without a chance to tidy up."""
        if self.process.poll() is None and self.killed_at is None:
            self.killed_at = point
            self.process.kill()
            self.ended_at = time.monotonic()

    def end(self, seconds: float = START_SECONDS) -> int:
        """Wait for its end, and hear its last words; how it ended."""
        code = self.process.wait(timeout=seconds)
        assert self._listener is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._listener.join()
        self.process.stdin.close()
        self.process.stdout.close()
        hit = [line.split()[1] for line in self.lines if line.startswith("hit ")]
        if code == -signal.SIGKILL and hit and self.killed_at is None:
            self.killed_at = hit[-1]
        return code

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())


@dataclass(frozen=True)
class Tally:
    """What a run came to; `broken` names everything that must not have happened."""

    rotations: int
    calls: int
    retries: int
    silences: int
    deaths: Counter[str]
    waits: Counter[str]
    seconds: float
    broken: tuple[str, ...]


class Crew:
    """Keeps so many processes refreshing until the login has been rotated so often."""

    def __init__(self, yard: Yard, pace: Pace, rotations: int) -> None:
        self.yard, self.pace = yard, pace
        self.first = yard.grant.version
        self.until = self.first + rotations
        self.members: list[Member] = []
        self._lots = random.Random(rotations)  # noqa: S311 - which process dies is no secret

    def order(self, name: str, **changes: object) -> Order:
        """What a process of this name is told."""
        return Order(
            name=name,
            environ=dict(self.yard.environ),
            identity_url=f"{self.yard.served.origin}{OWN_PATH}{name}",
            grant_id=str(self.yard.grant_id),
            until=self.until,
            pace=asdict(self.pace),
            seed=self._lots.randrange(2**32),
            **changes,  # type: ignore[arg-type]
        )

    def run(self, processes: int, chance: float, every: float) -> Tally:
        """Have all work at once, and kill them: at each point with this chance, and every so many seconds."""
        began = time.monotonic()
        self._set_traps(chance)
        try:
            working = [self._another(chance) for _ in range(processes)]
            for member in working:
                member.go()
            self._work(working, chance, every)
        finally:
            for member in self.members:
                member.kill("the end")
                member.end()
            self.yard.front.on_arrival = self.yard.front.on_answer = nothing
        return self.tally(time.monotonic() - began)

    def _work(self, working: list[Member], chance: float, every: float) -> None:
        kill_at = time.monotonic() + self._lots.uniform(0, 2 * every)
        while working:
            time.sleep(0.02)
            if every and time.monotonic() > kill_at:
                self._lots.choice(working).kill("anywhere")
                kill_at = time.monotonic() + self._lots.uniform(0, 2 * every)
            for member in [each for each in working if each.process.poll() is not None]:
                working.remove(member)
                if member.end() == -signal.SIGKILL:
                    working.append(self._another(chance))
                    working[-1].go()

    def _another(self, chance: float) -> Member:
        name = str(len(self.members) + 1)
        member = Member.start(self.order(name, points=INSIDE, chance=chance))
        self.members.append(member)
        return member

    def _set_traps(self, chance: float) -> None:
        def trap(point: str, call: Call) -> None:
            if self._lots.random() < chance:
                self.members[int(call.caller) - 1].kill(point)

        def arrive(call: Call) -> None:
            held_up(call)
            trap("asking", call)

        held_up = self.yard.front.on_arrival
        self.yard.front.on_arrival = arrive
        self.yard.front.on_answer = lambda call: trap("promised", call)

    def tally(self, seconds: float) -> Tally:
        """The numbers, taken from what reached Xero, what the row says and what each process said."""
        calls = list(self.yard.front.calls)
        grant, by_name = self.yard.grant, {each.name: each for each in self.members}
        rounds = [list(each) for _, each in groupby(calls, key=lambda call: call.sent)]
        again = [by_name[call.caller] for each in rounds for call in each[:-1]]
        said = Counter(line for each in self.members for line in each.lines)
        return Tally(
            rotations=grant.version - self.first,
            calls=len(calls),
            retries=sum(each.killed_at is not None for each in again),
            silences=sum(each.killed_at is None for each in again),
            deaths=Counter(each.killed_at for each in self.members if each.killed_at),
            waits=Counter({word: said[word] for word in ("unanswered", "waited", "busy")}),
            seconds=seconds,
            broken=tuple(self._broken(rounds, again)),
        )

    def _broken(self, rounds: list[list[Call]], again: list[Member]) -> list[str]:
        calls = [call for each in rounds for call in each]
        grant = self.yard.grant
        broken = [
            f"{call.caller} was answered {call.status}"
            for call in calls
            if call.status and not call.given
        ]
        waits = sorted((*wait, each.name) for each in self.members for wait in each.askings)
        broken += [
            f"{one} and {other} asked at the same time"
            for (_, ended, one), (began, _, other) in pairwise(waits)
            if began < ended
        ]
        broken += [
            f"{member.name} asked, was neither killed nor left without an answer, and it was asked again"
            for member in again
            if member.killed_at is None and "unanswered" not in member.lines
        ]
        if len({call.sent for call in calls}) != len(rounds):
            broken.append("a token was asked with again after the next one was known")
        if len(rounds) != grant.version - self.first or grant.version != self.until:
            broken.append(
                f"{len(rounds)} tokens were used for {grant.version - self.first} versions"
            )
        if grant.status != "ok":
            broken.append(f"the login is {grant.status}: {grant.reason}")
        return broken + self._differing()

    def _differing(self) -> list[str]:
        got: dict[int, set[str]] = {}
        for member in self.members:
            for version, token in member.tokens.items():
                got.setdefault(version, set()).add(token)
        return [f"version {number} was two tokens" for number, each in got.items() if len(each) > 1]
