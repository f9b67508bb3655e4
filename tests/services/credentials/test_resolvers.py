"""Nothing that a stranger writes makes us ask a private machine, or wait for a public one."""

import gzip
import ipaddress
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from credentials import resolvers
from credentials.resolvers import addresses, fetching
from issuers.core import keys

HOST = "badges.example.org"
JSON = "application/json"


# -- The guard: connections are noted, and none but those to the test's own server are made --------


@dataclass
class Guard:
    connected: list[str] = field(default_factory=list)
    ports: set[int] = field(default_factory=set)


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> Guard:
    guard = Guard()
    connect = socket.socket.connect

    def noted(self: socket.socket, address: tuple[str, int]) -> None:
        guard.connected.append(str(ipaddress.ip_address(address[0])))
        if address[1] not in guard.ports:
            raise ConnectionRefusedError
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    monkeypatch.setattr(socket.socket, "connect_ex", noted)
    return guard


def answering(*answers: str) -> tuple[Callable[[str], Sequence[str]], list[str]]:
    """Return a lookup that gives `answers` for any name, and the names that it was asked for."""
    asked: list[str] = []

    def lookup(host: str) -> Sequence[str]:
        asked.append(host)
        return answers

    return lookup, asked


# -- Addresses that are refused as they are written ------------------------------------------------

ILL_FORMED = [
    # Other schemes.
    "http://badges.example.org/",
    "ftp://badges.example.org/",
    "file:///etc/passwd",
    "file://badges.example.org/etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/stat",
    "ldap://127.0.0.1/",
    "data:application/json,{}",
    "jar:https://badges.example.org/!/",
    "javascript:alert(1)",
    "unix:///run/postgresql/.s.PGSQL.5432",
    "//badges.example.org/",
    "badges.example.org",
    "",
    "https:",
    "https://",
    "https:///etc/passwd",
    "https:/127.0.0.1/",
    # Other ports.
    "https://badges.example.org:80/",
    "https://badges.example.org:8443/",
    "https://badges.example.org:5432/",
    "https://badges.example.org:0/",
    "https://badges.example.org:99999/",
    "https://badges.example.org:-443/",
    "https://badges.example.org:443:80/",
    "https://badges.example.org:4 43/",
    # User names and passwords, which may look like the host.
    "https://alice@badges.example.org/",
    "https://alice:secret@badges.example.org/",
    "https://badges.example.org@127.0.0.1/",
    "https://badges.example.org:443@127.0.0.1/",
    "https://badges.example.org%40127.0.0.1/",
    "https://127.0.0.1\\@badges.example.org/",
    "https://badges.example.org\\@127.0.0.1/",
    "https://badges.example.org#@127.0.0.1:22/\\",
    # IPv4 addresses, in every way that the C library reads.
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://00000177.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://127.0.0.1./",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "https://192.168.0.1/",
    "https://93.184.216.34/",
    "https://1.1.1.1/",
    "https://127%2e0%2e0%2e1/",
    "https://%31%32%37.0.0.1/",
    "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/",
    # IPv6 addresses.
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]:443/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1%25lo]/",
    "https://[fd00:ec2::254]/",
    "https://[2606:2800:220:1:248:1893:25c8:1946]/",
    "https://[v1.fe80::a+en1]/",
    "https://[::1/",
    "https://::1/",
    # Names of machines at hand.
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://localhost:443/",
    "https://anything.localhost/",
    "https://localhost.localdomain/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://metadata/",
    "https://postgres/",
    "https://kubernetes.default.svc.cluster.local/",
    "https://router.lan/",
    "https://nas.home.arpa/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://example.onion/",
    # Names that are not names, and characters that programs read differently.
    "https://badges.example.org./",
    "https://badges..example.org/",
    "https://.example.org/",
    "https://-badges.example.org/",
    "https://badges_.example.org/",
    "https://" + "a" * 64 + ".example.org/",
    "https://" + "a." * 130 + "example.org/",
    "https://bücher.example.org/",
    "https://badges.example.org\u3002evil.example/",
    "https://badges\u00ad.example.org/",
    "https://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "https://loc\u0430lhost/",
    "https://badges.example.org\t/",
    "https://badges.example.org\r\nHost: internal/",
    "https://badges.example.org/\r\nX-Injected: 1",
    "https://badges.example.org/ HTTP/1.1",
    "https://badges.example.org/\x00",
    " https://badges.example.org/",
    "https://badges.example.org/é",
    "https://badges.example.org/\\..\\",
    "https://badges.example.org/" + "a" * 2048,
]


