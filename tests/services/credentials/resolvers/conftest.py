"""A guard on every connection, and a real TLS server with a throwaway certificate."""

import ipaddress
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from credentials import resolvers
from tests.services.credentials.resolvers.world import HOST, Guard, Server


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> Guard:
    """Note every connection, and make none but those to the test's own servers."""
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


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("tls")
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
