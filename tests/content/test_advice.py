"""What is in order and could be better: each is said with its line and what to do, and keeps nothing back."""

import pytest

from tests.content.desk import Desk, png
from xero_onboard.content import intake

FIRST = 12  # the line on which the text of a guide of the desk begins

ADVICE = {
    "a level left out": ("## One\n\n#### Three", 2, "leave out no level"),
    "no caption": ("<Frame>\n![A form](a.png)\n</Frame>", 0, "the picture has no caption"),
    "the name of a file": ("![shot.png](a.png)", 0, "say what the picture shows"),
    "says that it is a picture": ("![Screenshot of a form](a.png)", 0, "leave out that it is a"),
    "a very long text": (f"![{'word ' * 60}](a.png)", 0, "say it in 250"),
    "a link called here": ("See [here](https://example.com).", 0, "does not say where it leads"),
    "not protected": ("[A page](http://example.com)", 0, "write https://"),
}


def lines_of(desk: Desk) -> list[str]:
    with desk.app.app_context():
        report = intake.check(desk.folder)
    assert not report.is_broken, report.lines
    return report.lines


@pytest.mark.parametrize("name", ADVICE)
def test_what_could_be_better_is_said_with_its_line(desk: Desk, name: str) -> None:
    body, line, words = ADVICE[name]
    (desk.folder / "en-gb/connecting/a.png").write_bytes(png())
    desk.guide(101, "first", body)

    found = [each for each in lines_of(desk) if words in each]

    (said,) = found
    assert said.startswith(f"content/en-gb/connecting/first.md:{FIRST + line}: worth a second look")


def test_a_review_that_is_due_and_a_code_that_is_none_are_named(desk: Desk) -> None:
    errors = "{declinde: ''}"
    desk.guide(101, "first", last_reviewed_on="2020-01-31", review_in="1 month", errors=errors)

    said = "\n".join(lines_of(desk))

    assert "first.md:8: worth a second look: the review was due on 2020-02-29" in said
    assert "nothing on this site ends with the code “declinde”; did you mean “declined”?" in said


def test_what_is_as_it_should_be_needs_no_advice(desk: Desk) -> None:
    (desk.folder / "en-gb/connecting/a.png").write_bytes(png())
    body = '## One\n\n### Two\n\n<Frame caption="A form">\n![Two fields](a.png)\n</Frame>\n\n`[here](http://a)`'
    desk.guide(101, "first", body)

    assert [line for line in lines_of(desk) if "first.md" in line] == []


def test_a_link_by_number_is_told_of_where_it_stands_if_it_leads_nowhere(desk: Desk) -> None:
    links = "\n\n".join(
        f"See {name} [there](/hc/en-gb/articles/{address})."
        for name, address in (("a", "102"), ("b", "102#one"), ("c", "102-old"), ("d", "103"))
    )
    desk.guide(101, "first", links)
    desk.guide(102, "second", "## One")
    desk.guide(103, "third", visibility="internal")
    desk.guide(10, "short", visibility="internal")

    (said,) = [line for line in lines_of(desk) if "first.md" in line]

    assert said.startswith(f"content/en-gb/connecting/first.md:{FIRST + 6}: worth a second look")
    assert said.endswith(": the guide “103” is for staff alone: readers get no page")
