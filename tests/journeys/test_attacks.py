"""Attacks on the running site, over real sockets: two workers, one database, one browser."""

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.practice import Phone
from tests.journeys.test_accounts import GOOD, enter, expect_in, set_up_app, sign_out, sign_up
from tests.journeys.window import Window
from tests.servers import Stage

OURS = {"Sec-Fetch-Site": "same-origin"}
VOTE = "/hc/articles/360001000101/vote"

Attack = Callable[[str], str]


@pytest.fixture
def elsewhere(stage: Stage) -> Iterator[Attack]:
    """A page of another site, on another port of this very host, that submits to ours by itself."""
    page = {"body": ""}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page["body"].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The journeys read no access log."""

    server = ThreadingHTTPServer(("localhost", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def attack(body: str) -> str:
        page["body"] = body
        return f"http://localhost:{server.server_port}/"

    yield attack
    server.shutdown()
    thread.join()
    server.server_close()


def cookie_of(page: Page) -> dict[str, str]:
    """What a thief copies out of this browser."""
    return {each["name"]: each["value"] for each in page.context.cookies() if each["name"] == "sid"}


def is_in(stage: Stage, cookies: dict[str, str]) -> bool:
    """Whether this cookie opens the account, asked often enough to meet both workers."""
    seen = set()
    for _ in range(6):
        answer = httpx.get(f"{stage.site}/account", cookies=cookies, headers=OURS)
        seen.add(answer.status_code == 200)
    assert len(seen) == 1, "the workers do not agree"
    return seen.pop()


def test_a_copied_cookie_is_worth_nothing_after_signing_out(page: Page, stage: Stage) -> None:
    """Row C2: on every worker."""
    sign_up(page, "cora@example.com")
    copied = cookie_of(page)
    assert is_in(stage, copied)

    sign_out(page)

    assert not is_in(stage, copied)


def test_a_new_password_ends_the_other_sessions_everywhere(window: Window, stage: Stage) -> None:
    """Row C3: at once, on every worker."""
    owner, thief = window().new_page(), window().new_page()
    sign_up(owner, "omar@example.com")
    enter(thief, "omar@example.com", GOOD)
    expect_in(thief)
    copied = cookie_of(thief)

    owner.goto("/account/password")
    owner.get_by_label("New password").fill("copper-lantern-meadow-4")
    owner.get_by_role("button", name=re.compile("password", re.IGNORECASE)).last.click()
    expect(owner.locator("h1")).to_have_text("Your account")

    assert not is_in(stage, copied)
    assert is_in(stage, cookie_of(owner))


def test_half_signed_in_is_not_in(page: Page, stage: Stage) -> None:
    """Row D5: the cookie of somebody who owes a second step, on the pages that matter."""
    sign_up(page, "sven@example.com")
    set_up_app(page, Phone())
    sign_out(page)
    enter(page, "sven@example.com", GOOD)
    expect(page.locator("h1")).to_have_text("Your second step")

    half = cookie_of(page)
    for path in (
        "/account",
        "/account/two-step",
        "/account/privacy",
        "/account/colleagues",
        "/staff",
    ):
        answer = httpx.get(f"{stage.site}{path}", cookies=half)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?")


def test_guesses_are_counted_over_both_workers(stage: Stage) -> None:
    """Row D2: ten for a login, whichever worker hears them."""
    codes = [
        httpx.post(
            f"{stage.site}/sign-in/password",
            data={"email": "victim@example.com", "password": f"guess-number-{number}"},
            headers=OURS,
        ).status_code
        for number in range(14)
    ]

    assert codes == [400] * 10 + [429] * 4


FORM = (
    '<form method="post" action="{to}"><input name="value" value="up"><button>Win</button></form>'
)
FORMS = {
    "another port": FORM,
    "a sandboxed frame": f"<iframe sandbox=\"allow-forms\" srcdoc='{FORM}'></iframe>",
}


@pytest.mark.parametrize("way", FORMS)
def test_a_form_of_another_site_changes_nothing(
    browser: Browser, stage: Stage, elsewhere: Attack, way: str
) -> None:
    """Row C4: the browser sends our cookie along, and we refuse it all the same."""
    # Not watched as a reader's window is: this one is meant to meet a stranger. Our own policy would
    # hide the answer inside a frame, so this browser does not apply it.
    context = browser.new_context(base_url=stage.site, bypass_csp=True)
    page = context.new_page()
    sign_up(page, f"{way.replace(' ', '-')}@example.com")

    page.goto(elsewhere(FORMS[way].format(to=f"{stage.site}{VOTE}")))
    trap = page if way == "another port" else page.frame_locator("iframe")

    with page.expect_response(lambda each: VOTE in each.url) as refused:
        # Its owner is lured into pressing it.
        trap.get_by_role("button", name="Win").click()

    assert refused.value.status == 403
    with closing(sqlite3.connect(stage.instance / "site.db")) as database:
        assert database.execute("SELECT count(*) FROM vote").fetchone() == (0,)
    context.close()


def test_opening_pages_changes_nothing(page: Page, stage: Stage) -> None:
    """Row C5: every page that an administrator can open by a link, and what it leaves in the database."""
    ada = json.loads((stage.instance / "staff.json").read_text())["ada@example.com"]
    enter(page, "ada@example.com", ada)
    expect_in(page)
    page.goto("/account/two-step")
    set_up_app(page, Phone())
    cookies = cookie_of(page)
    before = contents(stage)

    for path in readable(stage, cookies):
        httpx.get(f"{stage.site}{path}", cookies=cookies)

    assert contents(stage) == before


def readable(stage: Stage, cookies: dict[str, str]) -> set[str]:
    """Every address that the pages link to, from the pages that staff and readers begin on."""
    found, waiting = set(), ["/", "/connect", "/account", "/staff", "/staff/audit", "/staff/people"]
    while waiting:
        path = waiting.pop()
        if path in found or len(found) > 400:
            continue
        found.add(path)
        answer = httpx.get(f"{stage.site}{path}", cookies=cookies, follow_redirects=True)
        if "html" in answer.headers.get("Content-Type", ""):
            waiting += re.findall(r'href="(/[a-z][^"#?]*)', answer.text)
    assert {"/account/sessions", "/account/privacy", "/account/colleagues"} <= found
    return found


def contents(stage: Stage) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for what notes who was seen when and in which language, and what is counted."""
    with closing(sqlite3.connect(stage.instance / "site.db")) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = {name for (name,) in tables} - {"session", "limit_bucket"}
        database.execute("UPDATE user SET locale = NULL")
        return {
            name: sorted(database.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # noqa: S608
            for name in names
        }
