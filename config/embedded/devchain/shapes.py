"""What the chain holds, as the JSON of the Ethereum execution API."""

from typing import Any

import rlp  # type: ignore[import-untyped]
from eth._utils.address import generate_contract_address
from eth.abc import BlockAPI, BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI
from eth_utils.address import to_checksum_address

Json = dict[str, Any]


def quantity(number: int) -> str:
    """Write a number: hexadecimal without leading zeros."""
    return hex(number)


def data(value: bytes) -> str:
    """Write bytes: two digits each."""
    return "0x" + bytes(value).hex()


def address(value: bytes) -> str | None:
    """Write an address with its checksum; None for the empty one, which means: make a contract."""
    return str(to_checksum_address(value)) if value else None


def block(block: BlockAPI, *, full: bool) -> Json:
    """Write a block, its transactions in full or as hashes."""
    header = block.header
    return {
        "number": quantity(header.block_number),
        "hash": data(header.hash),
        "parentHash": data(header.parent_hash),
        "nonce": data(header.nonce),
        "mixHash": data(header.mix_hash),
        "sha3Uncles": data(header.uncles_hash),
        "logsBloom": data(header.bloom.to_bytes(256, "big")),
        "transactionsRoot": data(header.transaction_root),
        "stateRoot": data(header.state_root),
        "receiptsRoot": data(header.receipt_root),
        "withdrawalsRoot": data(header.withdrawals_root or b""),
        "parentBeaconBlockRoot": data(header.parent_beacon_block_root or b""),
        "miner": address(header.coinbase),
        "difficulty": quantity(header.difficulty),
        "extraData": data(header.extra_data),
        "size": quantity(len(rlp.encode(block))),
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "baseFeePerGas": quantity(header.base_fee_per_gas or 0),
        "blobGasUsed": quantity(header.blob_gas_used or 0),
        "excessBlobGas": quantity(header.excess_blob_gas or 0),
        "timestamp": quantity(header.timestamp),
        "transactions": [
            transaction(one, block=header, index=index) if full else data(one.hash)
            for index, one in enumerate(block.transactions)
        ],
        "uncles": [],
        "withdrawals": [],
    }


def transaction(one: SignedTransactionAPI, *, block: BlockHeaderAPI | None, index: int = 0) -> Json:
    """Write a transaction; one that waits has no block."""
    kind = transaction_type(one)
    shape: Json = {
        "type": quantity(kind),
        "hash": data(one.hash),
        "nonce": quantity(one.nonce),
        "blockHash": data(block.hash) if block else None,
        "blockNumber": quantity(block.block_number) if block else None,
        "transactionIndex": quantity(index) if block else None,
        "from": address(one.sender),
        "to": address(one.to),
        "value": quantity(one.value),
        "gas": quantity(one.gas),
        "input": data(one.data),
        "r": quantity(one.r),
        "s": quantity(one.s),
    }
    if not kind:
        return {**shape, "gasPrice": quantity(one.gas_price), "v": quantity(one.as_dict()["v"])}
    price = effective_price(one, block) if block else one.max_fee_per_gas
    shape |= {
        "chainId": quantity(one.chain_id or 0),
        "accessList": [
            {
                "address": address(entry[0]),
                "storageKeys": [data(key.to_bytes(32, "big")) for key in entry[1]],
            }
            for entry in one.access_list
        ],
        "gasPrice": quantity(price),
        "yParity": quantity(one.y_parity),
        "v": quantity(one.y_parity),
    }
    if kind >= DYNAMIC_FEE:
        shape |= {
            "maxFeePerGas": quantity(one.max_fee_per_gas),
            "maxPriorityFeePerGas": quantity(one.max_priority_fee_per_gas),
        }
    return shape


DYNAMIC_FEE = 2


def transaction_type(one: SignedTransactionAPI) -> int:
    """Return the type of EIP-2718; 0 for those made before it."""
    return int(getattr(one, "type_id", None) or 0)


def effective_price(one: SignedTransactionAPI, block: BlockHeaderAPI) -> int:
    """Return what a unit of gas cost: EIP-1559."""
    base_fee = block.base_fee_per_gas or 0
    return min(one.max_fee_per_gas, base_fee + one.max_priority_fee_per_gas)


def receipt(found: BlockAPI, index: int, receipts: tuple[ReceiptAPI, ...]) -> Json:
    """Write the receipt of a block's transaction."""
    one, own = found.transactions[index], receipts[index]
    before = receipts[index - 1].gas_used if index else 0
    first_log = sum(len(earlier.logs) for earlier in receipts[:index])
    return {
        "type": quantity(transaction_type(one)),
        "status": quantity(int.from_bytes(own.state_root, "big")),
        "transactionHash": data(one.hash),
        "transactionIndex": quantity(index),
        "blockHash": data(found.header.hash),
        "blockNumber": quantity(found.header.block_number),
        "from": address(one.sender),
        "to": address(one.to),
        "contractAddress": None
        if one.to
        else address(generate_contract_address(one.sender, one.nonce)),
        "gasUsed": quantity(own.gas_used - before),
        "cumulativeGasUsed": quantity(own.gas_used),
        "effectiveGasPrice": quantity(effective_price(one, found.header)),
        "logsBloom": data(own.bloom.to_bytes(256, "big")),
        "logs": [
            {
                "address": address(log.address),
                "topics": [data(topic.to_bytes(32, "big")) for topic in log.topics],
                "data": data(log.data),
                "blockNumber": quantity(found.header.block_number),
                "blockHash": data(found.header.hash),
                "blockTimestamp": quantity(found.header.timestamp),
                "transactionHash": data(one.hash),
                "transactionIndex": quantity(index),
                "logIndex": quantity(first_log + position),
                "removed": False,
            }
            for position, log in enumerate(own.logs)
        ],
    }
