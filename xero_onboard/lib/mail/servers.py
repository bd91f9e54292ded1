"""The mail server of the settings, and one conversation with it that ends in time."""

import io
import re
import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import certifi

from xero_onboard.config import Settings, UnsafeSettingError
from xero_onboard.lib.mail.letters import UnsafeAddress, checked_address

Tls = Literal["none", "starttls", "from_the_start"]

DEADLINE_SECONDS = 15.0
CONNECT_SECONDS = 5.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"[a-z0-9.-]{1,253}|[0-9a-f:.]{2,45}")


class Refused(Exception):
    """The server will never take this mail; `code` is what it answered."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class NotNow(Exception):
    """The mail was not taken; `is_about_it` when the server works and only this mail has to wait."""

    def __init__(self, reason: str, *, is_about_it: bool = False) -> None:
        super().__init__(reason)
        self.is_about_it = is_about_it


@dataclass(frozen=True, repr=False)
class Server:
    """Where mail is handed over, and as whom; `tls` is `none` on this machine alone."""

    host: str
    port: int
    tls: Tls
    user: str
    password: str
    sender: str
    # What we call ourselves in the greeting.
    name: str

    def deliver(
        self, message: EmailMessage, recipient: str, seconds: float = DEADLINE_SECONDS
    ) -> None:
        """Hand the message over; raises Refused or NotNow, whatever the server does."""
        try:
            conversation = _Conversation(self, seconds)
            try:
                conversation.hand_over(message, recipient)
            finally:
                conversation.close()
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _about_it(code) from error
        except smtplib.SMTPDataError as error:
            raise _about_it(error.smtp_code) from error
        except smtplib.SMTPResponseException as error:
            raise NotNow(f"the server said {error.smtp_code}") from error
        except OSError as error:
            # The names of these errors hold nothing of the mail; their texts may.
            raise NotNow(type(error).__name__) from error


def server_of(settings: Settings) -> Server | None:
    """The server that MAIL_URL names, or None without one; raises UnsafeSettingError, never with the value."""
    if not settings.mail_url:
        return None
    try:
        return _read(urlsplit(settings.mail_url), settings)
    except (UnsafeAddress, ValueError) as error:
        raise UnsafeSettingError(
            "MAIL_URL: is not like smtp://user:password@mail.example.com:587 or smtps://…:465 (write "
            "special characters as %-codes), or neither its `from` nor SUPPORT_EMAIL is an address"
        ) from error


def _read(parts: SplitResult, settings: Settings) -> Server:
    host = parts.hostname or ""
    is_encrypted = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    senders = options.pop("from", [settings.support_email])
    is_understood = parts.scheme in ("smtp", "smtps") and _HOST.fullmatch(host)
    is_all = not options and len(senders) == 1 and parts.path in ("", "/") and not parts.fragment
    # SMTP's log-in is ASCII in Python's hands, and half of one is a mistake.
    is_login = bool(user) == bool(password) and f"{user}{password}x".isascii()
    if not (is_understood and is_all and is_login) or not f"{user}{password}".isprintable():
        raise ValueError("not a mail server")
    in_clear: Tls = "none" if host in _LOOPBACK else "starttls"
    return Server(
        host=host,
        port=parts.port or (465 if is_encrypted else 587),
        tls="from_the_start" if is_encrypted else in_clear,
        user=user,
        password=password,
        sender=checked_address(senders[0]),
        name=settings.public_host,
    )


class _Conversation(smtplib.SMTP):
    """SMTP with one deadline for everything.

    A time-out for each read alone lets a server that sends a byte a second hold us for ever.
    """

    def __init__(self, server: Server, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self._server = server
        # A name of our own: smtplib would look one up, and wait for that.
        super().__init__(server.host, server.port, local_hostname=server.name, timeout=seconds)

    def hand_over(self, message: EmailMessage, recipient: str) -> None:
        """Say everything there is to say; raises what smtplib raises."""
        server = self._server
        if server.tls == "starttls":
            self.ehlo()
            if not self.has_extn("starttls"):
                raise ssl.SSLError("the server offers no STARTTLS")
            self.starttls(context=_tls())
        if server.user:
            self.login(server.user, server.password)
        self.send_message(message, server.sender, [recipient])
        # Taken is taken, however the server says goodbye.
        with suppress(OSError):
            self.quit()

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Ear(self.sock, self._ends_at))
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(_left(self._ends_at))
        super().send(s)

    def _get_socket(self, host: str, port: int, _timeout: float) -> socket.socket:
        """What smtplib calls to connect, as its own SMTP_SSL overrides it."""
        connection = _connect(host, port, self._ends_at)
        if self._server.tls != "from_the_start":
            return connection
        connection.settimeout(_left(self._ends_at))
        return _tls().wrap_socket(connection, server_hostname=host)


class _Ear(io.RawIOBase):
    """Reads from a socket for as long as is left of the whole conversation."""

    def __init__(self, connection: socket.socket, ends_at: float) -> None:
        self._connection = connection
        self._ends_at = ends_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(_left(self._ends_at))
        return self._connection.recv_into(buffer)


def _about_it(code: int) -> Refused | NotNow:
    """What an answer about this one mail means: 5 at its head is for ever, 4 for now."""
    return Refused(code) if code >= 500 else NotNow(f"it was answered {code}", is_about_it=True)


def _tls() -> ssl.SSLContext:
    """Certificates are checked, against the machine's authorities, SSL_CERT_FILE, and certifi's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _connect(host: str, port: int, ends_at: float) -> socket.socket:
    failure = OSError("the name has no address")
    for family, kind, protocol, _, address in _addresses(host, port, ends_at):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(min(CONNECT_SECONDS, _left(ends_at)))
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _addresses(host: str, port: int, ends_at: float) -> list[tuple[Any, ...]]:
    """Every address of a name. Looking up has no time-out of its own, so a thread does it."""
    answers: list[list[tuple[Any, ...]]] = []

    def look_up() -> None:
        with suppress(OSError, UnicodeError):
            answers.append(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(_left(ends_at))
    return answers[0] if answers else []


def _left(ends_at: float) -> float:
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline for the whole conversation has passed")
    return left