@pytest.mark.parametrize("url", ILL_FORMED)
def test_an_address_that_is_not_plain_https_to_a_public_name_is_not_even_looked_up(
    url: str, guard: Guard
) -> None:
    lookup, asked = answering("127.0.0.1")

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch(url, accept=JSON, network=resolvers.Network(lookup=lookup))

    assert asked == []
    assert guard.connected == []
    assert refused.value.reason


def test_there_are_at_least_sixty_of_them() -> None:
    assert len(set(ILL_FORMED)) >= 60


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://badges.example.org", "badges.example.org", "/"),
        ("HTTPS://Badges.Example.ORG:443/a/b?c=d&e#f", "badges.example.org", "/a/b?c=d&e"),
        ("https://xn--bcher-kva.example/%C3%A9", "xn--bcher-kva.example", "/%C3%A9"),
        ("https://3.example.org/[x]", "3.example.org", "/[x]"),
    ],
)
def test_an_address_of_the_public_web_is_read(url: str, host: str, path: str) -> None:
    target = addresses.parse(url)

    assert target == addresses.Target(host, path)


# -- Names behind which there is something private -------------------------------------------------

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:93.184.216.34",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3ffe::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "2606:2800:220:1:248:1893:25c8:1946%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
    "127.1",
    "0x7f000001",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    address: str, guard: Guard
) -> None:
    lookup, asked = answering(address)

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=resolvers.Network(lookup=lookup))

    assert asked == [HOST]
    assert guard.connected == []
    assert not address or address not in refused.value.reason


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_a_public_address_is_connected_to(address: str, guard: Guard) -> None:
    lookup, _asked = answering(address)

    with pytest.raises(resolvers.Unavailable):
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=resolvers.Network(lookup=lookup))

    assert guard.connected == [address]


@pytest.mark.parametrize(
    "answers", [("93.184.216.34", "127.0.0.1"), ("::1", "93.184.216.34"), ("1.1.1.1", "10.0.0.1")]
)
def test_one_private_address_among_public_ones_spoils_them_all(
    answers: tuple[str, ...], guard: Guard
) -> None:
    lookup, _asked = answering(*answers)

    with pytest.raises(resolvers.Unavailable):
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=resolvers.Network(lookup=lookup))

    assert guard.connected == []


def test_a_name_that_is_rebound_after_the_lookup_is_not_asked_for_again(guard: Guard) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    network = resolvers.Network(lookup=lambda host: next(answers))

    with pytest.raises(resolvers.Unavailable):
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=network)

    assert guard.connected == ["93.184.216.34"]
    assert next(answers) == ["127.0.0.1"], "the name was looked up once"


def test_every_address_that_is_not_global_for_python_is_refused_too() -> None:
    # Ours is the longer list; where Python knows of a range that we forgot, this says so.
    samples = (
        ipaddress.ip_address(value)
        for value in [
            *(
                (first << 24) + (second << 16) + 0x0101
                for first in range(256)
                for second in range(256)
            ),
            *((first << 112) + 1 for first in range(0, 65536, 7)),
        ]
    )

    leaks = [str(ip) for ip in samples if not ip.is_global and addresses.is_public(str(ip))]

    assert leaks == []


def test_many_names_that_lead_nowhere_are_each_given_up_in_time() -> None:
    release = threading.Event()

    def endless(host: str) -> Sequence[str]:
        release.wait(10)
        return []

    network = resolvers.Network(lookup=endless)
    started = time.monotonic()

    for _attempt in range(3):
        with pytest.raises(resolvers.Unavailable) as refused:
            resolvers.fetch(f"https://{HOST}/", accept=JSON, seconds=0.1, network=network)

    release.set()
    assert time.monotonic() - started < 2
    assert "in time" in refused.value.reason


