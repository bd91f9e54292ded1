"""Turning two-step authentication on, as Xero does it now and as it did it before."""

from dataclasses import dataclass

from xero_onboard.sandbox import email_codes, login, second_step, totp
from xero_onboard.sandbox.models import LoginSession, SecurityAnswer
from xero_onboard.sandbox.problems import Refused

QUESTIONS = (
    "What was the name of your first pet?",
    "In which town did your parents meet?",
    "What was the name of your first school?",
    "Which street did you grow up in?",
    "What was the make of your first car?",
    "Who was your favourite teacher?",
    "What was your dream job as a child?",
    "Where did you go on your first holiday?",
)
_SHORTEST_ANSWER = 5


@dataclass(frozen=True)
class Style:
    """One of the two ways: its words, and which page follows which."""

    name: str
    scan_heading: str
    email_heading: str
    email_label: str
    done_heading: str
    page_after_code: str
    page_after_questions: str
    has_choice_of_backup: bool


STYLES = {
    "multi-factor": Style(
        name="multi-factor",
        scan_heading="Scan the QR code",
        email_heading="Add a backup email address",
        email_label="Backup email address",
        done_heading="Multi-factor authentication is on",
        page_after_code="backup",
        page_after_questions="done",
        has_choice_of_backup=True,
    ),
    "two-step": Style(
        name="two-step",
        scan_heading="Set up two-step authentication",
        email_heading="Add an alternative email",
        email_label="Alternative email",
        done_heading="Two-step authentication is on",
        page_after_code="questions",
        page_after_questions="email",
        has_choice_of_backup=False,
    ),
}


@dataclass(frozen=True)
class Answer:
    """A question chosen, and what was answered."""

    question: str
    answer: str


def begin(session: LoginSession) -> str:
    """The key to put into the app; the same one until the set-up is finished."""
    if session.draft_key is None:
        session.draft_key = totp.new_key()
    return session.draft_key


def put_off(session: LoginSession) -> None:
    """Go on without; raises Refused for somebody who must."""
    if session.person.must_use_two_step:
        raise Refused("You must set up multi-factor authentication before you can go on")
    login.enter(session)


def confirm_app(session: LoginSession, given: str | None) -> None:
    """See that the app and we agree; raises Refused."""
    code = second_step.six_digits(given)
    login.refuse_if_locked(session.person)
    step = totp.step_of(begin(session), code)
    if step is None:
        login.count_failure(session.person)
        raise Refused(second_step.INCORRECT)
    session.draft_step = step


def keep_answers(session: LoginSession, answers: list[Answer]) -> None:
    """Keep three questions as the way back in, and turn two-step on; raises Refused."""
    chosen = {answer.question for answer in answers}
    if len(chosen) != 3 or not chosen.issubset(QUESTIONS):
        raise Refused("Choose three different questions")
    for answer in answers:
        if len(answer.answer) < _SHORTEST_ANSWER or not answer.answer.isalnum():
            raise Refused(
                "Answer each question with at least 5 characters, letters and digits only"
            )
    session.person.answers = [
        SecurityAnswer(position=position, question=answer.question, answer=answer.answer)
        for position, answer in enumerate(answers)
    ]
    _turn_on(session)


def confirm_email(session: LoginSession, given: str | None) -> None:
    """Keep the address that the code was sent to as the way back in; raises Refused."""
    code = second_step.six_digits(given)
    session.person.backup_email = email_codes.use(session, "add_email", code)
    if session.stage == "set_up":
        _turn_on(session)


def _turn_on(session: LoginSession) -> None:
    person = session.person
    person.authenticator_key = session.draft_key
    person.last_step = session.draft_step or 0
    session.draft_key = session.draft_step = None
    session.methods = "pwd mfa"
    login.enter(session)
