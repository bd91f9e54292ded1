"""Sites made with Mintlify that move in."""

import json
from pathlib import Path

from click.testing import Result
from flask import Flask

from tests.client import Client
from xero_onboard.lib.db import db

PAGE = "---\ntitle: {}\ndescription: About it.\n---\n\n{}\n"


def bring_in(app: Flask, folder: Path, *options: str) -> Result:
    """Import the site as an operator does."""
    with app.app_context():
        db.session.remove()
    args = ["content", "import", "mintlify", str(folder), *options]
    return app.test_cli_runner().invoke(args=args)


def site(folder: Path, pages: dict[str, str], **settings: object) -> Path:
    """A site with these pages, in one group."""
    folder.mkdir(exist_ok=True)
    navigation = {"groups": [{"group": "All", "pages": list(pages)}]}
    settings = {"name": "Small", "navigation": navigation, **settings}
    (folder / "docs.json").write_text(json.dumps(settings, indent=2))
    for name, body in pages.items():
        path = folder / f"{name}.mdx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(path.stem, body))
    return folder


def page(client: Client, old: str) -> str:
    """The page that an old address leads to."""
    moved = client.get(old)
    assert moved.status_code == 301, old
    return client.get(moved.headers["Location"]).text
