"""The worker that gives kept answers: what it reads is what gunicorn reads, or it reads nothing."""

import socket
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import Response, create
from gunicorn.workers.gthread import ThreadWorker
from hypothesis import given
from hypothesis import strategies as st

from config import answering, keeping

TOKEN = "A" * 22
PATH = f"/credentials/{TOKEN}.json"
PLAIN = f"GET {PATH} HTTP/1.1\r\nHost: localhost:8000\r\n\r\n".encode()
PEER = ("127.0.0.1", 5000)

names = st.sampled_from(
    ["Host", "Accept", "accept-language", "User-Agent", "If-None-Match", "X-Forwarded-Proto",
     "X-Forwarded-Host", "X-Forwarded-For", "Connection", "Cookie", "Range", "Content-Length",
     "Transfer-Encoding", "X_Forwarded_Host", "Expect", "Upgrade", "X-Forwarded-Ssl", " Host", ""]
)  # fmt: skip
values = st.sampled_from(
    ["localhost:8000", "text/html", " fr, en;q=0.5 ", "keep-alive", "close", "https", "0", "5",
     "chunked", '"abc"', "", "a\tb", "a\x00b", "é", "a\rb", "a\nb"]
)  # fmt: skip
lines = st.sampled_from(
    [f"GET {PATH} HTTP/1.1", f"GET {PATH}?lang=fr HTTP/1.1", f"HEAD {PATH} HTTP/1.1",
     f"GET {PATH} HTTP/1.0", f"GET  {PATH} HTTP/1.1", f"GET {PATH}%2e HTTP/1.1",
     f"GET http://evil.example{PATH} HTTP/1.1", f"GET {PATH}#x HTTP/1.1", f"get {PATH} HTTP/1.1"]
)  # fmt: skip


def as_gunicorn_reads(data):
    """Return the environment that gunicorn itself makes of a request; None if it refuses."""
    config = Config()
    try:
        request = next(RequestParser(config, iter([data]), PEER))
        return create(request, socket.socket(), PEER, ("127.0.0.1", 8000), config)[1]
    except Exception:  # noqa: BLE001 - each of its refusals is one
        return None


@given(
    lines, st.lists(st.tuples(names, values), max_size=5), st.sampled_from(["", "GET / HTTP/1.1"])
)
def test_what_is_read_is_what_gunicorn_reads(line, fields, rest):
    data = f"{line}\r\nHost: localhost\r\n".encode()
    data += b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in fields)
    data += b"\r\n" + rest.encode()

    found = answering.read(data)

    if found is not None:
        theirs = as_gunicorn_reads(data)
        assert theirs is not None
        # gunicorn goes by the scheme that a proxy tells; so does Django, by the same header.
        assert {name: theirs.get(name) for name in found if name != "wsgi.url_scheme"} == {
            name: value for name, value in found.items() if name != "wsgi.url_scheme"
        }
        assert {name for name in theirs if name.startswith("HTTP_")} == {
            name for name in found if name.startswith("HTTP_")
        }
        assert "CONTENT_LENGTH" not in theirs


def test_a_plain_request_is_read():
    found = answering.read(PLAIN)

    assert found is not None
    assert (found["PATH_INFO"], found["HTTP_HOST"]) == (PATH, "localhost:8000")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PLAIN[:-2],
        PLAIN + PLAIN,
        PLAIN + b"x",
        PLAIN.replace(b"\r\n", b"\n"),
        PLAIN.replace(b"Host", b"Host "),
        PLAIN.replace(b"Host", b"H_st"),
        PLAIN.replace(b"localhost", b"local\xc3\xa9host"),
        PLAIN.replace(b"Host: localhost:8000\r\n", b""),
        PLAIN[:-2] + b"Host: other\r\n\r\n",
        PLAIN[:-2] + b"X: " + b"x" * answering.MAX_HEAD + b"\r\n\r\n",
        PLAIN[:-2] + b"".join(b"X%d: x\r\n" % number for number in range(60)) + b"\r\n",
        PLAIN[:-2] + b" folded\r\n\r\n",
        PLAIN[:-2] + b"Transfer-Encoding: chunked\r\n\r\n",
        PLAIN[:-2] + b"Content-Length: 0\r\n\r\n",
        PLAIN[:-2] + b"Connection: close\r\n\r\n",
        PLAIN[:-2] + b"Cookie: a=b\r\n\r\n",
    ],
)
def test_what_is_unusual_is_left_to_gunicorn(data):
    assert answering.read(data) is None


KEPT = keeping.Kept(
    status="200 OK",
    headers=[("Content-Type", "application/json"), ("ETag", '"a"'), ("Content-Length", "2")],
    body=b"{}",
    etag='"a"',
    facts="0",
    until=0.0,
)


