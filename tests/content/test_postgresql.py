"""The guides on the other database."""

from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import select

from tests.content.desk import SECTION, Desk, png
from xero_onboard.config import Settings
from xero_onboard.content.searches import SearchCount, SearchOpening
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


def test_guides_are_published_changed_found_and_archived(
    environ: dict[str, str], tmp_path: Path
) -> None:
    app = create_app(Settings.from_environ(environ))
    desk = Desk(app, tmp_path / "content")
    desk.write("_section.md", SECTION)
    desk.write("shot.png", "").write_bytes(png())
    with app.app_context():
        upgrade()
    client = app.test_client()

    desk.guide(102, "second")
    old = desk.publish(101, "old", "![A form](shot.png)", keywords="[zebra]")
    desk.folder.joinpath("en-gb/connecting/old.md").unlink()
    new = desk.publish(101, "new", "Horse.")
    desk.folder.joinpath("en-gb/connecting/second.md").unlink()
    desk.sync()

    assert client.get(old).headers["Location"] == new
    assert "<mark>Horse</mark>" in client.get("/hc/en-gb/search?query=horse").text
    assert client.get("/hc/en-gb/articles/102-second").status_code == 404
    for name in ("articles", "sections"):
        told = client.get(f"/api/v2/help_center/{name}.json").json
        assert (told["count"], len(told[name])) == (1, 1)
    for path in (
        *("articles?label_names=a&start_time=1", "sections/10", "sections/10/translations"),
        *("articles/101/translations/en-gb", "en-gb/articles?page[size]=1&sort_by=title"),
        *("articles/search?section=10&created_after=0001-01-01", "sections/10/articles"),
    ):
        assert client.get(f"/api/v2/help_center/{path}").status_code == 200, path
    assert desk.sync().lines == ["1 guides, nothing changed"]
    typed = {"query": "HORSE", "from": "field", "article": "101", "place": "2"}
    for _ in range(2):
        answer = client.post(
            "/hc/search/told", data=typed, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code == 204
    assert new in client.get("/hc/en-gb/search?query=zzzzqqqq").text
    with app.app_context():
        counted = {
            row.query: (row.count, row.found) for row in db.session.scalars(select(SearchCount))
        }
        opened = [(row.count, row.places) for row in db.session.scalars(select(SearchOpening))]
    assert counted == {"horse": (3, 1), "zzzzqqqq": (1, 0)}
    assert opened == [(2, 4)]
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
