"""The hosts of others: a real TLS server on loopback that answers for any *.example.org.

A test says what each address answers; what was asked is noted. Whatever verifies here reaches
these hosts by the one way out that the program has, certificate and all, and no other host.
"""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from credentials import resolvers

NAMES = ("*.example.org", "*.example.com")


@dataclass
class Hosts:
    """What the addresses of others answer: bytes of HTTP, and pauses in seconds between them."""

    network: resolvers.Network
    answers: dict[str, list[bytes | float]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(
        self, url: str, body: Any, kind: str = "application/json", status: str = "200 OK"
    ) -> str:
        """Let an address answer with JSON, text or bytes."""
        if isinstance(body, str):
            body = body.encode()
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
        self.answers[url] = [head.encode() + data]
        return url

    def drip(self, url: str, seconds: float) -> str:
        """Let an address answer a byte a tenth of a second, for some seconds."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        self.answers[url] = [
            head,
            *[part for _ in range(int(seconds * 10)) for part in (b" ", 0.1)],
        ]
        return url


def _certificate(folder: Path) -> Path:
    """Write a throwaway certificate, signed with its own key, and that key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hosts of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=5000))
        .not_valid_after(now + timedelta(days=5000))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in NAMES]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain = folder / "hosts.pem"
    chain.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return chain


@pytest.fixture(scope="session")
def shared_hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Start the server, once."""
    from credentials import resolvers

    chain = _certificate(tmp_path_factory.mktemp("hosts"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                with context.wrap_socket(self.request, server_side=True) as connection:
                    request = b""
                    while b"\r\n\r\n" not in request:
                        request += connection.recv(4096)
                    lines = request.decode().split("\r\n")
                    host = next(line[6:] for line in lines if line.startswith("Host: "))
                    url = f"https://{host}{lines[0].split()[1]}"
                    shared.asked.append(url)
                    absent = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                    for part in shared.answers.get(url, [absent]):
                        if isinstance(part, bytes):
                            connection.sendall(part)
                        else:
                            time.sleep(part)
            except OSError:
                pass  # whoever asked had enough

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    trusted = ssl.create_default_context(cafile=str(chain))
    with Listener(("127.0.0.1", 0), Handler) as listener:
        shared = Hosts(
            resolvers.Network(
                lookup=lambda host: ["127.0.0.1"],
                permits=lambda address: address == "127.0.0.1",
                port=listener.server_address[1],
                trust=lambda: trusted,
            )
        )
        threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
        yield shared
        listener.shutdown()


@pytest.fixture
def hosts(shared_hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> Hosts:
    """Give a test hosts that answer nothing yet, and make them the only ones there are."""
    from issuers.resolvers import fetching

    shared_hosts.answers.clear()
    shared_hosts.asked.clear()
    monkeypatch.setattr(fetching, "PUBLIC", shared_hosts.network)
    return shared_hosts
