"""Nodes that fail or lie: a server before a good one, which spoils what it says."""

import json
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class BadServer(ThreadingHTTPServer):
    """Serves `BadNode`."""

    daemon_threads = True

    def __init__(self, upstream, faults):
        super().__init__(("127.0.0.1", 0), BadNode)
        self.upstream, self.faults = upstream, faults

    def handle_error(self, request, client_address):
        """Say nothing: that clients hang up on a silent node is what is tested."""


class BadNode(BaseHTTPRequestHandler):
    """Stands before a good node and spoils what it says; `faults` maps methods to faults."""

    protocol_version = "HTTP/1.1"
    server: BadServer

    def log_message(self, *args):
        pass

    def end_headers(self):
        # Pages of any origin may ask, as they may ask public nodes.
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "content-type")
        super().end_headers()

    def do_OPTIONS(self):
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        method = json.loads(body)["method"]
        fault = self.server.faults.get(method) or self.server.faults.get("*")
        if fault == "closes":
            self.close_connection = True
            return
        if fault == "silent":
            time.sleep(1.0)
        request = urllib.request.Request(  # noqa: S310 - our own node
            self.server.upstream, data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            answer = response.read()
        if fault == "loses the reply":
            self.close_connection = True
            return
        status, answer = SPOILT.get(fault, lambda answer: (200, answer))(answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


SPOILT = {
    "is overloaded": lambda answer: (503, b"try later"),
    "limits us": lambda answer: (429, b"{}"),
    "stammers": lambda answer: (200, b"<html>not JSON</html>"),
    "answers half": lambda answer: (200, answer[: len(answer) // 2]),
    "answers nothing": lambda answer: (200, b'{"jsonrpc":"2.0","id":1,"result":null}'),
    "answers something else": lambda answer: (200, b'{"jsonrpc":"2.0","id":1,"result":[7]}'),
    "refuses": lambda answer: (
        200,
        b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"go away"}}',
    ),
    "is of another chain": lambda answer: (200, b'{"jsonrpc":"2.0","id":1,"result":"0x1"}'),
}
# Ways to fail; what comes below are ways to lie.
FAULTS = [*SPOILT, "closes", "silent", "loses the reply"]


@contextmanager
def bad(node, changing=None, **faults):
    server = BadServer(node, faults if changing is None else changing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def replaced(member, value):
    """Return a fault that changes one member of what a node answers."""

    def spoil(answer):
        told = json.loads(answer)
        told["result"] = {**told["result"], member: value}
        return 200, json.dumps(told).encode()

    return spoil


SPOILT["shows another block"] = replaced("hash", "0x" + "ee" * 32)
SPOILT["knows no anchor"] = lambda answer: (
    200,
    json.dumps({"jsonrpc": "2.0", "id": 1, "result": "0x" + "00" * 64}).encode(),
)
SPOILT["has it in another block"] = replaced("blockHash", "0x" + "ee" * 32)
