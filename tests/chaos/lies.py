"""What a node can say that is not so: an older state, or a state that never was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config.embedded import chain

Ask = Callable[..., Any]
Lie = Callable[[dict[str, Any], dict[str, Any], Ask], None]
# Where the tag, or the height, stands among the parameters.
TAG_AT = {
    "eth_getBlockByNumber": 0,
    "eth_getTransactionCount": 1,
    "eth_getBalance": 1,
    "eth_getCode": 1,
    "eth_call": 1,
}
NOTHING = "0x" + "00" * 64


# -- An older state --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frozen:
    """How far the chain was when a node stopped to keep up."""

    head: int
    final: int


def freeze(upstream: int) -> Frozen:
    """Return how far the chain is now."""
    url = f"http://{chain.LOOPBACK}:{upstream}"

    def height(tag: str) -> int:
        return int(chain.ask(url, "eth_getBlockByNumber", tag, False)["number"], 16)  # noqa: FBT003

    return Frozen(height("latest"), height("finalized"))


def rewind(asked: dict[str, Any], frozen: Frozen) -> tuple[Any, str] | None:
    """Ask for the older state instead; return a result and an error where it has none of it."""
    method, place = asked["method"], TAG_AT.get(asked["method"])
    if method == "eth_blockNumber":
        return hex(frozen.head), ""
    if place is None or len(asked["params"]) <= place:
        return None
    tag = asked["params"][place]
    if tag in ("latest", "pending", "finalized", "safe"):
        height = frozen.final if tag in ("finalized", "safe") else frozen.head
        asked["params"][place] = hex(height)
    elif isinstance(tag, str) and tag.startswith("0x") and int(tag, 16) > frozen.head:
        return (None, "") if method == "eth_getBlockByNumber" else (None, "header not found")
    return None


def unlearn(asked: dict[str, Any], told: dict[str, Any], frozen: Frozen) -> bool:
    """Take away what happened after the older state."""
    result = told.get("result")
    if asked["method"] == "eth_getLogs" and result:
        told["result"] = [each for each in result if int(each["blockNumber"], 16) <= frozen.head]
        return len(told["result"]) < len(result)
    if asked["method"] not in ("eth_getTransactionReceipt", "eth_getTransactionByHash"):
        return False
    if not isinstance(result, dict) or not result.get("blockNumber"):
        return False
    if int(result["blockNumber"], 16) <= frozen.head:
        return False
    told["result"] = None
    return True


# -- A state that never was ------------------------------------------------------------------------


def no_receipts(asked: dict[str, Any], told: dict[str, Any], ask: Ask) -> None:
    """Say of every transaction that it is in no block."""
    if asked["method"] == "eth_getTransactionReceipt":
        told["result"] = None


def no_anchors(asked: dict[str, Any], told: dict[str, Any], ask: Ask) -> None:
    """Say that the registry holds nothing."""
    if asked["method"] == "eth_call":
        told["result"] = NOTHING


def false_anchors(asked: dict[str, Any], told: dict[str, Any], ask: Ask) -> None:
    """Say that whatever is asked for was anchored in the last final block, with receipts."""
    last = ask("eth_getBlockByNumber", "finalized", False)  # noqa: FBT003 - the protocol's
    if asked["method"] == "eth_call" and told.get("result") == NOTHING:
        words = (int(last["timestamp"], 16), int(last["number"], 16))
        told["result"] = "0x" + "".join(f"{word:064x}" for word in words)
    elif asked["method"] == "eth_getTransactionReceipt" and told.get("result") is None:
        told["result"] = {
            "transactionHash": asked["params"][0], "transactionIndex": "0x0",
            "blockHash": last["hash"], "blockNumber": last["number"], "status": "0x1",
            "gasUsed": "0xb301", "cumulativeGasUsed": "0xb301", "effectiveGasPrice": "0x1",
            "from": "0x" + "00" * 20, "to": "0x" + "00" * 20, "contractAddress": None,
            "logs": [], "logsBloom": "0x" + "00" * 256, "type": "0x2",
        }  # fmt: skip


def other_blocks(asked: dict[str, Any], told: dict[str, Any], ask: Ask) -> None:
    """Show other blocks, as a node does that follows a branch of its own."""
    member = {"eth_getBlockByNumber": "hash", "eth_getTransactionReceipt": "blockHash"}
    if asked["method"] in member and isinstance(told.get("result"), dict):
        told["result"][member[asked["method"]]] = "0x" + "ee" * 32


def used_nonces(asked: dict[str, Any], told: dict[str, Any], ask: Ask) -> None:
    """Say that more transactions were mined than were."""
    if asked["method"] == "eth_getTransactionCount" and told.get("result"):
        told["result"] = hex(int(told["result"], 16) + 2)


def unused_nonces(asked: dict[str, Any], told: dict[str, Any], ask: Ask) -> None:
    """Say that fewer transactions were mined than were."""
    if asked["method"] == "eth_getTransactionCount" and told.get("result"):
        told["result"] = hex(max(0, int(told["result"], 16) - 2))


LIES: Mapping[str, Lie] = {
    "no receipts": no_receipts,
    "no anchors": no_anchors,
    "false anchors": false_anchors,
    "other blocks": other_blocks,
    "used nonces": used_nonces,
    "unused nonces": unused_nonces,
}