def test_a_name_that_does_not_exist_is_named_so() -> None:
    def nowhere(host: str) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch(f"https://{HOST}/", accept=JSON, network=resolvers.Network(lookup=nowhere))

    assert refused.value.reason == "there is no such host"


# -- A real server on this machine, reached through a network that the test names ------------------


def certificate(*, names: Sequence[str], key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Sign a throwaway certificate with its own key."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )


Answer = Iterator[bytes | float]


def page(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


@dataclass
class Server:
    """Answers each path with what a test gave for it: bytes, and pauses in seconds."""

    port: int
    network: resolvers.Network
    answers: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)

    def says(self, path: str, *parts: bytes | float) -> str:
        return self.streams(path, lambda: iter(parts))

    def streams(self, path: str, answer: Callable[[], Answer]) -> str:
        self.answers[path] = answer
        return f"https://{HOST}{path}"


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    made = certificate(names=[HOST], key=key)
    chain = folder / "server.pem"
    chain.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                with context.wrap_socket(self.request, server_side=True) as connection:
                    request = b""
                    while b"\r\n\r\n" not in request:
                        request += connection.recv(4096)
                    shared.requests.append(request)
                    for part in shared.answers[request.split()[1].decode()]():
                        if isinstance(part, bytes):
                            connection.sendall(part)
                        else:
                            time.sleep(part)
            except OSError:
                pass  # the client had enough: that is what most tests are about

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    trusted = ssl.create_default_context(cafile=str(chain))
    with Listener(("127.0.0.1", 0), Handler) as listener:
        port = listener.server_address[1]
        network = resolvers.Network(
            lookup=lambda host: ["127.0.0.1"],
            permits=lambda address: address == "127.0.0.1",
            port=port,
            trust=lambda: trusted,
        )
        shared = Server(port, network)
        threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
        yield shared
        listener.shutdown()


@pytest.fixture
def server(shared_server: Server, guard: Guard) -> Server:
    guard.ports.add(shared_server.port)
    shared_server.requests.clear()
    return shared_server


def refusal(url: str, network: resolvers.Network, **options: float) -> str:
    """Fetch, expect that it fails, and return the reason."""
    seconds = options.get("seconds", 2.0)
    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch(
            url,
            accept=JSON,
            network=network,
            seconds=seconds,
            limit=int(options.get("limit", 1000)),
            redirects=int(options.get("redirects", 0)),
        )
    return refused.value.reason


def test_a_document_is_read_with_its_media_type(server: Server) -> None:
    url = server.says(
        "/ok", page(b'{"id":"x"}', "Content-Type: Application/VC+LD+JSON; charset=utf-8")
    )

    fetched = resolvers.fetch(url, accept="application/vc", network=server.network)

    assert fetched == resolvers.Fetched(url, "application/vc+ld+json", b'{"id":"x"}')


def test_the_request_says_who_asks_and_nothing_more(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.says("/who?a=b", page(b"{}"))
    for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")

    resolvers.fetch(url, accept="application/vc", network=server.network)

    (request,) = server.requests
    assert request.split(b"\r\n") == [
        b"GET /who?a=b HTTP/1.1",
        b"Host: badges.example.org",
        b"User-Agent: Acquis/1 (credential verifier)",
        b"Accept: application/vc",
        b"Accept-Encoding: identity",
        b"Connection: close",
        b"",
        b"",
    ]


def test_chunks_and_interim_answers_are_understood(server: Server) -> None:
    url = server.says(
        "/chunks",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b'3\r\n{"a\r\n3\r\n":1\r\n1\r\n}\r\n0\r\n\r\n',
    )

    fetched = resolvers.fetch(url, accept=JSON, network=server.network)

    assert fetched.body == b'{"a":1}'


def test_an_answer_may_fill_the_limit_and_not_one_byte_more(server: Server) -> None:
    fits = server.says("/fits", page(b"x" * 1000))
    announced = server.says("/announced", page(b"x" * 1001))
    silent = server.says("/silent", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001)
    chunked = server.says(
        "/chunked", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + b"x" * 1001
    )

    assert len(resolvers.fetch(fits, accept=JSON, limit=1000, network=server.network).body) == 1000
    assert {refusal(url, server.network) for url in (announced, silent, chunked)} == {
        "it is too large"
    }


def test_an_endless_answer_is_left_at_the_limit(server: Server) -> None:
    sent = 0

    def endless() -> Answer:
        nonlocal sent
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            sent += 65_536
            yield b"x" * 65_536

    url = server.streams("/endless", endless)

    reason = refusal(url, server.network, limit=100_000)

    assert reason == "it is too large"
    assert sent < 30_000_000  # what the buffers of the system took


def test_endless_headers_are_left(server: Server) -> None:
    def endless() -> Answer:
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            yield b"X-Filler: " + b"x" * 1000 + b"\r\n"

    url = server.streams("/headers", endless)

    assert refusal(url, server.network) == "the connection failed"


def test_a_header_without_end_is_left(server: Server) -> None:
    def endless() -> Answer:
        yield b"HTTP/1.1 200 OK\r\nX-Filler: "
        while True:
            yield b"x" * 65_536

    url = server.streams("/header", endless)

    assert refusal(url, server.network) == "the connection failed"


@pytest.mark.parametrize(
    "beginning",
    [
        pytest.param(b"", id="before the status"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Filler: ", id="in the headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", id="in the body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", id="in an announced body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n", id="in a chunk"
        ),
    ],
)
def test_a_server_that_drips_is_left_at_the_deadline(server: Server, beginning: bytes) -> None:
    def dripping() -> Answer:
        yield beginning
        while True:
            yield b"x"
            yield 0.05

    url = server.streams("/drip", dripping)
    started = time.monotonic()

    reason = refusal(url, server.network, seconds=0.4)

    assert reason == "it did not answer in time"
    assert time.monotonic() - started < 1.5


def test_interim_answers_without_end_are_left_at_the_deadline(server: Server) -> None:
    def endless() -> Answer:
        while True:
            yield b"HTTP/1.1 100 Continue\r\n\r\n"
            yield 0.01

    url = server.streams("/interim", endless)

    assert refusal(url, server.network, seconds=0.4) == "it did not answer in time"


def test_a_server_that_never_greets_is_left_at_the_deadline(server: Server, guard: Guard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        guard.ports.add(port)
        started = time.monotonic()

        reason = refusal(f"https://{HOST}/", replace(server.network, port=port), seconds=0.3)

    assert reason == "it did not answer in time"
    assert time.monotonic() - started < 1.5


def test_nothing_is_inflated(server: Server) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    url = server.says("/bomb", page(bomb, "Content-Encoding: gzip"))
    disguised = server.says("/disguised", page(bomb))

    reason = refusal(url, server.network, limit=100_000)
    fetched = resolvers.fetch(disguised, accept=JSON, limit=100_000, network=server.network)

    assert reason == "it answered with compressed bytes"
    assert fetched.body == bomb


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\r\n\r\n", id="empty lines"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 999999 OK\r\n\r\n", id="a strange status"),
        pytest.param(b"HTTP/9.9 200 OK\r\n\r\n", id="a strange version"),
        pytest.param(page(b"{}", length=1000), id="less than announced"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}", id="a broken chunk"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}", id="a negative chunk"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}", id="a cut chunk"
        ),
    ],
)
def test_a_broken_answer_is_a_failed_connection(server: Server, answer: bytes) -> None:
    url = server.says("/broken", answer)

    assert refusal(url, server.network) == "the connection failed"


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "500 Oops", "204 No Content"])
def test_another_status_is_named(server: Server, status: str) -> None:
    url = server.says("/status", page(b"", status=status))

    assert refusal(url, server.network) == f"it answered with status {status[:3]}"


