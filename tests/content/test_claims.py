"""What is published stays with its file; of two files that claim the same thing, the newcomer is the broken one."""

from shutil import move

from sqlalchemy import update

from tests.client import Client
from tests.content.desk import SECTION, Desk
from xero_onboard.content import library
from xero_onboard.content.models import Alias
from xero_onboard.lib.db import db

FOLDER = "content/en-gb/connecting"
ARTICLES = "/hc/en-gb/articles"
ALIAS = f"{ARTICLES}/old"


def complaints(desk: Desk) -> list[str]:
    report = desk.sync()
    assert report.is_broken, report.lines
    return [line for line in report.lines if ":" in line and "published as" not in line]


def test_two_guides_cannot_claim_the_same_thing(desk: Desk) -> None:
    desk.guide(101, "first", aliases="[old]", errors="{declined: ''}")
    desk.guide(101, "second")
    desk.guide(103, "third", aliases="[old]")
    desk.guide(104, "zfourth", errors="{declined: ''}")

    report = desk.sync()

    assert "second.md:2: content/en-gb/connecting/first.md has the same id" in report.lines[0]
    assert "has the same alias" in report.lines[1]
    assert "has the same code" in report.lines[2]


def test_a_copy_that_kept_the_id_is_the_broken_one(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", "Innocent.")
    desk.guide(101, "a-copy", "Copied.")
    desk.guide(101, "first", "Better.")

    said = complaints(desk)

    assert said == [f"{FOLDER}/a-copy.md:2: {FOLDER}/first.md has the same id"]
    assert "<p>Better.</p>" in client.get(address).text


def test_nothing_is_taken_from_a_guide_that_is_broken_now(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", "Innocent.", aliases="[old]", errors="[slow]")
    desk.guide(101, "first", promoted="perhaps")
    desk.guide(101, "a-copy")
    desk.guide(102, "b-thief", aliases="[old]")
    desk.guide(103, "c-thief", errors="[slow]")

    _, *clashes = complaints(desk)

    assert [line.rpartition("/")[2] for line in clashes] == [
        "first.md has the same id",
        "first.md has the same alias",
        "first.md has the same code",
    ]
    assert "<p>Innocent.</p>" in client.get(address).text


def test_a_newcomer_takes_neither_an_old_name_nor_a_code(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", aliases="[old]", errors="[slow]")
    desk.guide(102, "a-thief", aliases="[old]")
    desk.guide(103, "b-thief", errors="[slow]")

    first, second = complaints(desk)

    assert first.endswith(f"{FOLDER}/first.md has the same alias")
    assert second.endswith(f"{FOLDER}/first.md has the same code")
    assert client.get(ALIAS).headers["Location"] == address


def test_what_a_published_guide_newly_claims_may_be_taken(desk: Desk, client: Client) -> None:
    address = desk.publish(102, "zebra", aliases="[old]")
    desk.publish(101, "first")
    desk.guide(101, "first", aliases="[old]")

    (complaint,) = complaints(desk)

    assert f"{FOLDER}/first.md:" in complaint
    assert client.get(ALIAS).headers["Location"] == address


def test_an_old_name_may_move_to_another_guide(desk: Desk, client: Client) -> None:
    desk.publish(102, "zebra", aliases="[old]", errors="[slow]")
    desk.guide(102, "zebra")

    address = desk.publish(101, "first", aliases="[old]", errors="[slow]")

    assert client.get(ALIAS).headers["Location"] == address
    assert desk.sync().lines == ["2 guides, nothing changed"]


def test_an_old_name_comes_back_to_the_guide_that_lists_it(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", aliases="[old]")
    desk.publish(102, "second")
    with desk.app.app_context():
        db.session.execute(update(Alias).values(article_id=102))
        db.session.commit()

    assert desk.sync().lines == [f"{ALIAS}: leads to guide 101 again"]
    assert client.get(ALIAS).headers["Location"] == address


def test_an_old_name_that_was_led_elsewhere_comes_back(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", aliases="[old]")
    desk.publish(102, "old")
    desk.folder.joinpath("en-gb/connecting/old.md").unlink()
    desk.publish(102, "new")  # leads its own old name to itself, until the list of the first wins

    assert client.get(ALIAS).headers["Location"] == address
    assert desk.sync().lines == ["2 guides, nothing changed"]


def test_a_path_is_one_in_every_language(desk: Desk) -> None:
    other = desk.folder / "fr" / "connecting"
    other.mkdir(parents=True)
    (other / "_section.md").write_text(SECTION.replace("id: 10", "id: 20"))
    guide = desk.guide(101, "first", aliases="[/help/old]", errors="[slow]").read_text()
    text = guide.replace("id: 101", "id: 102").replace("locale: en-gb", "locale: fr")
    (other / "first.md").write_text(text)

    (complaint,) = [line for line in complaints(desk) if "has the same" in line]
    (other / "first.md").write_text(text.replace("/help/old", "/aide/old"))

    assert complaint.startswith("content/fr/connecting/first.md:")
    assert complaint.endswith("has the same alias")
    assert not desk.sync().is_broken


def section(desk: Desk, folder: str, section_id: int, title: str) -> None:
    path = desk.folder / "en-gb" / folder
    path.mkdir(exist_ok=True)
    text = SECTION.replace("id: 10", f"id: {section_id}").replace("Connecting", title)
    (path / "_section.md").write_text(text)


def test_a_copied_section_does_not_take_the_published_one(desk: Desk, client: Client) -> None:
    desk.publish(101, "first")
    section(desk, "aaa", 10, "Stolen")

    (complaint,) = complaints(desk)

    assert complaint == f"content/en-gb/aaa/_section.md:2: {FOLDER}/_section.md has the same id"
    assert "<h1>Connecting</h1>" in client.get("/hc/en-gb/sections/10-connecting").text


def test_a_copied_section_does_not_take_one_that_is_broken_now(desk: Desk, client: Client) -> None:
    desk.publish(101, "first")
    section(desk, "aaa", 10, "Stolen")
    desk.write("_section.md", "broken")

    assert complaints(desk)[-1].startswith("content/en-gb/aaa/_section.md:2: ")
    assert "<h1>Connecting</h1>" in client.get("/hc/en-gb/sections/10-connecting").text


def test_a_published_section_keeps_its_id(desk: Desk, client: Client) -> None:
    desk.publish(101, "first")
    section(desk, "connecting", 11, "Connecting")

    (complaint,) = complaints(desk)

    assert complaint.startswith(f"{FOLDER}/_section.md:2: the section was published with the id 10")
    assert client.get("/hc/en-gb/sections/10-connecting").status_code == 200


def test_two_sections_can_swap_their_folders(desk: Desk, client: Client) -> None:
    section(desk, "other", 20, "Other")
    desk.publish(101, "first")
    section(desk, "connecting", 20, "Other")
    section(desk, "other", 10, "Connecting")

    report = desk.sync()

    assert not report.is_broken, report.lines
    assert "<h1>Other</h1>" in client.get("/hc/en-gb/sections/20-connecting").text
    with desk.app.app_context():
        assert [card.id for card in library.outline().sections] == [20]


def test_a_section_that_is_renamed_or_retitled_stays_where_it_is(
    desk: Desk, client: Client
) -> None:
    desk.publish(101, "first")
    section(desk, "connecting", 10, "Joining")
    desk.sync()
    assert "<h1>Joining</h1>" in client.get("/hc/en-gb/sections/10-connecting").text

    move(desk.folder / "en-gb" / "connecting", desk.folder / "en-gb" / "joining")
    guide = desk.folder / "en-gb" / "joining" / "first.md"
    guide.write_text(guide.read_text().replace("section: connecting", "section: joining"))

    assert not desk.sync().is_broken
    old = client.get("/hc/en-gb/sections/10-connecting")
    assert old.headers["Location"] == "/hc/en-gb/sections/10-joining"
