"""Whatever lies in the content folder: it is named with its line, and the guides beside it are published."""

import os
from pathlib import Path

import pytest

from tests.client import Client
from tests.content.desk import SECTION, Desk, png
from xero_onboard.config import Settings
from xero_onboard.factory import create_app

FIRST = "/hc/en-gb/articles/101-first"
FOLDER = "content/en-gb/connecting"


def complaints(desk: Desk, client: Client) -> list[str]:
    """What is said of the other files while a good guide beside them is published."""
    desk.guide(101, "first")
    report = desk.sync()
    assert client.get(FIRST).status_code == 200
    return [line for line in report.lines if "first.md" not in line and ": section" not in line]


def test_what_an_editor_leaves_beside_a_guide_is_no_guide(desk: Desk, client: Client) -> None:
    desk.write("placeholder.txt", "").parent.joinpath(".#first.md").symlink_to("eddie@desk.4711:1")

    assert complaints(desk, client) == []


def test_a_link_that_leads_nowhere_is_named(desk: Desk, client: Client) -> None:
    desk.write("placeholder.txt", "").parent.joinpath("gone.md").symlink_to("nowhere.md")

    assert complaints(desk, client) == [
        f"{FOLDER}/gone.md:1: this is no file, or a link that leads nowhere"
    ]


def test_what_only_has_the_name_of_a_guide_is_named(desk: Desk, client: Client) -> None:
    folder = desk.write("placeholder.txt", "").parent
    (folder / "folder.md").mkdir()
    os.mkfifo(folder / "pipe.md")

    assert [line.partition(": ")[0] for line in complaints(desk, client)] == [
        f"{FOLDER}/folder.md:1",
        f"{FOLDER}/pipe.md:1",
    ]


def test_a_guide_that_turns_into_a_dangling_link_stays(desk: Desk, client: Client) -> None:
    desk.guide(101, "first")
    address = desk.publish(102, "second")
    path = desk.folder / "en-gb" / "connecting" / "second.md"
    path.unlink()
    path.symlink_to("nowhere.md")

    desk.sync()

    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        f"[a]({'a' * 300}.md)",
        f"![a]({'a' * 300}.png)",
        f'<Card title="a" href="{"a" * 300}.md">\nb\n</Card>',
        "[a](a%00.md)",
        "![a](a%00.png)",
    ],
)
def test_a_reference_to_what_no_folder_can_hold_is_named(
    desk: Desk, client: Client, body: str
) -> None:
    guide = desk.guide(102, "second", f"Text.\n\n{body}").read_text()
    line = guide.split("\n").index(body.split("\n")[0]) + 1

    (complaint,) = complaints(desk, client)

    assert complaint.startswith(f"{FOLDER}/second.md:{line}: ")


def test_a_name_that_is_not_text_can_be_printed(desk: Desk, client: Client) -> None:
    folder = desk.write("placeholder.txt", "").parent
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.md")).write_text("x")

    (complaint,) = complaints(desk, client)

    assert complaint.encode().startswith(f"{FOLDER}/caf\\udce9.md:1: ".encode())


@pytest.mark.parametrize("name", ["x" * 101, "Two words"])
def test_the_folder_of_a_section_stands_in_its_address(
    desk: Desk, client: Client, name: str
) -> None:
    folder = desk.folder / "en-gb" / name
    folder.mkdir(parents=True)
    (folder / "_section.md").write_text(SECTION.replace("id: 10", "id: 20"))

    (complaint,) = complaints(desk, client)

    assert complaint.startswith(f"content/en-gb/{name}/_section.md:1: “{name}” ")


def test_a_name_too_long_for_an_address_is_named(desk: Desk, client: Client) -> None:
    desk.guide(102, "y" * 101)
    desk.write(f"{'z' * 201}.png", "").write_bytes(png())
    desk.guide(103, "third", f"![a]({'z' * 201}.png)")

    article, picture = complaints(desk, client)

    assert "is longer than 100 characters" in article
    assert "has a name longer than 200 characters" in picture


def test_settings_that_make_a_title_too_long_are_named(desk: Desk, environ: dict[str, str]) -> None:
    site = create_app(Settings.from_environ({**environ, "PRODUCT_NAME": "x" * 60}))
    desk.guide(101, "first", title=f"'{'{{product_name}} ' * 4}'")

    (complaint,) = [line for line in Desk(site, desk.folder).sync().lines if "first.md" in line]

    assert complaint.startswith(f"{FOLDER}/first.md:3: title has 243 characters with the settings")


def test_an_error_is_looked_for_on_its_own_line(desk: Desk, client: Client) -> None:
    guide = desk.guide(102, "second", provider="xero", errors="{x: nope}").read_text()
    line = guide.split("\n").index("errors: {x: nope}") + 1

    (complaint,) = complaints(desk, client)

    assert complaint.startswith(f"{FOLDER}/second.md:{line}: errors: no heading")
