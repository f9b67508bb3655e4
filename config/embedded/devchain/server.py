"""The door of the development chain: JSON-RPC 2.0 over HTTP."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from config.embedded.devchain import methods
from config.embedded.devchain.ledger import Ledger

# A transaction of 128 kB, what nodes take at most, is twice that in hexadecimal.
LARGEST_REQUEST = 512_000
LARGEST_UNREAD = 4_000_000
LONGEST_BATCH = 100
DEEPEST_REQUEST = 32
BRACKETS = re.compile(r"[\[\]{}]")
TICK_SECONDS = 0.1
# A silent client does not keep a thread for ever.
IDLE_SECONDS = 60.0


class Server(ThreadingHTTPServer):
    """Serves one ledger, and mines while it serves."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], ledger: Ledger) -> None:
        self.ledger = ledger
        super().__init__(address, Handler)

    def serve(self) -> None:
        """Answer and mine until `shutdown`."""
        ended = threading.Event()
        miner = threading.Thread(target=self._mine, args=(ended,), daemon=True)
        miner.start()
        try:
            self.serve_forever(poll_interval=TICK_SECONDS)
        finally:
            ended.set()
            miner.join()
            self.server_close()
            self.ledger.close()

    def _mine(self, ended: threading.Event) -> None:
        while not ended.wait(TICK_SECONDS):
            self.ledger.tick()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "acquis-devchain", ""
    timeout = IDLE_SECONDS
    # Headers and body are two writes; the second would wait 40 ms for the first one's
    # acknowledgement.
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing of each request."""

    def do_OPTIONS(self) -> None:
        """Let pages of other origins ask."""
        self._respond(204, b"")

    def do_GET(self) -> None:
        """Say what this is."""
        self._respond(405, b'{"error": "POST a JSON-RPC request"}')

    def do_POST(self) -> None:
        """Answer a request, or a batch of them."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            self.close_connection = True
            self._respond(411, b'{"error": "Content-Length is missing"}')
            return
        if int(length) > LARGEST_REQUEST:
            # A client that is cut off while it sends may never read why.
            self.rfile.read(min(int(length), LARGEST_UNREAD))
            self.close_connection = True
            self._respond(413, b'{"error": "the request is too large"}')
            return
        try:
            request = _decode(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            self._respond(
                200, _encode(_failure(None, methods.Error(-32700, "the request is not JSON")))
            )
            return
        if isinstance(request, list):
            if not 0 < len(request) <= LONGEST_BATCH:
                error = methods.Error(
                    methods.INVALID_REQUEST, f"a batch has 1 to {LONGEST_BATCH} requests"
                )
                self._respond(200, _encode(_failure(None, error)))
                return
            self._respond(200, _encode([self._answer(one) for one in request]))
            return
        self._respond(200, _encode(self._answer(request)))

    def _answer(self, request: object) -> dict[str, Any]:
        if not isinstance(request, dict):
            return _failure(None, methods.Error(methods.INVALID_REQUEST, "a request is an object"))
        number, method = request.get("id"), request.get("method")
        try:
            result = methods.answer(
                self.server.ledger,
                method,
                request.get("params", []),
                is_browser="Origin" in self.headers,
            )
        except methods.Error as error:
            return _failure(number, error)
        except Exception as error:  # noqa: BLE001 - a door always answers
            self.log_error("%r", error)
            return _failure(number, methods.Error(-32603, f"{type(error).__name__}: {error}"[:300]))
        return {"jsonrpc": "2.0", "id": number, "result": result}

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Keep what went wrong inside."""
        print(format % args, flush=True)

    def _respond(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "content-type")
        self.send_header("Access-Control-Allow-Methods", "POST")
        self.send_header("Access-Control-Max-Age", "600")
        if body:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _failure(number: object, error: methods.Error) -> dict[str, Any]:
    body: dict[str, Any] = {"code": error.code, "message": str(error)}
    if error.data is not None:
        body["data"] = error.data
    return {"jsonrpc": "2.0", "id": number, "error": body}


def _decode(body: bytes) -> Any:
    """Read JSON that is not deep: this process allows more recursion than is good for it.

    Raises:
        ValueError: it is not JSON, or too deep.
    """
    text = body.decode("utf-8")
    depth = deepest = 0
    for bracket in BRACKETS.findall(text):  # in strings too: ours have none
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > DEEPEST_REQUEST:
        raise ValueError("too deep")
    return json.loads(text)


def _encode(value: object) -> bytes:
    return json.dumps(value).encode()
