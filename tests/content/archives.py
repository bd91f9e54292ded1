"""Archives that somebody has tampered with, and the site that is to take them in."""

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from click.testing import Result
from flask import Flask

from xero_onboard.lib.db import db

GUIDE = "content/en-gb/connecting/first.md"
PICTURE = "content/en-gb/connecting/shot.png"


@dataclass
class Tampered:
    """The members of an honest archive, to be changed; `special` are written as they are."""

    members: dict[str, bytes]
    special: list[tuple[ZipInfo, bytes]] = field(default_factory=list)
    is_flagged: bool = False

    @property
    def site(self) -> Any:
        return json.loads(self.members["site.json"])

    def change(self, edit: Callable[[Any], object]) -> None:
        """Change what the archive says of its guides."""
        site = self.site
        edit(site)
        self.members["site.json"] = json.dumps(site).encode()

    def packed(self) -> bytes:
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a name that is there twice
            for name, body in self.members.items():
                archive.writestr(name, body)
            for member, body in self.special:
                archive.writestr(member, body)
            archive.filelist[-1].flag_bits |= int(self.is_flagged)
        return out.getvalue()


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["content", *words])


def take_in(app: Flask, tmp_path: Path, body: bytes) -> Result:
    file = tmp_path / "given.zip"
    file.write_bytes(body)
    return run(app, "import", "archive", str(file))


def rows(app: Flask) -> dict[str, int]:
    """How much is in each table."""
    with app.app_context():
        count = db.select(db.func.count())
        found = {
            table.name: db.session.scalar(count.select_from(table)) or 0
            for table in db.metadata.sorted_tables
        }
        db.session.rollback()
    return {name: number for name, number in found.items() if number}


def refuse(app: Flask, tmp_path: Path, body: bytes, words: str) -> None:
    before = rows(app)

    said = take_in(app, tmp_path, body)

    assert said.exit_code == 1, said.output
    assert words in said.output
    assert "nothing was taken in" in said.output
    assert rows(app) == before
    assert not list(tmp_path.rglob("*evil*"))
