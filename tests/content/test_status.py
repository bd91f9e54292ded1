"""A file says that its guide is not to be read yet: it becomes a draft, and staff are asked about it."""

import pytest

from tests.client import Client
from tests.content.desk import Desk
from tests.employees import ADA, EDDIE, make
from tests.staff.test_articles import field_of, form_of, send
from tests.staff.test_people import newest_entry

PLACE = "/staff/articles/101"


@pytest.fixture
def administrator(desk: Desk) -> Client:
    return make(desk.app, ADA, "admin", has_second_step=True).sign_in(desk.app)


@pytest.mark.parametrize("status", ["draft", "review"])
def test_it_is_a_draft_until_its_file_or_staff_say_otherwise(
    desk: Desk, client: Client, administrator: Client, status: str
) -> None:
    desk.guide(101, "first", "Canary.", status=status)

    lines = "\n".join(desk.sync().lines)
    hidden = client.get("/hc/en-gb/articles/101-first").status_code
    page = administrator.get(PLACE).text
    waits = PLACE in administrator.get("/staff/articles?state=waiting").text

    assert f"kept as a draft, revision 1, because its file says “status: {status}”" in lines
    assert hidden == 404
    assert "Draft, not published" in page
    assert waits == (status == "review")
    assert desk.sync().lines == ["1 guides, nothing changed"]

    address = desk.publish(101, "first", "Canary.")

    assert "Canary." in client.get(address).text
    assert "newer draft" not in administrator.get(PLACE).text


def test_of_one_for_review_staff_are_told(desk: Desk, administrator: Client) -> None:
    desk.guide(101, "first", "Canary.", status="review")

    desk.sync()

    assert newest_entry(desk.app, "approval_asked").subject == "article:101"
    assert "1 waits for approval" in administrator.get("/staff").text
    page = administrator.get("/staff/waiting").text
    assert f'<a href="{PLACE}/approval">“Guide 101”: waits for approval</a>' in page


def test_one_for_review_is_approved_and_published(
    desk: Desk, client: Client, administrator: Client
) -> None:
    desk.guide(101, "first", "Canary.", status="review")
    desk.sync()
    assert "“status: review”" in administrator.get(f"{PLACE}/approval").text

    administrator.post(f"{PLACE}/approval/publish", data={"base": "1"})
    desk.sync()

    assert "Canary." in client.get("/hc/en-gb/articles/101-first").text


def test_what_readers_see_stays_and_the_rest_waits_beside_it(
    desk: Desk, client: Client, administrator: Client
) -> None:
    address = desk.publish(101, "first", "Seen.")
    desk.guide(101, "first", "Canary.", status="review")

    desk.sync()

    assert "Seen." in client.get(address).text
    assert "Bring the changes into the draft" in administrator.get(PLACE).text


def test_what_the_repository_publishes_meanwhile_is_put_together_and_looked_at_again(
    desk: Desk, client: Client, administrator: Client
) -> None:
    eddie = make(desk.app, EDDIE, "editor", has_second_step=True).sign_in(desk.app)
    address = desk.publish(101, "first", "First.\n\nMiddle.\n\nLast.")
    form = form_of(eddie, PLACE) | {"body": "First, by Eddie.\n\nMiddle.\n\nLast."}
    send(eddie, "draft", form, PLACE)
    send(eddie, "approval", {"base": "2"}, PLACE)
    desk.publish(101, "first", "First.\n\nMiddle.\n\nLast, by file.")

    refused = send(administrator, "approval/publish", {"base": "2"}, PLACE)

    assert refused.status_code == 409
    page = eddie.get(PLACE).text
    assert field_of(page, "body") == "First, by Eddie.\n\nMiddle.\n\nLast, by file."
    assert "has lapsed" in page
    assert "by Eddie" not in client.get(address).text


def test_another_word_is_a_mistake(desk: Desk) -> None:
    desk.guide(101, "first", status="hidden")

    assert "status must be draft or review or published" in "\n".join(desk.sync().lines)
