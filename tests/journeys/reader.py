"""Somebody at a browser, and the ways through Xero's pages that several journeys take."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.journeys.guide import (
    Answers,
    Look,
    Route,
    Step,
    following,
    look_away,
    open_guide,
    read_steps,
)
from tests.journeys.practice import Person, Phone
from tests.servers import Stage

# Guides by their numbers, which stay when titles change.
CONNECT = 360001000101
CONNECT_ANOTHER = 360001000102
CHOOSE = 360001000103
DISCONNECT = 360001000105
SET_UP = 360001000201
ASK = 360001000106
COLLEAGUES = 360001000107
ADD_EMAIL = 360001000202
LOST_PHONE = 360001000203
PERMISSIONS = 360001000104
PROBLEMS = 360001000301
RECONNECT = 360001000302
NOT_IN_LIST = 360001000303

BACKUP_EMAIL = "Backup email address"
QUESTIONS = "Security questions"
WITH_EMAIL = "With your backup email"
WITH_QUESTIONS = "With your security questions"
OLDER_SET_UP = "The page says “Set up two-step authentication”"

# No guide changes while journeys run, so each is read once.
_read_before: dict[tuple[int, str], tuple[Step, ...]] = {}

# The same button also stands in the vendor's own product, which is not on this stage.
IN_PRODUCT = "Dashboard → Billing → Settings → Xero connect"


class Reader:
    """A person of the practice Xero with a page, a phone and a mailbox."""

    def __init__(self, person: Person, page: Page, stage: Stage, look: Look = look_away) -> None:
        self.person = person
        self.page = page
        self.stage = stage
        self.phone = Phone()
        self.look = look

    @contextmanager
    def following(self, number: int, heading: str = "") -> Iterator[Route]:
        """Follow steps that were read in another tab."""
        if (number, heading) not in _read_before:
            with self.other_tab() as guide:
                open_guide(guide, number)
                _read_before[number, heading] = read_steps(guide, heading)
        name = f"{number} {heading}"
        with following(self.page, _read_before[number, heading], name, self.look) as steps:
            yield steps

    @contextmanager
    def connecting(self) -> Iterator[Route]:
        """Follow the guide to Connect, beginning with the button that stands in it."""
        open_guide(self.page, CONNECT)
        with self.following(CONNECT, "Connect") as steps:
            yield steps

    def connect(self) -> None:
        """Follow the guide from its button to the name of the organisation."""
        with self.connecting() as steps:
            self.press_connect(steps)
            self.log_in(steps)
            self.allow_access(steps)
        self.expect_back(f"{self.person.organisation} is connected")

    def connect_another(self, organisation: str) -> None:
        """Follow the guide to one more organisation, and log in if Xero has forgotten the login."""
        open_guide(self.page, CONNECT_ANOTHER)
        with self.following(CONNECT_ANOTHER) as steps:
            steps.follow("Press Connect another organisation", but_not=("Connect to Xero",))
            steps.follow("Log in at Xero")
            password = self.page.get_by_label("Password", exact=True)
            organisation_list = self.page.get_by_label("Organisation", exact=True)
            expect(password.or_(organisation_list)).to_be_visible()
            if password.count():
                self.type_login()
            steps.follow("Choose the next organisation", {"Organisation": organisation})
            steps.follow("Press Allow access")
        self.expect_back(f"{organisation} is connected as well")

    def press_connect(self, steps: Route) -> None:
        """The guide's first step: its own button."""
        steps.follow("Press Connect to Xero", but_not=(IN_PRODUCT,))

    def log_in(self, steps: Route) -> None:
        """Log in, with whatever Xero asks of this person: a code, to set codes up, or neither."""
        steps.follow("Log in", self.person.login)
        if self.person.has_two_step:
            answers = {"Six-digit code": self.code_shown()}
            steps.follow("Type the six-digit code", answers, without=("No phone at hand?",))
            return
        steps.leave_out("Type the six-digit code")
        if self.person.must_have_two_step:
            self.set_up(QUESTIONS)
        else:
            self.press("Not now")

    def allow_access(self, steps: Route, organisation: str = "") -> None:
        """The guide's last step at Xero."""
        answers = {"Organisation": organisation or self.person.organisation}
        steps.follow("Choose your organisation and allow access", answers)

    def type_login(self) -> None:
        """Log in on a page of Xero that no step leads through."""
        for label, answer in self.person.login.items():
            self.page.get_by_label(label, exact=True).fill(answer)
        self.press("Log in")
        if self.person.has_two_step:
            self.page.get_by_label("Six-digit code", exact=True).fill(self.code_shown())
            self.press("Log in")
        elif not self.person.must_have_two_step:
            self.press("Not now")

    def set_up(self, backup: str, *, from_the_start: bool = False) -> None:
        """Follow the set-up guide, from its second step unless `from_the_start`."""
        with self.following(SET_UP, "Set it up") as steps:
            if from_the_start:
                open_guide(self.page, SET_UP)
                self.press("Connect to Xero")
                steps.follow("Log in at Xero", self.person.login)
            else:
                steps.leave_out("Log in at Xero")
            steps.follow("Press Set up", without=("If there is a button",))
            steps.follow("Add Xero to your authenticator app", before={"Continue": self.scan})
            steps.follow("Type the six-digit code", {"Six-digit code": self.phone.code})
            other = QUESTIONS if backup == BACKUP_EMAIL else BACKUP_EMAIL
            steps.follow("Choose a backup method", but_not=(other,))
            self.set_up_backup(steps, backup)
            steps.follow("Press Finish")

    def set_up_backup(self, steps: Route, backup: str) -> None:
        """Confirm the other mailbox by the code sent there, or invent three answers."""
        if backup == BACKUP_EMAIL:
            mailbox: Answers = {
                BACKUP_EMAIL: self.person.other_email,
                "Six-digit code": self.mailed_code,
            }
            steps.follow("Set up the backup", mailbox, tab=backup)
        else:
            steps.follow(
                "Set up the backup", tab=backup, before={"Continue": self.answer_questions}
            )

    def set_up_the_older_way(self, with_email: bool) -> None:
        """Follow the older set-up, which Xero still shows to some people."""
        self.page.get_by_role("link", name="Use the older set-up").click()
        with self.following(SET_UP, OLDER_SET_UP) as steps:
            steps.follow("Scan the barcode", before={"Continue": self.scan})
            steps.follow("Type the six-digit code", {"Six-digit code": self.phone.code})
            answered = {"Continue": self.answer_questions}
            steps.follow("Choose three security questions", before=answered)
            self.add_email_or_leave_it_out(steps, with_email)

    def add_email_or_leave_it_out(self, steps: Route, with_email: bool) -> None:
        """The optional step of the older set-up, and its end."""
        title = "Add an alternative email, if you like"
        if with_email:
            mailbox: Answers = {
                "Alternative email": self.person.other_email,
                "Six-digit code": self.mailed_code,
            }
            steps.follow(title, mailbox, without=("To leave it out",))
            steps.follow("Press Finish")
        else:
            steps.follow(title, without=("Type an address",))
            steps.leave_out("Press Finish")

    def add_alternative_email(self) -> None:
        """Follow the guide from Xero's login page to the confirmed address."""
        self.page.goto(f"{self.stage.sandbox}/identity/user/login")
        with self.following(ADD_EMAIL, "Add it") as steps:
            steps.follow("Log in as far as the code", self.person.login)
            older = ("Use another authentication method",)
            steps.follow("Press Use a backup method instead", but_not=older)
            steps.follow("Press Set up under Alternative email", but_not=("Change",))
            code = {"Six-digit code": self.phone.code}
            steps.follow("Confirm it is you", code, without=("No phone?",))
            steps.follow("Type the new address", {"Alternative email": self.person.other_email})
            steps.follow("Confirm the address", {"Six-digit code": self.mailed_code})
            steps.follow("Press Finish")

    def connect_without_the_phone(self, heading: str) -> None:
        """Press Connect, and get in as this part of the guide says."""
        open_guide(self.page, CONNECT)
        self.press("Connect to Xero")
        with self.following(LOST_PHONE, heading) as steps:
            steps.follow("Log in as far as the code", self.person.login)
            steps.follow("Press Use a backup method instead")
            if heading == WITH_EMAIL:
                steps.follow("Press Send code under Alternative email")
                steps.follow("Type the code from the email", {"Six-digit code": self.mailed_code})
            else:
                answered = {"Log in": self.answer_questions}
                steps.follow("Press Answer your security questions", before=answered)

    def scan(self) -> None:
        """Let the phone take the key from the page."""
        self.phone.scan(self.page)

    def answer_questions(self) -> None:
        """Fill every field of the page with an answer that only this person would give."""
        fields = self.page.locator("input[name^=answer_]")
        # The page before this one may still be there, and has none.
        expect(fields).to_have_count(3)
        for number, field in enumerate(fields.all()):
            field.fill(f"Lamington{number}")

    def mailed_code(self, address: str = "") -> str:
        """The code in the newest mail to this or the other mailbox, read in another tab."""
        with self.other_tab() as inbox:
            inbox.goto(f"{self.stage.sandbox}/inbox")
            mailbox = address or self.person.other_email
            inbox.get_by_label("Show mail to", exact=True).fill(mailbox)
            inbox.get_by_role("button", name="Show", exact=True).click()
            # The page before this one has mail as well, to others.
            expect(inbox).to_have_url(re.compile(r"\?to="))
            return inbox.get_by_role("article").first.locator(".code").inner_text()

    def code_shown(self) -> str:
        """The code of somebody whose phone is in the practice Xero, read in another tab."""
        with self.other_tab() as phone:
            phone.goto(f"{self.stage.sandbox}/authenticator?email={self.person.email}")
            return phone.locator("#code").inner_text().replace(" ", "")

    @contextmanager
    def other_tab(self) -> Iterator[Page]:
        """A second tab of the same browser, closed afterwards."""
        tab = self.page.context.new_page()
        yield tab
        tab.close()

    def press(self, name: str) -> None:
        """Press a button that no guide's steps mention."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def sign_out(self) -> None:
        """Sign out here, not at Xero."""
        self.press("Sign out")
        expect(self.page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()

    def leave_xero(self) -> None:
        """Log out at Xero, as after a long time."""
        with self.other_tab() as xero:
            xero.goto(f"{self.stage.sandbox}/inbox")
            xero.get_by_role("button", name="Log out", exact=True).click()
            expect(xero.get_by_role("heading", name="Log in", exact=True)).to_be_visible()

    def expect_back(self, words: str) -> None:
        """Back at the block whose button was pressed, and told there in words what happened."""
        outcome = self.page.locator("#connect:target #outcome")
        expect(outcome).to_contain_text(words)
        expect(outcome).to_be_in_viewport()
