"""Whom limits count: an address that nobody can choose for themselves, and a browser's name in words."""

from pathlib import Path

import pytest
from flask import Flask

from tests.client import Client
from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.lib.web import access, visitor

PEER = "198.51.100.7"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML) "
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "

ROBOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "A Crawler 1.0",
    "SomeSpider",
)


@pytest.mark.parametrize(
    ("hops", "forwarded", "seen"),
    [
        (0, "192.0.2.1", PEER),
        (0, "192.0.2.1, 192.0.2.2", PEER),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.66, 192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.66,203.0.113.67,192.0.2.1", "192.0.2.1"),
        (1, "192.0.2.1:49152", "192.0.2.1"),
        (1, "[2001:db8::7]:49152", "2001:db8::7"),
        (1, "<script>", "unknown"),
        (1, None, PEER),
        (2, "203.0.113.66, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        # Somebody who reached the site past the first proxy cannot fill in for it.
        (2, "203.0.113.66", PEER),
    ],
)
def test_only_what_a_proxy_of_ours_wrote_is_believed(
    hops: int, forwarded: str | None, seen: str, tmp_path: Path
) -> None:
    """Row I2: a forged X-Forwarded-For, with and without proxies in front."""
    client = site_behind(hops, tmp_path).test_client()

    given = {"X-Forwarded-For": forwarded} if forwarded else {}
    response = client.get("/who", headers=given, environ_base={"REMOTE_ADDR": PEER})

    assert response.get_data(as_text=True).splitlines()[0] == seen


def test_a_proxy_decides_neither_host_nor_scheme(tmp_path: Path) -> None:
    """Row I2: what else a visitor may forge."""
    app = site_behind(1, tmp_path)
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Port": "666",
    }

    plain, answer = (app.test_client().get("/connect", headers=given) for given in ({}, forged))

    assert (answer.status_code, answer.data) == (plain.status_code, plain.data)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
    ],
)
def test_a_household_with_ipv6_counts_as_one(address: str, network: str, tmp_path: Path) -> None:
    """Row I2: hopping over the addresses of one's own network."""
    client = site_behind(0, tmp_path).test_client()

    response = client.get("/who", environ_base={"REMOTE_ADDR": address})

    assert response.get_data(as_text=True).splitlines()[1] == network


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (WINDOWS + "Chrome/142.0.0.0 Safari/537.36", "Chrome on Windows"),
        (WINDOWS + "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge on Windows"),
        (WINDOWS + "Chrome/142.0.0.0 Safari/537.36 OPR/125.0.0.0", "Opera on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0", "Firefox on Linux"),
        (MAC + "Version/26.0 Safari/605.1.15", "Safari on Mac"),
        (IPHONE + "Version/26.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (IPHONE + "CriOS/142.0.0.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        (IPHONE + "EdgiOS/142.0.0.0 Mobile/15E148 Safari/604.1", "Edge on iPhone"),
        (ANDROID + "Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        (ANDROID + "SamsungBrowser/28.0 Chrome/130.0.0.0", "Samsung Internet on Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/142.0.0.0", "Chrome on ChromeOS"),
        ("curl/8.16.0", "A browser"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(told: str, name: str, tmp_path: Path) -> None:
    client = site_behind(0, tmp_path).test_client()

    response = client.get("/who", headers={"User-Agent": told})

    assert response.get_data(as_text=True).splitlines()[2] == name


@pytest.mark.parametrize("told", ROBOTS)
def test_a_robot_is_known_by_what_it_says_of_itself(told: str, tmp_path: Path) -> None:
    assert says_robot(told, tmp_path)


@pytest.mark.parametrize(
    "told",
    [
        WINDOWS + "Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 13; CUBOT X70) Chrome/142.0.0.0 Mobile Safari/537.36",
        "",
    ],
)
def test_whoever_does_not_say_so_is_a_person(told: str, tmp_path: Path) -> None:
    assert not says_robot(told, tmp_path)


def says_robot(told: str, tmp_path: Path) -> bool:
    client = site_behind(0, tmp_path).test_client()
    answer = client.get("/who", headers={"User-Agent": told})
    return answer.get_data(as_text=True).splitlines()[3] == "robot"


def site_behind(hops: int, tmp_path: Path) -> Flask:
    """The site behind so many proxies, with a page that says whom it sees."""
    environ = {"INSTANCE_DIR": str(tmp_path / "instance"), "PROXY_HOPS": str(hops)}
    app = create_app(Settings.from_environ(environ))
    app.test_client_class = Client

    def who() -> tuple[str, dict[str, str]]:
        kind = "robot" if visitor.is_robot() else "person"
        seen = (visitor.address(), visitor.network(), visitor.agent(), kind)
        return "\n".join(seen), {"Content-Type": "text/plain"}

    app.add_url_rule("/who", view_func=access.anyone(who))
    return app
