"""The outside world of the witness: chains, and keys that may write on them.

Only the services import this package (contract 8 of pyproject.toml).
"""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from blockchain.chains.interface import (
    Anchored,
    Block,
    Chain,
    Disagreement,
    EvmSigner,
    Fees,
    Receipt,
    Signed,
    Tag,
    Transaction,
    Unavailable,
    Unsigned,
    WrongChain,
)

MEMORY = "memory:"


@cache
def get_chain() -> Chain:
    """Return the chain of the settings, made once per process; `cache_clear` forgets it.

    `CHAIN_RPC_URL=memory:` is a chain in memory, for tests only.
    """
    # web3 takes more than a second to import, and most commands never speak to a chain.
    if settings.CHAIN_RPC_URLS == [MEMORY]:
        from blockchain.chains.memory import MemoryChain  # noqa: PLC0415

        return MemoryChain(number=settings.CHAIN_ID)
    from blockchain.chains.evm import EvmChain  # noqa: PLC0415

    return EvmChain.over_http(number=settings.CHAIN_ID, urls=settings.CHAIN_RPC_URLS)


def get_signer() -> EvmSigner | None:
    """Return the submitter of the settings; None in a process that was given no key."""
    return _local_signer(settings.SUBMITTER_KEY) if settings.SUBMITTER_KEY else None


@cache
def _local_signer(key: str) -> EvmSigner:
    from blockchain.chains.signers import LocalSigner  # noqa: PLC0415 - as above

    try:
        return LocalSigner(bytes.fromhex(key.removeprefix("0x")))
    except ValueError:
        # Without its cause: the cause's message holds the key.
        raise ImproperlyConfigured("SUBMITTER_KEY must be 64 hexadecimal digits.") from None


__all__ = [
    "Anchored", "Block", "Chain", "Disagreement", "EvmSigner", "Fees", "Receipt", "Signed", "Tag",
    "Transaction", "Unavailable", "Unsigned", "WrongChain", "get_chain", "get_signer",
]  # fmt: skip
