"""What became of a press of Connect is said on whatever page the reader comes back to."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.client import Client
from tests.content.desk import Desk


@pytest.mark.parametrize(
    "page",
    [
        "/hc/en-gb",
        "/hc/en-gb/sections/10-connecting",
        "/hc/en-gb/articles/101-first",
        "/hc/en-gb/sections/10-an-old-name",
        "/hc/en-gb/articles/101-an-old-name",
        "/somewhere/else",
    ],
)
def test_a_reader_who_cancelled_is_told_so(desk: Desk, client: Client, page: str) -> None:
    desk.publish(101, "first")
    leaving = client.post("/connect/xero", data={"next": page, "anchor": "connect"})
    (state,) = parse_qs(urlsplit(leaving.headers["Location"]).query)["state"]

    back = client.get(
        "/connect/sandbox/callback",
        query_string={"error": "access_denied", "state": state},
        follow_redirects=True,
    )

    assert back.status_code == 200
    assert "Nothing was connected" in back.text
    assert back.text.count('id="outcome"') == 1
