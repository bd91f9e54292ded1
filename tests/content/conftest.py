"""A desk to write guides at, and a press that shows what becomes of a text."""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import cast
from zipfile import ZipFile

import pytest
from flask import Flask
from flask_migrate import upgrade
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.client import Client
from tests.content.archives import Tampered, run
from tests.content.desk import SECTION, Desk, png
from xero_onboard.config import ROOT, Settings
from xero_onboard.content.components import parse
from xero_onboard.content.markdown import Renderer, Rendering
from xero_onboard.content.references import Shown
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db

VIDEO_HOSTS = ("www.youtube-nocookie.com", "player.vimeo.com", "videos.example.com")
WORDS = {"product_name": "Acme <b>Billing</b>", "support_email": "help@example.com"}

Render = Callable[[str], Rendering]


class OneShelf:
    """A shelf on which one other guide and one picture stand."""

    def article(self, path: PurePosixPath) -> str | None:
        return "/hc/en-gb/articles/2-other" if path.name == "other.md" else None

    def picture(self, path: PurePosixPath) -> Shown | None:
        known = path == PurePosixPath("en-gb/section/images/there.png")
        return Shown("/hc/article_attachments/7/there.png", 30, 20) if known else None


@pytest.fixture
def render() -> Render:
    """What readers get of a text."""
    blocks = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    blocks.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    renderer = Renderer(OneShelf(), WORDS, blocks, VIDEO_HOSTS)

    def press(text: str) -> Rendering:
        path = PurePosixPath("en-gb/section/guide.md")
        return renderer.render("guide.md", path, parse("guide.md", text.split("\n")))

    return press


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every table and nothing in it."""
    instance = tmp_path_factory.mktemp("empty")
    app = create_app(Settings.from_environ({"INSTANCE_DIR": str(instance)}))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return instance / "site.db"


@pytest.fixture
def app(environ: dict[str, str], tmp_path: Path, empty_database: Path) -> Iterator[Flask]:
    """The site, with the guides of this test alone."""
    settings = Settings.from_environ({**environ, "CONTENT_DIR": str(tmp_path / "content")})
    (settings.instance / "site.db").write_bytes(empty_database.read_bytes())
    site = create_app(settings)
    site.test_client_class = Client
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> Desk:
    """A desk with one section on it."""
    desk = Desk(app, tmp_path / "content")
    desk.write("_section.md", SECTION)
    return desk


@pytest.fixture
def client(app: Flask) -> Client:
    """A stranger's browser."""
    return cast(Client, app.test_client())


@pytest.fixture
def honest(desk: Desk, tmp_path: Path) -> Tampered:
    desk.write("shot.png", "").write_bytes(png())
    desk.guide(102, "second", "Words.")
    desk.publish(101, "first", "![A form](shot.png)\n\n[On](second.md)", aliases="[old]")
    file = tmp_path / "honest.zip"
    said = run(desk.app, "export", "--zip", str(file))
    assert said.exit_code == 0, said.output
    with ZipFile(file) as archive:
        return Tampered({name: archive.read(name) for name in archive.namelist()})


@pytest.fixture
def empty(environ: dict[str, str], tmp_path: Path, empty_database: Path) -> Iterator[Flask]:
    """A site without guides."""
    place = {"INSTANCE_DIR": str(tmp_path / "new"), "CONTENT_DIR": str(tmp_path / "new-content")}
    settings = Settings.from_environ({**environ, **place})
    site = create_app(settings)
    (settings.instance / "site.db").write_bytes(empty_database.read_bytes())
    site.test_client_class = Client
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()
