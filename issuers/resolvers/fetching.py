"""One bounded question: the only way in which this program reads an address of a stranger's.

1. The URL is https on port 443 to a registered name (addresses.parse).
2. The name is looked up once; if one of its addresses is not public, none is asked
   (addresses.is_public).
3. The connection goes to an address of that one answer: a second answer, rebound to a private
   address, is never asked for.
4. The certificate is checked against the name.
5. Nothing goes through a proxy, no cookie is sent, and no credential but one that the caller has
   for that very address; nothing is inflated.
6. A redirect is refused unless the caller allows for it; then 1 to 4 apply to it again.
7. One deadline covers it all, however slowly the bytes drip, and one cap the bytes that are read.

Not done here: knowing that an address is somebody's own although it looks public. A network that
keeps internal services on public addresses must also refuse them where its packets leave.
"""

import http.client
import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from issuers.resolvers import addresses

LIMIT = 1_000_000
SECONDS = 5.0
USER_AGENT = "Acquis/1 (credential verifier)"
_CHUNK = 65_536
# A name with more addresses than this is not tried further; the deadline covers them all anyway.
_MAX_ADDRESSES = 4
# A lookup cannot be interrupted, only left behind, and one thread waits for each until the system
# gives up.
_MAX_LOOKUPS = 16
_lookups = threading.BoundedSemaphore(_MAX_LOOKUPS)
_FOUND = frozenset({200})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Unavailable(Exception):  # noqa: N818 - it says what is wrong
    """Something out there could not be had: `what` it is, `reason` in a few words for a reader."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was read: `url` after redirects, media type without parameters, bytes, status."""

    url: str
    media_type: str
    body: bytes
    status: int = http.client.OK


def _system_lookup(host: str) -> Sequence[str]:
    found = socket.getaddrinfo(host, addresses.HTTPS, type=socket.SOCK_STREAM)
    return [str(address[0]) for _family, _type, _protocol, _name, address in found]


@cache
def _system_trust() -> ssl.SSLContext:
    # One for all: reading the certificates of the system takes longer than a handshake. TLS 1.2 at
    # least, by default.
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Network:
    """The network as the resolver may use it. A test names its own; nothing else ever does.

    Attributes:
        lookup: From a host name to its addresses; raises OSError where there are none.
        permits: Whether an address may be asked.
        port: Where https is served.
        trust: Whose certificates are believed.
    """

    lookup: Callable[[str], Sequence[str]] = _system_lookup
    permits: Callable[[str], bool] = addresses.is_public
    port: int = addresses.HTTPS
    trust: Callable[[], ssl.SSLContext] = _system_trust


PUBLIC = Network()


def fetch(
    url: str,
    *,
    accept: str,
    limit: int = LIMIT,
    what: str = "document",
    redirects: int = 0,
    seconds: float = SECONDS,
    network: Network = PUBLIC,
    statuses: frozenset[int] = _FOUND,
    form: bytes | None = None,
    authorization: str = "",
) -> Fetched:
    """Read `url` under the seven rules of the module's docstring.

    Args:
        url: Where to read; text from anybody.
        accept: Media types that are asked for, as in the header.
        limit: Most bytes of the answer.
        what: What it is, for the one who reads why it could not be had.
        redirects: How many redirects may be followed.
        seconds: From the first lookup to the last byte, redirects included.
        network: The public internet, except in tests.
        statuses: Which answers are read; any other is none.
        form: What is posted, urlencoded; None where it is only asked.
        authorization: What the address knows us by; it goes nowhere else, so with it or with a
            form no redirect is followed.

    Raises:
        Unavailable: it could not be had; the reason holds no address and no name of this machine.

    Source: trust model T24; OWASP ASVS 5.0 1.3.6, 15.3.2.
    """
    deadline = _Deadline(seconds)
    wanted = _Wanted(accept, limit, statuses, form, authorization)
    if form is not None or authorization:
        redirects = 0
    try:
        for _hop in range(redirects + 1):
            answer = _ask(addresses.parse(url), wanted, network, deadline)
            if isinstance(answer, _Elsewhere):
                url = urljoin(url, answer.location)
                continue
            return Fetched(url, answer.media_type, answer.body, answer.status)
        reason = _("it sends us elsewhere") if not redirects else _("it sends us elsewhere again")
        raise Unavailable(what, reason)
    except addresses.RefusedAddress as error:
        raise Unavailable(what, str(error)) from error
    except _NoAnswerError as error:
        raise Unavailable(what, str(error)) from error
    except TimeoutError as error:
        raise Unavailable(what, _("it did not answer in time")) from error
    except ssl.SSLCertVerificationError as error:
        raise Unavailable(what, _("its certificate is not valid for this address")) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        # ValueError: http.client and urljoin raise it for some malformed headers.
        raise Unavailable(what, _("the connection failed")) from error


