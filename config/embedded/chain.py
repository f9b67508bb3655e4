"""The development chain as a part of the stack, and a way to ask a node something."""

import json
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from config.embedded.folder import EmbeddedError, Folder
from config.embedded.process import Program

LOOPBACK = "127.0.0.1"


class NodeError(Exception):
    """The node does not answer, or answers with an error."""


class Chain:
    """The development chain in the data folder, on a port of its own."""

    def __init__(self, folder: Folder, *, environment: Mapping[str, str]) -> None:
        """Choose the port: CHAIN_PORT, else the one it had, else a free one.

        Raises:
            EmbeddedError: CHAIN_PORT is taken or no number.
        """
        self._folder = folder
        asked = environment.get("CHAIN_PORT", "")
        if asked:
            if not asked.isdigit() or not is_free(int(asked)):
                raise EmbeddedError(
                    f"CHAIN_PORT={asked} is taken or no port: choose another, or none."
                )
            self.port = int(asked)
        else:
            former = folder.recall("chain.port")
            self.port = int(former) if former.isdigit() and is_free(int(former)) else free_port()
        folder.remember("chain.port", str(self.port))
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._environment = dict(environment)

    def server(self) -> Program:
        """Return the server."""
        return Program(
            name="chain",
            command=[
                *(sys.executable, "-m", "config.embedded.devchain"),
                *(self._folder.root / "chain.sqlite3", "--port", str(self.port)),
            ],
            environment=self._environment,
        )

    def is_ready(self) -> bool:
        """Say whether it answers."""
        return answers(self.url)


def answers(url: str) -> bool:
    """Say whether a node answers there."""
    try:
        ask(url, "eth_chainId", timeout=1)
    except NodeError:
        return False
    return True


def ask(url: str, method: str, *params: object, timeout: float = 10) -> Any:
    """Ask a node.

    Raises:
        NodeError: it does not answer, or answers with an error.
    """
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(  # noqa: S310 - the scheme is our own, or the person's who set it
        url, data=body, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
            answer = json.loads(response.read(1_000_000))
    except (OSError, ValueError) as error:
        raise NodeError(f"{url} does not answer: {error}") from error
    if "error" in answer:
        raise NodeError(f"{url} answers: {answer['error'].get('message', answer['error'])}")
    return answer["result"]


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Say whether we could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