# -- Certificates ----------------------------------------------------------------------------------


def test_a_certificate_for_another_name_is_refused(server: Server) -> None:
    server.says("/", page(b"{}"))

    reason = refusal("https://other.example.org/", server.network)

    assert reason == "its certificate is not valid for this address"
    assert server.requests == []


def test_a_certificate_of_nobody_is_refused(server: Server) -> None:
    url = server.says("/", page(b"{}"))

    reason = refusal(url, replace(server.network, trust=resolvers.PUBLIC.trust))

    assert reason == "its certificate is not valid for this address"
    assert server.requests == []


def test_the_public_network_checks_names_and_needs_tls_1_2() -> None:
    trust = resolvers.PUBLIC.trust()

    assert trust.check_hostname
    assert trust.verify_mode is ssl.CERT_REQUIRED
    assert trust.minimum_version >= ssl.TLSVersion.TLSv1_2


# -- Redirects -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Again", "308 Moved"])
def test_a_redirect_is_refused_unless_allowed(server: Server, status: str) -> None:
    server.says("/there", page(b"{}"))
    url = server.says("/moved", page(b"", "Location: /there", status=status))

    reason = refusal(url, server.network)
    fetched = resolvers.fetch(url, accept=JSON, redirects=1, network=server.network)

    assert reason == "it sends us elsewhere"
    assert fetched.url == f"https://{HOST}/there"
    assert fetched.body == b"{}"


