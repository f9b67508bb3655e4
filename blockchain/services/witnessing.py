"""The chain as an auditor sees it: asked once, from one head, and never written to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from blockchain import chains
from blockchain.chains import registry as anchor_registry
from blockchain.chains.interface import Anchored, Block, Chain, Tag, Transaction
from blockchain.core import anchor

# How far a clock of ours may have been from the chain's.
SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Witness:
    """What one chain says of our anchors.

    Make it before the database is looked at: what the chain held then, a sound database knew before
    (bytes are stored before they are sent). What the chain learns later is nobody's fault.

    Attributes:
        chain: CAIP-2 identifier.
        head: Height of the last block then.
        finalized: Height of the last final block then.
        nonces: How many transactions of each account the chain held then.
    """

    chain: str
    head: int
    finalized: int
    nonces: Mapping[str, int]
    _asked: Chain

    def is_ours(self, registry: str) -> bool:
        """Say whether the code at that address is the registry's: without it nothing counts."""
        is_known = registry in anchor.REGISTRIES
        return is_known and self._asked.code(registry) == anchor_registry.artefact().runtime

    def anchored(
        self, *, registry: str, submitter: str, root: bytes, final: bool
    ) -> Anchored | None:
        """Return when the registry first saw the root; as of the last final block if `final`."""
        tag: Tag = "finalized" if final else "latest"
        return self._asked.anchor_of(registry=registry, submitter=submitter, root=root, tag=tag)

    def block(self, number: int) -> Block | None:
        """Return the block at that height."""
        return self._asked.block(number)

    def sent(self, transaction: str) -> Transaction | None:
        """Return a transaction by its hash."""
        return self._asked.transaction(transaction)

    def is_mined(self, transaction: str) -> bool:
        """Say whether a transaction is in a block."""
        return self._asked.receipt(transaction) is not None

    def noted(
        self, *, registry: str, submitters: Sequence[str], first: int
    ) -> Iterator[tuple[str, bytes, int, str]]:
        """Return the registry's journal from block `first` to the head.

        Yields:
            Submitter, root, height and transaction of each anchor, oldest first.
        """
        # It imports web3, which takes a second, and most audits need no journal.
        from blockchain.chains import events  # noqa: PLC0415

        journal = events.noted(
            self._asked, registry=registry, submitters=submitters, first=first, last=self.head
        )
        for each in journal:
            yield each.submitter, each.root, each.block_number, each.transaction

    def height_at(self, instant: datetime) -> int:
        """Return a height before which nothing happened at `instant` or later; 0 if unsure.

        Heights grow with time, so thirty questions find it among a thousand million blocks.
        """
        wanted = instant - SKEW
        low, high = 0, self.head
        head = self.block(high)
        if head is None or head.time < wanted:
            return 0
        while low < high:
            middle = (low + high) // 2
            found = self.block(middle)
            if found is not None and found.time < wanted:
                low = middle + 1
            else:
                high = middle
        return low


def witness(*, accounts: Sequence[str], chain: str = "") -> Witness:
    """Return a chain of the settings as it is now, for an auditor.

    Args:
        accounts: CAIP-10 accounts that submit for us; those of other chains are left aside.
        chain: CAIP-2 identifier; the first chain of the settings, if none is named.

    Raises:
        Unavailable: the chain cannot be asked, is another one, or none of the settings.
    """
    asked = chains.get_chain(chain)
    asked.check()
    ours = [account for account in accounts if account.rpartition(":")[0] == asked.id]
    addresses = [account.rpartition(":")[2] for account in ours]
    return Witness(
        chain=asked.id,
        head=asked.head().number,
        finalized=asked.finalized().number,
        nonces={address: asked.nonce(address, "latest") for address in addresses},
        _asked=asked,
    )


def witnesses(*, accounts: Sequence[str]) -> tuple[dict[str, Witness], dict[str, str]]:
    """Return every chain that the settings or the accounts name, and why others do not answer.

    Args:
        accounts: CAIP-10 accounts that submit for us.

    Returns:
        Witnesses by CAIP-2 identifier, and the reasons of those chains that cannot be asked.
    """
    found: dict[str, Witness] = {}
    silent: dict[str, str] = {}
    for name in dict.fromkeys([*chains.configured(), *(a.rpartition(":")[0] for a in accounts)]):
        try:
            found[name] = witness(accounts=accounts, chain=name)
        except chains.Unavailable as trouble:
            silent[name] = str(trouble)
    return found, silent
