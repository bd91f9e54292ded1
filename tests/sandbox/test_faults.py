"""Arming faults, by hand and from tests; how often they are met; and that each of them is tested."""

import ast
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import httpx
import pytest
from flask import Flask

from tests.client import Client
from tests.faults_client import Faults, NotArmed
from tests.sandbox.dance import RILEY, Browser, heading, problem
from tests.sandbox.online import Online, another
from tests.servers import free_ports
from xero_onboard.config import ROOT
from xero_onboard.sandbox import happenings, unknowns
from xero_onboard.sandbox.faults import answers, catalogue, lies
from xero_onboard.sandbox.faults.shape import Choice

KEYS = "/.well-known/openid-configuration/jwks"
FORM = {
    "fault": "delay",
    "place": "token",
    "lasts": "times",
    "times": "3",
    "seconds": "2",
    "work": "first",
}


def words(browser: Browser, path: str = "/faults") -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", browser.get(path).text)).split())


def test_nothing_is_armed_at_first(browser: Browser) -> None:
    assert "Nothing. Every call is answered as Xero answers." in words(browser)
    assert "switched on." not in words(browser, "/")


def test_a_person_switches_a_fault_on_and_off(browser: Browser) -> None:
    page = browser.post("/faults", **FORM)

    assert heading(page) == "Faults"
    assert "It is switched on." in page.text
    said = words(browser)
    assert (
        "Answer late Tokens for either · for the next 3 calls Seconds: 2 The work – a code spent, a token rotated – is done: at once"
        in said
    )

    off = re.search(r'action="(/faults/\d+/off)"', page.text)
    assert off
    assert "It is switched off." in browser.post(off[1]).text
    assert "Nothing. Every call" in words(browser)


def test_a_person_switches_everything_off(browser: Browser) -> None:
    browser.post("/faults", **FORM)
    browser.post("/faults", **FORM | {"place": "code", "lasts": "next"})
    browser.post("/faults", **FORM | {"place": "refresh", "lasts": "always"})

    said = words(browser)
    assert "for the next call" in said
    assert "until switched off" in said
    assert "Everything is switched off." in browser.post("/faults/off").text
    assert "Nothing. Every call" in words(browser)


@pytest.mark.parametrize("path", ["/", "/inbox", "/identity/user/login", "/authenticator", "/no"])
def test_every_page_says_that_faults_are_on(browser: Browser, path: str) -> None:
    browser.post("/faults", **FORM)
    assert "1 fault is switched on. See which" in words(browser, path)

    browser.post("/faults", **FORM | {"place": "code"})
    assert "2 faults are switched on. See which" in words(browser, path)
    assert '<a href="/faults">See which</a>' in browser.get(path).text


def test_what_is_used_up_is_no_longer_on(browser: Browser) -> None:
    browser.post("/faults", fault="no_keys", place="jwks", lasts="next")

    assert browser.get(KEYS).get_json() == {"keys": []}

    said = words(browser)
    assert "Nothing. Every call" in said
    assert "Used up: No keys (1 × the keys)." in said
    assert "switched on" not in words(browser, "/")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seconds": "601"}, "Seconds: a number from 0.01 to 600"),
        ({"seconds": "nan"}, "Seconds: a number from 0.01 to 600"),
        ({"times": "0"}, "Times: a number from 1 to 10000, or nothing"),
        ({"times": "three"}, "So many calls: a number"),
        ({"place": "consent"}, "“delay” can happen at: "),
        ({"fault": "redirected", "place": "code", "to": "http://evil.example/"}, "this computer"),
        ({"fault": "redirected", "place": "code", "to": "https://localhost/"}, "this computer"),
        ({"fault": "redirected", "place": "code", "to": "http://localhost@evil.example/"}, "this"),
        ({"fault": "failing", "status": "200"}, "Status: one of 503, 500, 502, 504"),
        ({"fault": "failing", "status": "503", "retry_after": "später"}, "Retry-After: at most"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    browser: Browser, changes: dict[str, str], said: str
) -> None:
    page = browser.post("/faults", **FORM | changes)

    assert said in unescape(problem(page))
    assert "Nothing. Every call" in words(browser)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"seconds": "601"}, "fault-delay-seconds"),
        ({"times": "three"}, "fault-delay-times"),
        ({"place": "consent"}, "fault-delay-place"),
        (
            {"fault": "failing", "status": "503", "retry_after": "später"},
            "fault-failing-retry_after",
        ),
    ],
)
def test_what_was_typed_stays_with_the_error_beside_it(
    browser: Browser, changes: dict[str, str], field: str
) -> None:
    filled_in = FORM | changes

    page = browser.post("/faults", **filled_in).text

    form = page.partition(f'<details id="fault-{filled_in["fault"]}"')[2].partition("</details>")[0]
    name = field.rpartition("-")[2]
    assert f'<a href="#{field}">' in page
    assert re.search(rf'class="field-problem"\s+id="{field}-problem"', form)
    assert form.count('aria-invalid="true"') == 1
    assert "open>" in form.partition("<summary>")[0]
    if name != "place":
        assert re.search(rf'id="{field}"\s+name="{name}"[^>]*value="{filled_in[name]}"', form)
    assert '<option value="times" selected>' in form


