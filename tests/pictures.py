"""Takes every picture of the guides from the running site and practice Xero: `make pictures`.

What each of them says is written down beside it, so that a test can tell when a page says something else.
"""

import base64
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Page

from tests import browser, servers
from tests.journeys.practice import AMARA, CASEY, PASSWORD, RILEY, ROBIN, Person, Phone
from tests.servers import Stage
from xero_onboard.config import ROOT

GUIDES = ROOT / "content" / "en-gb"
SCALE = 1.5
# Moments differ from run to run and say nothing a guide is about; notes for people who practise are
# not at the real Xero; and what follows the reader down a page would cover it.
LEFT_OUT = """
  time, dl.facts, .article-dates, .card ~ * { display: none !important }
  .masthead { position: static !important }
"""
# What is drawn by lot: the key of an authenticator app, its groups and a support reference.
DRAWN = re.compile(r"\bXC-[0-9A-Z]{4}\b|\b(?:[A-Z2-7]{4} ){3,}[A-Z2-7]{1,4}\b")
SAMPLE = "XC-7F3K"
# What was taken: for each file its digest, and the words of the page.
RECORD = Path(__file__).with_suffix(".json")
# A guide is published only when its pictures exist, and the site must run to take them.
BLANK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsqXnBQAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Sitting:
    """One person in a fresh browser, in front of a site and a Xero that nobody has used."""

    page: Page
    stage: Stage
    person: Person
    phone: Phone

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def open(self, name: str) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=name, exact=True).click()

    def type(self, label: str, text: str) -> None:
        """Fill a field."""
        self.page.get_by_label(label, exact=True).fill(text)


Scene = Callable[[Sitting], None]


@dataclass(frozen=True)
class Picture:
    """A file, whose page it shows, the way there, and the parts to cut out, if not the window."""

    file: Path
    person: Person
    scene: Scene
    parts: tuple[str, ...]
    margin: int = 24

    @property
    def name(self) -> str:
        return str(self.file.relative_to(ROOT))


def at_login(sitting: Sitting) -> None:
    sitting.page.goto("/connect")
    sitting.press("Connect to Xero")
    type_login(sitting)


def type_login(sitting: Sitting) -> None:
    sitting.type("Email address", sitting.person.email)
    sitting.type("Password", PASSWORD)


def after_password(sitting: Sitting) -> None:
    at_login(sitting)
    sitting.press("Log in")


def at_consent(sitting: Sitting) -> None:
    after_password(sitting)
    if not sitting.person.has_two_step:
        sitting.press("Not now")
        return
    sitting.type("Six-digit code", code_shown(sitting))
    sitting.press("Log in")


def at_chosen_organisation(sitting: Sitting) -> None:
    at_consent(sitting)
    choose(sitting, sitting.person.organisation)


def connected(sitting: Sitting) -> None:
    at_consent(sitting)
    choose(sitting, sitting.person.organisation)
    sitting.press("Allow access")


def at_second_consent(sitting: Sitting) -> None:
    connected(sitting)
    sitting.press("Connect another organisation")
    # A picture cannot show an open list, so the list is made one that needs no opening.
    organisations = sitting.page.get_by_label("Organisation", exact=True)
    organisations.evaluate("list => { list.size = list.options.length }")


def with_two_connections(sitting: Sitting) -> None:
    connected(sitting)
    sitting.press("Connect another organisation")
    choose(sitting, "Northside Builders Ltd")
    sitting.press("Allow access")
    sitting.page.goto("/connect")


def about_to_disconnect(sitting: Sitting) -> None:
    with_two_connections(sitting)
    sitting.page.locator("summary", has_text="Disconnect").last.click()


def at_connected_apps(sitting: Sitting) -> None:
    connected(sitting)
    sitting.page.goto(f"{sitting.stage.sandbox}/connected-apps")


def at_qr_code(sitting: Sitting) -> None:
    after_password(sitting)
    sitting.open("Set up")


