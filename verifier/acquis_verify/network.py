"""Ask: nodes of a chain about a receipt, and the issuer's own addresses for its documents.

A node may lie: two of different hosts must answer (one of a chain that only its own machine has),
and all that answer must say the same. Nothing is read beyond a bound, no redirect is followed, and
no private address is asked but nodes that the reader names.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from blockchain.core import anchor
from credentials.core import canonical
from credentials.core.report import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from http.client import HTTPResponse

PATIENCE_SECONDS = 15
MAX_BYTES = 3 * 1024 * 1024
LEAST_NODES = 2
_ANCHOR_OF = "0xecbe7ca5"
# A last final block: what a registry holds there stays.
_TAGS = ("latest", "finalized")


class _TroubleError(Exception):
    """A node did not answer, or not as a node of this chain would."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        """Follow nowhere: whom to ask was decided before."""


_OPENER = urllib.request.build_opener(_NoRedirect)


def find(
    nodes: Sequence[str], receipt: anchor.AnchorProof
) -> tuple[anchor.Finding | Unavailable, list[str]]:
    """Return what the nodes agree that the chain holds, and what each of them did.

    Args:
        nodes: addresses of JSON-RPC, of the reader's choice.
        receipt: parsed, not trusted.
    """
    answers: list[anchor.Finding] = []
    said: list[str] = []
    for node in {urlsplit(each).netloc: each for each in nodes}.values():
        try:
            answers.append(_finding(node, receipt))
            said.append(f"{urlsplit(node).netloc} answered")
        except (_TroubleError, OSError, ValueError, KeyError, TypeError) as error:
            said.append(f"{urlsplit(node).netloc} did not help: {error}")
    least = 1 if receipt.chain in anchor.DEVELOPMENT_CHAINS else LEAST_NODES
    if len(answers) < least:
        why = f"fewer than {least} nodes of {receipt.chain} answered"
        return Unavailable("chain", why), said
    facts = {
        (each.anchored_at, each.transaction, each.block_hash, each.block_time) for each in answers
    }
    if len(facts) > 1:
        return Unavailable("chain", "the nodes contradict one another"), said
    agreed = min(answers, key=lambda each: (each.finalized, each.confirmations))
    return agreed, said


def fetch(address: str) -> Mapping[str, Any] | Unavailable:
    """Return the JSON document at an address of the issuer."""
    parts = urlsplit(address)
    try:
        if parts.scheme != "https" or not _is_public(parts.hostname or ""):
            return Unavailable("document", f"{address[:200]} is no public address")
        request = urllib.request.Request(  # noqa: S310 - https, see above
            address, headers={"Accept": "application/json"}
        )
        return canonical.loads(_read(request))
    except (OSError, ValueError) as error:
        return Unavailable("document", str(error)[:200])


def _is_public(host: str) -> bool:
    found = {each[4][0] for each in socket.getaddrinfo(host, 443)}
    return bool(found) and all(ipaddress.ip_address(each).is_global for each in found)


def _read(request: urllib.request.Request) -> bytes:
    answer: HTTPResponse
    with _OPENER.open(request, timeout=PATIENCE_SECONDS) as answer:
        body = answer.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise _TroubleError("it answers too much")
    return body


def _finding(node: str, receipt: anchor.AnchorProof) -> anchor.Finding:
    def ask(method: str, *parameters: object) -> Any:
        return _rpc(node, method, parameters)

    if int(ask("eth_chainId"), 16) != int(receipt.chain.partition(":")[2]):
        raise _TroubleError("it is of another chain")
    head = int(ask("eth_blockNumber"), 16)
    if head < receipt.block_number:
        raise _TroubleError("it has not come as far as the block")
    block = ask("eth_getBlockByNumber", hex(receipt.block_number), False)  # noqa: FBT003
    now, final = (_anchored(ask, receipt, tag) for tag in _TAGS)
    return anchor.Finding(
        anchored_at=now and now[0],
        block_number=now and now[1],
        finalized=now is not None and now == final,
        confirmations=head - receipt.block_number + 1 if block else 0,
        transaction=_sent(ask("eth_getTransactionByHash", receipt.transaction)),
        block_hash=str(block["hash"]) if block else None,
        block_time=_instant(int(block["timestamp"], 16)) if block else None,
    )


def _anchored(ask: Any, receipt: anchor.AnchorProof, tag: str) -> tuple[datetime, int] | None:
    """Ask the registry; of a chain that has no last final block yet, nothing is final."""
    if receipt.contract not in anchor.REGISTRIES:
        return None
    data = f"{_ANCHOR_OF}{receipt.submitter.removeprefix('0x'):0>64}{receipt.root.hex()}"
    try:
        answer = bytes.fromhex(ask("eth_call", {"to": receipt.contract, "data": data}, tag)[2:])
    except _TroubleError:
        if tag == "latest":
            raise
        return None
    time, number = int.from_bytes(answer[:32], "big"), int.from_bytes(answer[32:64], "big")
    return (_instant(time), number) if time else None


def _sent(found: Mapping[str, Any] | None) -> anchor.Sent | None:
    if found is None:
        return None
    return anchor.Sent(
        sender=str(found["from"]).lower(),
        recipient=str(found["to"] or "").lower(),
        data=bytes.fromhex(found["input"].removeprefix("0x")),
        block_hash=found["blockHash"],
    )


def _rpc(node: str, method: str, parameters: Sequence[object]) -> Any:
    if urlsplit(node).scheme not in {"https", "http"}:
        raise _TroubleError("it is no address of a node")
    question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
    request = urllib.request.Request(  # noqa: S310 - http or https, see above
        node, data=json.dumps(question).encode(), headers={"Content-Type": "application/json"}
    )
    answer = json.loads(_read(request))
    if not isinstance(answer, dict) or answer.get("error") or "result" not in answer:
        raise _TroubleError("it refuses the question")
    return answer["result"]


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
