"""The registry as it is deployed: its bytes, its address, and how calls to it are written.

It lives at the same address on every chain: CREATE2 through the deterministic deployment proxy that
most chains already have (github.com/Arachnid/deterministic-deployment-proxy), a constant salt, no
constructor arguments. The address is thus a function of the committed artefact, and a test holds
the constant of the core against it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from eth_utils.crypto import keccak

from blockchain.chains.interface import Anchored

ARTEFACT = Path(__file__).resolve().parent.parent / "contracts" / "AnchorRegistry.json"
SALT = keccak(text="acquis-anchor/1")

ANCHOR_OF = keccak(text="anchorOf(address,bytes32)")[:4]
ANCHORED = "0x" + keccak(text="Anchored(address,bytes32,uint64,uint64)").hex()

PROXY = "0x4e59b44847b379578588920ca78fbf26c0b4956c"
# The proxy's deployer is an address without a key: its one transaction was made up, signature and
# all (r = s = 0x2222…), so that everybody on every chain gets the same proxy from it.
PROXY_DEPLOYER = "0x3fab184622dc19b6109349b94811493bf2a45362"
PROXY_DEPLOYMENT_COST = 10**16  # gas limit 100,000 at a gas price of 100 gwei
PROXY_DEPLOYMENT = bytes.fromhex(
    "f8a58085174876e800830186a08080b853604580600e600039806000f350fe"
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234"
    "f58015156039578182fd5b8082525050506014600cf3"
    "1ba02222222222222222222222222222222222222222222222222222222222222222"
    "a02222222222222222222222222222222222222222222222222222222222222222"
)


@dataclass(frozen=True, slots=True)
class Artefact:
    """The compiled registry: what is sent to create it, and what is then found at its address."""

    bytecode: bytes
    runtime: bytes


@cache
def artefact() -> Artefact:
    """Read the committed artefact."""
    compiled = json.loads(ARTEFACT.read_text(encoding="utf-8"))
    return Artefact(
        bytecode=bytes.fromhex(compiled["bytecode"].removeprefix("0x")),
        runtime=bytes.fromhex(compiled["runtime"].removeprefix("0x")),
    )


def address() -> str:
    """Compute where the proxy puts the registry (EIP-1014)."""
    proxy = bytes.fromhex(PROXY.removeprefix("0x"))
    place = keccak(b"\xff" + proxy + SALT + keccak(artefact().bytecode))
    return "0x" + place[12:].hex()


def deployment() -> bytes:
    """Return the data of the transaction to the proxy that creates the registry."""
    return SALT + artefact().bytecode


def anchor_of_call(*, submitter: str, root: bytes) -> bytes:
    """Write a call of anchorOf(address,bytes32)."""
    return ANCHOR_OF + bytes(12) + bytes.fromhex(submitter.removeprefix("0x")) + root


def anchor_of_answer(answer: bytes) -> Anchored | None:
    """Read what anchorOf returned; nothing at all is what an address without code answers."""
    if len(answer) != 64:  # noqa: PLR2004 - two words
        return None
    timestamp, block_number = int.from_bytes(answer[:32], "big"), int.from_bytes(answer[32:], "big")
    if timestamp == 0:
        return None
    return Anchored(time=datetime.fromtimestamp(timestamp, tz=UTC), block_number=block_number)
