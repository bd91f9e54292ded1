"""A provider that hangs holds so many threads of a process and no more: guides are read meanwhile."""

import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import cast

from flask import Flask

from tests.client import Client
from tests.connect.conftest import the_only
from tests.connect.hostile import Hostile, Reply, said
from tests.connect.test_hostile_provider import come_back
from xero_onboard.connect.models import Connection
from xero_onboard.lib.web import crowd

LATE = crowd.MOST + crowd.MOST_IN_LINE + 2


def test_who_comes_when_all_places_are_taken_is_told_at_once(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Fault rows 10 and 12."""
    come_back(client, provider)
    path = f"/connect/connections/{the_only(app, Connection).id}/check"
    cookie, goes_on = client.get_cookie("sid"), threading.Event()
    assert cookie is not None

    def hang(hostile: Hostile) -> Reply:
        goes_on.wait(10)
        return said([hostile.organisation()])

    def press(_number: int) -> tuple[str, float]:
        tab, pressed_at = cast(Client, app.test_client()), time.monotonic()
        tab.set_cookie("sid", cookie.value)
        answer = tab.post(path, data={"next": "/connect"})
        seconds = time.monotonic() - pressed_at
        return tab.get(answer.headers["Location"]).text, seconds

    provider.connections = hang
    with ThreadPoolExecutor(LATE) as together:
        presses = {together.submit(press, number) for number in range(LATE)}
        told, waiting = set(), presses
        while len(told) < LATE - crowd.MOST and waiting:
            done, waiting = wait(waiting, timeout=9, return_when=FIRST_COMPLETED)
            told |= done
        read = client.get("/connect").status_code
        was_free = not goes_on.is_set()
        goes_on.set()

    assert (len(told), read, was_free) == (LATE - crowd.MOST, 200, True)
    # One may wait for a place, and holds a thread meanwhile; the others are told before that one.
    assert min(each.result()[1] for each in told) < crowd.PATIENCE_SECONDS
    assert all("We have not asked Xero this time" in each.result()[0] for each in told)
    # Nobody who has not asked it may say that the provider is silent.
    assert the_only(app, Connection).status == "active"
