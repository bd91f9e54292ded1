"""An author's desk: a content folder to write in, beside a site that shows it."""

import struct
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from flask import Flask

from xero_onboard import content
from xero_onboard.content import Report
from xero_onboard.lib.db import db

SECTION = """---
id: 10
title: Connecting
description: How to connect.
order: 1
---
"""


@dataclass(frozen=True)
class Desk:
    """Writes guides into the folder `content/en-gb/connecting` and publishes them."""

    app: Flask
    folder: Path

    def write(self, name: str, text: str) -> Path:
        """Put a file into the section's folder."""
        path = self.folder / "en-gb" / "connecting" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def guide(self, article_id: int, name: str, body: str = "Text.", **matter: str) -> Path:
        """Put a guide with this front matter into the section's folder."""
        lines = {
            "id": str(article_id),
            "title": f"Guide {article_id}",
            "description": "What it is about.",
            "section": "connecting",
            "order": "1",
            "locale": "en-gb",
            "last_reviewed_on": "2026-11-22",
            "review_in": "3 months",
        }
        lines.update(matter)
        top = "\n".join(f"{key}: {value}" for key, value in lines.items())
        return self.write(f"{name}.md", f"---\n{top}\n---\n\n{body}\n")

    def sync(self) -> Report:
        """Publish what changed."""
        with self.app.app_context():
            report = content.sync(self.folder)
            db.session.remove()
        return report

    def publish(self, article_id: int, name: str, body: str = "Text.", **matter: str) -> str:
        """Write a guide, publish it and answer its address."""
        self.guide(article_id, name, body, **matter)
        report = self.sync()
        assert not report.is_broken, report.lines
        return f"/hc/en-gb/articles/{article_id}-{name}"


def png(width: int = 3, height: int = 2) -> bytes:
    """The smallest file that says it is a PNG of this size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk
