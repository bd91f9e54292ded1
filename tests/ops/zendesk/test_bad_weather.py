"""The other side is slow, broken, hostile or gone: what is said, and what is kept."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests import zendesk
from tests.client import Client
from tests.outside import ENVIRON
from tests.servers import LEFT_OUT
from tests.zendesk import Handler, HelpCentre, Import, breaking_off, saying
from xero_onboard.config import ROOT, Settings
from xero_onboard.factory import create_app
from xero_onboard.lib.http import on_the_internet

LIST = "articles.json"


def test_it_waits_as_long_as_it_is_asked_to(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(300, "How to start")
    centre.misbehave(LIST, saying(429, Retry_After="1"), saying(503), breaking_off)

    begun = time.monotonic()
    take_in()

    assert time.monotonic() - begun >= 1
    assert client.get("/hc/en-us/articles/300-how-to-start").status_code == 200


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([saying(429, Retry_After="0")] * 5, "asks for more patience than we have"),
        (
            [saying(200, b"<html>Sign in</html>", "text/html")],
            "answered with a page instead of data",
        ),
        ([saying(200, b'{"articles": [')], "something cut off or no JSON"),
        ([saying(200, b"[" * 100_000)], "something cut off or no JSON"),
        ([saying(200, b"[]")], "no object of JSON"),
        ([saying(200, b"{}")], "without a list of articles"),
        ([saying(200, b'{"articles": [1]}')], "without a list of articles"),
        ([saying(200, b" " * (33 * 1024 * 1024))], "the answer is too long"),
        ([saying(200, b"{}", Content_Encoding="gzip")], "the answer is packed"),
        ([saying(401)], "not open to the public"),
        ([saying(404)], "there is nothing at this address"),
        (
            [saying(302, Location="https://evil.example/")],
            "leads elsewhere, to https://evil.example: it is not followed",
        ),
        ([breaking_off] * 5, "broke off in the middle of an answer"),
        (
            [saying(200, b'{"articles": [], "next_page": "https://evil.example/2"}')],
            "leads on to another host, evil.example",
        ),
    ],
)
def test_an_answer_of_no_use_is_said_in_words(
    take_in: Import, centre: HelpCentre, answers: list[zendesk.Misbehaviour], words: str
) -> None:
    centre.misbehave(LIST, *answers)

    result = take_in.run()

    assert result.exit_code == 1
    assert words in result.output
    assert "the next run goes on" in result.output
    assert "Traceback" not in result.output


def test_a_list_that_never_ends_is_left(take_in: Import, centre: HelpCentre) -> None:
    body = f'{{"articles": [], "next_page": "{centre.origin}/api/v2/help_center/en-us/articles.json?page=9"}}'
    centre.misbehave(LIST, *[saying(200, body.encode())] * 3)

    assert "the list of articles never ends" in take_in.run().output


def test_a_way_on_within_the_host_is_followed(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(300, "How to start")
    centre.misbehave(
        LIST, saying(301, Location="/api/v2/help_center/en-us/articles.json?per_page=100&moved=1")
    )

    take_in()

    assert client.get("/hc/en-us/articles/300-how-to-start").status_code == 200


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"id": "x"}, "id is no number of 64 bits"),
        ({"id": 2**63}, "id is no number of 64 bits"),
        ({"title": 7}, "title is no text"),
        ({"body": None}, "it has no body"),
        ({"section_id": 99}, "its section 99 is not there"),
        ({"edited_at": "yesterday"}, "edited_at is no time"),
        ({"vote_count": "many"}, "vote_count is no number"),
        ({"body": "x" * 600_000}, "it is longer than 512 kB"),
    ],
)
def test_one_bad_article_stops_no_other(
    take_in: Import, centre: HelpCentre, client: Client, row: dict[str, object], words: str
) -> None:
    centre.article(299, "Bad").update(row)
    centre.article(300, "How to start")

    result = take_in.run()

    assert result.exit_code == 1
    assert words in result.output
    assert client.get("/hc/en-us/articles/300-how-to-start").status_code == 200


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://help.example.com", "is not protected: write https://"),
        ("ftp://help.example.com", "is not protected"),
        ("https://user:word@help.example.com", "is no address of a help centre"),
        ("https://169.254.169.254/hc", "is not on the internet"),
        ("https://[::ffff:10.0.0.1]/", "is not on the internet"),
    ],
)
def test_an_address_that_is_none_is_refused(take_in: Import, address: str, words: str) -> None:
    result = take_in.run(source=address)

    assert result.exit_code == 1
    assert words in result.output


@pytest.mark.usefixtures("app")
def test_where_it_is_serious_this_machine_is_not_asked(
    centre: HelpCentre, settings: Settings
) -> None:
    serious = create_app(replace(settings, environment="production"))

    result = serious.test_cli_runner().invoke(args=["content", "import", "zendesk", centre.origin])

    assert "is not protected" in result.output
    assert centre.asked == []


def test_a_picture_in_the_network_around_is_not_asked_for(
    take_in: Import, centre: HelpCentre
) -> None:
    with zendesk.running() as inside:
        address = inside.origin.replace("localhost", "127.0.0.1").replace("http:", "https:")
        centre.article(
            300,
            "How to start",
            f'<p><img src="{inside.origin}/secret" alt="A"><img src="{address}/secret" alt="B"></p>',
        )

        said = take_in()

        assert "only https:// is followed" in said
        assert "127.0.0.1 is not on the internet" in said
        assert inside.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "::ffff:192.168.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
    ],
)
def test_what_is_not_the_internet(address: str) -> None:
    assert not on_the_internet(address)


def test_what_is_the_internet() -> None:
    assert on_the_internet("93.184.216.34")
    assert on_the_internet("2606:4700::1111")


def test_killed_in_the_middle_and_run_again_it_is_whole(
    take_in: Import, centre: HelpCentre, app: Flask, settings: Settings, client: Client
) -> None:
    def never(handler: Handler) -> None:
        time.sleep(60)

    for number in range(300, 308):
        centre.article(
            number,
            f"Guide {number}",
            f'<p>See <a href="{centre.origin}/hc/en-us/articles/307">the last</a>.</p>',
            vote_sum=1,
            vote_count=1,
        )
    centre.misbehave("articles/304/attachments", never)

    process = _begin(settings, centre.origin)
    _wait_for("articles/304/attachments", centre)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    assert client.get("/hc/en-us/articles/303-guide-303").status_code == 200
    assert client.get("/hc/en-us/articles/304-guide-304").status_code == 404

    assert "4 new, 0 changed, 4 as they were" in take_in()
    for number in range(300, 308):
        page = client.get(f"/hc/en-us/articles/{number}-guide-{number}").text
        assert 'href="/hc/en-us/articles/307-guide-307"' in page
        assert "1 out of 1 found this helpful" in page


def _begin(settings: Settings, origin: str) -> "subprocess.Popen[bytes]":
    environ = {**ENVIRON, **dict.fromkeys(LEFT_OUT, ""), "INSTANCE_DIR": str(settings.instance)}
    command = (
        sys.executable,
        "-m",
        "flask",
        "--app",
        "app",
        "content",
        "import",
        "zendesk",
        origin,
    )
    return subprocess.Popen(  # noqa: S603 - our own
        command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, start_new_session=True
    )


def _wait_for(place: str, centre: HelpCentre) -> None:
    ends_at = time.monotonic() + 60
    while not any(place in path for path in centre.asked):
        assert time.monotonic() < ends_at
        time.sleep(0.05)


def test_a_file_that_is_none_is_said(take_in: Import, tmp_path: Path) -> None:
    for name, body in {
        "a.json": b"{",
        "b.json": b"[]",
        "c.zip": b"no zip",
        "d.json": b'{"categories": []}',
    }.items():
        path = tmp_path / name
        path.write_bytes(body)

        result = take_in.run(source=str(path))

        assert result.exit_code == 1, name
        assert "Traceback" not in result.output
