"""Modes 1 to 10: what goes wrong before the reader has left for Xero."""

import re
from datetime import timedelta

import httpx

from tests.connect.conftest import serving
from tests.faults.modes.conftest import Witness
from tests.faults.modes.reader import PAGE, Reader, words
from tests.servers import LEFT_OUT, Stage, free_ports
from xero_onboard.config import Settings
from xero_onboard.factory import create_app

HARBOUR = "Harbour Café Ltd"
NORTHSIDE = "Northside Builders Ltd"
GUIDE = "/hc/en-gb/articles/360001000101-connect-your-xero-organisation"
APP = "https://app.example.com"
WEEK = timedelta(days=7)


def test_a_link_that_is_out_of_date(
    mode: Witness, stage: Stage, amara: Reader, riley: Reader
) -> None:
    link = amara.ask_a_colleague()
    stage.let_pass(WEEK, "errand")

    mode.sees(riley.read(link))


def test_a_link_that_a_scanner_opens(
    mode: Witness, stage: Stage, amara: Reader, riley: Reader
) -> None:
    link = amara.ask_a_colleague()
    for method in ("HEAD", "GET"):
        httpx.request(method, stage.site + link, follow_redirects=True, trust_env=False)

    offered = riley.read(link)
    done = riley.come_back(riley.xero.allow(riley.agree(link)))

    mode.sees(offered, done)


def test_the_address_of_a_trip_that_is_passed_on(
    mode: Witness, amara: Reader, riley: Reader
) -> None:
    at_xero = amara.press_connect()

    mode.sees(riley.come_back(riley.xero.allow(at_xero)))

    assert f"{NORTHSIDE} is connected" in amara.come_back(amara.xero.allow(at_xero, NORTHSIDE))


def test_a_way_back_that_leads_elsewhere(mode: Witness, stage: Stage, amara: Reader) -> None:
    callback = amara.xero.allow(amara.press_connect(next="https://evil.example/"), NORTHSIDE)

    answer = amara.site.get(callback)
    while answer.is_redirect:
        assert "evil" not in answer.headers["Location"]
        answer = amara.site.get(answer.headers["Location"])

    assert str(answer.url).startswith(stage.site)
    mode.sees(words(answer.text), amara.read())


def test_pressing_twice(mode: Witness, amara: Reader) -> None:
    first, second = amara.press_connect(), amara.press_connect()
    assert first == second

    callback = amara.xero.allow(second, NORTHSIDE)

    mode.sees(amara.come_back(callback), amara.come_back(callback))


def test_two_tabs(mode: Witness, stage: Stage, amara: Reader) -> None:
    first = amara.press_connect()
    stage.let_pass(timedelta(seconds=11), "attempt")
    second = amara.press_connect()

    connected = amara.come_back(amara.xero.allow(first, NORTHSIDE))

    mode.sees(connected, amara.come_back(amara.xero.go_on(second)))


def test_the_limit_of_the_app(mode: Witness, stage: Stage, amara: Reader) -> None:
    (port,) = free_ports(1)
    own = {**dict.fromkeys(LEFT_OUT, ""), **stage.environ, "PORT": str(port)}
    limited = create_app(Settings.from_environ({**own, "XERO_CONNECTION_LIMIT": "1"}))

    with serving(limited, port) as served:
        pressed = amara.site.post(f"{served.origin}/connect/xero", data={"next": PAGE})
        mode.sees(amara.follow(pressed))


def test_a_guide_in_a_frame(mode: Witness, stage: Stage, amara: Reader) -> None:
    """Of an app that the operator named: no other may show it, and none shows Xero's pages."""
    (port,) = free_ports(1)
    own = {**dict.fromkeys(LEFT_OUT, ""), **stage.environ, "PORT": str(port)}
    known_at_xero = {"PUBLIC_ORIGIN": stage.site}
    framed = create_app(Settings.from_environ({**own, **known_at_xero, "EMBED_ORIGINS": APP}))
    frame, form = {"Sec-Fetch-Dest": "iframe"}, {"next": GUIDE, "anchor": "connect"}
    assert "frame-ancestors 'none'" in policy(amara.site.get(GUIDE))

    with serving(framed, port) as served:
        guide = amara.site.get(f"{served.origin}{GUIDE}", headers=frame)
        press = f"{served.origin}/connect/xero"
        refused = amara.site.post(press, data=form, headers=frame)
        by_itself = amara.site.post(press, data=form)
        done = amara.come_back(amara.xero.allow(by_itself.headers["Location"], NORTHSIDE))

    assert f"frame-ancestors {APP}" in policy(guide)
    assert HARBOUR not in words(guide.text)
    assert re.search(r'action="/connect/xero"\s+target="_top"', guide.text)
    mode.sees(words(refused.text), done)


def test_a_browser_without_scripts(mode: Witness, amara: Reader) -> None:
    mode.sees(amara.connect(NORTHSIDE))


def policy(answer: httpx.Response) -> str:
    return str(answer.headers["Content-Security-Policy"])
