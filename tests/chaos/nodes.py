"""Nodes that fail and lie: proxies before the one chain, in a process of their own.

Every endpoint has a fault of its own at any time, which `Nodes.spoil` changes. And every endpoint
looks at what is sent: bytes that the database does not hold, or whose root is in no manifest, were
sent before they were stored, whatever comes of it later.
"""

import json
import os
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any

from config.embedded.chain import LOOPBACK, free_port
from tests.chaos import lies, sending
from tests.chaos.children import Child, fork

FAULTS = (
    "down", "overloaded", "slow", "silent", "loses replies", "stale", "of another chain",
    *lies.LIES,
)  # fmt: skip
SLOW_SECONDS = 0.25
# Longer than the engine waits for an answer here (see crew.ANSWER_SECONDS).
SILENT_SECONDS = 1.3


class _Node:
    """What one endpoint is made of; its attributes are set by the control thread."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.upstream = 0
        self.fault = ""
        self.frozen = lies.Frozen(0, 0)
        self.touched: Counter[str] = Counter()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def __init__(self, node: _Node, watch: sending.Watch) -> None:
        super().__init__((LOOPBACK, node.port), _Connection)
        self.node, self.watch = node, watch

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that are killed leave broken connections."""


class _Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def handle(self) -> None:
        upstream: HTTPConnection | None = None
        while True:
            body = self._read()
            if body is None:
                return
            node = self.server.node
            if upstream is None or upstream.port != node.upstream:
                upstream = HTTPConnection(LOOPBACK, node.upstream, timeout=20)
            try:
                answer = self._answer(node, json.loads(body), upstream)
            except (OSError, HTTPException, ValueError):
                return
            if answer is None:
                return
            status, content = answer
            self.wfile.write(
                b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                % (status, len(content))
            )
            self.wfile.write(content)
            self.wfile.flush()

    def _read(self) -> bytes | None:
        length = 0
        if not self.rfile.readline():
            return None
        while line := self.rfile.readline().strip():
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return self.rfile.read(length)

    def _answer(
        self, node: _Node, asked: dict[str, Any], upstream: HTTPConnection
    ) -> tuple[int, bytes] | None:
        """Return status and content; None where the line is cut instead."""
        fault, sends = node.fault, asked["method"] == "eth_sendRawTransaction"
        if fault and fault != "stale":
            node.touched[fault] += 1
        if fault in SHORT:
            return SHORT[fault](asked)
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
        early = lies.rewind(asked, node.frozen) if fault == "stale" else None
        if early is not None:
            node.touched[fault] += 1
            return 200, _result(asked, *early)
        if sends:
            self.server.watch.look(str(asked["params"][0]))
        told = _forward(upstream, asked)
        if sends and fault == "loses replies":
            return None
        self._spoil(node, fault, asked, told, upstream)
        return 200, json.dumps(told).encode()

    def _spoil(
        self,
        node: _Node,
        fault: str,
        asked: dict[str, Any],
        told: dict[str, Any],
        upstream: HTTPConnection,
    ) -> None:
        def ask(method: str, *params: object) -> Any:
            question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            return _forward(upstream, question)["result"]

        if fault == "stale" and lies.unlearn(asked, told, node.frozen):
            node.touched[fault] += 1
        elif fault == "of another chain" and asked["method"] == "eth_chainId":
            told["result"] = "0x1"
        elif fault in lies.LIES:
            lies.LIES[fault](asked, told, ask)


def _silent(asked: dict[str, Any]) -> None:
    time.sleep(SILENT_SECONDS)


SHORT: dict[str, Callable[[dict[str, Any]], tuple[int, bytes] | None]] = {
    "down": lambda _asked: None,
    "overloaded": lambda _asked: (503, b"try later"),
    "silent": _silent,
}


def _forward(upstream: HTTPConnection, asked: dict[str, Any]) -> dict[str, Any]:
    upstream.request("POST", "/", json.dumps(asked), {"Content-Type": "application/json"})
    told: dict[str, Any] = json.loads(upstream.getresponse().read())
    return told


def _result(asked: dict[str, Any], result: Any, error: str = "") -> bytes:
    answer = {"jsonrpc": "2.0", "id": asked.get("id", 1)}
    more = {"error": {"code": -32000, "message": error}} if error else {"result": result}
    return json.dumps(answer | more).encode()


class Nodes:
    """The proxies, as the harness tells them what to do."""

    def __init__(self, count: int) -> None:
        self.ports = [free_port() for _each in range(count)]
        self.faults = [""] * count
        self._ours, theirs = socket.socketpair()
        self._child: Child = fork("nodes", lambda: _serve(self.ports, theirs))
        theirs.close()
        self._lines = self._ours.makefile("r")

    @property
    def urls(self) -> list[str]:
        return [f"http://{LOOPBACK}:{port}" for port in self.ports]

    def begin(self, *, upstream: int, database: dict[str, str], manifests: str) -> None:
        """Stand before another chain, look into another database; everybody is well again."""
        self.faults = [""] * len(self.ports)
        self._tell(do="begin", upstream=upstream, database=database, manifests=manifests)

    def spoil(self, number: int, fault: str) -> None:
        """Give an endpoint a fault; an empty one makes it well again."""
        self.faults[number] = fault
        self._tell(do="spoil", number=number, fault=fault)

    def heal(self) -> None:
        """Make all well again."""
        for number, fault in enumerate(self.faults):
            if fault:
                self.spoil(number, "")

    def look(self, *, really: bool) -> None:
        """Look, or do not look, at what is sent: while the database is exchanged nothing is."""
        self._tell(do="look", really=really)

    def account(self) -> dict[str, Any]:
        """Return what was seen: requests touched by each fault, what was sent, what was wrong."""
        return self._tell(do="account")

    def stop(self) -> None:
        self._ours.close()
        self._child.kill()

    def _tell(self, **order: object) -> dict[str, Any]:
        self._ours.sendall(json.dumps(order).encode() + b"\n")
        answer: dict[str, Any] = json.loads(self._lines.readline())
        return answer


def _serve(ports: Sequence[int], control: socket.socket) -> None:
    watch = sending.Watch()
    nodes = [_Node(port) for port in ports]
    for node in nodes:
        threading.Thread(target=_Server(node, watch).serve_forever, daemon=True).start()
    for line in control.makefile("r"):
        order = json.loads(line)
        answer = _obey(order, nodes, watch)
        control.sendall(json.dumps(answer).encode() + b"\n")
    os._exit(0)


def _obey(order: dict[str, Any], nodes: list[_Node], watch: sending.Watch) -> dict[str, Any]:
    if order["do"] == "begin":
        watch.begin(order["database"], order["manifests"])
        for node in nodes:
            node.upstream, node.fault = order["upstream"], ""
            node.touched.clear()
    elif order["do"] == "spoil":
        node = nodes[order["number"]]
        if order["fault"] == "stale":
            node.frozen = lies.freeze(node.upstream)
        node.fault = order["fault"]
    elif order["do"] == "look":
        watch.looks = order["really"]
    else:
        touched: Counter[str] = Counter()
        for node in nodes:
            touched += node.touched
        return {"touched": touched, "sent": watch.sent, "wrong": watch.wrong, "seen": watch.seen}
    return {}