@pytest.fixture
def connection(monkeypatch):
    """Return a worker, and a connection of its own that is known already, and its other end."""
    ours, theirs = socket.socketpair()
    worker = answering.Worker.__new__(answering.Worker)
    worker.alive, worker.nr, worker.max_requests = True, 0, 10
    worker.keepalived_conns, worker.max_keepalived, worker._gives = [], 10, True
    parser = RequestParser(Config(), ours, PEER)
    conn = SimpleNamespace(sock=ours, initialized=True, is_http2=False, parser=parser)
    monkeypatch.setattr(ThreadWorker, "handle", lambda *_: "gunicorn's own")
    monkeypatch.setattr(keeping.Keeper, "again", lambda _self, _environ: KEPT)
    yield worker, conn, theirs
    ours.close()
    theirs.close()


def test_a_kept_answer_is_given_as_gunicorn_would(connection):
    worker, conn, client = connection
    client.sendall(PLAIN)

    assert worker.handle(conn) is True

    given = client.recv(10_000)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        request = next(RequestParser(Config(), iter([PLAIN]), PEER))
        response = Response(request, ours, Config())
        for part in keeping.give(KEPT, {}, response.start_response):
            response.write(part)
        response.close()
        expected = theirs.recv(10_000)
    head, _end, body = given.partition(b"\r\n\r\n")
    wanted, _end, wanted_body = expected.partition(b"\r\n\r\n")
    assert sorted(_undated(head)) == sorted(_undated(wanted))
    assert body == wanted_body


def _undated(head):
    return [line for line in head.split(b"\r\n") if not line.startswith(b"Date: ")]


def test_who_has_it_already_gets_no_body(connection):
    worker, conn, client = connection
    client.sendall(PLAIN[:-2] + b'If-None-Match: "a"\r\n\r\n')

    assert worker.handle(conn) is True

    given = client.recv(10_000)
    assert given.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert given.endswith(b"\r\n\r\n")
    assert b"Content-Length" not in given


@pytest.mark.parametrize(
    ("data", "change"),
    [
        (PLAIN + PLAIN, {}),
        (PLAIN, {"alive": False}),
        (PLAIN, {"nr": 9}),
        (PLAIN, {"max_keepalived": 0}),
        (PLAIN, {"_gives": False}),
        (b"", {}),
    ],
)
def test_everything_else_is_left_where_it_is(connection, data, change):
    worker, conn, client = connection
    for name, value in change.items():
        setattr(worker, name, value)
    client.sendall(data)
    conn.sock.settimeout(0)

    assert worker.handle(conn) == "gunicorn's own"

    if data:
        assert conn.sock.recv(10_000) == data


def test_what_gunicorn_has_read_ahead_is_gunicorns(connection):
    worker, conn, client = connection
    conn.parser.unreader.unread(PLAIN)
    client.sendall(PLAIN)

    assert worker.handle(conn) == "gunicorn's own"


def test_what_is_not_kept_is_gunicorns(connection, monkeypatch):
    worker, conn, client = connection
    monkeypatch.setattr(keeping.Keeper, "again", lambda _self, _environ: None)
    client.sendall(PLAIN)

    assert worker.handle(conn) == "gunicorn's own"

    assert conn.sock.recv(10_000) == PLAIN


class Breaking:
    """A socket that breaks while an answer goes over it, or gives less than it showed."""

    def __init__(self, sock, *, is_short=False):
        self._sock, self._is_short = sock, is_short

    def __getattr__(self, name):
        return getattr(self._sock, name)

    def recv(self, size, *flags):
        return self._sock.recv(size - 1 if self._is_short and not flags else size, *flags)

    def sendall(self, data):
        self._sock.sendall(data[:10])
        raise OSError(105, "No buffer space available")


@pytest.mark.parametrize("is_short", [False, True])
def test_nothing_else_is_answered_behind_an_answer_that_broke_off(connection, is_short):
    worker, conn, client = connection
    conn.sock = Breaking(conn.sock, is_short=is_short)
    client.sendall(PLAIN)

    assert worker.handle(conn) is False


@pytest.mark.parametrize("broken", ["again", "written"])
def test_what_goes_wrong_before_anything_is_taken_is_gunicorns_to_tell(
    connection, monkeypatch, broken
):
    worker, conn, client = connection

    def fail(*_arguments):
        raise ValueError

    monkeypatch.setattr(keeping.Keeper if broken == "again" else answering, broken, fail)
    client.sendall(PLAIN)

    assert worker.handle(conn) == "gunicorn's own"
    assert conn.sock.recv(10_000) == PLAIN
