"""The outside world of the witness: chains, and keys that may write on them.

Only the services import this package (contract 8 of pyproject.toml).
"""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

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
    """Return the submitter of the settings; None in a process that was given no key.

    A key service goes before a keystore, and a keystore before a key: the less of the key is here,
    the better. Each is made once per process: to open a keystore takes half a second, on purpose.

    Raises:
        Unavailable: the key service does not answer.
    """
    if settings.SUBMITTER_KEY_SERVICE:
        return _service_signer(settings.SUBMITTER_KEY_SERVICE)
    if settings.SUBMITTER_KEYSTORE:
        return _keystore_signer(settings.SUBMITTER_KEYSTORE, settings.SUBMITTER_PASSWORD)
    return _local_signer(settings.SUBMITTER_KEY) if settings.SUBMITTER_KEY else None


@cache
def _service_signer(name: str) -> EvmSigner:
    from blockchain.chains.signers import DigestSigner  # noqa: PLC0415 - as above

    try:
        make = import_string(name)
    except ImportError as error:
        raise ImproperlyConfigured(f"SUBMITTER_KEY_SERVICE cannot be imported: {error}") from error
    return DigestSigner(make())


@cache
def _keystore_signer(path: str, password: str) -> EvmSigner:
    from blockchain.chains import keystore, signers  # noqa: PLC0415 - as above

    try:
        key = keystore.unlock(Path(path).read_bytes(), password)
    except OSError as error:
        raise ImproperlyConfigured(f"SUBMITTER_KEYSTORE: {error}") from error
    except keystore.KeystoreError as error:
        raise ImproperlyConfigured(f"SUBMITTER_KEYSTORE {path}: {error}") from None
    return signers.LocalSigner(key)


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
