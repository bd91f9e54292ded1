"""Parts for people alone stand on the page, parts for machines alone in its Markdown; neither is a secret."""

import json
from pathlib import Path

import pytest

from tests.client import Client
from tests.content.conftest import Render
from tests.content.desk import Desk, png
from tests.content.moving import bring_in, page, site
from tests.employees import EDDIE, make
from xero_onboard.content.problems import Broken

BODY = """## Begin

Everybody.

<Visibility for="humans">
## By hand

Press *Get started*.
</Visibility>

<Visibility for="agents">
## By program

POST to the [other guide](second.md#there), see [below](#by-program).

![A robot](robot.png)
</Visibility>

## End {#end}

See the [start](#begin).
"""


@pytest.fixture
def address(desk: Desk) -> str:
    desk.write("robot.png", "").write_bytes(png())
    desk.guide(102, "second", "## There")
    return desk.publish(101, "first", BODY)


def test_people_read_their_part_and_machines_theirs(address: str, client: Client) -> None:
    shown = client.get(address).text
    accepted = client.get(address, headers={"Accept": "text/markdown"}).text

    assert "Press <em>Get started</em>" in shown
    assert "By hand" in shown.partition("On this page")[2].partition("</details>")[0]
    for word in ("By program", "POST", "robot.png"):
        assert word not in shown
    for told in (client.get(f"{address}.md").text, accepted, client.get("/llms-full.txt").text):
        assert "Everybody.\n\n## By program\n\nPOST to the [other guide](" in told
        assert "Get started" not in told
        assert "By hand" not in told


def test_search_and_other_programs_find_what_people_read(address: str, client: Client) -> None:
    found, missed = (
        json.loads(client.get(f"/hc/search/suggest?query={query}").text)["results"]
        for query in ("started", "robot")
    )
    assert [each["id"] for each in found] == [101]
    assert missed == []
    told = json.loads(client.get("/api/v2/help_center/en-gb/articles/101.json").text)
    assert "Get started" in told["article"]["body"]
    assert "POST" not in told["article"]["body"]


def test_a_picture_for_machines_can_be_fetched(address: str, client: Client) -> None:
    told = client.get(f"{address}.md").text

    place = told.partition("![A robot](http://localhost:8000")[2].partition(")")[0]

    assert client.get(place).status_code == 200


def test_the_export_has_both(address: str, desk: Desk) -> None:
    file = desk.folder / "en-gb" / "connecting" / "first.md"
    file.unlink()

    said = desk.app.test_cli_runner().invoke(args=["content", "export"])

    assert said.exit_code == 0, said.output
    assert BODY.strip() in file.read_text()


def test_the_preview_shows_what_machines_read_and_says_so(address: str, desk: Desk) -> None:
    editor = make(desk.app, EDDIE, "editor", has_second_step=True).sign_in(desk.app)

    shown = editor.get("/staff/articles/101/preview").text

    part = shown.partition('<section class="agents"')[2].partition("</section>")[0]
    assert "For machines alone" in part
    assert "POST to the" in part
    assert "Get started" in shown
    assert "Get started" not in part


WRONG = {
    '[x](#by-program)\n\n<Visibility for="agents">\n## By program\n</Visibility>': (
        1,
        "no heading",
    ),
    '<Visibility for="agents">\n[x](#nowhere)\n</Visibility>': (2, "no heading"),
    '<Visibility for="agents">\n[x](nowhere.md)\n</Visibility>': (2, "leads to no guide"),
    '<Visibility for="agents">\n![x](nowhere.png)\n</Visibility>': (2, "does not exist"),
    '<Visibility for="agents">\n<Connect provider="xero" />\n</Visibility>': (2, "cannot press"),
    '<Visibility for="agents">\n> [!NOTE]\n> <AskAdministrator provider="xero" />\n</Visibility>': (
        3,
        "cannot press",
    ),
    '<Visibility for="agents">\nx[^1]\n\n[^1]: y\n</Visibility>': (2, "footnotes"),
    '<Visibility for="humans">\n<Note>\n<Visibility for="agents">\nx\n</Visibility>\n</Note>\n</Visibility>': (
        3,
        "stands within that of line 1",
    ),
    '<Visibility for="robots">\nx\n</Visibility>': (1, "must be “humans” or “agents”"),
    "<Visibility>\nx\n</Visibility>": (1, "needs the attribute “for”"),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_nobody_could_follow_is_refused_with_its_line(render: Render, text: str) -> None:
    line, message = WRONG[text]

    with pytest.raises(Broken, match=message) as refused:
        render(text)

    assert refused.value.line == line


def test_both_parts_may_have_the_same_headings(render: Render) -> None:
    both = "\n\n".join(
        f'<Visibility for="{who}">\n## Begin {{#begin}}\n\n[x](#begin)\n</Visibility>'
        for who in ("agents", "humans")
    )

    rendering = render(both)

    assert rendering.anchors == {"begin"}
    assert [part["kind"] for part in rendering.parts] == ["agents", "html"]


def test_a_part_for_machines_is_no_home_for_what_others_link_to(desk: Desk) -> None:
    desk.guide(101, "first", BODY.replace("![A robot](robot.png)", ""))
    desk.guide(102, "second", "## There\n\n[x](first.md#by-program)")

    said = (
        "\n".join(desk.sync().lines)
        + desk.app.test_cli_runner().invoke(args=["content", "check"]).output
    )

    assert "“#by-program” is no heading of the guide that the link leads to" in said


def test_a_link_that_people_alone_see_is_known_and_follows_a_guide_to_its_new_name(
    desk: Desk, client: Client
) -> None:
    desk.guide(102, "second", "Text.")
    address = desk.publish(
        101, "first", '<Visibility for="humans">\n[there](second.md)\n</Visibility>'
    )
    editor = make(desk.app, EDDIE, "editor", has_second_step=True).sign_in(desk.app)

    assert (
        '<a href="/staff/articles/101">Guide 101</a>'
        in editor.get("/staff/articles/102/place").text
    )
    moved = editor.post("/staff/articles/102/place", data={"slug": "renamed", "section": "10"})

    assert moved.status_code == 303
    assert 'href="/hc/en-gb/articles/102-renamed"' in client.get(address).text.partition("prose")[2]


def test_a_site_of_mintlify_keeps_both(desk: Desk, client: Client, tmp_path: Path) -> None:
    body = '<Visibility for="humans">\nBy hand.\n</Visibility>\n\n<Visibility for="agents">\nBy program.\n</Visibility>'

    result = bring_in(desk.app, site(tmp_path / "site", {"both": body}))

    assert result.exit_code == 0, result.output
    shown = page(client, "/both")
    assert "By hand." in shown
    assert "By program." not in shown
    assert "By program." in client.get("/llms-full.txt").text
