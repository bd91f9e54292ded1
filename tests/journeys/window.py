"""What a journey's browser windows are, and what none of them may ever do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    WebError,
)

Window = Callable[..., BrowserContext]

with_and_without_script = pytest.mark.parametrize(
    "has_script", [True, False], ids=["script", "no-script"], indirect=True
)


@contextmanager
def late(page: Page, address: str) -> Iterator[None]:
    """On a slow line: what is asked for at this address arrives only at the end."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    yield
    for route in held:
        route.continue_()
    page.unroute(address)


def awaken(page: Page, behaviour: str) -> None:
    """Wait for a script of which nothing is to be seen, where it must not come after what is done next."""
    page.evaluate(f"import('/static/js/{behaviour}.js')")


@dataclass
class Watch:
    """Everything a window does that a reader's browser should never have to do."""

    hosts: frozenset[str]
    # What a script is refused on purpose: the beginnings of complaints that are none.
    expected: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Keep an eye on all pages of a window."""
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", self._failed)

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and address.netloc not in self.hosts:
            self.complaints.append(f"asked a stranger: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self._complain(f"{response.status} for {response.url}")

    def _complain(self, words: str) -> None:
        if not any(words.startswith(each) for each in self.expected):
            self.complaints.append(words)

    def _said(self, message: ConsoleMessage) -> None:
        # A page that answers 4xx is also reported here; whether it should is for the journey to say.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")

    def _failed(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error.message}")
