"""Everybody there can be, with everything that can be theirs, for tests that try every door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar, cast
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.routing import Rule

from tests.client import Client
from xero_onboard.accounts import entry
from xero_onboard.accounts.models import (
    Customer,
    Invitation,
    Membership,
    Passkey,
    StoredSession,
    User,
)
from xero_onboard.connect.models import Attempt, Candidate, Connection, Errand, Grant
from xero_onboard.feedback.models import (
    Attachment,
    Comment,
    Following,
    HelpRequest,
    Message,
    Remark,
)
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, begin_write, db
from xero_onboard.lib.reader import Right, Role

Row = TypeVar("Row", bound=Table)

ARTICLE = 360001000101
DAY = timedelta(days=1)
# Whoever is asked for by these names, and with what right or role.
MEMBERS: Mapping[str, Right] = {"see": "see", "connect": "connect", "administer": "administer"}
STAFF: Mapping[str, Role] = {"editor": "editor", "admin": "admin"}
WITH_PASSKEY = ("half", "editor", "admin")


@dataclass(frozen=True)
class Customers:
    """Whose ids stand for the variable parts of addresses: Casey's, and Dana's, who is another's."""

    casey: Mapping[str, UUID]
    dana: Mapping[str, UUID]


class World:
    """A site with everybody in it, that can be put back to how it was."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.people: dict[str, UUID] = {}
        self._browsers: dict[str, Client] = {}
        with app.app_context():
            begin_write()
            self.customers = Customers(casey=self._settle("casey"), dana=self._settle("dana"))
            self._populate()
            db.session.commit()
        self._path = app.extensions["settings"].instance / "site.db"
        self._let_go()
        self._kept = self._path.read_bytes()

    def put_back(self) -> None:
        """Undo whatever requests have done; nobody is signed in any more."""
        self._let_go()
        self._path.write_bytes(self._kept)
        self._browsers.clear()

    def browser(self, who: str) -> Client:
        """The browser of one of the people, signed in as far as they can be, and lately."""
        if who not in self._browsers:
            self._browsers[who] = self._signed_in(who)
        return self._browsers[who]

    def _signed_in(self, who: str) -> Client:
        browser = cast(Client, self.app.test_client())
        if who == "stranger":
            return browser
        with self.app.test_request_context("/", method="POST"):
            self.app.preprocess_request()
            if who == "half":
                entry.begin(self.people[who], "password")
            else:
                entry.enter(self.people[who], "password")
            if who == "disabled":
                # Meanwhile, in another browser.
                db.session.get_one(User, self.people[who]).disabled_at = now()
            response = self.app.process_response(self.app.make_response(""))
        for cookie in response.headers.getlist("Set-Cookie"):
            name, _, rest = cookie.partition("=")
            browser.set_cookie(name, rest.partition(";")[0])
        return browser

    def _let_go(self) -> None:
        """The last connection to close moves everything into the one file."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def _populate(self) -> None:
        """Everybody else: those who act for Casey's customer, and those who act for none."""
        for name, right in MEMBERS.items():
            self._join(self._person(name), self.customers.casey["customer"], right)
        self._join(self._person("disabled"), self.customers.casey["customer"], "administer")
        for name in ("half", *STAFF):
            self._person(name, STAFF.get(name, "reader"))
        for name in WITH_PASSKEY:
            _keep(_passkey(self.people[name]))

    def _person(self, name: str, role: Role = "reader") -> UUID:
        user = _keep(User(name=name.title(), email=f"{name}@example.com", role=role))
        self.people[name] = user.id
        return user.id

    def _join(self, user_id: UUID, customer_id: UUID, right: Right) -> None:
        _keep(Membership(user_id=user_id, customer_id=customer_id, right=right))

    def _settle(self, name: str) -> Mapping[str, UUID]:
        """Somebody with a customer and one of everything, by the names that addresses have for it."""
        user_id = self._person(name)
        customer_id = _keep(Customer(name=f"{name.title()} Limited")).id
        self._join(user_id, customer_id, "administer")
        colleague = self._person(f"{name}s-colleague")
        self._join(colleague, customer_id, "see")
        grant = _keep(_grant(name))
        connection = _keep(_connection(name, customer_id, grant.id))
        attempt = _keep(_attempt(name, user_id, customer_id, grant.id))
        _keep(Candidate(attempt_id=attempt.id, tenant_id="t", remote_id="r", name="Another"))
        session = StoredSession(
            id=name, user_id=user_id, content={"browser": name}, expires_at=now() + DAY
        )
        asked = _keep(_request(name, user_id))
        return {
            "customer": customer_id,
            "customer_id": customer_id,
            "user_id": colleague,
            "grant_id": grant.id,
            "connection_id": connection.id,
            "attempt_id": attempt.id,
            "invitation_id": _keep(_invitation(name, user_id, customer_id)).id,
            "errand_id": _keep(_errand(name, user_id, customer_id)).id,
            "remark_id": _keep(Remark(kind="problem", article_id=ARTICLE, words=name)).id,
            "comment_id": _keep(_comment(name, user_id)).id,
            "following_id": _keep(_following(name)).id,
            "request_id": asked.id,
            "attachment_id": _attached(asked.id).id,
            "passkey_id": _keep(_passkey(user_id)).id,
            "session_name": _keep(session).name,
        }


