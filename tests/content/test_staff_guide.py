"""The guide for support staff is true: whoever does what it says, with its own examples, has published a guide."""

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.config import ROOT

GUIDE = (ROOT / "content/en-gb/for-support-staff/write-and-publish-a-guide.md").read_text()
OWN_ID, NEW_ID = "360001000101", "360001000199"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The folder as the project ships it."""
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))


@pytest.fixture
def environ(environ: dict[str, str], content: Path) -> dict[str, str]:
    return {**environ, "CONTENT_DIR": str(content)}


def test_its_steps_lead_to_a_published_guide(app: Flask, client: Client, content: Path) -> None:
    """Each in its order; a step that is added, renamed or moved fails here until it is followed."""
    assert steps() == [
        "Make the file",
        "Fill in the top of the file",
        "Write",
        "Check and publish",
        "Read it as a reader",
    ]

    assert sync(app)
    file = content / "en-gb" / "connect-to-xero" / "a-guide-of-our-own.md"
    top, body = examples("yaml")[0], "\n\n".join(map(whole, examples("markdown")))
    file.write_text(f"{top}\n\n{body}\n")
    refused = sync(app)
    file.write_text(f"{filled_in(top)}\n\n{body}\n")
    published = sync(app)

    assert re.search(r"a-guide-of-our-own\.md:2: .* has the same id", refused)
    assert "a-guide-of-our-own.md: published as revision 1" in published
    for reader in (client, sign_in(app, CASEY)):
        page = reader.get(f"/hc/en-gb/articles/{NEW_ID}", follow_redirects=True)
        assert page.status_code == 200
        assert "<h1>A guide of our own</h1>" in page.text
        for link in re.findall(r'href="(/hc/[^"#]+)', page.text.partition("<article")[2]):
            assert client.get(link).status_code in (200, 301), link


def steps() -> list[str]:
    """The titles of its first list of steps."""
    listed = GUIDE.partition("<Steps>")[2].partition("</Steps>")[0]
    return re.findall(r'^<Step title="([^"]+)"', listed, re.MULTILINE)


def examples(language: str) -> list[str]:
    """Everything it shows in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def whole(example: str) -> str:
    """A step is shown alone where only it matters, and stands among others in a guide."""
    if "<Steps>" in example:
        return example
    return re.sub(r"(<Step .*?</Step>)", r"<Steps>\n\1\n</Steps>", example, flags=re.DOTALL)


def filled_in(top: str) -> str:
    """The front matter with values of our own, as the guide asks."""
    top = top.replace(OWN_ID, NEW_ID).replace("connect-xero", "of-our-own")
    return re.sub(r"(?m)^title: .*$", "title: A guide of our own", top)


def sync(app: Flask) -> str:
    return app.test_cli_runner().invoke(args=["content", "sync"]).output
