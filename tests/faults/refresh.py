"""Eight processes refresh one login two hundred times and are killed on the way: the numbers of it.

`python -m tests.faults.refresh` runs the site's own code against the practice Xero over sockets.
What must hold: nothing is lost, Xero is never asked by two at once, and once for each rotation, but
for a call whose caller was killed before it had written the answer down: then once more. The lease
is shortened, so that nobody waits half a minute for each of the dead; `--lease 30` is what it is in
production.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import running_server
from tests.faults.crew import Crew, Tally
from tests.faults.yard import made
from xero_onboard.connect.renewal import PACE, Pace

SHORT = Pace(lease_seconds=5, refresh_seconds=3.0, confirm_after_seconds=0.5)


def main() -> None:
    asked = _arguments()
    pace = PACE if asked.lease == PACE.lease_seconds else SHORT
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        _database(asked) as url,
        made(Path(folder), url) as yard,
    ):
        crew = Crew(yard, pace, asked.rotations)
        tally = crew.run(asked.processes, asked.chance, asked.every)
        outcome = yard.outcome()
    for line in told(tally, outcome, "PostgreSQL" if url else "SQLite", pace):
        sys.stdout.write(f"{line}\n")
    sys.exit(1 if tally.broken or outcome != "active" else 0)


def told(tally: Tally, outcome: str, database: str, pace: Pace) -> Iterator[str]:
    """The numbers in words."""
    killed = ", ".join(f"{point} {count}" for point, count in sorted(tally.deaths.items()))
    waits = ", ".join(f"{word} {count}" for word, count in tally.waits.items())
    yield f"{database}, a lease of {pace.lease_seconds} s, {tally.seconds:.0f} s in all"
    yield f"rotations             {tally.rotations}"
    yield f"calls to Xero         {tally.calls}"
    yield f"  after a kill        {tally.retries}"
    yield f"  after silence       {tally.silences}"
    yield f"processes killed      {tally.deaths.total()} ({killed})"
    yield f"told to their callers {waits}"
    yield f"the connection        {outcome}"
    yield from (f"BROKEN: {each}" for each in tally.broken)


@contextmanager
def _database(asked: argparse.Namespace) -> Iterator[str | None]:
    if not asked.postgresql:
        yield None
        return
    with running_server() as url:
        yield url.render_as_string(hide_password=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rotations", type=int, default=200)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument(
        "--chance", type=float, default=0.04, help="of a kill at each of six points"
    )
    parser.add_argument("--every", type=float, default=10.0, help="seconds between kills anywhere")
    parser.add_argument("--lease", type=int, choices=(5, 30), default=5)
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    return parser.parse_args()


if __name__ == "__main__":
    main()
