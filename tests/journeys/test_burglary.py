"""The rows about ways in, rights, traces and privacy, as attacks over sockets on the running site."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from uuid import uuid4

import pytest

from tests.journeys.burglar import GOOD, Burglar
from tests.outside import ENVIRON
from tests.servers import Stage
from xero_onboard.config import ROOT

BETTER = "copper-lantern-meadow-4"
LINK = r"(/password/reset/[A-Za-z0-9_-]+)"


@pytest.fixture
def burglar(stage: Stage) -> Burglar:
    return Burglar(stage)


@pytest.fixture
def address() -> str:
    """Somebody new; who signed up before stays, because the audit log does."""
    return f"b-{uuid4().hex[:12]}@example.com"


def staff(stage: Stage, name: str) -> Burglar:
    """Ada or Eddie, with both proofs."""
    known = json.loads((stage.instance / "staff.json").read_text())
    browser = Burglar(stage)
    assert browser.enter(f"{name}@example.com", known[f"{name}@example.com"]).status_code == 303
    browser.set_up_app()
    return browser


def flask(stage: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        (sys.executable, "-m", "flask", *words),
        cwd=ROOT,
        env={**ENVIRON, "INSTANCE_DIR": str(stage.instance)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("password", ["short-7", "passwordpassword", "robinhale robinhale"])
def test_a_weak_password_opens_no_account(burglar: Burglar, address: str, password: str) -> None:
    """Row D1."""
    answer = burglar.post("/register", name="Robin Hale", email=address, password=password)

    assert answer.status_code == 400


def test_both_addresses_get_the_same_answer(burglar: Burglar, address: str) -> None:
    """Row D3."""
    burglar.sign_up(address)
    for path in ("/register", "/password/forgotten"):
        known, unknown = burglar.another(), burglar.another()
        fields = {"name": "Robin Hale", "password": GOOD}
        one = known.post(path, email=address, **fields)
        other = unknown.post(path, email=f"x{address[1:]}", **fields)
        assert one.status_code == other.status_code
        assert one.text.replace(address, "") == other.text.replace(f"x{address[1:]}", "")
        assert one.headers.get("Location") == other.headers.get("Location")


def test_a_code_counts_once_and_five_are_tried(burglar: Burglar, address: str) -> None:
    """Row D4."""
    burglar.sign_up(address).set_up_app()
    first, second, third = (burglar.another() for _ in range(3))
    for browser in (first, second, third):
        browser.enter(address)
    code = burglar.code()

    assert first.post("/sign-in/second-step", code=code).status_code == 303
    assert second.post("/sign-in/second-step", code=code).status_code == 400
    tries = [third.post("/sign-in/second-step", code="000000").status_code for _ in range(5)]
    right = third.post("/sign-in/second-step", code=burglar.code(1))
    assert tries == [400] * 5
    assert right.status_code != 303 or right.headers["Location"] == "/sign-in"
    assert not third.is_in()


def test_of_ten_with_one_recovery_code_one_gets_in(burglar: Burglar, address: str) -> None:
    """Row D6."""
    code = burglar.sign_up(address).set_up_app()[0]
    thieves = [burglar.another() for _ in range(10)]
    for thief in thieves:
        thief.enter(address)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda thief: thief.post("/sign-in/recovery-code", code=code), thieves))

    assert sum(thief.is_in() for thief in thieves) == 1


def test_a_link_is_for_one_browser_and_one_use(burglar: Burglar, address: str) -> None:
    """Row D7: and it takes no second step away."""
    burglar.sign_up(address).set_up_app()
    owner, thief = burglar.another(), burglar.another()
    owner.post("/password/forgotten", email=address)
    link = owner.mailed(address, "Set a new password", LINK)

    assert thief.get(link).status_code == 410
    assert thief.post(link, password=BETTER).status_code == 410
    assert owner.post(link, password=BETTER).headers["Location"] == "/sign-in"
    assert owner.post(link, password=GOOD).status_code == 410
    assert owner.enter(address, BETTER).headers["Location"] == "/sign-in/second-step"
    assert not owner.is_in()
    assert not burglar.is_in()


def test_an_old_session_changes_nothing_that_protects(
    burglar: Burglar, address: str, stage: Stage
) -> None:
    """Row D8: a cookie that was stolen, twenty minutes after its owner signed in."""
    burglar.sign_up(address)
    with closing(sqlite3.connect(stage.instance / "site.db", timeout=10)) as database, database:
        for handle, content in database.execute("SELECT id, content FROM session").fetchall():
            old = {**json.loads(content)}
            old["proved_at"] = old.get("proved_at", 0) - 20 * 60
            database.execute(
                "UPDATE session SET content = ? WHERE id = ?", (json.dumps(old), handle)
            )

    for path in ("/account/password", "/account/alternative", "/account/privacy/delete"):
        answer = burglar.post(
            path, password=BETTER, email="x@example.org", confirmation="delete my account"
        )
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/account/prove?next=")
    assert burglar.another().enter(address).status_code == 303


def test_staff_keep_their_second_step(stage: Stage) -> None:
    """Row D9."""
    eddie = staff(stage, "eddie")

    assert eddie.post("/account/two-step/remove").status_code == 409
    assert eddie.get("/staff").status_code == 200


def test_every_role_finds_the_doors_it_should(burglar: Burglar, address: str, stage: Stage) -> None:
    """Row E1: strangers, readers, editors and administrators at the doors of staff."""
    reader, editor, admin = burglar.sign_up(address), staff(stage, "eddie"), staff(stage, "ada")
    doors = ("/staff", "/staff/audit", "/staff/people")

    assert [burglar.another().get(door).status_code for door in doors] == [303, 303, 303]
    assert [reader.get(door).status_code for door in doors] == [403, 403, 403]
    assert [editor.get(door).status_code for door in doors] == [200, 403, 403]
    assert [admin.get(door).status_code for door in doors] == [200, 200, 200]


def test_ids_that_are_nobodys_and_somebodys_answer_alike(burglar: Burglar, address: str) -> None:
    """Row E2: a session of somebody else's, and one that never was."""
    owner = burglar.sign_up(address)
    thief = burglar.another().sign_up(f"t{address}")
    theirs = owner.get("/account/sessions").text.partition("/account/sessions/")[2][:36]

    answers = [thief.post(f"/account/sessions/{each}/end") for each in (theirs, str(uuid4()))]

    assert answers[0].status_code == answers[1].status_code == 404
    assert answers[0].text == answers[1].text
    assert owner.is_in()