def at_choice_of_backup(sitting: Sitting) -> None:
    at_qr_code(sitting)
    sitting.phone.scan(sitting.page)
    sitting.open("Continue")
    sitting.type("Six-digit code", sitting.phone.code())
    sitting.press("Continue")


def at_backup_methods(sitting: Sitting) -> None:
    at_choice_of_backup(sitting)
    sitting.page.get_by_label("Security questions", exact=True).check()
    sitting.press("Continue")
    for answer in ("First answer", "Second answer", "Third answer"):
        sitting.type(answer, "Lamington")
    sitting.press("Continue")
    sitting.open("Finish")
    sitting.press("Log out")
    sitting.page.goto(f"{sitting.stage.sandbox}/identity/user/login")
    type_login(sitting)
    sitting.press("Log in")
    sitting.open("Use a backup method instead")


def at_confirmation_of_email(sitting: Sitting) -> None:
    at_backup_methods(sitting)
    sitting.open("Set up")
    sitting.type("Six-digit code", sitting.phone.code())
    sitting.press("Continue")
    sitting.type("Alternative email", sitting.person.other_email)
    sitting.press("Send code")


def after_cancelling(sitting: Sitting) -> None:
    sitting.page.goto("/hc/en-gb/articles/360001000101")
    sitting.press("Connect to Xero")
    type_login(sitting)
    for button in ("Log in", "Not now", "Cancel"):
        sitting.press(button)
    # The reader is led to it, and the picture is not to show where they are.
    sitting.page.wait_for_function("document.activeElement.id === 'outcome'")


def to_be_reconnected(sitting: Sitting) -> None:
    at_connected_apps(sitting)
    sitting.press(f"Disconnect {sitting.person.organisation}")
    sitting.page.goto("/connect")
    sitting.press(f"Check now for {sitting.person.organisation}")
    sitting.page.goto("/connect")


def among_colleagues(sitting: Sitting) -> None:
    connected(sitting)
    sitting.page.goto("/account/colleagues")
    sitting.page.get_by_label("Their email address").fill("kim@example.com")


def in_the_guide(sitting: Sitting) -> None:
    connected(sitting)
    sitting.page.goto("/hc/en-gb/articles/360001000101#connect")


def choose(sitting: Sitting, organisation: str) -> None:
    sitting.page.get_by_label("Organisation", exact=True).select_option(label=organisation)


def code_shown(sitting: Sitting) -> str:
    """The code that the practice Xero shows for people whose phone it keeps."""
    tab = sitting.page.context.new_page()
    tab.goto(f"{sitting.stage.sandbox}/authenticator?email={sitting.person.email}")
    code = tab.locator("#code").inner_text().replace(" ", "")
    tab.close()
    return code


CONNECT = GUIDES / "connect-to-xero" / "images"
SIGN_IN = GUIDES / "sign-in-security" / "images"
TROUBLE = GUIDES / "when-something-goes-wrong" / "images"
CARD = (".card",)
CONNECTIONS = ("section.connect",)
ARTICLE = (".article .prose",)
INVITE = ("#invite", "form[action$=invite]")
PICTURES = (
    Picture(CONNECT / "log-in.png", AMARA, at_login, CARD),
    Picture(CONNECT / "allow-access.png", AMARA, at_chosen_organisation, CARD),
    Picture(CONNECT / "already-connected.png", AMARA, at_second_consent, (".card form",), margin=8),
    Picture(CONNECT / "select-an-organisation.png", AMARA, with_two_connections, CONNECTIONS),
    Picture(CONNECT / "your-connections.png", AMARA, about_to_disconnect, CONNECTIONS),
    Picture(CONNECT / "connected-apps.png", RILEY, at_connected_apps, ("h1", "article")),
    Picture(SIGN_IN / "scan-the-qr-code.png", CASEY, at_qr_code, CARD),
    Picture(SIGN_IN / "choose-a-backup-method.png", CASEY, at_choice_of_backup, CARD),
    Picture(SIGN_IN / "enter-the-six-digit-code.png", AMARA, after_password, CARD),
    Picture(SIGN_IN / "use-a-backup-method.png", CASEY, at_backup_methods, CARD),
    Picture(SIGN_IN / "confirm-email.png", CASEY, at_confirmation_of_email, CARD),
    Picture(TROUBLE / "more-permission-required.png", ROBIN, at_consent, CARD),
    Picture(
        TROUBLE / "nothing-was-connected.png", RILEY, after_cancelling, ("#connect",), margin=8
    ),
    Picture(TROUBLE / "to-be-reconnected.png", RILEY, to_be_reconnected, CONNECTIONS),
    Picture(CONNECT / "your-colleagues.png", RILEY, among_colleagues, INVITE),
    Picture(ROOT / "docs" / "guide.png", AMARA, in_the_guide, ()),
)


