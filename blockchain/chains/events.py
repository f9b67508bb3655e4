"""The registry's own journal: every anchor that it noted for some accounts, oldest first.

Sending and following never read it: a batch is found by its transaction and its root. It is for an
auditor, who asks what is on the chain that the database does not know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address

from blockchain.chains import registry as anchor_registry
from blockchain.chains.evm import EvmChain
from blockchain.chains.interface import Chain, Unavailable
from blockchain.chains.memory import MemoryChain

# Blocks asked for at once. Public nodes allow one to ten thousand; one that allows fewer refuses,
# and is asked for half as many.
SPAN = 8_000
LEAST_SPAN = 100


@dataclass(frozen=True, slots=True)
class Noted:
    """One anchor, as the registry noted it: the first of a root under a submitter, and only it."""

    submitter: str
    root: bytes
    block_number: int
    transaction: str


def noted(
    chain: Chain, *, registry: str, submitters: Sequence[str], first: int, last: int
) -> Iterator[Noted]:
    """Return what the registry noted for `submitters` in the blocks from `first` to `last`.

    Raises:
        Unavailable: the chain could not be asked, or not in spans of any useful size.
    """
    if isinstance(chain, MemoryChain):
        yield from _remembered(chain, registry, submitters, first, last)
    elif isinstance(chain, EvmChain):
        yield from _logged(chain, registry, submitters, first, last)
    else:
        raise Unavailable(f"{type(chain).__name__} keeps no journal of its registry")


def _logged(
    chain: EvmChain, registry: str, submitters: Sequence[str], first: int, last: int
) -> Iterator[Noted]:
    wanted: dict[str, Any] = {
        "address": to_checksum_address(registry),
        "topics": [
            anchor_registry.ANCHORED,
            ["0x" + "00" * 12 + each.removeprefix("0x") for each in submitters],
        ],
    }
    span = SPAN
    while first <= last:
        end = min(first + span - 1, last)
        try:
            logs = _journal(chain, wanted | {"fromBlock": first, "toBlock": end})
        except Unavailable:
            if span <= LEAST_SPAN:
                raise
            span //= 2
            continue
        for log in logs:
            yield Noted(
                submitter="0x" + bytes(log["topics"][1])[12:].hex(),
                root=bytes(log["topics"][2]),
                block_number=int(log["blockNumber"]),
                transaction="0x" + bytes(log["transactionHash"]).hex(),
            )
        first = end + 1


def _journal(chain: EvmChain, wanted: Any) -> list[Any]:
    return chain._read(lambda node: list(node.eth.get_logs(wanted)))  # noqa: SLF001 - a neighbour


def _remembered(
    chain: MemoryChain, registry: str, submitters: Sequence[str], first: int, last: int
) -> Iterator[Noted]:
    seen = set()
    for mined in chain._blocks:  # noqa: SLF001 - a neighbour
        for each in mined.transactions:
            is_anchor = each.recipient == registry and len(each.data) == 32  # noqa: PLR2004 - a root
            if not is_anchor or (each.sender, each.data) in seen:
                continue
            seen.add((each.sender, each.data))
            if each.sender in submitters and first <= mined.block.number <= last:
                yield Noted(each.sender, each.data, mined.block.number, each.hash)