def address_of(rule: Rule, ids: Mapping[str, UUID]) -> str:
    """An address that this rule answers to; ids that are not given are nobody's."""
    path = ""
    for is_variable, part in rule._trace:
        path += _example(rule, part, ids) if is_variable else part
    return path.lstrip("|")


def _example(rule: Rule, name: str, ids: Mapping[str, UUID]) -> str:
    kind = type(rule._converters[name]).__name__
    if kind == "UUIDConverter":
        return str(ids.get(name) or uuid4())
    if kind == "IntegerConverter":
        return str(ARTICLE)
    return {"locale": "en-gb", "address": str(ARTICLE)}.get(name, "x")


def _keep(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def _passkey(user_id: UUID) -> Passkey:
    return Passkey(
        user_id=user_id, credential_id=user_id.bytes, public_key=b"k", sign_count=0, name="A key"
    )


def _grant(name: str) -> Grant:
    return Grant(
        environment="sandbox",
        provider="xero",
        issuer="https://identity.test",
        subject=name,
        scopes="openid",
        access_expires_at=now() + DAY,
        refresh_expires_at=now() + DAY,
        rotated_at=now(),
        next_refresh_at=now() + DAY,
    )


def _connection(name: str, customer_id: UUID, grant_id: UUID) -> Connection:
    return Connection(
        environment="sandbox",
        provider="xero",
        customer_id=customer_id,
        grant_id=grant_id,
        tenant_id=f"tenant of {name}",
        remote_id=f"link of {name}",
        name=f"{name.title()} Organisation",
    )


def _attempt(name: str, user_id: UUID, customer_id: UUID, grant_id: UUID) -> Attempt:
    return Attempt(
        environment="sandbox",
        provider="xero",
        grant_id=grant_id,
        purpose="connect",
        status="choosing",
        state_digest=name,
        nonce="n",
        verifier_sealed="v",
        browser_digest=name,
        owner_user_id=user_id,
        owner_customer_id=customer_id,
        return_path="/connect",
        anchor="",
        scopes="openid",
    )


def _errand(name: str, user_id: UUID, customer_id: UUID) -> Errand:
    return Errand(
        environment="sandbox",
        customer_id=customer_id,
        asked_by_id=user_id,
        token_digest=f"errand of {name}",
        expires_at=now() + DAY,
    )


def _comment(name: str, user_id: UUID) -> Comment:
    text = {"source": name, "html": f"<p>{name}</p>", "status": "shown"}
    return Comment(article_id=ARTICLE, author_id=user_id, author_name=name, is_staffs=False, **text)


def _following(name: str) -> Following:
    what = {"kind": "article", "target_id": ARTICLE, "locale": "en-gb"}
    return Following(email=f"friend-of-{name}@example.com", **what)


def _request(name: str, user_id: UUID) -> HelpRequest:
    return HelpRequest(
        user_id=user_id,
        email=f"{name}@example.com",
        locale="en-gb",
        subject="s",
        status="open",
        confirmed_at=now(),
    )


def _attached(request_id: UUID) -> Attachment:
    message = _keep(Message(request_id=request_id, is_staffs=False, words="w"))
    file = {"name": "a.txt", "content_type": "text/plain", "size": 1, "body": b"a"}
    return _keep(Attachment(message_id=message.id, **file))


def _invitation(name: str, user_id: UUID, customer_id: UUID) -> Invitation:
    return Invitation(
        customer_id=customer_id,
        email=f"friend-of-{name}@example.com",
        right="see",
        token_digest=name,
        invited_by_id=user_id,
        expires_at=now() + DAY,
    )
