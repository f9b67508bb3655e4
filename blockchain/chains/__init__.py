"""The outside world of the witness: chains, and keys that may write on them.

Only the services import this package (contract 8 of pyproject.toml).
"""

from functools import cache
from pathlib import Path
from typing import cast

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
from blockchain.core import lanes, terms
from blockchain.core.lanes import Lane
from blockchain.core.terms import Terms

MEMORY = "memory:"
# Of a file that holds a password, a key or a name.
LONGEST_TEXT = 1_000


class UnknownChain(Unavailable):
    """Nobody here asks that chain: it is not among the settings."""


def configured() -> dict[str, Terms]:
    """Return the terms of every chain of the settings by its identifier, the first one first."""
    return terms.configured(cast("terms.Settings", settings))


def terms_of(chain: str = "") -> Terms:
    """Return the terms of a chain; of the first one, if none is named.

    Raises:
        UnknownChain: it is not among the settings.
    """
    known = configured()
    if not chain:
        return next(iter(known.values()))
    if chain not in known:
        raise UnknownChain(f"this installation asks {', '.join(known)}, not {chain}")
    return known[chain]


@cache
def _chain(number: int, urls: tuple[str, ...]) -> Chain:
    # web3 takes more than a second to import, and most commands never speak to a chain.
    if urls == (MEMORY,):
        from blockchain.chains.memory import MemoryChain  # noqa: PLC0415

        return MemoryChain(number=number)
    from blockchain.chains.evm import EvmChain  # noqa: PLC0415

    return EvmChain.over_http(number=number, urls=urls)


class _Chains:
    """Chains of the settings, each made once per process; `cache_clear` forgets them."""

    def __call__(self, chain: str = "") -> Chain:
        """Return a chain by its identifier; the first one, if none is named.

        `memory:` as its address is a chain in memory, for tests only.

        Raises:
            UnknownChain: it is not among the settings.
        """
        found = terms_of(chain)
        return _chain(found.number, found.urls)

    @staticmethod
    def cache_clear() -> None:
        _chain.cache_clear()


get_chain = _Chains()


def get_signer(lane: Lane | None = None) -> EvmSigner | None:
    """Return who submits on a lane; on the first chain's shared one, if none is named.

    None in a process that was given no such key. Each signer is made once per process: to open a
    keystore takes half a second, on purpose.

    Raises:
        Unavailable: the key service does not answer.
        django.core.exceptions.ImproperlyConfigured: there is something, and it is no key.
    """
    name = ""
    if lane is not None:
        name = lane.signer or terms_of(lane.chain).signer
    return _named_signer(name) if name else _usual_signer()


def _usual_signer() -> EvmSigner | None:
    """Return the submitter of the settings.

    A key service goes before a keystore, and a keystore before a key: the less of the key is here,
    the better.
    """
    if settings.SUBMITTER_KEY_SERVICE:
        return _service_signer(settings.SUBMITTER_KEY_SERVICE, "SUBMITTER_KEY_SERVICE")
    if settings.SUBMITTER_KEYSTORE:
        return _keystore_signer(
            settings.SUBMITTER_KEYSTORE, settings.SUBMITTER_PASSWORD, "SUBMITTER_KEYSTORE"
        )
    if settings.SUBMITTER_KEY:
        return _local_signer(settings.SUBMITTER_KEY, "SUBMITTER_KEY")
    return None


def _named_signer(name: str) -> EvmSigner | None:
    """Return the signer of that name in SUBMITTERS_DIR, where the same order holds.

    NAME.service holds the Python name of a key service, NAME.json is a keystore whose password is
    in NAME.password, NAME.key holds 64 hexadecimal digits.
    """
    if not settings.SUBMITTERS_DIR or not lanes.is_signer(name):
        return None
    folder = Path(settings.SUBMITTERS_DIR)
    service, keystore, key = (folder / f"{name}.{kind}" for kind in ("service", "json", "key"))
    if service.is_file():
        return _service_signer(_text(service), str(service))
    if keystore.is_file():
        return _keystore_signer(str(keystore), _text(folder / f"{name}.password"), "SUBMITTERS_DIR")
    if key.is_file():
        return _local_signer(_text(key), str(key))
    return None


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST_TEXT).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"SUBMITTERS_DIR: {path} cannot be read") from error


@cache
def _service_signer(name: str, origin: str) -> EvmSigner:
    from blockchain.chains.signers import DigestSigner  # noqa: PLC0415 - as above

    try:
        make = import_string(name)
    except ImportError as error:
        raise ImproperlyConfigured(f"{origin} cannot be imported: {error}") from error
    return DigestSigner(make())


@cache
def _keystore_signer(path: str, password: str, origin: str) -> EvmSigner:
    from blockchain.chains import keystore, signers  # noqa: PLC0415 - as above

    try:
        key = keystore.unlock(Path(path).read_bytes(), password)
    except OSError as error:
        raise ImproperlyConfigured(f"{origin}: {error}") from error
    except keystore.KeystoreError as error:
        raise ImproperlyConfigured(f"{origin} {path}: {error}") from None
    return signers.LocalSigner(key)


@cache
def _local_signer(key: str, origin: str) -> EvmSigner:
    from blockchain.chains.signers import LocalSigner  # noqa: PLC0415 - as above

    try:
        return LocalSigner(bytes.fromhex(key.removeprefix("0x")))
    except ValueError:
        # Without its cause: the cause's message holds the key.
        raise ImproperlyConfigured(f"{origin} must be 64 hexadecimal digits.") from None


__all__ = [
    "Anchored", "Block", "Chain", "Disagreement", "EvmSigner", "Fees", "Receipt", "Signed", "Tag",
    "Transaction", "Unavailable", "UnknownChain", "Unsigned", "WrongChain", "configured",
    "get_chain", "get_signer", "terms_of",
]  # fmt: skip
