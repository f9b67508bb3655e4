"""What the chain is and how it begins: its rules, its first accounts, the deployment proxy."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from eth.abc import BlockHeaderAPI
from eth.chains.base import MiningChain
from eth.constants import BLANK_ROOT_HASH
from eth.db.atomic import AtomicDB
from eth.vm.forks.prague import PragueVM
from eth_keys.datatypes import PrivateKey
from eth_typing import BlockNumber

# eth-tester's, so that what was anchored on its chain is named alike.
CHAIN_ID = 131_277_322_940_537
GAS_LIMIT = 30_029_122
# The deterministic deployment proxy, at the address that it has on every chain
# (github.com/Arachnid's): it makes a contract whose address depends on its code alone. A
# development node has it from the first block on, as anvil does.
PROXY = bytes.fromhex("4e59b44847b379578588920cA78FbF26c0B4956C")
PROXY_CODE = bytes.fromhex(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0"
    "3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
)
# Money for the asking, worth nothing: the private keys are 1, 2 and 3.
DEV_KEYS = tuple(PrivateKey(number.to_bytes(32, "big")) for number in (1, 2, 3))
DEV_BALANCE = 10**24


class DevChain(MiningChain):
    """py-evm's rules of the Prague fork, with a gas limit that stays."""

    chain_id = CHAIN_ID
    vm_configuration = ((BlockNumber(0), PragueVM),)

    def create_header_from_parent(
        self, parent_header: BlockHeaderAPI, **fields: Any
    ) -> BlockHeaderAPI:
        """Make the next header."""
        return super().create_header_from_parent(
            parent_header, **{**fields, "gas_limit": parent_header.gas_limit}
        )


@cache
def kind(chain_id: int) -> type[DevChain]:
    """Return the rules under another chain id, so that several chains may run at once."""
    return (
        DevChain if chain_id == CHAIN_ID else type("DevChain", (DevChain,), {"chain_id": chain_id})
    )


def unsigned_transaction(
    *, nonce: int, fee: int, tip: int, fields: Mapping[str, Any], chain_id: int = CHAIN_ID
) -> Any:
    """Return a transaction of EIP-1559 that nobody has signed yet; fees in wei per gas."""
    builder: Any = PragueVM.get_transaction_builder()
    return builder.new_unsigned_dynamic_fee_transaction(
        chain_id=chain_id,
        nonce=nonce,
        max_priority_fee_per_gas=tip,
        max_fee_per_gas=fee,
        gas=fields["gas"],
        to=fields["to"],
        value=fields["value"],
        data=fields["data"],
        access_list=[],
    )


def _header(timestamp: int) -> dict[str, Any]:
    return {
        "coinbase": bytes(20),
        "difficulty": 0,
        "extra_data": b"",
        "gas_limit": GAS_LIMIT,
        "mix_hash": bytes(32),
        "nonce": bytes(8),
        "receipt_root": BLANK_ROOT_HASH,
        "timestamp": timestamp,
        "transaction_root": BLANK_ROOT_HASH,
    }


def _accounts() -> Any:
    empty = {"balance": 0, "nonce": 0, "code": b"", "storage": {}}
    accounts = {
        key.public_key.to_canonical_address(): {**empty, "balance": DEV_BALANCE} for key in DEV_KEYS
    }
    return {**accounts, PROXY: {**empty, "nonce": 1, "code": PROXY_CODE}}


def begin(database: AtomicDB, *, timestamp: int) -> None:
    """Write the first block."""
    DevChain.from_genesis(database, _header(timestamp), _accounts())
