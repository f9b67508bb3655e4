"""Transactions that wait for a block, under the rules and with the words of an ordinary node."""

from collections.abc import Callable, Iterator

from eth.abc import SignedTransactionAPI

# Bounds of memory; a development chain serves one application.
MOST_TRANSACTIONS = 1024
# A node asks a replacement for a tenth more, so that replacing cannot be used to flood the network
# for free.
REPLACEMENT_PERCENT = 110


class RefusedError(Exception):
    """The transaction does not enter; the message is the one a node gives, as programs read it."""


class Pool:
    """Waiting transactions by sender and nonce, in the order of their arrival."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[bytes, int], SignedTransactionAPI] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def find(self, transaction_hash: bytes) -> SignedTransactionAPI | None:
        """Return the waiting transaction of this hash."""
        return next((one for one in self._waiting.values() if one.hash == transaction_hash), None)

    def add(
        self, transaction: SignedTransactionAPI, *, nonce: int, balance: int, gas_limit: int
    ) -> None:
        """Let a transaction in.

        Args:
            transaction: Decoded, its signature valid.
            nonce: The sender's next, in the last block.
            balance: The sender's, in the last block, in wei.
            gas_limit: Of a block.

        Raises:
            RefusedError: it can never be mined as it is, or stands in for one that pays as well.
        """
        if self.find(transaction.hash) is not None:
            raise RefusedError("already known")
        if transaction.nonce < nonce:
            raise RefusedError(f"nonce too low: next nonce {nonce}, tx nonce {transaction.nonce}")
        if transaction.gas > gas_limit:
            raise RefusedError("exceeds block gas limit")
        if transaction.gas < transaction.intrinsic_gas:
            raise RefusedError(
                f"intrinsic gas too low: have {transaction.gas}, want {transaction.intrinsic_gas}"
            )
        if transaction.max_fee_per_gas < transaction.max_priority_fee_per_gas:
            raise RefusedError("max priority fee per gas higher than max fee per gas")
        cost = transaction.value + transaction.gas * transaction.max_fee_per_gas
        if cost > balance:
            raise RefusedError(
                f"insufficient funds for gas * price + value: balance {balance}, tx cost {cost}"
            )
        place = (transaction.sender, transaction.nonce)
        former = self._waiting.get(place)
        if former is None and len(self._waiting) >= MOST_TRANSACTIONS:
            raise RefusedError("txpool is full")
        if former is not None and not _pays_more(transaction, than=former):
            raise RefusedError("replacement transaction underpriced")
        self._waiting[place] = transaction

    def next_nonce(self, sender: bytes, nonce: int) -> int:
        """Return the first nonce, from `nonce` on, that no waiting transaction has."""
        while (sender, nonce) in self._waiting:
            nonce += 1
        return nonce

    def ready(
        self, *, nonce_of: Callable[[bytes], int], base_fee: int
    ) -> Iterator[SignedTransactionAPI]:
        """Yield what a block may take now: no gap before it, and a fee above the block's."""
        senders = dict.fromkeys(sender for sender, _ in self._waiting)
        for sender in senders:
            nonce = nonce_of(sender)
            while (found := self._waiting.get((sender, nonce))) is not None:
                if found.max_fee_per_gas < base_fee:
                    break
                yield found
                nonce += 1

    def drop(self, transaction: SignedTransactionAPI) -> None:
        """Forget a transaction: it is in a block, or will never be."""
        self._waiting.pop((transaction.sender, transaction.nonce), None)

    def drop_below(self, nonce_of: Callable[[bytes], int]) -> None:
        """Forget those whose nonce a block has used."""
        for sender, nonce in list(self._waiting):
            if nonce < nonce_of(sender):
                del self._waiting[sender, nonce]


def _pays_more(transaction: SignedTransactionAPI, *, than: SignedTransactionAPI) -> bool:
    return all(
        100 * getattr(transaction, fee) >= REPLACEMENT_PERCENT * getattr(than, fee)
        for fee in ("max_fee_per_gas", "max_priority_fee_per_gas")
    )
