"""The one door out: no redirects, a deadline for the whole exchange, and bounded answers."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from functools import cache
from ipaddress import IPv6Address, IPv6Network, ip_address

import certifi
import httpcore
import httpx

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
DEADLINE_SECONDS = 15.0
LARGEST_BODY = 1024 * 1024

_Left = Callable[[], float]
# Whether a connection may be made to this address of a machine.
Reach = Callable[[str], bool]
# An address of the internet in here is one of the network behind us. https://www.rfc-editor.org/rfc/rfc6052
_TRANSLATED = IPv6Network("64:ff9b::/96")
# What is raised for an address that is none.
UNREADABLE = (httpx.InvalidURL, ValueError)
# No address for the name, in the words of the two families of systems.
_UNKNOWN = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
_UNCONNECTED = httpcore.ConnectError.__name__


class Unanswered(Exception):
    """No usable answer came; `sent` says whether the request may have reached the other side."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class NoSuchHost(Unanswered):
    """The name of the machine is nobody’s: asking again will not help."""


class NotProven(Unanswered):
    """Its certificate does not say, or no longer, that the machine is the one of this name."""


class OutOfReach(Unanswered):
    """The name leads to a machine that must not be asked."""


def anywhere(_address: str) -> bool:
    """For addresses out of our own settings."""
    return True


def on_the_internet(address: str) -> bool:
    """For addresses that others wrote: nothing on this machine or in the network around it is asked for them."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return on_the_internet(str(found.ipv4_mapped))
        if found.sixtofour or found.teredo or found in _TRANSLATED:
            return False
    return found.is_global and not found.is_multicast


def client(
    deadline: float = DEADLINE_SECONDS, largest: int = LARGEST_BODY, reach: Reach = anywhere
) -> httpx.Client:
    """A client for one exchange or a few; use it in a `with` statement. With 0 as the largest no body is read."""
    door = _Door(deadline, largest, reach)
    return httpx.Client(transport=door, timeout=TIMEOUT, follow_redirects=False)


def transport(deadline: float = DEADLINE_SECONDS) -> httpx.BaseTransport:
    """What an httpx or Authlib client is built on; every failure is an Unanswered."""
    return _Door(deadline, LARGEST_BODY, anywhere)


TIMEOUT = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)


class _Door(httpx.BaseTransport):
    """A fresh connection for each exchange, so that a deadline belongs to one request alone."""

    def __init__(self, deadline: float, largest: int, reach: Reach) -> None:
        self._deadline = deadline
        self._largest = largest
        self._reach = reach

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        backend = _DeadlineBackend(time.monotonic() + self._deadline, self._reach)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
                pool.stream(
                    request.method.encode(),
                    str(request.url),
                    headers=_plain_encoding(request.headers),
                    content=request.read(),
                    extensions={"timeout": TIMEOUT.as_dict()},
                ) as answer,
            ):
                return _bounded(answer, self._largest)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise Unanswered(type(error).__name__, sent=backend.has_sent) from error
        except _UnusableAnswer as error:
            raise Unanswered(str(error), sent=True) from error


@cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked; reading the machine's list of authorities once is enough."""
    context = ssl.create_default_context()
    # Slim machines have no list of authorities of their own.
    context.load_verify_locations(certifi.where())
    return context


class _UnusableAnswer(Exception):
    """An answer that is too long, or packed in a way that could grow without bound."""


def _bounded(answer: httpcore.Response, largest: int) -> httpx.Response:
    headers = httpx.Headers(answer.headers)
    if not largest:
        headers.pop("content-encoding", None)
        return httpx.Response(answer.status, headers=headers)
    # We ask for an unpacked answer: unpacking a hostile one can fill the memory.
    if headers.get("content-encoding", "identity") != "identity":
        raise _UnusableAnswer("the answer is packed")
    return httpx.Response(
        answer.status, headers=headers, content=_capped(answer.iter_stream(), largest)
    )


def _capped(chunks: Iterable[bytes], largest: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > largest:
            raise _UnusableAnswer("the answer is too long")
    return bytes(body)


def _plain_encoding(headers: httpx.Headers) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers.raw if name.lower() != b"accept-encoding"]
    return [*kept, (b"Accept-Encoding", b"identity")]


def _addresses(host: str, port: int, seconds: float) -> list[str]:
    """Every address of a name. Looking up has no time-out of its own, so a thread does it."""
    answers: list[list[str]] = []
    unknown: list[Exception] = []

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.append([str(address[0]) for *_, address in found])
        except UnicodeError as error:
            unknown.append(error)
        except OSError as error:
            # Whoever keeps the names may also not have answered.
            if error.errno in _UNKNOWN:
                unknown.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise httpcore.ConnectTimeout(f"looking up {host} took too long")
    if unknown:
        raise NoSuchHost(_UNCONNECTED, sent=False)
    return answers[0] if answers else []


class _DeadlineBackend(httpcore.NetworkBackend):
    """Gives every socket operation only the time that is left of the whole exchange.

    A time-out for each read alone lets a server that sends a byte a second hold us for ever.
    """

    def __init__(self, ends_at: float, reach: Reach) -> None:
        self._ends_at = ends_at
        self._reach = reach
        self._inner = httpcore.SyncBackend()
        self.has_sent = False

    def left(self) -> float:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline for the whole exchange has passed")
        return left

    def note_sent(self) -> None:
        self.has_sent = True

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        ends_at = time.monotonic() + _shorter(timeout, self.left())
        failure: httpcore.ConnectError | httpcore.ConnectTimeout
        failure = httpcore.ConnectError(f"{host} has no address")
        for address in _addresses(host, port, self.left()):
            # The very address that is connected to, so that a name cannot change its mind in between.
            if not self._reach(address):
                raise OutOfReach(f"{host} is not on the internet", sent=False)
            left = ends_at - time.monotonic()
            if left <= 0:
                break
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _DeadlineStream(stream, self.left, self.note_sent)
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise httpcore.UnsupportedProtocol("the door leads to the network only")


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(
        self, stream: httpcore.NetworkStream, left: _Left, note_sent: Callable[[], None]
    ) -> None:
        self._stream = stream
        self._left = left
        self._note_sent = note_sent

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _shorter(timeout, self._left()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._note_sent()
        self._stream.write(buffer, _shorter(timeout, self._left()))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        allowed = _shorter(timeout, self._left())
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, allowed)
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise NotProven(_UNCONNECTED, sent=False) from error
            raise
        return _DeadlineStream(stream, self._left, self._note_sent)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _shorter(timeout: float | None, left: float) -> float:
    return left if timeout is None else min(timeout, left)
