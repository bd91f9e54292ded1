"""What is not published is nowhere: not on a page, not for machines, not in a search, not under an old address."""

import re

import pytest

from tests.client import Client
from tests.content.desk import Desk

CANARY = "quetzalcoatlus"
LINK = re.compile(r'(?:href|src)="(/[^"#]*)')
PLACES = (
    *("/hc/en-gb", "/llms.txt", "/llms-full.txt", "/sitemap.xml", "/robots.txt"),
    f"/hc/en-gb/search?query={CANARY}",
    f"/hc/en-gb/search?query={CANARY[:6]}",
    f"/hc/search/suggest?query={CANARY[:6]}",
)


def everywhere(client: Client) -> str:
    """Every page a stranger reaches, with its form for machines, as one text."""
    waiting, found = list(PLACES), {}
    while waiting:
        path = waiting.pop()
        if path in found or path.startswith("/static/"):
            continue
        answer = client.get(path, follow_redirects=True)
        found[path] = answer.data.decode(errors="replace")  # pictures are looked at as well
        waiting += [link for link in LINK.findall(found[path]) if link.startswith("/hc/")]
        if "/articles/" in path and not path.endswith(".md"):
            waiting.append(f"{path.partition('?')[0]}.md")
    # The query itself is repeated on the page of its results, in the field, and as what a request is about.
    repeat = ("query=", "subject=")
    return "".join(text for path, text in found.items() if not any(each in path for each in repeat))


@pytest.mark.parametrize("state", ["archived", "changed since", "not readable"])
def test_what_is_not_published_is_nowhere(desk: Desk, client: Client, state: str) -> None:
    """Row E4: a word that stood in a guide, or would stand in one, is found on no page."""
    desk.publish(101, "first", "An ordinary guide.")
    if state == "not readable":
        desk.guide(102, "second", f"The {CANARY}. <Stepz>")
        desk.sync()
    else:
        desk.publish(102, "second", f"The {CANARY}.", title=f"The {CANARY}")
        assert CANARY in everywhere(client)
        desk.guide(102, "second", "Something else.")
        if state == "archived":
            desk.folder.joinpath("en-gb/connecting/second.md").unlink()
        desk.sync()

    assert CANARY not in everywhere(client)
    searches = "".join(client.get(path).get_data(as_text=True) for path in PLACES[-3:])
    # A guide that was only changed is offered where nothing was found, as any other.
    assert ("/articles/102" in searches) <= (state == "changed since")


def test_an_old_address_tells_nothing_either(desk: Desk, client: Client) -> None:
    """Row E4: nor does what the address answers, or its entity tag."""
    address = desk.publish(102, "second", f"The {CANARY}.", title=f"The {CANARY}")
    desk.publish(101, "first")
    tag = client.get(address).headers["ETag"]
    desk.folder.joinpath("en-gb/connecting/second.md").unlink()
    desk.sync()

    gone = client.get(address, headers={"If-None-Match": tag})

    assert gone.status_code == 404
    assert CANARY not in gone.get_data(as_text=True).replace(address, "")
