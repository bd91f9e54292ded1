"""Links to other sites are tried when somebody asks for it: each address once, politely, and never before."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.content.archives import run
from tests.content.desk import Desk
from tests.content.other_site import Elsewhere, site_elsewhere
from tests.post_office import certificate
from xero_onboard.lib.db import db

FIRST = 12  # the line on which the text of a guide of the desk begins
GONE, PASSING = "", "worth a second look: "

ANSWERS = {
    "a page that is gone": ("/404", GONE, "answered 404: the page is gone"),
    "one that is gone for ever": ("/410", GONE, "answered 410: the page is gone"),
    "a way to one that is gone": ("/to/302/404", GONE, "leads on to “{}/404”, which answered 404"),
    "one that has moved": ("/to/301/fine", PASSING, "has moved for good: link to “{}/fine”"),
    "one that has moved and leads on": (
        *("/to/308/to/302/fine", PASSING),
        "has moved for good: link to “{}/to/302/fine”",
    ),
    "a server in trouble": ("/503", PASSING, "answered 503, which may pass"),
    "a server that asks for patience": ("/429", PASSING, "answered 429, which may pass"),
    "one that keeps programs out": ("/403", PASSING, "answered 403: it may keep programs out"),
    "one that breaks off": ("/silence", PASSING, "could not be reached, which may pass"),
    "a circle": ("/circle", PASSING, "leads on and on"),
}


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with site_elsewhere() as site:
        yield site


def lines_about(desk: Desk, words: str) -> list[str]:
    """What the check says with these words, in its order."""
    return [
        line for line in run(desk.app, "check", "--try-links").output.splitlines() if words in line
    ]


@pytest.mark.parametrize("name", ANSWERS)
def test_what_another_site_answers_is_said(desk: Desk, elsewhere: Elsewhere, name: str) -> None:
    path, weight, said = ANSWERS[name]
    address = f"{elsewhere.origin}{path}"
    desk.guide(101, "first", f"Words.\n\nSee [a page]({address}).")

    result = run(desk.app, "check", "--try-links")

    expected = f"first.md:{FIRST + 2}: {weight}“{address}” {said.format(elsewhere.origin)}"
    assert expected in result.output
    assert result.exit_code == (1 if weight == GONE else 0)


def test_a_link_that_leads_to_a_page_needs_no_word(desk: Desk, elsewhere: Elsewhere) -> None:
    links = "\n\n".join(
        f"[A page]({elsewhere.origin}{path})" for path in ("/fine", "/no-head", "/to/302/fine")
    )
    desk.guide(101, "first", links)

    result = run(desk.app, "check", "--try-links")

    assert not re.search("answered|has moved|leads on|could not", result.output)
    assert "addresses elsewhere that were tried: 3" in result.output
    assert result.exit_code == 0


def test_each_address_is_tried_once_without_cookies_by_one_who_says_who_asks(
    desk: Desk, elsewhere: Elsewhere
) -> None:
    page = f"{elsewhere.origin}/404"
    desk.guide(101, "first", f"[One]({page}#part)\n\n[Two]({page})\n\n`{page}`")
    desk.guide(102, "second", f"[Three]({page}) and [another]({elsewhere.origin}/fine)")

    said = lines_about(desk, "answered 404")

    places = [line.partition(": ")[0].rpartition("/")[2] for line in said]
    lines = (f"first.md:{FIRST}", f"first.md:{FIRST + 2}", f"second.md:{FIRST}")
    assert places == [*lines]
    assert sorted(elsewhere.asked) == [("GET", "/404"), ("HEAD", "/404"), ("HEAD", "/fine")]
    assert not any("Cookie" in headers for headers in elsewhere.headers)
    agents = {headers["User-Agent"] for headers in elsewhere.headers}
    assert agents == {"Xero-Onboard-links (+http://localhost:8000)"}


def test_without_the_option_nobody_is_asked(desk: Desk, elsewhere: Elsewhere) -> None:
    desk.guide(101, "first", f"[A page]({elsewhere.origin}/404)")

    result = run(desk.app, "check")

    assert elsewhere.asked == []
    assert result.exit_code == 0


def test_a_host_that_nobody_has_is_a_mistake_and_one_within_a_network_is_not_asked(
    desk: Desk,
) -> None:
    desk.guide(101, "first", "[A](http://no..host/)\n\n[B](http://10.0.0.1/)")

    result = run(desk.app, "check", "--try-links")

    assert "“http://no..host/” is at no host that is known" in result.output
    assert "“http://10.0.0.1/” is not on the internet, and was not tried" in result.output
    assert result.exit_code == 1


def test_two_pages_of_one_host_that_nobody_has_are_mistakes(desk: Desk) -> None:
    desk.guide(101, "first", "[A](https://no..host/a) and [B](https://no..host/b)")

    result = run(desk.app, "check", "--try-links")

    assert result.output.count("is at no host that is known") == 2
    assert result.exit_code == 1


def test_a_machine_that_is_cut_off_blames_no_guide(desk: Desk) -> None:
    desk.guide(101, "first", "[A](https://no..host/) and [B](https://nor..this/)")

    result = run(desk.app, "check", "--try-links")

    assert result.output.count("has this machine a way to the internet?") == 2
    assert result.exit_code == 0


def test_a_certificate_that_browsers_warn_of_is_said(desk: Desk, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with site_elsewhere(context) as site:
        desk.guide(101, "first", f"[A page]({site.origin}/fine)")
        (said,) = lines_about(desk, "certificate")

    assert f"first.md:{FIRST}: {PASSING}“{site.origin}/fine” has a certificate" in said
    assert site.asked == []


def test_the_links_of_a_guide_that_staff_keep_are_tried_as_readers_see_it(
    desk: Desk, elsewhere: Elsewhere
) -> None:
    file = desk.guide(101, "first", f"Words.\n\n[A page]({elsewhere.origin}/404)")
    desk.sync()
    with desk.app.app_context():
        db.session.execute(db.text("UPDATE article SET keeper = 'staff'"))
        db.session.commit()
    file.unlink()
    desk.guide(102, "second")

    (said,) = lines_about(desk, "answered 404")

    assert said.startswith("/staff/articles/101 “Guide 101”, text, line 3: “http://")