def test_something_happens_to_a_person_and_is_put_back(browser: Browser) -> None:
    form = {"happening": "role_changed", "person": RILEY, "organisation": "Riley's Roastery"}

    page = browser.post("/faults/happenings", **form, value="Read only")

    assert "It has happened." in page.text
    assert "Riley's Roastery (Read only)" in words(browser, "/")
    page = browser.post("/faults/put-back")
    assert "People and organisations are as they were at the beginning." in page.text
    assert "Riley's Roastery (Standard)" in words(browser, "/")


def test_what_did_not_happen_is_said(browser: Browser) -> None:
    form = {"happening": "app_removed", "person": RILEY, "organisation": "Riley's Roastery"}

    page = browser.post("/faults/happenings", **form)

    said = "Riley Reed has not connected Riley's Roastery"
    assert unescape(problem(page)) == f"Nothing has changed. {said}"
    form_of_it = unescape(page.text).partition('<details id="happening-app_removed"')[2]
    assert f'<p class="field-problem">{said}</p>' in form_of_it.partition("</form>")[0]


def test_nobody_can_be_gone_who_does_not_answer_themselves(browser: Browser) -> None:
    page = browser.post("/faults/happenings", happening="gone")

    assert "Only where this was started by" in problem(page)


def test_what_nobody_knows_is_chosen(browser: Browser) -> None:
    chosen = {each.name: each.usual for each in unknowns.UNKNOWNS} | {"late_reuse": "family"}

    page = browser.post("/faults/answers", **chosen)

    assert "From now on this Xero behaves as chosen." in page.text
    ticked = re.findall(r'id="([a-z_-]+)"[^>]*checked', page.text)
    assert "late_reuse-family" in ticked
    assert len(ticked) == len(unknowns.UNKNOWNS)


def test_starting_again_switches_everything_off(browser: Browser) -> None:
    browser.post("/faults", **FORM)
    browser.post("/faults/happenings", happening="app_limit", organisation="Osei & Partners")

    browser.post("/reset")

    assert "Nothing. Every call" in words(browser)
    told = browser.client.get("/faults", headers={"Accept": "application/json"}).get_json()
    assert told["armed"] == []


def test_the_page_leads_to_every_state_of_the_guides(browser: Browser) -> None:
    assert 'href="http://localhost:8000/connect/states"' in browser.get("/faults").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": None, "Origin": "null"},
    ],
)
def test_no_other_site_switches_faults_on(
    xero: Flask, browser: Browser, headers: dict[str, str | None]
) -> None:
    client: Client = browser.client
    sent = [
        client.post("/faults", data=FORM, headers=headers),
        client.post("/faults", json={"fault": "html", "place": "any"}, headers=headers),
        client.post("/faults/put-back", headers=headers),
        client.delete("/faults", headers=headers),
    ]

    assert {answer.status_code for answer in sent} == {403}
    assert "Nothing. Every call" in words(browser)


