"""A worker of gunicorn that gives kept answers before it makes a request of what is asked.

To take a request apart, to write down its environment and to frame the answer takes gunicorn four
times what finding the answer takes. So on a connection that is known already the head of a request
is looked at where it lies, without taking it: if it is one that asks for what is kept, and nothing
about it is unusual, its answer is given at once. Everything else is left where it is, and gunicorn
reads it as it always does, with its own limits and refusals.

What is unusual: another method than GET, a body, a cookie, a header that stands twice or that says
how the connection or the message is to be read, a character that does not belong, a second request
behind the first, more than 4,000 bytes. `tests/web/test_answering.py` compares what is read here
with what gunicorn reads.

Sources: RFC 9110 section 5 (fields), RFC 9112 sections 2 to 5 (messages).
"""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Any

from gunicorn import SERVER
from gunicorn.util import http_date
from gunicorn.workers.gthread import ThreadWorker

if TYPE_CHECKING:
    from config.keeping import Kept

# Below each of gunicorn's limits on a request line (4,094), a field (8,190) and their number (100).
MAX_HEAD = 4_000
MAX_FIELDS = 50
_LINE = re.compile(rb"GET (/credentials/[A-Za-z0-9_./-]{22,60})(?:\?([a-z=-]{1,20}))? HTTP/1\.1")
_NAME = re.compile(rb"[A-Za-z0-9-]{1,60}")
_VALUE = re.compile(rb"[\t\x20-\x7e]*")
# Fields that say how the rest is to be read, who asks, or what part is wanted.
_UNUSUAL = frozenset(
    {
        "CONTENT_LENGTH", "CONTENT_TYPE", "COOKIE", "EXPECT", "HTTP2_SETTINGS", "RANGE", "TRAILER",
        "TRANSFER_ENCODING", "UPGRADE", "X_FORWARDED_PROTOCOL", "X_FORWARDED_SSL",
    }
)  # fmt: skip


def read(data: bytes) -> dict[str, str] | None:
    """Return what a WSGI server would say of a request without a body; None if it is unusual.

    Args:
        data: All that has come of it.
    """
    if len(data) > MAX_HEAD or data.find(b"\r\n\r\n") != len(data) - 4:
        return None
    first, *fields = data[:-4].split(b"\r\n")
    line = _LINE.fullmatch(first)
    if line is None or not 0 < len(fields) <= MAX_FIELDS:
        return None
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": line[1].decode("ascii"),
        "QUERY_STRING": (line[2] or b"").decode("ascii"),
        "wsgi.url_scheme": "http",
    }
    for field in fields:
        name, _colon, value = field.partition(b":")
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value) or not _colon:
            return None
        key = name.decode("ascii").upper().replace("-", "_")
        if key in _UNUSUAL or f"HTTP_{key}" in environ:
            return None
        environ[f"HTTP_{key}"] = value.decode("ascii").strip(" \t")
    if environ.get("HTTP_CONNECTION", "keep-alive").lower() != "keep-alive":
        return None
    return environ if environ.get("HTTP_HOST") else None


def written(kept: Kept, environ: dict[str, Any]) -> bytes:
    """Return an answer as it goes over the wire."""
    from config import keeping  # noqa: PLC0415 - it reads settings, and gunicorn begins without

    head: list[str] = []

    def start_response(status: str, headers: keeping.Headers) -> None:
        head.append(f"HTTP/1.1 {status}\r\nServer: {SERVER}\r\nDate: {http_date()}\r\n")
        head.extend([f"{name}: {value}\r\n" for name, value in headers])

    body = keeping.give(kept, environ, start_response)
    return b"".join(["".join(head).encode("latin-1"), b"Connection: keep-alive\r\n\r\n", *body])


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's own, with threads."""

    def init_process(self) -> None:
        """Find out whether anything is configured that only gunicorn itself does."""
        is_simple = not self.cfg.is_ssl and self.cfg.proxy_protocol in (False, "off", None)
        is_noted = self.log.access_log_enabled or bool(self.cfg.statsd_host)
        self._gives = is_simple and bool(self.cfg.keepalive) and not is_noted
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Answer what was asked; says whether the connection is kept, as gunicorn's own does."""
        found = self._find(conn) if self._gives else None
        if found is None:
            return super().handle(conn)
        length, answer = found
        try:
            conn.sock.settimeout(None)  # as gunicorn's own thread has it
            # From here on it is taken: where anything goes wrong, nothing else can be answered.
            if len(conn.sock.recv(length)) != length:
                return False
            conn.sock.sendall(answer)
        except OSError:
            return False
        self.nr += 1
        return True

    def _find(self, conn: Any) -> tuple[int, bytes] | None:
        """Return the length of what is asked and the answer, if it is kept; take nothing."""
        if (
            not conn.initialized
            or conn.is_http2
            or not self.alive
            or self.nr + 1 >= self.max_requests
            or len(self.keepalived_conns) >= self.max_keepalived
            or conn.parser.unreader.buf.getvalue()
        ):
            return None
        try:
            from config.keeping import keeper  # noqa: PLC0415 - as above

            data = conn.sock.recv(MAX_HEAD + 1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            environ = read(data)
            kept = keeper.again(environ) if environ is not None else None
            if environ is None or kept is None:
                return None
            return len(data), written(kept, environ)
        except Exception:  # noqa: BLE001 - gunicorn meets the same, and tells
            return None
