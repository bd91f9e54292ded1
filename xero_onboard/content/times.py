"""When readers see a guide, and when it was changed last, as the top of its file says it. Times are in UTC, unless they say otherwise."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from xero_onboard.content.terms import Unfit


class Contradiction(Exception):
    """A time does not fit what else the guide says; the message says why, and `key` where."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def day(value: object) -> date:
    """A day, and not a time; raises Unfit."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Unfit("must be a day like 2026-11-22")
    return value


def moment(value: object) -> datetime:
    """A time; a day is its first moment. Raises Unfit."""
    try:
        found = datetime.fromisoformat(str(value)) if isinstance(value, str | date) else None
        if found:
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Unfit("must be a time like 2026-12-31T18:00")


def changed_on(value: object) -> date:
    """A day, of which other systems also say the time; raises Unfit."""
    try:
        return moment(value).date()
    except Unfit as error:
        raise Unfit("must be a day like 2026-11-22") from error


def last_update(value: object) -> Mapping[str, Any]:
    """What Docusaurus says of the last change: https://docusaurus.io/docs/api/plugins/@docusaurus/plugin-content-docs."""
    if not isinstance(value, dict):
        return {"date": changed_on(value)}
    if not value or not value.keys() <= {"date", "author"}:
        raise Unfit("must say date, author or both, as in “{date: 2026-11-22}”")
    return {**value, "date": changed_on(value["date"])} if "date" in value else value


def agree(found: Mapping[str, Any]) -> None:
    """See whether the times of a guide fit each other; raises Contradiction."""
    begin, end = found.get("publish_at"), found.get("unpublish_at")
    if begin and end and end <= begin:
        raise Contradiction("unpublish_at", "unpublish_at must be later than publish_at")
    if begin and found.get("status") == "review":
        words = (
            "publish_at contradicts “status: review”: whoever approves the guide chooses the time"
        )
        raise Contradiction("publish_at", words)


KEYS: Mapping[str, Callable[[object], object]] = {
    "publish_at": moment,
    "unpublish_at": moment,
    "updated": changed_on,
}
