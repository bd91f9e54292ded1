"""The mail of a site without a mail server: read in the site, and nowhere in production."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.house.test_settings import PRODUCTION
from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.lib import jobs, mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.models import Mail

LINK = re.compile(r'href="(/inbox/[0-9a-f-]{36})"')


def send(app: Flask, title: str, **values: object) -> None:
    with app.app_context():
        lines = ("Somebody changed something.",)
        linked = {"link_label": "Have a look", "link_href": "/connect", **values}
        mail.send("casey@example.com", "notice", title=title, lines=lines, **linked)
        db.session.commit()


def test_mail_is_listed_with_the_newest_first(app: Flask, client: Client) -> None:
    send(app, "The first")
    send(app, "The second")

    page = client.get("/inbox").get_data(as_text=True)

    assert page.index("The second") < page.index("The first")
    assert "casey@example.com" in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_mail_is_read_with_its_links(app: Flask, client: Client) -> None:
    send(app, "Your password was changed")

    page = client.get(address(client)).get_data(as_text=True)

    assert "Somebody changed something." in page
    assert 'href="http://localhost:8000/connect"' in page


def test_a_mail_can_be_seen_as_html_with_no_power_at_all(app: Flask, client: Client) -> None:
    send(app, "Your password was changed")

    response = client.get(f"{address(client)}/html")

    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow" not in policy
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "<h1>Your password was changed</h1>" in response.get_data(as_text=True)


@pytest.mark.parametrize("link", [("Have a look", "/connect"), (None, None)])
@pytest.mark.parametrize("template", ["notice", "code"])
def test_every_mail_reads_well_without_what_it_can_do_without(
    app: Flask, client: Client, template: str, link: tuple[str | None, str | None]
) -> None:
    with app.app_context():
        values = {"title": "Hello", "lines": (), "link_label": link[0], "link_href": link[1]}
        mail.send("casey@example.com", template, **values, code="481516", minutes=10)
        db.session.commit()

    page = client.get(address(client)).get_data(as_text=True)

    said = page.partition('<div class="letter">')[2].partition("</div>")[0]
    assert "\n\n\n" not in said
    assert "None" not in said
    assert "If this was not you" in said


def test_what_a_mail_says_is_kept_by_no_cache(app: Flask, client: Client) -> None:
    send(app, "Your password was changed")

    for path in ("/inbox", address(client), f"{address(client)}/html"):
        assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_mail_of_a_week_ago_is_gone(app: Flask, client: Client) -> None:
    send(app, "Your password was changed")
    path = address(client)
    with app.app_context():
        db.session.execute(update(Mail).values(created_at=now() - timedelta(days=7, minutes=1)))
        db.session.commit()

    assert jobs.run_due(app)

    assert client.get(path).status_code == 404
    assert client.get(f"{path}/html").status_code == 404


def test_mail_that_cannot_be_opened_says_so(app: Flask, client: Client) -> None:
    send(app, "Your password was changed")
    with app.app_context():
        db.session.execute(update(Mail).values(body_sealed="other.AAAA"))
        db.session.commit()

    assert "Its text is gone" in client.get(address(client)).get_data(as_text=True)
    assert client.get(f"{address(client)}/html").status_code == 404


def test_pages_lead_to_the_inbox_in_development_alone(
    client: Client, environ: dict[str, str]
) -> None:
    elsewhere = Settings.from_environ(environ | {"MAIL_URL": "smtp://mail.example.com"})

    assert 'href="/inbox"' in client.get("/nowhere").get_data(as_text=True)
    page = create_app(elsewhere).test_client().get("/nowhere").get_data(as_text=True)
    assert "/inbox" not in page


@pytest.mark.parametrize(
    "environ_of",
    [{"MAIL_URL": "smtp://mail.example.com"}, PRODUCTION],
    ids=["server", "production"],
)
def test_there_is_no_inbox_where_mail_is_sent(
    environ: dict[str, str], environ_of: dict[str, str]
) -> None:
    site = create_app(Settings.from_environ({**environ_of, **environ}))

    assert not [rule.rule for rule in site.url_map.iter_rules() if "inbox" in rule.rule]


def address(client: Client) -> str:
    """Where the newest mail is read."""
    (first, *_) = LINK.findall(client.get("/inbox").get_data(as_text=True))
    return str(first)
