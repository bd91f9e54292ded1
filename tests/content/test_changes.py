"""While developing, a saved file is noticed."""

from pathlib import Path
from threading import Event, Timer

from xero_onboard import content


def test_a_saved_file_is_noticed(tmp_path: Path) -> None:
    stop = Event()
    giving_up = Timer(10, stop.set)
    giving_up.start()
    noticed = content.changes(tmp_path, stop)
    assert next(noticed, "nothing") is None

    (tmp_path / "guide.md").write_text("saved")

    assert next(noticed, "nothing") is None
    giving_up.cancel()


def test_what_was_saved_before_the_watch_began_is_noticed(tmp_path: Path) -> None:
    stop = Event()
    giving_up = Timer(10, stop.set)
    giving_up.start()
    (tmp_path / "guide.md").write_text("saved")

    assert next(content.changes(tmp_path, stop), "nothing") is None
    giving_up.cancel()


def test_nothing_is_noticed_twice(tmp_path: Path) -> None:
    stop = Event()
    Timer(2, stop.set).start()

    assert list(content.changes(tmp_path, stop)) == [None]


def test_watching_ends_when_told(tmp_path: Path) -> None:
    stop = Event()
    stop.set()

    assert list(content.changes(tmp_path, stop)) == []
