"""A process that refreshes one login again and again, and that may die at a chosen point: run by `crew`.

It says what happens to it in a line each, and never a token: `has 7 3fa1…` is the digest of what it got.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from xero_onboard.config import Settings
from xero_onboard.connect.models import Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.base import Patience, Provider, ProviderUnavailable, Tokens
from xero_onboard.connect.renewal import Pace, fresh_access
from xero_onboard.factory import create_app
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db

LEASES, KEEPS = "tried_at=", "rotated_at="


@dataclass(frozen=True)
class Order:
    """What a worker is told: go on `until` this version; at `points` be hit by `blow` with some chance."""

    name: str
    environ: Mapping[str, str]
    identity_url: str
    grant_id: str
    until: int
    pace: Mapping[str, Any]
    points: tuple[str, ...] = ()
    chance: float = 0.0
    blow: str = "SIGKILL"
    seed: int = 0

    def written(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(**json.loads(text))


def say(line: str) -> None:
    """At once: whoever says it may not live on."""
    os.write(1, f"{line}\n".encode())


class Fate:
    """Strikes this process from inside, so that it hits a point between two statements exactly.

    A signal is what it would be from outside: nothing in the process can catch or delay it.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self._lots = random.Random(order.seed)  # noqa: S311 - which process dies is no secret
        self._last = ""
        self._values: Any = ()
        event.listen(db.engine, "before_cursor_execute", self._before)
        event.listen(db.engine, "after_cursor_execute", self._after)
        event.listen(db.session, "after_commit", self._committed)

    def _before(self, *given: Any) -> None:
        if KEEPS in given[2]:
            self._strike("answered")

    def _after(self, *given: Any) -> None:
        if KEEPS in given[2]:
            self._strike("writing")
        self._last, self._values = given[2], given[3]

    def _committed(self, _session: object) -> None:
        if KEEPS in self._last:
            self._strike("written")
        elif LEASES in self._last:
            self._strike("leased")
        self._last = ""

    def _strike(self, point: str) -> None:
        order = self._order
        if point not in order.points or self._lots.random() >= order.chance:
            return
        if point == "leased" and not self._has_lease():
            return
        say(f"hit {point}")
        os.kill(os.getpid(), getattr(signal, order.blow))

    def _has_lease(self) -> bool:
        """Whoever waits for another asks for the lease again and again, and does not get it."""
        asked_for = self._values.values() if isinstance(self._values, dict) else self._values
        owner = select(Grant.lease_owner).where(Grant.id == UUID(self._order.grant_id))
        with db.engine.connect() as connection:
            return connection.scalar(owner) in tuple(asked_for)


class Heard:
    """The provider, with the moments said at which this process begins and ceases to wait for it.

    What Xero sees says less: it may still be busy with the request of somebody who has hung up.
    All processes of a machine share the clock.
    """

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def refresh(self, refresh_token: str, patience: Patience) -> Tokens:
        say(f"asks {time.monotonic()}")
        try:
            return self._provider.refresh(refresh_token, patience)
        finally:
            say(f"asked {time.monotonic()}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


def refresh(order: Order) -> None:
    """Get one version after the other, waiting for others or asking oneself."""
    grant_id, pace = UUID(order.grant_id), Pace(**order.pace)
    provider: Provider = Heard(current_provider())
    version = None
    while version is None or version < order.until:
        try:
            access = fresh_access(provider, grant_id, not_version=version, pace=pace)
        except ProviderUnavailable as error:
            say("unanswered" if error.sent else "waited")
        except OperationalError:
            say("busy")
        else:
            version = access.version
            say(f"has {version} {digest(access.token)}")


def main(order: Order) -> None:
    settings = Settings.from_environ(order.environ)
    xero = replace(settings.xero, identity_url=order.identity_url)
    app = create_app(replace(settings, xero=xero))
    with app.app_context():
        Fate(order)
        say("ready")
        sys.stdin.readline()
        refresh(order)


if __name__ == "__main__":
    main(Order.read(sys.argv[1]))
