"""Looks at pages as axe does, in light and in dark; and at what fits on a narrow screen."""

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

# Between the two schemes only colours differ, so the second look is at colours alone.
LOOKS: tuple[tuple[str, dict[str, object]], ...] = (
    ("light", {"resultTypes": ["violations"]}),
    ("dark", {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}),
)


class Eyes:
    """Collects what axe finds on every page looked at."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.seen: set[str] = set()
        self._last = ""
        self._axe = Axe()

    def glance(self, page: Page) -> None:
        """Look at the page unless it is the one looked at last."""
        if page.url != self._last:
            self.look(page)

    def look(self, page: Page) -> None:
        """Look at the page as it is now, in both schemes."""
        heading = page.get_by_role("heading", level=1).inner_text()
        self._last = page.url
        self.seen.add(heading)
        for scheme, options in LOOKS:
            page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
            violations = self._axe.run(page, options=options).response["violations"]
            self.found += [
                f"{heading} ({page.url}, {scheme}): {violation['id']}: {node['html'][:200]}"
                for violation in violations
                for node in violation["nodes"]
            ]
        page.emulate_media(color_scheme="light")


def overflows(page: Page) -> bool:
    """Whether a reader would have to scroll sideways."""
    return bool(
        page.evaluate(
            "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
        )
    )
