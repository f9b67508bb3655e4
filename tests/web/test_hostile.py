"""What people who mean harm give to be verified: addresses, and files. Refused, in words, in time.

Three things are watched for each: an answer that is no error of ours and says what is wrong;
seconds and megabytes; and that nothing connects to an address that is not public. The rules
themselves have tests of their own (tests/services/credentials/resolvers, tests/core/badges); here
all of it comes through the door that everybody can knock at.
"""

from __future__ import annotations

import base64
import gzip
import io
import ipaddress
import json
import resource
import socket
import struct
import tarfile
import time
import zipfile
import zlib
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from issuers.resolvers import addresses, fetching
from tests import pdfs
from tests.web.conftest import read

pytestmark = pytest.mark.django_db
SECONDS = 8.0
MEGABYTES = 250
PRIVATE = "https://rebinds.example.org"

URLS = (
    "http://127.0.0.1/",
    "https://127.0.0.1/badge",
    "https://127.1/",
    "https://127.000.000.001/",
    "https://0/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/admin",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1%25eth0]/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://sub.localhost/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://intranet/",
    "https://badges.example.org:8080/",
    "https://badges.example.org:22/",
    "https://user:secret@badges.example.org/",
    "https://badges.example.org@127.0.0.1/",
    "https://127.0.0.1#@badges.example.org/",
    "https://badges.example.org\\@127.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://badges.example.org%00.evil/",
    "https://badges.example.org\r\nHost:%20evil/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/stat",
    "ftp://127.0.0.1/",
    "javascript:alert(1)",
    "data:application/json,{}",
    "jar:https://127.0.0.1!/",
    "//127.0.0.1/",
    "https://",
    "https://[",
    "x" * 1_999,
    # Names that lead to what is private, by their first answer or by one of several.
    f"{PRIVATE}/127.0.0.1",
    f"{PRIVATE}/10.1.2.3",
    f"{PRIVATE}/::ffff:127.0.0.1",
    f"{PRIVATE}/fd00::1",
    f"{PRIVATE}/64:ff9b::a00:1",
    f"{PRIVATE}/1.1.1.1,127.0.0.1",
)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, width: int = 1, height: int = 1) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 4))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def itxt(text: bytes, *, is_packed: bool = False, key: bytes = b"openbadgecredential") -> bytes:
    return chunk(b"iTXt", key + b"\0" + bytes([is_packed, 0]) + b"\0\0" + text)


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return stream.getvalue()


def tarred() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as made:
        made.addfile(tarfile.TarInfo("../../etc/passwd"))
    return stream.getvalue()


def svg(body: str, *, head: str = "") -> bytes:
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode()


def token(header: object, body: object) -> bytes:
    parts = (json.dumps(each).encode() for each in (header, body))
    return b".".join([*(base64.urlsafe_b64encode(each).rstrip(b"=") for each in parts), b"AA"])


CREDENTIAL: dict[str, object] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "https://badges.example.org/1",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:web:127.0.0.1", "type": ["Profile"]},
    "credentialSubject": {"type": ["AchievementSubject"]},
}


def document(**members: object) -> bytes:
    return json.dumps(CREDENTIAL | members).encode()


def poison() -> bytes:
    """Return a complete graph of blank nodes: its canonical form takes for ever."""
    nodes = [
        {"id": f"_:b{n}", "evidence": [{"id": f"_:b{m}"} for m in range(12) if m != n]}
        for n in range(12)
    ]
    return document(evidence=nodes)


LAUGHS = "<!DOCTYPE svg [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
) + "]>"  # fmt: skip
EXTERNAL = "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"