@pytest.mark.parametrize(
    "location",
    [
        "http://badges.example.org/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/latest/meta-data/",
        "//127.0.0.1/",
        "//localhost:6379/",
        "https://badges.example.org:6379/",
        "https://alice@badges.example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "https://[::1",
        "/a b",
        "/\\evil",
        "/" + "a" * 3000,
    ],
)
def test_a_redirect_to_a_place_that_is_not_asked_is_refused(
    server: Server, guard: Guard, location: str
) -> None:
    url = server.says("/away", page(b"", f"Location: {location}", status="302 Found"))

    refusal(url, server.network, redirects=2)

    assert guard.connected == ["127.0.0.1"], "the test's own server, once"


def test_a_redirect_to_a_name_with_a_private_address_is_refused(
    server: Server, guard: Guard
) -> None:
    url = server.says(
        "/inside", page(b"", "Location: https://inside.example.org/", status="302 Found")
    )
    network = replace(
        server.network,
        lookup=lambda host: ["127.0.0.1"] if host == HOST else ["10.0.0.1"],
    )

    refusal(url, network, redirects=2)

    assert guard.connected == ["127.0.0.1"]


def test_redirects_in_a_circle_end(server: Server) -> None:
    url = server.says("/circle", page(b"", "Location: /circle", status="302 Found"))
    nowhere = server.says("/nowhere", page(b"", status="302 Found"))

    reason = refusal(url, server.network, redirects=2)

    assert reason == "it sends us elsewhere again"
    assert len(server.requests) == 3
    assert refusal(nowhere, server.network, redirects=2) == "it sends us elsewhere again"


# -- DID documents ---------------------------------------------------------------------------------

MULTIKEY = keys.encode_multikey(keys.public_key(b"\1" * 32))


def test_a_did_key_is_built_without_asking_anybody(guard: Guard) -> None:
    did = f"did:key:{MULTIKEY}"

    document = resolvers.resolve_did(did)

    assert document["id"] == did
    assert document["assertionMethod"] == [f"{did}#{MULTIKEY}"]
    assert document["verificationMethod"][0]["publicKeyMultibase"] == MULTIKEY
    assert guard.connected == []


def test_a_did_web_is_read_where_the_method_says(server: Server) -> None:
    server.says(
        "/issuers/ecole/did.json", page(b'{"id":"did:web:badges.example.org:issuers:ecole"}')
    )
    did = f"did:web:{HOST}:issuers:ecole"

    document = resolvers.resolve_did(did, network=server.network)

    assert document == {"id": did}
    assert b"Accept: application/did+ld+json, application/did+json" in server.requests[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            b'{"id":"did:web:other.example.org"}',
            "the document found there belongs to another identifier",
        ),
        (b"{}", "the document found there belongs to another identifier"),
        (b"<html></html>", "what was found there is no JSON document"),
        (
            b'{"id":"a","id":"did:web:badges.example.org"}',
            "what was found there is no JSON document",
        ),
        (b'{"id":NaN}', "what was found there is no JSON document"),
        (b"[" * 100_000, "what was found there is no JSON document"),
        (b"\xff\xfe", "what was found there is no JSON document"),
        (b'{"id":"' + b"a" * 256_000 + b'"}', "it is too large"),
    ],
)
def test_a_did_document_that_is_not_one_is_refused(
    server: Server, body: bytes, reason: str
) -> None:
    server.says("/.well-known/did.json", page(body))

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.resolve_did(f"did:web:{HOST}", network=server.network)

    assert refused.value.reason == reason
    assert refused.value.what == "DID document"


