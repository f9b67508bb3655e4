"""A mail server on this machine that answers as it is told: RFC 5321, as far as we speak it."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HANG_UP = b""


class MailServer(socketserver.ThreadingTCPServer):
    """Takes e-mails.

    Attributes:
        messages: What was taken, as it came.
        connections: How many there were.
        answers: By a word in the recipient's address: after which command, and what is said then
            instead; HANG_UP ends the connection.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.messages: list[bytes] = []
        self.connections = 0
        self.answers: dict[str, tuple[str, bytes]] = {}
        self.asked: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        self._say(b"220 here")
        told: tuple[str, bytes] | None = None
        while line := self.rfile.readline():
            command = line[:4].decode("ascii", "replace").upper().strip()
            self.server.asked[command] += 1
            if command == "RCPT":
                told = next((a for w, a in self.server.answers.items() if w in line.decode()), None)
            if told is not None and told[0] == command and not self._instead(told[1]):
                return
            if told is not None and told[0] == command:
                continue
            if command == "DATA" and not self._take(told):
                return
            if command == "DATA":
                continue
            self._say(b"221 bye" if command == "QUIT" else b"250 OK")
            if command == "QUIT":
                return

    def _take(self, told: tuple[str, bytes] | None) -> bool:
        """Read an e-mail; return False where the connection is to end."""
        self._say(b"354 go on")
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            piece = self.rfile.readline()
            if not piece:
                return False
            content += piece
        if told is not None and told[0] == "END":
            return self._instead(told[1])
        self.server.messages.append(content)
        return self._instead(b"250 OK")

    def _instead(self, answer: bytes) -> bool:
        """Say something else; return False where the connection is to end."""
        if answer == HANG_UP:
            return False
        self._say(answer)
        return True

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def serving() -> Iterator[MailServer]:
    """Run one for a while."""
    with MailServer() as server:
        thread: Any = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
