"""A real mail server for the tests, with a certificate of its own making, that can be told how to behave."""

import ipaddress
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers import free_ports
from xero_onboard.lib.clock import now

HOST = "127.0.0.1"
USER, PASSWORD = "help@example.com", "p@ss of mail"
LOGIN = "help%40example.com:p%40ss%20of%20mail"


@dataclass
class PostOffice:
    """For whom it was asked, what arrived, and what it answers: for an address, and to every DATA."""

    port: int
    options: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    arrived: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 taken"
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def open(self) -> None:
        """Begin to answer, on the same port as before."""
        self._controller = Controller(self, hostname=HOST, port=self.port, **self.options)
        self._controller.start()

    def close(self) -> None:
        """Answer no more."""
        if self._controller:
            self._controller.stop()
        self._controller = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.asked.append(address)
        answer = self.answers.get(address, "250 known")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, _server: Any, _session: Session, envelope: Envelope
    ) -> str:
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        self.senders.append(envelope.mail_from or "")
        return self.data_answer

    def authenticate(
        self, _server: Any, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD))


@contextmanager
def post_office(**options: Any) -> Iterator[PostOffice]:
    """A mail server that answers until the end of the block; with `options`, aiosmtpd's, it knows a log-in."""
    office = PostOffice(port=free_ports(1)[0])
    if options:
        options |= {"authenticator": office.authenticate, "auth_required": "tls_context" in options}
    office.options = options
    office.open()
    try:
        yield office
    finally:
        office.close()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server that takes everything; an app sends to it when its `MAIL_URL` is the office's `url`."""
    with post_office() as opened:
        yield opened


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for this machine that nobody has signed but itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "post office")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(hours=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, secret = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, secret)
    return public, context


def wait_until(office: PostOffice, count: int, seconds: float = 20) -> None:
    """Wait for so many mails; raises AssertionError when they do not come."""
    ends_at = time.monotonic() + seconds
    while len(office.arrived) < count:
        assert time.monotonic() < ends_at, f"{len(office.arrived)} mails came instead of {count}"
        time.sleep(0.05)