def test_an_open_redirect_does_not_speak_for_an_issuer(server: Server) -> None:
    server.says("/go/did.json", page(b"", "Location: /theirs.json", status="302 Found"))
    server.says("/theirs.json", page(b'{"id":"did:web:badges.example.org:go"}'))

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.resolve_did(f"did:web:{HOST}:go", network=server.network)

    assert refused.value.reason == "it sends us elsewhere"


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:",
        "did:web:",
        "did:key:",
        "did:key:z6Mk",
        "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
        f"did:key:{MULTIKEY}#{MULTIKEY}",
        f"did:key:{MULTIKEY[:-1]}",
        "did:ion:EiClkZMDxPKqC9c",
        "did:web:127.0.0.1",
        "did:web:127.0.0.1%3A5432",
        "did:web:2130706433",
        "did:web:localhost",
        "did:web:localhost%3A8000:issuers:ecole",
        "did:web:[::1]",
        "did:web:badges.example.org%3A8443",
        "did:web:badges.example.org:..:..:secret",
        "did:web:badges.example.org:%2e%2e",
        "did:web:badges.example.org%2F@127.0.0.1",
        "did:web:alice@badges.example.org",
        "did:web:badges.example.org#key",
        "did:web:badges.example.org?x=y",
        "did:web:bücher.example.org",
        "did:web:" + "a" * 100_000,
        "https://badges.example.org/issuer",
        "DID:WEB:badges.example.org",
        "did:web:badges.example.org\r\nX: y",
    ],
)
def test_an_identifier_that_leads_nowhere_is_refused_without_asking(did: str, guard: Guard) -> None:
    lookup, asked = answering("93.184.216.34")

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.resolve_did(did, network=resolvers.Network(lookup=lookup))

    assert asked == []
    assert guard.connected == []
    assert len(refused.value.reason) < 100


# -- Status lists and documents --------------------------------------------------------------------


def test_a_status_list_is_read_strictly(server: Server) -> None:
    url = server.says("/status/1", page(b'{"type":["BitstringStatusListCredential"]}'))
    twice = server.says("/status/2", page(b'{"type":"a","type":"b"}'))

    found = resolvers.fetch_status_list(url, network=server.network)
    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch_status_list(twice, network=server.network)

    assert found == {"type": ["BitstringStatusListCredential"]}
    assert (refused.value.what, refused.value.reason) == (
        "status list",
        "what was found there is no JSON document",
    )


def test_a_document_is_read_as_it_is_even_behind_a_redirect(server: Server) -> None:
    server.says("/badge.png", page(b"\x89PNG\r\n\x1a\n...", "Content-Type: image/png"))
    url = server.says("/badge", page(b"", "Location: /badge.png", status="302 Found"))

    assert resolvers.fetch_document(url, network=server.network) == b"\x89PNG\r\n\x1a\n..."


# -- Nobody else asks ------------------------------------------------------------------------------


def test_no_other_module_of_the_house_speaks_http() -> None:
    root = Path(fetching.__file__).resolve().parents[2]
    clients = ("http.client", "urllib.request", "import requests", "httpx", "urlopen(", "aiohttp")
    allowed = {"credentials/resolvers/fetching.py", "blockchain/chains/evm.py"}

    speakers = {
        str(path.relative_to(root))
        for app in ("issuers", "learners", "badges", "blockchain", "credentials")
        for path in (root / app).rglob("*.py")
        if any(client in path.read_text() for client in clients)
    }

    assert speakers - allowed == set()
