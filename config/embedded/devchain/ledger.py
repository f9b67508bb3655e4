"""The chain: genesis, waiting transactions, blocks, finality; one lock, one write for a block."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import rlp.exceptions  # type: ignore[import-untyped]
from eth.abc import BlockAPI, BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI, VirtualMachineAPI
from eth.db.atomic import AtomicDB
from eth.exceptions import CanonicalHeadNotFound, HeaderNotFound, PyEVMError, TransactionNotFound
from eth.vm.forks.prague import PragueVM
from eth.vm.spoof import SpoofTransaction
from eth_keys.exceptions import BadSignature
from eth_typing import BlockNumber, Hash32
from eth_utils.exceptions import ValidationError

from config.embedded.devchain import genesis
from config.embedded.devchain.pool import Pool, RefusedError
from config.embedded.devchain.store import Store

CHAIN_ID = genesis.CHAIN_ID
# A block is safe under one more, final under two: short, but a way to go, as on a public chain.
SAFE_DEPTH = 1
FINAL_DEPTH = 2
BLOCK_SECONDS = 1.0
BLOB_TYPE, SET_CODE_TYPE = 3, 4
# What a development node asks to be served first: one gwei.
TIP = 10**9

_UNDECODABLE = (
    rlp.exceptions.RLPException,
    ValidationError,
    PyEVMError,
    BadSignature,
    ValueError,
    IndexError,
    TypeError,
)


class UnknownBlockError(Exception):
    """There is no such block."""


class RevertedError(Exception):
    """The call ran and gave up; `data` is what it returned."""

    def __init__(self, message: str, data: bytes = b"") -> None:
        super().__init__(message)
        self.data = data


class Ledger:
    """One chain in one file, for the threads of one process."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        block_seconds: float = BLOCK_SECONDS,
        chain_id: int = CHAIN_ID,
    ) -> None:
        """Open the chain, or begin it.

        Args:
            path: The SQLite file.
            clock: Seconds since 1970; blocks carry it.
            block_seconds: Between two blocks; 0 lets a test go on without waiting.
            chain_id: For which signatures are meant (EIP-155).

        Raises:
            StoreInUseError: another process has it open.
        """
        self.chain_id = chain_id
        self._kind = genesis.kind(chain_id)
        self._lock = threading.RLock()
        self._clock = clock
        self._block_seconds = block_seconds
        self._store = Store(path)
        self._database = AtomicDB(self._store)
        self._pool = Pool()
        self._last_block_at = float("-inf")
        try:
            self._chain = self._kind(self._database)
        except CanonicalHeadNotFound:
            with self._store.block():
                genesis.begin(self._database, timestamp=int(clock()))
            self._chain = self._kind(self._database)
        self._last_used = self._find_last_used()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._store.close()

    # -- blocks ------------------------------------------------------------------------------------
    def head(self) -> BlockHeaderAPI:
        """Return the header of the last block."""
        with self._lock:
            return self._chain.get_canonical_head()

    def header(self, tag: str | int) -> BlockHeaderAPI:
        """Return a header by number or by tag.

        Raises:
            UnknownBlockError: the chain is not that long, or there is no such tag.
        """
        with self._lock:
            number = self._number(tag)
            if number > self.head().block_number:
                raise UnknownBlockError(f"block {number} is not mined")
            return self._chain.get_canonical_block_header_by_number(BlockNumber(number))

    def _number(self, tag: str | int) -> int:
        if isinstance(tag, int):
            return tag
        head = self.head().block_number
        depths = {
            "latest": 0,
            "pending": 0,
            "safe": SAFE_DEPTH,
            "finalized": FINAL_DEPTH,
            "earliest": head,
        }
        if tag not in depths:
            raise UnknownBlockError(f"{tag!r} is no block")
        return max(0, head - depths[tag])

    def header_by_hash(self, block_hash: bytes) -> BlockHeaderAPI:
        """Return a header by its hash.

        Raises:
            UnknownBlockError: no block of the chain has it.
        """
        with self._lock:
            try:
                header = self._chain.get_block_header_by_hash(Hash32(block_hash))
            except HeaderNotFound as error:
                raise UnknownBlockError(f"no block 0x{block_hash.hex()}") from error
            return header

    def block(self, header: BlockHeaderAPI) -> BlockAPI:
        """Return a block with its transactions."""
        with self._lock:
            return self._chain.get_block_by_header(header)

    def receipts(self, header: BlockHeaderAPI) -> tuple[ReceiptAPI, ...]:
        """Return the receipts of a block, in order."""
        with self._lock:
            return tuple(self._chain.chaindb.get_receipts(header, PragueVM.get_receipt_builder()))

    def transaction(
        self, transaction_hash: bytes
    ) -> tuple[BlockAPI, int] | SignedTransactionAPI | None:
        """Return where a transaction is in the chain, or itself while it waits, or None."""
        with self._lock:
            try:
                number, index = self._chain.get_canonical_transaction_index(
                    Hash32(transaction_hash)
                )
            except TransactionNotFound:
                return self._pool.find(transaction_hash)
            return self._chain.get_canonical_block_by_number(number), index

    # -- state -------------------------------------------------------------------------------------
    def state(self, header: BlockHeaderAPI) -> Any:
        """Return the state after a block."""
        return self._machine(header).state

    def _machine(self, header: BlockHeaderAPI) -> VirtualMachineAPI:
        with self._lock:
            return self._chain.get_vm(header)

    def pending_nonce(self, address: bytes) -> int:
        """Return the nonce of this account's next transaction, after those that wait."""
        with self._lock:
            return self._pool.next_nonce(address, self.state(self.head()).get_nonce(address))

    def call(self, fields: Mapping[str, Any], *, header: BlockHeaderAPI) -> bytes:
        """Run a transaction on the state after a block, keep nothing, return its output.

        Args:
            fields: `sender`, `to`, `data`, `value`, `gas`.
            header: Of the block.

        Raises:
            RevertedError: the code gave up.
        """
        with self._lock:
            # Free of charge: a question costs nothing, and the asker need not be rich.
            with self._machine(header).in_costless_state() as state:
                computation = state.apply_transaction(self._spoof(fields, header))
            if computation.is_error:
                raise RevertedError(
                    f"execution reverted: {computation.error!r:.200}", bytes(computation.output)
                )
            return bytes(computation.output)

    def estimate(self, fields: Mapping[str, Any], *, header: BlockHeaderAPI) -> int:
        """Return gas enough for a transaction.

        Raises:
            RevertedError: no amount is enough.
        """
        with self._lock:
            try:
                return self._chain.estimate_gas(self._spoof(fields, header), header)
            except PyEVMError as error:
                raise RevertedError(f"execution reverted: {error!r:.200}") from error

    def _spoof(self, fields: Mapping[str, Any], header: BlockHeaderAPI) -> SignedTransactionAPI:
        unsigned = genesis.unsigned_transaction(
            nonce=self.state(header).get_nonce(fields["sender"]),
            fee=0,
            tip=0,
            fields=fields,
        )
        # It has every attribute of what it wraps.
        return cast("SignedTransactionAPI", SpoofTransaction(unsigned, from_=fields["sender"]))

    # -- transactions ------------------------------------------------------------------------------
    def send(self, raw: bytes) -> bytes:
        """Take a signed transaction and return its hash; a chain at rest mines it at once.

        Raises:
            RefusedError: it cannot be decoded, is for another chain, or breaks a rule of the pool.
        """
        try:
            transaction = PragueVM.get_transaction_builder().decode(raw)
            transaction.validate()
            sender = transaction.sender
            chain_id = transaction.chain_id
        except _UNDECODABLE as error:
            raise RefusedError(f"invalid transaction: {error!r:.200}") from error
        if raw[0] in (BLOB_TYPE, SET_CODE_TYPE):
            raise RefusedError("transaction type not supported")
        if chain_id not in (None, self.chain_id):
            raise RefusedError(f"invalid chain id for signer: have {chain_id} want {self.chain_id}")
        with self._lock:
            head = self.head()
            state = self.state(head)
            self._pool.add(
                transaction,
                nonce=state.get_nonce(sender),
                balance=state.get_balance(sender),
                gas_limit=head.gas_limit,
            )
            self.tick()
        return bytes(transaction.hash)

    def send_from_dev_account(
        self, fields: Mapping[str, Any], *, nonce: int | None = None
    ) -> bytes:
        """Sign for one of our own accounts, send, and return the hash.

        Raises:
            RefusedError: the account is not one of ours, or the pool refuses.
        """
        key = next(
            (
                one
                for one in genesis.DEV_KEYS
                if one.public_key.to_canonical_address() == fields["sender"]
            ),
            None,
        )
        if key is None:
            raise RefusedError("unknown account")
        with self._lock:
            unsigned = genesis.unsigned_transaction(
                nonce=self.pending_nonce(fields["sender"]) if nonce is None else nonce,
                fee=2 * (self.head().base_fee_per_gas or 0) + TIP,
                tip=TIP,
                fields=fields,
                chain_id=self.chain_id,
            )
            signed = unsigned.as_signed_transaction(key, chain_id=self.chain_id)
            return self.send(signed.encode())

    # -- mining ------------------------------------------------------------------------------------
    def tick(self) -> bool:
        """Mine a block if one is due: transactions wait, or the last one is not final yet.

        Returns:
            Whether it did.
        """
        with self._lock:
            if time.monotonic() - self._last_block_at < self._block_seconds:
                return False
            head = self.head()
            is_final = self._last_used <= max(0, head.block_number - FINAL_DEPTH)
            if is_final and not any(True for _ in self._ready(head)):
                return False
            self._mine(head)
            return True

    def base_fee(self) -> int:
        """Return what the next block burns for a unit of gas, in wei."""
        with self._lock:
            return self._chain.create_header_from_parent(self.head()).base_fee_per_gas or 0

    def _ready(self, head: BlockHeaderAPI) -> list[SignedTransactionAPI]:
        state = self.state(head)
        return list(self._pool.ready(nonce_of=state.get_nonce, base_fee=self.base_fee()))

    def _mine(self, head: BlockHeaderAPI) -> None:
        ready = self._ready(head)
        # A chain of its own for each block: what a failure leaves in it is forgotten with it.
        chain = self._kind(self._database)
        # Before the transactions run, for they may read it.
        chain.header = chain.header.copy(timestamp=max(int(self._clock()), head.timestamp + 1))
        with self._store.block():
            for transaction in ready:
                if chain.header.gas_used + transaction.gas > chain.header.gas_limit:
                    break
                try:
                    chain.apply_transaction(transaction)
                except (ValidationError, PyEVMError, RecursionError):
                    # The balance went elsewhere meanwhile; a node drops such a transaction in
                    # silence, too.
                    self._pool.drop(transaction)
            block = chain.mine_block(coinbase=bytes(20), mix_hash=os.urandom(32), blob_gas_used=0)
        self._chain = chain
        self._last_block_at = time.monotonic()
        if block.transactions:
            self._last_used = block.number
            self._pool.drop_below(self.state(self.head()).get_nonce)

    def _find_last_used(self) -> int:
        """Return the last block with a transaction among those not final yet, else 0."""
        head = self.head().block_number
        for number in range(head, max(0, head - FINAL_DEPTH), -1):
            if self._chain.get_canonical_block_header_by_number(BlockNumber(number)).gas_used:
                return number
        return 0
