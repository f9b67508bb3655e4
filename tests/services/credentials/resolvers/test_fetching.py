"""A real server is read within its limits, however it behaves."""

import gzip
import socket
import ssl
import time
from dataclasses import replace

import pytest

from credentials import resolvers
from tests.services.credentials.resolvers.world import (
    HOST,
    JSON,
    Answer,
    Guard,
    Server,
    page,
    refusal,
)

# -- Limits ---------------------------------------------------------------------------------------


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