def main() -> None:
    """Take the pictures, all or those whose names are given."""
    wanted = [one for one in PICTURES if not sys.argv[1:] or one.file.stem in sys.argv[1:]]
    for picture in PICTURES:
        picture.file.parent.mkdir(parents=True, exist_ok=True)
        if not picture.file.exists():
            picture.file.write_bytes(BLANK)
    record = recorded()
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.running(Path(folder)) as stage,
        browser.running() as found,
    ):
        for picture in wanted:
            words = take(picture, found.browser, stage)
            record[picture.name] = {"digest": digest_of(picture), "words": words}
            size = picture.file.stat().st_size // 1024
            sys.stdout.write(f"{picture.name}: {size} kB\n")
    kept = {one.name: record[one.name] for one in PICTURES if one.name in record}
    RECORD.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")


def recorded() -> dict[str, dict[str, str]]:
    """What was taken the last time."""
    found: dict[str, dict[str, str]] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    return found


def digest_of(picture: Picture) -> str:
    return hashlib.sha256(picture.file.read_bytes()).hexdigest()


def take(picture: Picture, chromium: Browser, stage: Stage) -> str:
    """Go there as the picture's person, and cut out what it shows; the words on it."""
    with posed(picture, chromium, stage) as page:
        if picture.parts:
            page.screenshot(path=picture.file, full_page=True, clip=cut(page, picture))
        else:
            page.screenshot(path=picture.file)
        return words_of(page, picture)


@contextmanager
def posed(picture: Picture, chromium: Browser, stage: Stage) -> Iterator[Page]:
    """The page as it stands when the picture is taken."""
    stage.reset()
    context = chromium.new_context(
        base_url=stage.site,
        bypass_csp=True,
        color_scheme="light",
        device_scale_factor=SCALE,
        locale="en-GB",
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 900},
    )
    page = context.new_page()
    picture.scene(Sitting(page, stage, picture.person, Phone()))
    # The last press of the scene may lead to another page, of which nothing is there at first.
    page.locator("body").wait_for()
    page.wait_for_load_state()
    page.add_style_tag(content=LEFT_OUT)
    page.evaluate("document.activeElement.blur(); document.fonts.ready")
    for reference in page.get_by_text(re.compile(r"^XC-[0-9A-Z]{4}$")).all():
        reference.evaluate("(place, sample) => { place.textContent = sample }", SAMPLE)
    yield page
    context.close()


def words_of(page: Page, picture: Picture) -> str:
    """What can be read on the picture, but for what is drawn by lot."""
    said = " ".join(
        one.inner_text() for part in picture.parts or ARTICLE for one in page.locator(part).all()
    )
    return DRAWN.sub("…", " ".join(said.split()))


def cut(page: Page, picture: Picture) -> FloatRect:
    """The rectangle around all the parts, with a margin."""
    found = [one.bounding_box() for part in picture.parts for one in page.locator(part).all()]
    boxes = [box for box in found if box]
    left = min(box["x"] for box in boxes) - picture.margin
    top = min(box["y"] for box in boxes) - picture.margin
    right = max(box["x"] + box["width"] for box in boxes) + picture.margin
    bottom = max(box["y"] + box["height"] for box in boxes) + picture.margin
    scrolled = float(page.evaluate("scrollY"))
    return {"x": left, "y": top + scrolled, "width": right - left, "height": bottom - top}


if __name__ == "__main__":
    main()
