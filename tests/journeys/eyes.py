"""Looks at pages as axe does, in light and in dark; and at what fits on a narrow screen."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

# Between the two schemes only colours differ, so the second look is at colours alone.
IN_DARK = "axe.run({runOnly: ['color-contrast'], resultTypes: ['violations']})"


class Eyes:
    """Collects what axe finds; pages in `seen`, which several eyes may share, get no second glance."""

    def __init__(self, seen: set[str]) -> None:
        self.found: list[str] = []
        self.seen = seen
        self._axe = Axe()

    def glance(self, page: Page) -> None:
        """Look at the page unless one with this heading has been looked at."""
        if heading_of(page) not in self.seen:
            self.look(page)

    def look(self, page: Page) -> None:
        """Look at the page as it is now, in both schemes."""
        self.seen.add(heading_of(page))
        page.emulate_media(color_scheme="light")
        self._note(page, "light", self._axe.run(page).response)
        page.emulate_media(color_scheme="dark")
        self._note(page, "dark", page.evaluate(IN_DARK))
        page.emulate_media(color_scheme="light")

    def _note(self, page: Page, scheme: str, report: dict[str, Any]) -> None:
        self.found += [
            f"{heading_of(page)} ({page.url}, {scheme}): {violation['id']}: {node['html'][:200]}"
            for violation in report["violations"]
            for node in violation["nodes"]
        ]


def heading_of(page: Page) -> str:
    """What a page is about."""
    return page.get_by_role("heading", level=1).inner_text()


def overflows(page: Page) -> bool:
    """Whether a reader would have to scroll sideways."""
    return bool(
        page.evaluate(
            "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
        )
    )