def test_a_role_that_is_sent_along_is_not_taken(
    burglar: Burglar, address: str, stage: Stage
) -> None:
    """Row E3."""
    extra = {"role": "admin", "user_id": str(uuid4()), "right": "administer", "is_short": "1"}
    burglar.post("/register", name="Robin Hale", email=address, password=GOOD, **extra)
    code = burglar.mailed(address, "Your code to finish signing up", r"\b([0-9]{3}) ?([0-9]{3})\b")
    burglar.post("/register/code", code=code, **extra)

    assert burglar.is_in()
    assert burglar.get("/staff").status_code == 403


def test_what_was_done_is_written_and_nobody_named(
    burglar: Burglar, address: str, stage: Stage
) -> None:
    """Row L1: neither in the log of both workers. Row L2 stands in the audit log."""
    burglar.sign_up(address)
    burglar.another().enter(address, "a-wrong-password-42")

    said = stage.said.read_text(errors="replace")
    assert address not in said
    assert GOOD not in said
    assert "a-wrong-password-42" not in said


def test_the_audit_log_is_whole(burglar: Burglar, address: str, stage: Stage) -> None:
    """Row L2."""
    burglar.sign_up(address)

    verdict = flask(stage, "audit", "verify")
    listed = flask(stage, "audit", "list", "--event", "signed_up").stdout

    assert verdict.returncode == 0, verdict.stderr
    assert "signed_up" in listed
    assert address not in listed


def test_the_cookie_is_out_of_reach(burglar: Burglar, address: str) -> None:
    """Row C1: of scripts and of other sites, and small."""
    burglar.post("/register", name="Robin Hale", email=address, password=GOOD)
    (given,) = (
        burglar.another().post("/connect/xero", next="/connect").headers.get_list("Set-Cookie")
    )

    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    assert "Domain" not in given
    assert len(given) < 300


def test_strangers_get_the_same_bytes_from_every_worker(burglar: Burglar) -> None:
    """Row C6: with a cookie of nothing, too, and whatever a proxy is told to say."""
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answers = [burglar.get("/hc/en-gb") for _ in range(4)]
    answers.append(burglar.http.get("/hc/en-gb", headers=lies))

    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert all(answer.headers["Cache-Control"].startswith("public") for answer in answers)
    assert not any("Set-Cookie" in answer.headers for answer in answers)
    stale = burglar.http.get("/hc/en-gb", headers={"Cookie": "sid=of-nobody"})
    assert stale.headers["Cache-Control"] == "private, no-store"


def test_a_guide_that_was_never_published_is_nowhere(burglar: Burglar) -> None:
    """Row E4."""
    for path in ("/hc/en-gb/articles/999999", "/hc/en-gb/articles/999999.md"):
        assert burglar.get(path).status_code == 404
    for path in ("/sitemap.xml", "/llms.txt", "/llms-full.txt", "/hc/en-gb"):
        assert "999999" not in burglar.get(path).text


def test_many_votes_of_one_person_are_one(burglar: Burglar, address: str) -> None:
    """Row E5: at once, over both workers."""
    burglar.sign_up(address)
    vote = "/hc/articles/360001000105/vote"
    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(lambda _: burglar.post(vote, value="up").status_code, range(24)))

    assert answers == {303}
    page = burglar.http.get("/hc/articles/360001000105", follow_redirects=True).text
    assert "1 out of 1" in " ".join(page.split())


def test_an_export_is_the_persons_and_holds_no_secret(burglar: Burglar, address: str) -> None:
    """Row M1."""
    burglar.another().sign_up(f"t{address}")
    key_owner = burglar.sign_up(address)
    key_owner.set_up_app()

    answer = key_owner.post("/account/privacy/export")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert address in answer.text
    assert key_owner.key not in answer.text
    assert "$argon2" not in answer.text
    assert f"t{address}" not in answer.text


def test_after_deleting_nothing_is_left(burglar: Burglar, address: str, stage: Stage) -> None:
    """Row M2: no row of any table tells who it was."""
    burglar.sign_up(address)

    gone = burglar.post("/account/privacy/delete", confirmation="delete my account")

    assert gone.status_code == 303, gone.text
    assert not burglar.is_in()
    # A farewell, until it is on its way.
    stage.work()
    assert [row for row in rows(stage) if address in row] == []


def rows(stage: Stage) -> Iterator[str]:
    with closing(sqlite3.connect(stage.instance / "site.db", timeout=10)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            yield from map(repr, database.execute(f'SELECT * FROM "{table}"').fetchall())  # noqa: S608
