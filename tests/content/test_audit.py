"""What publishing leaves in the audit log."""

from flask import Flask

from tests.content.desk import Desk
from xero_onboard.lib import audit


def test_publishing_and_archiving_are_recorded(app: Flask, desk: Desk) -> None:
    """Row L2."""
    desk.publish(102, "second")
    desk.publish(101, "first", "Before.")
    desk.publish(101, "first", "After.")
    desk.folder.joinpath("en-gb/connecting/first.md").unlink()
    desk.sync()

    assert news(app, "article:101") == [
        ("guide_published", {"by": "command line", "revision": 1}),
        ("guide_published", {"by": "command line", "revision": 2}),
        ("guide_archived", {"by": "command line"}),
    ]


def test_a_sync_that_changes_nothing_leaves_no_trace(app: Flask, desk: Desk) -> None:
    desk.publish(101, "first")

    desk.sync()

    assert len(news(app, "article:101")) == 1


def news(app: Flask, subject: str) -> list[tuple[str, object]]:
    """What was recorded of one guide, the oldest first."""
    with app.app_context():
        entries = audit.search(subject).entries
    return [(entry.event, entry.details) for entry in reversed(entries)]
