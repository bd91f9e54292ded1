"""Measures search: `make bench` fills a library once, then prints times, memory and ratios to named peers.

Ratios are of the same run on the same machine; times alone say as much about the machine.
"""

import gc
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import quantiles

from flask import Flask
from flask_migrate import upgrade

from tests.bench import guides, peers
from xero_onboard import content
from xero_onboard.config import ROOT, Settings
from xero_onboard.content import library, search
from xero_onboard.content.index import current_index
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db

BENCH = ROOT / "instance" / "bench"
QUERIES = 400
PUBLICATIONS = 3
_SLOW_PEER_QUERIES = 40


@dataclass(frozen=True)
class Timing:
    """How long one kind of work took, in milliseconds."""

    median: float
    last_percentile: float
    # Without the waiting for a processor that others use.
    busy_median: float
    busy_last_percentile: float

    @classmethod
    def of(cls, work: Callable[[str], object], queries: Sequence[str]) -> "Timing":
        for query in queries[:10]:
            work(query)
        waited, busy = [], []
        for query in queries:
            begun, begun_busy = time.perf_counter(), time.thread_time()
            work(query)
            waited.append((time.perf_counter() - begun) * 1000)
            busy.append((time.thread_time() - begun_busy) * 1000)
        cuts, busy_cuts = quantiles(waited, n=100), quantiles(busy, n=100)
        return cls(cuts[49], cuts[98], busy_cuts[49], busy_cuts[98])


def main(count: int) -> None:
    """Fill the library if that has not been done, and print every measure."""
    folder = BENCH / str(count)
    app = _site(folder)
    with app.app_context():
        _fill(folder, count)
    # In a context of its own, which only reads.
    with app.app_context():
        print(f"{count} guides, {_megabytes(folder / 'content'):.0f} MB of Markdown")
        before = _resident()
        begun = time.perf_counter()
        library.outline()
        search.search("xero", "en-gb")
        print(
            f"first answer to a search {time.perf_counter() - begun:6.2f} s after the start, the index still filling"
        )
        while current_index().is_filling:
            time.sleep(0.1)
        gc.collect()
        print(f"index filled             {time.perf_counter() - begun:6.2f} s after the start")
        print(
            f"memory                   {_resident():6.0f} MB, of which {_resident() - before:.0f} MB for outline and index"
        )
        _publish(folder)
        _compare(folder, list(_queries(count)))


def _site(folder: Path) -> Flask:
    folder.mkdir(parents=True, exist_ok=True)
    return create_app(Settings.from_environ(_environ(folder)))


def _environ(folder: Path) -> dict[str, str]:
    return {"INSTANCE_DIR": str(folder / "instance"), "CONTENT_DIR": str(folder / "content")}


def _fill(folder: Path, count: int) -> None:
    upgrade()
    if len(list((folder / "content").glob("*/*/guide-*.md"))) != count:
        guides.fill(folder / "content", count)
    begun = time.perf_counter()
    report = content.sync(folder / "content")
    if report.is_broken:
        raise SystemExit("\n".join(report.lines[:20]))
    print(
        f"content sync             {time.perf_counter() - begun:6.2f} s for {len(report.lines)} changes"
    )


def _queries(count: int) -> Iterator[str]:
    """One to three words of a title; in every fourth query one of them is misspelt."""
    chance = Random(7)  # noqa: S311 - the same queries every time
    titles = list(guides.titles(count))
    for number in range(QUERIES):
        title = chance.choice(titles)
        words = chance.sample(title, k=chance.randint(1, 3))
        yield " ".join([_misspelt(words[0], chance), *words[1:]] if number % 4 == 0 else words)


def _misspelt(word: str, chance: Random) -> str:
    """Two letters within it have changed places."""
    place = chance.randrange(1, max(2, len(word) - 1))
    return word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :]


def _compare(folder: Path, queries: Sequence[str]) -> None:
    def ours(query: str) -> object:
        return search.search(query, "en-gb")

    full = Timing.of(ours, queries)
    _tell("search, with snippets", full)
    _tell("suggestions", Timing.of(lambda query: search.suggest(query, "en-gb"), queries))
    misspelt = queries[::4]
    found = sum(bool(search.search(query, "en-gb").results) for query in misspelt)
    print(f"misspelt ones found      {found} of {len(misspelt)}")
    for name, make, sample in (
        ("Flask-FlatPages, a loop", peers.flat_pages, queries[:_SLOW_PEER_QUERIES]),
        ("Tantivy, in memory", peers.tantivy, queries),
    ):
        try:
            peer = make(folder / "content")
        except ImportError:
            print(f"{name:25}not installed: run `make bench`")
            continue
        timing = Timing.of(peer, sample)
        _tell(name, timing)
        odd = sample[::4]
        print(
            f"  ours takes {full.busy_median / timing.busy_median:.2f} times as long, p99 {full.busy_last_percentile / timing.busy_last_percentile:.2f};"
        )
        print(
            f"  of the misspelt ones it finds {sum(bool(peer(query)) for query in odd)} of {len(odd)}"
        )


def _publish(folder: Path) -> None:
    """Change a guide in another process, and see when a search in this one finds it."""
    whole, visible = [], []
    for number in range(PUBLICATIONS):
        word = f"publication{time.time_ns()}"
        path = folder / "content" / "en-gb" / "section-0" / f"guide-{number}.md"
        path.write_text(guides.guide(number, guides.make_shelf(), word))
        begun = time.perf_counter()
        taken, seen = _watch(folder, word)
        whole.append(taken - begun)
        visible.append(seen - taken)
    print(f"content sync, 1 changed  {max(whole):6.2f} s at most, until it is committed")
    print(f"committed to found       {max(visible):6.2f} s at most, in another process")


def _watch(folder: Path, word: str) -> tuple[float, float]:
    """When the change was committed and when it was found."""
    with closing(sqlite3.connect(folder / "instance" / "site.db")) as database:
        before = _generation(database)
        command = (sys.executable, "-m", "flask", "--app", "app", "content", "sync")
        with subprocess.Popen(command, cwd=ROOT, env=_environ(folder), stdout=subprocess.DEVNULL):  # noqa: S603
            while _generation(database) == before:
                time.sleep(0.005)
            committed = time.perf_counter()
            while not _is_found(word):
                time.sleep(0.005)
            found = time.perf_counter()
    return committed, found


def _is_found(word: str) -> bool:
    # Each look is a request of its own, which sees what has been committed by then.
    db.session.rollback()
    return bool(search.suggest(word, "en-gb").results)


def _generation(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT number FROM content_generation").fetchone()[0])


def _tell(name: str, timing: Timing) -> None:
    print(
        f"{name:25}{timing.median:6.2f} ms median, {timing.last_percentile:6.2f} ms p99;"
        f" of the processor {timing.busy_median:6.2f} and {timing.busy_last_percentile:6.2f} ms"
    )


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*.md")) / 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