# -- One hop ---------------------------------------------------------------------------------------


class _NoAnswerError(Exception):
    """The address gave no answer that can be used; the message is for the reader."""


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    location: str


@dataclass(frozen=True, slots=True)
class _Answer:
    media_type: str
    body: bytes
    status: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for, and which answers are read."""

    accept: str
    limit: int
    statuses: frozenset[int]
    form: bytes | None = None
    authorization: str = ""

    def request(self, target: addresses.Target) -> bytes:
        """Write the request.

        Raises:
            _NoAnswerError: what the caller is known by would begin another header.
        """
        if not self.authorization.isprintable():
            raise _NoAnswerError(_("the connection failed"))
        lines = [
            f"{'GET' if self.form is None else 'POST'} {target.path} HTTP/1.1",
            f"Host: {target.host}",
            f"User-Agent: {USER_AGENT}",
            f"Accept: {self.accept}",
            "Accept-Encoding: identity",
            "Connection: close",
        ]
        if self.authorization:
            lines.append(f"Authorization: {self.authorization}")
        if self.form is not None:
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(self.form)}")
        return "\r\n".join([*lines, "", ""]).encode("ascii") + (self.form or b"")


class _Deadline:
    """An instant after which nothing is waited for."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Stream(io.RawIOBase):
    """The bytes of a socket, each read given only what is left of the deadline.

    The timeout of a socket is for one read: a server that drips a byte now and then would never
    meet it.
    """

    def __init__(self, connection: socket.socket, deadline: _Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._connection.settimeout(self._deadline.remaining())
        return self._connection.recv_into(buffer)  # type: ignore[arg-type] # a writable buffer, says io


class _Connection:
    """All that http.client asks of a socket."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._stream, _CHUNK)


def _ask(
    target: addresses.Target, wanted: _Wanted, network: Network, deadline: _Deadline
) -> _Answer | _Elsewhere:
    with _connect(target.host, network, deadline) as plain:
        plain.settimeout(deadline.remaining())
        # The handshake happens here, under that timeout as a whole.
        with network.trust().wrap_socket(plain, server_hostname=target.host) as connection:
            connection.settimeout(deadline.remaining())
            connection.sendall(wanted.request(target))
            answer = _Connection(_Stream(connection, deadline))
            response = http.client.HTTPResponse(answer, method="GET")  # type: ignore[arg-type]
            response.begin()
            return _read(response, wanted)


def _read(response: http.client.HTTPResponse, wanted: _Wanted) -> _Answer | _Elsewhere:
    if response.status in _REDIRECTS:
        return _Elsewhere(response.headers.get("Location", ""))
    if response.status not in wanted.statuses:
        raise _NoAnswerError(_("it answered with status %(status)d") % {"status": response.status})
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise _NoAnswerError(_("it answered with compressed bytes"))
    body = bytearray()
    while chunk := response.read(min(_CHUNK, wanted.limit + 1 - len(body))):
        body += chunk
        if len(body) > wanted.limit:
            raise _NoAnswerError(_("it is too large"))
    if response.length:  # announced and never sent
        raise _NoAnswerError(_("the connection failed"))
    return _Answer(response.headers.get_content_type(), bytes(body), response.status)


def _connect(host: str, network: Network, deadline: _Deadline) -> socket.socket:
    """Look up `host`, judge all of its addresses, connect to the first that answers."""
    found = list(dict.fromkeys(_look_up(host, network, deadline)))
    if not found:
        raise _NoAnswerError(_("there is no such host"))
    # One private address among public ones is a trap, or a mistake that we would help to exploit.
    if not all(network.permits(address) for address in found):
        raise _NoAnswerError(_("the address does not name a public host"))
    failure: OSError | None = None
    for address in found[:_MAX_ADDRESSES]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(deadline.remaining())
            connection.connect((address, network.port))
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure or OSError


def _look_up(host: str, network: Network, deadline: _Deadline) -> Sequence[str]:
    """Look up `host`, not waiting beyond the deadline: the system may take half a minute."""
    if not _lookups.acquire(timeout=deadline.remaining()):
        raise TimeoutError
    answers: queue.SimpleQueue[Sequence[str] | None] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(network.lookup(host))
        except (OSError, UnicodeError):
            answers.put(None)
        finally:
            _lookups.release()

    try:
        threading.Thread(target=look_up, name="lookup", daemon=True).start()
    except RuntimeError as error:
        _lookups.release()
        raise _NoAnswerError(_("the connection failed")) from error
    try:
        found = answers.get(timeout=deadline.remaining())
    except queue.Empty:
        raise TimeoutError from None
    if found is None:
        raise _NoAnswerError(_("there is no such host"))
    return found
