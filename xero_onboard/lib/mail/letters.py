"""What a mail says: rendered, sealed for its row, and made into a message."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Any
from uuid import UUID

import idna
from flask import current_app

from xero_onboard.lib import brand
from xero_onboard.lib.crypto import key_ring
from xero_onboard.lib.languages import Later
from xero_onboard.lib.mail.models import LONGEST_ADDRESS, LONGEST_SUBJECT, Mail
from xero_onboard.lib.names import seen, without_turns
from xero_onboard.lib.sealed import SealedColumn, declare
from xero_onboard.lib.web import settings

# What every mail server takes: no quotes, no comments, nothing beyond ASCII.
_ADDRESS = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w-]+(?:\.[\w-]+)*", re.A
)
LONGEST_NAME = 80
_JOINTS = re.compile(r"(?<=\S)[.:/@\\]+(?=\S)|://+|//+")
_PATH = re.compile(r"/(?!/)[^\s\\]*")


class _InOneLine(UnstructuredHeader, BaseHeader):
    """A header that holds an address: Python would encode one that is longer than its lines."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _InOneLine)
_POLICY = SMTP.clone(header_factory=_HEADERS)


class UnsafeAddress(Exception):
    """This is not one plain e-mail address; the message does not repeat it."""


class UnsafeLink(Exception):
    """A link in a mail would lead away from this site."""


@dataclass(frozen=True)
class Link:
    """Words that lead to a page of this site."""

    words: str
    href: str


@dataclass(frozen=True)
class Letter:
    """One text in two forms; `unsubscribe` is where a mail program says that no more like it are wanted."""

    subject: str
    text: str
    html: str
    unsubscribe: str = ""


def checked_address(address: str) -> str:
    """The address as it goes over the wire; raises UnsafeAddress when it is not just one mailbox."""
    mailbox, _, host = address.rpartition("@")
    try:
        plain = f"{mailbox}@{_wire_host(host)}"
    except UnicodeError as error:
        raise UnsafeAddress("not one plain e-mail address") from error
    if len(plain) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(plain):
        raise UnsafeAddress("not one plain e-mail address")
    return plain


def name(chosen: str) -> str:
    """A name as it may stand in mail to a stranger: short, and nothing that mail programs make a link of.

    Whoever invites somebody chooses their own name, and must not advertise by it under ours.
    """
    return _JOINTS.sub(" ", seen(_without_controls(chosen)))[:LONGEST_NAME].strip()


def write(template: str, values: Mapping[str, object]) -> Letter:
    """Render `mail/<template>.txt`, whose first line is the subject, and `.html`; raises UnsafeLink.

    What `unsubscribe_href` leads to takes a bare POST, which mail programs send for whoever has read enough.
    """
    clean = {name: _clean(name, value) for name, value in values.items()}
    # Not Flask's render_template, which asks who is reading: commands send mail, too.
    plain, html = (
        current_app.jinja_env.get_template(f"mail/{template}.{form}").render(clean)
        for form in ("txt", "html")
    )
    subject, _, text = plain.partition("\n\n")
    unsubscribe = str(clean.get("unsubscribe_href", ""))
    return Letter(subject.strip()[:LONGEST_SUBJECT], f"{text.strip()}\n", html, unsubscribe)


def seal(letter: Letter, mail_id: UUID) -> str:
    """Both forms of the text and the way to stop it, for this row alone."""
    told = [letter.text, letter.html, *filter(None, (letter.unsubscribe,))]
    return key_ring().seal(json.dumps(told), _place(mail_id))


def unseal(mail: Mail) -> Letter | None:
    """What the mail says, or None when it was erased; raises KeyMissing or Tampered."""
    if mail.body_sealed is None:
        return None
    return Letter(mail.subject, *json.loads(key_ring().unseal(mail.body_sealed, _place(mail.id))))


def message_of(mail: Mail, letter: Letter, sender: str) -> EmailMessage:
    """The mail as it goes over the wire, the same at every try."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(settings().product_name, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = letter.subject
    message["Date"] = mail.created_at
    # By this a server that was told twice, because its answer got lost, can know it for one.
    message["Message-ID"] = f"<{mail.id}@{settings().public_host}>"
    # No holiday reply. https://www.rfc-editor.org/rfc/rfc3834#section-5
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        # https://www.rfc-editor.org/rfc/rfc8058#section-3.1
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    _add_logo(message, letter)
    return message


def _add_logo(message: EmailMessage, letter: Letter) -> None:
    """Send the logo along where the letter shows it, so that opening the letter asks nobody for anything."""
    name = f"logo@{settings().public_host}"
    picture = brand.letter_picture() if f"cid:{name}" in letter.html else None
    page = message.get_body(("html",))
    if picture and page:
        page.add_related(picture, "image", "png", cid=f"<{name}>", disposition="inline")


def _wire_host(host: str) -> str:
    """The host in the letters of the domain name system; raises UnicodeError.

    Browsers map names by UTS 46, and Python's own codec by its forerunner, which makes another host of
    some. What is plain already is not judged as strictly: hosts with `--` inside do exist.
    """
    if host.isascii():
        return host.encode("idna").decode()
    return idna.encode(host, uts46=True).decode()


def _clean(name: str, value: object) -> object:
    """The value without line breaks, which would end a subject, and links only to ourselves."""
    if name.endswith("_href") and value is not None:
        return _absolute(str(value))
    if isinstance(value, str | Later):
        return _without_controls(str(value))
    if isinstance(value, Link):
        return Link(_without_controls(value.words), _absolute(value.href))
    if isinstance(value, tuple):
        return tuple(_clean("", each) for each in value)
    return value


def _absolute(href: str) -> str:
    origin = settings().public_origin
    path = href.removeprefix(origin)
    if not _PATH.fullmatch(path):
        raise UnsafeLink("a link in a mail must lead to this site")
    return origin + path


def _without_controls(value: str) -> str:
    """The value in one line, read in the order in which it is written."""
    kinds = ("Cc", "Cs", "Zl", "Zp")
    kept = (" " if unicodedata.category(each) in kinds else each for each in without_turns(value))
    return "".join(kept).strip()


def _place(mail_id: UUID) -> str:
    return f"mail|{mail_id}|body"


declare(SealedColumn(Mail.body_sealed, (), lambda row: _place(row.id)))
