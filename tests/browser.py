"""Finds a browser that really starts; `python -m tests.browser` says which one, or why there is none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.outside import ENVIRON

# Chromium refuses to keep its sandbox for root. Everybody else keeps it, unless told otherwise:
# some containers allow no user namespaces, and nothing but our own pages is opened.
HAS_SANDBOX = os.geteuid() != 0 and not ENVIRON.get("BROWSER_WITHOUT_SANDBOX")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALLED = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core")
# Playwright's driver needs it, does not bring it, and a small Debian is without it.
DRIVER_PACKAGES = ("libatomic1",)
INSTALL_SECONDS = 600


class NoBrowser(Exception):
    """None of the browsers that could be had starts; the message says what was tried."""


@dataclass(frozen=True)
class Found:
    """A browser that has shown a page, and where it lies."""

    path: Path
    browser: Browser


@contextmanager
def running() -> Iterator[Found]:
    """The first browser that shows a page, closed at the end; raises NoBrowser."""
    _have_driver()
    with sync_playwright() as playwright:
        found = _start(playwright)
        yield found
        found.browser.close()


def _have_driver() -> None:
    version = (sys.executable, "-m", "playwright", "--version")
    if not _succeeds(*version) and not (_apt_installs(*DRIVER_PACKAGES) and _succeeds(*version)):
        needed = " ".join(DRIVER_PACKAGES)
        raise NoBrowser(
            f"Playwright does not start; on Debian and Ubuntu it needs: apt install {needed}."
        )


def _start(playwright: Playwright) -> Found:
    tried = []
    for path in _candidates(playwright):
        try:
            return Found(path, _believe(playwright, path))
        except PlaywrightError as error:
            tried.append(f"{path} does not start: {_reason(error)}.")
    nothing = "No Chromium, Chrome or Edge was found, and none could be installed."
    advice = "Name one that starts by BROWSER_PATH=…"
    if HAS_SANDBOX:
        advice += ", or set BROWSER_WITHOUT_SANDBOX=1 where user namespaces are forbidden"
    raise NoBrowser(f"{' '.join(tried) or nothing} {advice}.")


def _believe(playwright: Playwright, path: Path) -> Browser:
    browser = playwright.chromium.launch(
        executable_path=path, args=[*QUIET], chromium_sandbox=HAS_SANDBOX, timeout=60_000
    )
    page = browser.new_page()
    page.goto("data:text/html,<h1>It starts</h1>")
    page.get_by_role("heading", name="It starts").wait_for()
    page.close()
    return browser


def _candidates(playwright: Playwright) -> Iterator[Path]:
    """Where a browser may be, the nearest first; installs one only when all before it were refused."""
    if named := ENVIRON.get("BROWSER_PATH"):
        yield Path(named)
    own = Path(playwright.chromium.executable_path)
    if own.exists():
        yield own
    yield from _installed()
    if not own.exists() and _succeeds(sys.executable, "-m", "playwright", "install", "chromium"):
        yield own
    if _apt_installs(*BROWSER_PACKAGES):
        yield from _installed()


def _installed() -> Iterator[Path]:
    for name in INSTALLED:
        if path := shutil.which(name):
            yield Path(path)


def _apt_installs(*packages: str) -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    get = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq")
    return _succeeds(*get, "update") and _succeeds(
        *get, "install", "-y", "--no-install-recommends", *packages
    )


def _succeeds(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _reason(error: PlaywrightError) -> str:
    """The line of the browser's own complaint, which Playwright buries in its call log."""
    lines = [line.strip() for line in error.message.splitlines() if line.strip()]
    complaints = [line for line in lines if "[err]" in line or "FATAL" in line]
    return (complaints or lines or ["no reason given"])[0]


def main() -> None:
    """Print the path of a browser that starts; end with code 1 and the reason when there is none."""
    try:
        with running() as found:
            sys.stdout.write(f"{found.path}\n")
    except NoBrowser as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
