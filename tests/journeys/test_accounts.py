"""People sign up, protect their account, lose something, and get back in."""

import json

from playwright.sync_api import Page, expect

from tests.journeys import mailbox
from tests.journeys.practice import RILEY, Phone
from tests.journeys.reader import Reader
from tests.journeys.window import Window, with_and_without_script
from tests.servers import Stage

GOOD = "velvet-harbour-quill-91"
BETTER = "copper-lantern-meadow-4"


@with_and_without_script
def test_from_signing_up_to_getting_back_in(page: Page, has_script: bool) -> None:
    robin = f"robin-{has_script}@example.com".lower()
    phone = Phone()
    sign_up(page, robin)

    first, second = set_up_app(page, phone)[:2]
    sign_out(page)

    enter(page, robin, GOOD)
    expect(page.locator("h1")).to_have_text("Your second step")
    use_recovery_code(page, first)
    expect_in(page)
    sign_out(page)

    enter(page, robin, GOOD)
    use_recovery_code(page, first)
    expect(page.get_by_text("This code is not right")).to_be_visible()
    page.get_by_label("Code from your authenticator app").fill(phone.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect_in(page)

    add_alternative(page, f"second-{robin}")
    sign_out(page)

    page.goto("/sign-in")
    page.get_by_role("link", name="I have forgotten my password").click()
    page.get_by_label("Email address").fill(robin)
    page.get_by_role("button", name="Send me a link").click()
    mailbox.open_link(page, robin, "Set a new password")
    page.get_by_label("New password").fill(BETTER)
    page.get_by_role("button", name="Set this password").click()
    expect(page.locator("h1")).to_have_text("Sign in")
    enter(page, robin, BETTER)
    expect(page.locator("h1")).to_have_text("Your second step")
    use_recovery_code(page, second)
    expect_in(page)


def test_a_passkey_signs_in_alone(page: Page) -> None:
    with_a_device(page)
    sign_up(page, "pia@example.com")
    page.goto("/account/passkeys")
    page.get_by_label("Name of the device").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    page.goto("/account")
    expect(page.get_by_text("My laptop")).to_be_visible()
    sign_out(page)

    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.locator("h1")).to_have_text("Your account")


@with_and_without_script
def test_staff_are_led_to_a_second_step_first(page: Page, stage: Stage) -> None:
    ada = json.loads((stage.instance / "staff.json").read_text())["ada@example.com"]
    phone = Phone()
    page.goto("/staff")
    expect(page.locator("h1")).to_have_text("Sign in")
    fill_in(page, "ada@example.com", ada)

    expect(page.get_by_text("People who work here need a second step.")).to_be_visible()
    page.goto("/staff/audit")
    expect(page.locator("h1")).to_have_text("Set up your authenticator app")
    phone.scan(page)
    page.get_by_label("Type the code that the app shows").fill(phone.code())
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("link", name="I have kept them, go on").click()

    expect(page).to_have_url(f"{stage.site}/staff/audit")
    expect(page.get_by_text("A person signed in.").first).to_be_visible()


@with_and_without_script
def test_xero_alone_is_one_proof(page: Page, stage: Stage) -> None:
    riley, phone = Reader(RILEY, page, stage), Phone()
    riley.connect()
    set_up_app(page, phone)
    sign_out(page)

    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with Xero").click()
    expect(page.locator("h1")).to_have_text("Your second step")
    page.goto("/connect")
    expect(page.get_by_text("Riley's Roastery")).to_have_count(0)
    page.goto("/sign-in/second-step")
    page.get_by_label("Code from your authenticator app").fill(phone.code())
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_text("Riley's Roastery").first).to_be_visible()


@with_and_without_script
def test_a_session_is_ended_from_another_browser(window: Window, has_script: bool) -> None:
    nina = f"nina-{has_script}@example.com".lower()
    here, there = window().new_page(), window().new_page()
    sign_up(there, nina)
    enter(here, nina, GOOD)
    expect_in(here)

    here.goto("/account/sessions")
    others = here.get_by_role("button", name="Sign out everywhere but here")
    others.click()
    expect(others).to_have_count(0)

    there.goto("/account")
    expect(there.locator("h1")).to_have_text("Sign in")
    here.goto("/account")
    expect(here.locator("h1")).to_have_text("Your account")


def sign_up(page: Page, address: str) -> None:
    page.goto("/register")
    page.get_by_label("Your name").fill("Robin Hale")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Send me the code").click()
    expect(page.locator("h1")).to_have_text("Type the code")
    digits = mailbox.code(page, address, "Your code to finish signing up")
    page.get_by_label("Six-digit code").fill(digits)
    page.get_by_role("button", name="Open my account").click()
    expect_in(page)


def set_up_app(page: Page, phone: Phone) -> list[str]:
    """Scan the key and type the first code; the recovery codes that are shown once."""
    page.goto("/account/two-step")
    phone.scan(page)
    page.get_by_label("Type the code that the app shows").fill(phone.code())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them, go on").click()
    expect(page.locator("h1")).not_to_have_text("Your recovery codes")
    return codes


def add_alternative(page: Page, address: str) -> None:
    page.goto("/account/alternative")
    page.get_by_label("Email address").fill(address)
    page.get_by_role("button", name="Send me the code").click()
    digits = mailbox.code(page, address, "Your code to confirm an alternative address")
    page.get_by_label("Six-digit code").fill(digits)
    page.get_by_role("button", name="Confirm this address").click()
    expect(page.get_by_text(f"{address}. It counts from")).to_be_visible()


def enter(page: Page, address: str, password: str) -> None:
    page.goto("/sign-in")
    fill_in(page, address, password)


def fill_in(page: Page, address: str, password: str) -> None:
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def use_recovery_code(page: Page, code: str) -> None:
    page.get_by_text("Use a recovery code").click()
    page.get_by_label("One of your recovery codes").fill(code.lower())
    page.locator("details[open]").get_by_role("button", name="Sign in with it").click()


def sign_out(page: Page) -> None:
    page.goto("/connect")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def expect_in(page: Page) -> None:
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def with_a_device(page: Page) -> None:
    """A computer with a finger sensor, on which its owner's finger lies."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    sensor = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": sensor})