UPLOADS = {
    "nothing": lambda: b"",
    "spaces": lambda: b" " * 9_000_000,
    "null bytes": lambda: bytes(9_000_000),
    "more than 10 MB": lambda: b"{" + b" " * 10_000_001,
    "zip": lambda: zipped({"badge.json": b"{}"}),
    "zip bomb": lambda: zipped({"zeros": bytes(9_000_000)}),
    "zip in zip": lambda: zipped({"inner.zip": zipped({"x": bytes(1_000_000)})}),
    "gzip bomb": lambda: gzip.compress(bytes(50_000_000)),
    "tar with a way out": tarred,
    "7z": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "rar": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100),
    "program (ELF)": lambda: b"\x7fELF" + bytes(1_000),
    "program (PE)": lambda: b"MZ" + bytes(1_000),
    "office file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_000),
    "photograph": lambda: b"\xff\xd8\xff\xe0" + bytes(1_000),
    "PDF with a script": lambda: PDF,
    "PDF with a forged badge": lambda: pdfs.certificate(document()),
    "PDF with a badge of a private address": lambda: pdfs.certificate(
        document(issuer="did:web:169.254.169.254")
    ),
    **{f"PDF {what}": partial(bytes, made) for what, made in pdfs.hostile(document()).items()},
    "PDF and ZIP at once": lambda: PDF + zipped({"badge.json": b"{}"}),
    "PNG and ZIP at once": lambda: png() + zipped({"badge.json": b"{}"}),
    "PNG and HTML at once": lambda: png(itxt(b"<script>alert(1)</script>")),
    "GIF and script at once": lambda: b"GIF89a/*" + b"*/=1;alert(1)",
    "PNG without a badge": png,
    "PNG cut off": lambda: png(itxt(document()))[:-40],
    "PNG that lies about a length": lambda: png().replace(
        b"\0\0\0\x0dIHDR", b"\xff\xff\xff\xffIHDR"
    ),
    "PNG of a billion pixels": lambda: png(width=2**31 - 1, height=2**31 - 1),
    "PNG with a zTXt bomb": lambda: png(
        chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(bytes(60_000_000), 9))
    ),
    "PNG with an iTXt bomb": lambda: png(
        itxt(zlib.compress(b" " * 60_000_000, 9), is_packed=True)
    ),
    "PNG with two badges": lambda: png(itxt(document()), itxt(document(id="urn:x"))),
    "PNG with a thousand texts": lambda: png(*[itxt(b"x", key=b"k%d" % n) for n in range(1_000)]),
    "PNG of a private address": lambda: png(itxt(b"https://127.0.0.1/", key=b"openbadges")),
    "SVG of a billion laughs": lambda: svg("&a11;", head=LAUGHS),
    "SVG that reads our files": lambda: svg("&x;", head=EXTERNAL),
    "SVG that includes our files": lambda: svg(
        '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    ),
    "SVG with a script": lambda: svg("<script>alert(1)</script>"),
    "SVG that is deep": lambda: svg("<g>" * 50_000),
    "SVG that is cut off": lambda: svg("<g>")[:-8],
    "SVG of a stylesheet elsewhere": lambda: svg(
        "", head='<?xml-stylesheet href="https://127.0.0.1/x.xsl"?>'
    ),
    "XML that is no SVG": lambda: b"<?xml version='1.0'?><a/>",
    "HTML": lambda: b"<!doctype html><script>alert(1)</script>",
    "JSON that is deep": lambda: b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "JSON of deep objects": lambda: b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "JSON that is wide": lambda: document(evidence=["x" * 100] * 5_000),
    "JSON with a member twice": lambda: b'{"id":"a","id":"b"}',
    "JSON with NaN": lambda: b'{"a":NaN}',
    "JSON with a huge number": lambda: b'{"a":' + b"9" * 100_000 + b"}",
    "JSON with half a character": lambda: b'{"a":"\\ud800"}',
    "JSON in UTF-16": lambda: document().decode().encode("utf-16"),
    "JSON cut off": lambda: document()[:-5],
    "JSON, a list": lambda: b"[" + document() + b"]",
    "JSON, a prototype": lambda: b'{"__proto__":{"verdict":"verified"}}',
    "a graph that takes for ever": poison,
    "a context elsewhere": lambda: document(**{"@context": ["https://127.0.0.1/context"]}),
    "a context of its own": lambda: document(**{"@context": [{"issuer": "@type"}]}),
    "an issuer at a private address": lambda: document(issuer="did:web:169.254.169.254"),
    "an issuer at a port": lambda: document(issuer="did:web:localhost%3A6379"),
    "a status list at a private address": lambda: document(
        credentialStatus={"type": "BitstringStatusListEntry", "statusPurpose": "revocation",
                          "statusListIndex": "1", "statusListCredential": "https://10.0.0.1/s"}
    ),
    "a newer version at a private address": lambda: document(
        refreshService={"id": "https://127.0.0.1/r", "type": "1EdTechCredentialRefresh"}
    ),
    "a script for a name": lambda: document(name="<script>alert(1)</script>"),
    "a token without a signature": lambda: token({"alg": "none"}, CREDENTIAL),
    "a token signed with the public key": lambda: token({"alg": "HS256"}, CREDENTIAL),
    "a token whose key is elsewhere": lambda: token(
        {"alg": "RS256", "jku": "https://127.0.0.1/keys", "x5u": "https://127.0.0.1/x"}, CREDENTIAL
    ),
    "a token whose key is a file": lambda: token(
        {"alg": "RS256", "kid": "../../../../etc/passwd"}, CREDENTIAL
    ),
    "a token with a huge header": lambda: token({"alg": "RS256", "x": "x" * 200_000}, CREDENTIAL),
    "a token that is encrypted": lambda: b"eyJhbGciOiJkaXIifQ..AA.AA.AA",
    "an address, and private": lambda: b"https://127.0.0.1/badge",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _as_often_as_they_like(settings):
    settings.VERIFY_LIMIT = 0


@pytest.fixture
def connected(monkeypatch):
    """Note what is connected to, and let nothing out; a name leads to what its path says."""
    found: list[str] = []
    told: list[str] = ["127.0.0.1"]

    genuine = socket.socket.connect

    def noted(self, address):
        if isinstance(address, tuple):
            found.append(str(address[0]))
            raise ConnectionRefusedError
        return genuine(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    monkeypatch.setattr(socket.socket, "connect_ex", noted)
    monkeypatch.setattr(
        fetching, "PUBLIC", fetching.Network(lookup=lambda _host: told, permits=addresses.is_public)
    )
    yield found, told
    for address in found:
        assert ipaddress.ip_address(address).is_global, address


@pytest.fixture
def listener():
    """Somebody who must not be called: a service on this machine."""
    with socket.socket() as waiting:
        waiting.bind(("127.0.0.1", 0))
        waiting.listen()
        waiting.settimeout(0)
        yield waiting
        with pytest.raises(BlockingIOError):
            waiting.accept()


@pytest.fixture
def bounded():
    """Let what is tested take its seconds and megabytes, and no more."""
    before, began = _megabytes(), time.perf_counter()
    yield
    assert time.perf_counter() - began < SECONDS
    assert _megabytes() - before < MEGABYTES


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def refused(response):
    """Expect an answer that says in words what is wrong, or a report that vouches for nothing."""
    shown = read(response)
    assert response.status_code in {200, 400, 404, 413}, response.status_code
    if response.status_code == 200:
        # A page of a report: it may say that nothing is proven, and nothing better.
        assert "How this was checked" in shown.text
        assert "verdict--good" not in response.content.decode()
    else:
        said = shown.text.partition("This could not be checked")[2]
        assert len(said.partition("Technical details")[0].strip()) > 20, shown.text
    assert b"<script>alert" not in response.content


def test_there_are_sixty_of_them():
    assert len(URLS) >= 40
    assert len(UPLOADS) >= 60


@pytest.mark.parametrize("url", URLS)
@pytest.mark.usefixtures("bounded")
def test_an_address_of_somebody_who_means_harm(client, connected, listener, url):
    found, told = connected
    if url.startswith(PRIVATE):
        told[:] = url.removeprefix(f"{PRIVATE}/").split(",")

    refused(client.post("/verify", {"address": url}))

    assert found == []


def test_a_service_on_this_machine_is_not_called(client, connected, listener):
    port = listener.getsockname()[1]

    for host in ("127.0.0.1", "localhost", "[::1]", "2130706433"):
        for scheme in ("http", "https"):
            refused(client.post("/verify", {"address": f"{scheme}://{host}:{port}/"}))

    assert connected[0] == []


@pytest.mark.parametrize("kind", UPLOADS)
@pytest.mark.usefixtures("bounded")
def test_a_file_of_somebody_who_means_harm(client, connected, listener, kind):
    file = SimpleUploadedFile("../../badge.png", UPLOADS[kind](), "image/png")

    refused(client.post("/verify", {"file": file}))

    assert connected[0] == []


@pytest.mark.parametrize("kind", UPLOADS)
@pytest.mark.usefixtures("bounded")
def test_the_same_from_a_program(client, connected, kind):
    body = UPLOADS[kind]()

    response = client.post("/api/verify", body, content_type="application/octet-stream")

    found = response.json()
    assert response.status_code in {200, 400, 404, 413}
    if response.status_code == 200:
        assert found["verdict"] != "verified"
    else:
        assert found["code"]
        assert len(found["detail"]) > 20
    assert connected[0] == []
