"""Whatever is written in guides and comments, nothing of it runs, though the browser was told to allow everything.

Rows F1 and F3. The corpus holds hostile texts, one after the other; the pages are the site's own, without their content
policy, so that only what we make of the text stands between a reader and its author.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.content.desk import SECTION, Desk, png
from xero_onboard.feedback import writing
from xero_onboard.feedback.models import Comment
from xero_onboard.lib.db import db

CORPUS = Path(__file__).parents[1] / "content" / "hostile_corpus.txt"
TEXTS = CORPUS.read_text().removesuffix("\n").split("\n%%\n")
ORIGIN = "http://localhost:8000"
CANARY = "<title>x</title><script>hit()</script><img src=x onerror=hit()><a href='javascript:hit()'>x</a>"

# Everything that a page could be made to do with what is in it, short of leaving it.
LOOK = """() => {
  const found = [];
  for (const each of document.body.querySelectorAll("*")) {
    for (const { name, value } of each.attributes) {
      if (/^on|^style$|^srcdoc$|^formaction$|^ping$/i.test(name)) found.push(`${each.tagName} ${name}=${value}`);
    }
    if (/^(IFRAME|OBJECT|EMBED|BASE|META|LINK|STYLE|FRAME|PORTAL)$/i.test(each.tagName)) found.push(each.tagName);
    if (each.matches("a[href]") && !["http:", "https:", "mailto:"].includes(each.protocol)) found.push(each.href);
    if (each.matches("form") && new URL(each.getAttribute("action"), location).origin !== location.origin) found.push(each.outerHTML);
    for (const event of ["mouseover", "mouseenter", "pointerenter", "toggle", "animationend"]) each.dispatchEvent(new Event(event));
    if (each.focus) each.focus();
  }
  return [...found, ...window.hits];
}"""


@dataclass
class Lab:
    """A browser without a content policy, in which everything that happens is noted."""

    context: BrowserContext
    app: Flask
    strangers: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(
            "window.hits = []; window.hit = () => window.hits.push('ran');"
        )
        self.context.on("dialog", lambda dialog: (self.dialogs.append("dialog"), dialog.dismiss()))
        self.context.route("**/*", self._serve)

    def look_at(self, page: Page, path: str) -> list[str]:
        """What was found on the page, and what it did."""
        page.goto(f"{ORIGIN}{path}")
        found: list[str] = page.evaluate(LOOK)
        return [f"{path}: {each}" for each in [*found, *self.strangers, *self.dialogs]]

    def _serve(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if f"{address.scheme}://{address.netloc}" != ORIGIN:
            self.strangers.append(route.request.url)
            route.abort()
        elif address.path == "/canary":
            route.fulfill(body=CANARY, content_type="text/html")
        else:
            answer = self.app.test_client().get(f"{address.path}?{address.query}")
            headers = dict(answer.headers.items())
            route.fulfill(status=answer.status_code, headers=headers, body=answer.data)


@pytest.fixture
def lab(browser: Browser, app: Flask) -> Iterator[Lab]:
    context = browser.new_context(bypass_csp=True)
    yield Lab(context, app)
    context.close()


def test_the_corpus_is_large() -> None:
    assert len(set(TEXTS)) == len(TEXTS) >= 150


def test_what_runs_is_noticed(lab: Lab) -> None:
    found = lab.look_at(lab.context.new_page(), "/canary")

    assert [each for each in found if each.endswith("ran")]
    assert any("onerror" in each for each in found)
    assert any("javascript:" in each for each in found)


def test_no_guide_runs_anything(lab: Lab, app: Flask, tmp_path: Path) -> None:
    desk = Desk(app, tmp_path / "hostile")
    desk.write("_section.md", SECTION)
    picture = desk.write("images/x.png", "")
    picture.write_bytes(png())
    for number, text in enumerate(TEXTS, 1):
        desk.guide(number, f"hostile-{number}", text)
    said = "\n".join(desk.sync().lines)
    published = [n for n in range(1, len(TEXTS) + 1) if f"hostile-{n}.md: published" in said]
    page = lab.context.new_page()

    found = [lab.look_at(page, f"/hc/en-gb/articles/{n}-hostile-{n}") for n in published]

    assert [each for each in found if each] == []
    # The others were refused in words, each with its line.
    refused = [n for n in range(1, len(TEXTS) + 1) if n not in published]
    assert all(f"hostile-{n}.md:" in said for n in refused)
    assert min(len(published), len(refused)) > 30


def test_no_comment_runs_anything(lab: Lab, app: Flask) -> None:
    article = 360001000101
    with app.app_context():
        for text in TEXTS:
            shown = {"status": "shown", "source": text, "html": writing.render(text)}
            about = {"article_id": article, "author_name": "<img src=x onerror=hit()>"}
            db.session.add(Comment(**about, **shown, is_staffs=False, looks_like_staff=False))
        db.session.commit()
    page = lab.context.new_page()

    found = lab.look_at(page, f"/hc/en-gb/articles/{article}-connect-your-xero-organisation")

    assert found == []
    assert page.locator("#comments li, .comment").count() >= len(TEXTS)
