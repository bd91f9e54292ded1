"""While developing, a saved file is noticed."""

from pathlib import Path
from threading import Event, Timer

from xero_onboard import content


def test_a_saved_file_is_noticed(tmp_path: Path) -> None:
    stop = Event()
    saving = [
        Timer(pause / 10, (tmp_path / "guide.md").write_text, [str(pause)]) for pause in (2, 9)
    ]
    for timer in saving:
        timer.start()

    noticed = next(content.changes(tmp_path, stop), "nothing")
    for timer in saving:
        timer.cancel()

    assert noticed is None


def test_watching_ends_when_told(tmp_path: Path) -> None:
    stop = Event()
    stop.set()

    assert list(content.changes(tmp_path, stop)) == []
