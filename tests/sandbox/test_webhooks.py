"""The practice Xero tells the site something, as Xero would, and says what it makes of the answer."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import httpx
import pytest
from flask import Flask

from tests.connect.conftest import serving
from tests.faults.modes.reader import Reader, words
from tests.sandbox.conftest import close, told
from tests.sandbox.dance import Browser
from tests.servers import Stage
from xero_onboard.sandbox import create_app

ROASTERY = "Riley's Roastery"
Page = Callable[..., str]


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    """Press a button of /webhooks at the running sandbox; the words that follow, or those of the page."""
    with httpx.Client(base_url=stage.sandbox, follow_redirects=True, trust_env=False) as browser:

        def pressed(button: str = "", **fields: str) -> str:
            if not button:
                return browser.get("/webhooks").text
            answer = browser.post(button, data=fields, headers={"Origin": stage.sandbox})
            assert answer.status_code == 200, words(answer.text)
            return words(answer.text)

        yield pressed


@pytest.fixture
def riley(stage: Stage) -> Iterator[Reader]:
    """Has Riley's Roastery connected."""
    reader = Reader(stage, "riley")
    reader.come_back(reader.xero.allow(reader.press_connect()))
    yield reader
    reader.site.close()


def event(page: Page, **changes: str) -> dict[str, str]:
    """What somebody fills in who tells of a contact of Riley's Roastery."""
    chosen = re.search(r'<option value="([^"]+)">Riley&#39;s Roastery', page())
    assert chosen is not None
    usual = {"category": "CONTACT", "type": "UPDATE", "signature": "good"}
    return {"organisation": chosen[1], **usual, **changes}


def heard(stage: Stage) -> list[tuple[object, ...]]:
    """What the site has kept of what it was told."""
    return stage.rows("SELECT category, settled_at IS NOT NULL, is_known FROM provider_event")


def test_the_site_of_make_run_answers_the_intent_to_receive(page: Page, stage: Stage) -> None:
    """Row H2: nobody had to set a key."""
    said = page("/webhooks/intent")

    assert said.count("As Xero wants it.") == 4
    assert (said.count("answered 200"), said.count("answered 401")) == (2, 2)
    assert heard(stage) == []


@pytest.mark.parametrize("signature", ["wrong", "missing"])
def test_what_is_not_signed_is_not_kept(page: Page, stage: Stage, signature: str) -> None:
    """Row H2."""
    said = page("/webhooks/events", **event(page, signature=signature))

    assert "answered 401" in said
    assert "As Xero wants it." in said
    assert heard(stage) == []


@pytest.mark.parametrize("category", ["CONTACT", "CREDITNOTE"])
def test_an_event_reaches_the_connection(
    page: Page, stage: Stage, riley: Reader, category: str
) -> None:
    said = page("/webhooks/events", **event(page, category=category))

    stage.work()

    assert f"{category} changed in {ROASTERY}" in said
    assert "answered 200" in said
    assert heard(stage) == [(category, 1, 1)]
    assert stage.rows("SELECT heard_at IS NOT NULL FROM connection") == [(1,)]


def test_the_same_event_three_times_is_one(page: Page, stage: Stage, riley: Reader) -> None:
    """Row H3."""
    page("/webhooks/events", **event(page))
    (again,) = re.findall(r'action="(/webhooks/[0-9a-f-]+/again)"', page())

    page(again)
    said = page(again)

    assert "sent 3 times" in said
    assert "answered 200" in said
    assert len(heard(stage)) == 1


def answering(
    status: str, body: bytes = b"", cookie: str = "", seconds: float = 0
) -> WSGIApplication:
    """An app that takes webhooks in this way."""

    def app(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        time.sleep(seconds)
        start(status, [("Set-Cookie", cookie)] if cookie else [])
        return [body]

    return app


@pytest.fixture
def xero_for(database: Path) -> Iterator[Callable[[str], Flask]]:
    """A practice Xero whose app takes webhooks at this address."""
    made: list[Flask] = []

    def create(address: str) -> Flask:
        made.append(create_app(replace(told(database), webhook_url=address)))
        return made[-1]

    yield create
    for each in made:
        close(each)


@pytest.mark.parametrize(
    ("app", "complaint"),
    [
        (answering("200 OK"), "wants a 401"),
        (answering("401 Unauthorized"), "wants an answer of 2xx"),
        (answering("302 Found"), "wants an answer of 2xx"),
        (answering("500 Oops"), "wants an answer of 2xx"),
        (answering("200 OK", body=b"thank you"), "The answer has to be empty."),
        (answering("200 OK", cookie="sid=1"), "must not set a cookie"),
        (answering("200 OK", seconds=6), "No answer within 5 seconds"),
    ],
)
def test_an_answer_that_xero_would_not_take_is_found_fault_with(
    xero_for: Callable[[str], Flask], app: WSGIApplication, complaint: str
) -> None:
    with serving(app) as served:
        browser = Browser(xero_for(f"{served.origin}/webhooks/xero"))
        said = browser.post("/webhooks/intent").text

    assert complaint in said


def test_an_app_that_is_not_there_is_tried_again(xero_for: Callable[[str], Flask]) -> None:
    browser = Browser(xero_for("http://localhost:1/webhooks/xero"))

    said = words(browser.post("/webhooks/intent").text)

    assert "no answer" in said
    assert "Xero would come again every 15 minutes until" in said
