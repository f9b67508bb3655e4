"""anvil, a development chain written by others that does as it is told: it mines, forgets, undoes.

The binary comes from npm (package.json here) and is started itself: the wrapper that npm offers
passes on only some signals, and would leave it behind.
"""

import os
import platform
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from config.embedded import chain
from config.embedded.process import Guard, Program, tail

HERE = Path(__file__).resolve().parent
INSTALL = "npm ci --prefix tests/anvil --ignore-scripts"
MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
# What it calls itself where nothing else is asked; with unlocked accounts that pay for a registry.
CHAIN_ID = 31337
PATIENCE_SECONDS = 20.0


def binary() -> Path | None:
    """Find the program for this machine; None where npm has not installed it."""
    machine = MACHINES.get(platform.machine(), "")
    path = HERE / "node_modules" / "@foundry-rs" / f"anvil-{sys.platform}-{machine}" / "bin/anvil"
    return path if path.is_file() else None


needed = pytest.mark.skipif(binary() is None, reason=f"anvil is not installed: {INSTALL}")


def program(port: int, *options: str, chain_id: int = CHAIN_ID) -> Program:
    """Return the program; every account of it has more than anybody can spend.

    Args:
        port: Where it listens.
        options: More of its own, e.g. "--slots-in-an-epoch", "3": what is `2 * 3` blocks below the
            head is then final.
        chain_id: Which chain it says that it is.
    """
    found = binary()
    if found is None:
        raise RuntimeError(f"anvil is not installed: {INSTALL}")
    return Program(
        name="anvil",
        command=[
            *(found, "--host", chain.LOOPBACK, "--port", str(port), "--silent"),
            *("--chain-id", str(chain_id), *options),
        ],
        environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        stop_signal=signal.SIGKILL,
    )


class Anvil:
    """A running one; `ask` is what it is told with."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, method: str, *params: object) -> Any:
        """Ask, or tell; each of its own methods is in the book of Foundry."""
        return chain.ask(self.url, method, *params, timeout=30)

    def mine_when_told(self) -> None:
        """Make no block for a transaction: only `mine` makes one."""
        self.ask("evm_setAutomine", False)  # noqa: FBT003 - the protocol's

    def mine(self, count: int = 1) -> None:
        """Make blocks; the first takes what waits."""
        self.ask("anvil_mine", hex(count))

    def reorganise(self, depth: int) -> None:
        """Replace the last blocks by as many empty ones; what they held is forgotten."""
        self.ask("anvil_reorg", depth, [])

    def height(self, tag: str = "latest") -> int:
        """Return the height of the last block, or of the last final one."""
        return int(self.block(tag)["number"], 16)

    def block(self, tag: str) -> Any:
        """Return a block without its transactions."""
        return self.ask("eth_getBlockByNumber", tag, False)  # noqa: FBT003 - the protocol's


@contextmanager
def running(guard: Guard, log: Path, *options: str, chain_id: int = CHAIN_ID) -> Iterator[Anvil]:
    """Start one that ends with this context, and with us however we end."""
    port = chain.free_port()
    process = guard.start(program(port, *options, chain_id=chain_id), log=log)
    anvil = Anvil(f"http://{chain.LOOPBACK}:{port}")
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not chain.answers(anvil.url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"anvil does not start:\n{tail(log)}")
            time.sleep(0.01)
        yield anvil
    finally:
        guard.stop([process])