def test_nobody_else_reaches_the_faults(xero: Flask) -> None:
    """A name of somebody else's that leads here, and another machine."""
    client = xero.test_client()
    far = {"REMOTE_ADDR": "192.0.2.7"}

    assert client.get("/faults", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/faults", environ_overrides=far).status_code == 403
    assert client.post("/faults", json={}, environ_overrides=far).status_code == 403
    assert client.get("/faults", headers={"Host": "[::1]:8001"}).status_code == 200


def test_tests_see_what_is_armed_and_switch_it_off(online: Online, faults: Faults) -> None:
    first = faults.arm("token", "delay", seconds=2, times=3)
    second = faults.stay("jwks", "no_keys")

    told = httpx.get(f"{online.origin}/faults", headers={"Accept": "application/json"}).json()

    assert [(each["fault"], each["place"], each["remaining"]) for each in told["armed"]] == [
        ("delay", "token", 3),
        ("no_keys", "jwks", None),
    ]
    assert told["armed"][0]["values"] == {"seconds": "2", "work": "first"}
    assert set(told["faults"]) == set(catalogue.FAULTS)
    assert (first.remaining, second.remaining) == (3, None)
    second.switch_off()
    assert len(online.keys().json()["keys"]) == 1
    faults.clear()
    assert httpx.get(first.address).status_code == 404
    assert httpx.delete(first.address).status_code == 404


@pytest.mark.parametrize(
    "told",
    [
        {"fault": "no such fault", "place": "any"},
        {"fault": "delay", "place": "nowhere"},
        {"fault": "delay", "place": "code", "times": 0},
        {"fault": "delay", "place": "code", "times": "2"},
        {"fault": "delay", "place": "code", "times": True},
        {"fault": "delay", "place": "code", "values": {"hours": 2}},
        {"fault": "delay", "place": "code", "values": "2"},
        {"fault": "delay", "place": "code", "values": {"seconds": []}},
        {},
    ],
)
def test_tests_are_told_what_is_wrong(online: Online, told: dict[str, object]) -> None:
    answer = httpx.post(f"{online.origin}/faults", json=told)

    assert answer.status_code == 422
    assert answer.json()["problem"]


def test_what_cannot_be_is_refused_to_tests_as_well(online: Online, faults: Faults) -> None:
    with pytest.raises(NotArmed, match="There is no question"):
        faults.choose(what="ever")
    with pytest.raises(NotArmed, match="late_reuse: one of request, family"):
        faults.choose(late_reuse="sometimes")
    with pytest.raises(NotArmed, match="cannot happen here"):
        faults.happen("miracle")
    with pytest.raises(NotArmed, match="Choose a person"):
        faults.happen("revoked", person="nobody@practice.example")
    assert httpx.post(f"{online.origin}/faults", json=[1]).status_code == 400


def test_parallel_calls_meet_a_fault_exactly_as_often_as_it_was_armed(
    online: Online, faults: Faults
) -> None:
    """Sixty calls at once, half of them at another process of the same practice Xero."""
    (port,) = free_ports(1)
    with another(online, port=port):
        armed = faults.arm("jwks", "no_keys", times=17)
        origins = [online.origin, f"http://localhost:{port}"] * 30

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda origin: httpx.get(f"{origin}{KEYS}").json(), origins))

    assert answers.count({"keys": []}) == 17
    assert (armed.met, armed.remaining) == (17, 0)


def test_of_several_faults_the_first_armed_comes_first(online: Online, faults: Faults) -> None:
    faults.stay("jwks", "no_keys")
    faults.arm("jwks", "failing", times=2, status="502")
    faults.arm("jwks", "edge")

    statuses = [online.keys().status_code for _ in range(5)]

    assert statuses == [502, 502, 403, 200, 200]
    assert online.keys().json() == {"keys": []}


def test_arming_a_fault_again_replaces_it(online: Online, faults: Faults) -> None:
    faults.arm("jwks", "failing", times=9)
    armed = faults.arm("jwks", "failing", status="500")

    assert [online.keys().status_code for _ in range(2)] == [500, 200]
    assert armed.met == 1


def test_a_fault_waits_for_calls_that_can_meet_it(online: Online, faults: Faults) -> None:
    armed = faults.arm("any", "invalid_client")

    assert online.keys().status_code == 200
    assert online.client.get("/inbox").status_code == 200
    assert armed.met == 0
    assert online.redeem("any-code").json() == {"error": "invalid_client"}


def test_every_fault_happens_and_is_tested() -> None:
    """One that is added to the catalogue needs an effect, and a test that names it and each of its choices."""
    elsewhere = {"delay", "drip", "lost", "truncated", "clock", "code_used", "bulk"}
    effects = {*answers.INSTEAD, *lies.LIES, *elsewhere}

    assert effects == set(catalogue.FAULTS)
    assert set(catalogue.FAULTS) - constants_of_tests() == set()
    choices = [
        option
        for fault in catalogue.FAULTS.values()
        for value in fault.takes
        if isinstance(value, Choice)
        for option in value.options
    ]
    assert set(choices) - constants_of_tests() == set()


def test_every_happening_and_every_unknown_is_tested() -> None:
    named = {*happenings.HAPPENINGS, *happenings.ROLES, *happenings.CONDITIONS}
    named |= {answer for unknown in unknowns.UNKNOWNS for answer in unknown.answers}

    assert named - constants_of_tests() == set()


def constants_of_tests() -> set[str]:
    """Every word that the tests of the faults, but for this file's, name."""
    return {
        node.value
        for file in (ROOT / "tests" / "sandbox").glob("test_faults_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
