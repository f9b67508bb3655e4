"""The terms on which we anchor on a chain: where it is asked, how patient we are, what it may cost.

The first chain is described by settings of its own, so that who has one chain needs no file. The
others are tables of a TOML file; what one does not say is as for the first.

    [[chain]]
    id = "eip155:1"                     # CAIP-2
    rpc = ["https://node.example/key"]  # several must agree on what is final
    name = "Ethereum"
    confirmations = 3
    seal_age_seconds = 86400            # once a day
    seal_size = 65536
    bump_seconds = 300
    fee_cap_gwei = 40.0
    submitter = "mainnet"               # whose key all share there, in SUBMITTERS_DIR
    explorer = "https://explorer.example/tx/{transaction}"
    blockcerts = true
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from blockchain.core import fees, lanes, merkle

MAX_BYTES = 100_000
MAX_CHAINS = 50
# What Blockcerts verifiers know of: Ethereum and its test network Sepolia.
BLOCKCERTS = frozenset({"eip155:1", "eip155:11155111"})
_MEMBERS = {
    "id", "rpc", "name", "confirmations", "seal_age_seconds", "seal_size", "bump_seconds",
    "fee_cap_gwei", "submitter", "explorer", "blockcerts",
}  # fmt: skip
_PLACE = "{transaction}"
# `memory:` is for tests; a real site refuses it.
_NODE = re.compile(r"https?://[!-~]{1,500}|memory:")
_PAGE = re.compile(r"https://[!-~]{1,300}")


class TermsError(ValueError):
    """The file of the chains cannot be used; the message names the chain, the member, the form."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How we anchor on one chain.

    Attributes:
        chain: CAIP-2 identifier.
        urls: JSON-RPC addresses of its nodes, preferred first; they often contain access keys.
        confirmations: Blocks until an anchor counts as confirmed, its own counted.
        seal_age_seconds: How long a leaf waits for others.
        seal_size: How many leaves are enough.
        bump_seconds: How long a transaction waits before it offers more.
        fee_cap_gwei: The most that a unit of gas may cost.
        name: For people; may be empty.
        signer: Name of the key that all share there; empty for the key of the settings.
        explorer: Address of a page about a transaction, with {transaction} in it; may be empty.
        blockcerts: Blockcerts verifiers can look there.
        is_first: It is the chain that the settings describe, and not the file.
    """

    chain: str
    urls: tuple[str, ...] = field(repr=False)
    confirmations: int
    seal_age_seconds: int
    seal_size: int
    bump_seconds: int
    fee_cap_gwei: float
    name: str = ""
    signer: str = ""
    explorer: str = ""
    blockcerts: bool = False
    is_first: bool = False

    @property
    def number(self) -> int:
        """Return the chain id of EIP-155."""
        return int(self.chain.partition(":")[2])

    @property
    def fee_cap(self) -> int:
        """Return the most that a unit of gas may cost, in wei."""
        return int(self.fee_cap_gwei * fees.GWEI)

    @property
    def fee_cap_name(self) -> str:
        """Return what a person changes to allow more."""
        return "ANCHOR_FEE_CAP_GWEI" if self.is_first else "fee_cap_gwei in CHAINS_FILE"

    def page_of(self, transaction: str) -> str:
        """Return the address of a page about a transaction; empty where none is known."""
        return self.explorer.replace(_PLACE, transaction)


class Settings(Protocol):
    """What the settings say of the first chain, and of the others."""

    CHAIN_ID: int
    CHAIN_RPC_URLS: list[str]
    CHAIN_NAME: str
    CHAIN_EXPLORER: str
    ANCHOR_CONFIRMATIONS: int
    ANCHOR_SEAL_AGE_SECONDS: int
    ANCHOR_SEAL_SIZE: int
    ANCHOR_BUMP_SECONDS: int
    ANCHOR_FEE_CAP_GWEI: float
    FURTHER_CHAINS: Sequence[Mapping[str, Any]]


def configured(settings: Settings) -> dict[str, Terms]:
    """Return the terms of every chain by its CAIP-2 identifier, the first one first."""
    chain = f"eip155:{settings.CHAIN_ID}"
    first = Terms(
        chain=chain,
        urls=tuple(settings.CHAIN_RPC_URLS),
        confirmations=settings.ANCHOR_CONFIRMATIONS,
        seal_age_seconds=settings.ANCHOR_SEAL_AGE_SECONDS,
        seal_size=settings.ANCHOR_SEAL_SIZE,
        bump_seconds=settings.ANCHOR_BUMP_SECONDS,
        fee_cap_gwei=settings.ANCHOR_FEE_CAP_GWEI,
        name=settings.CHAIN_NAME,
        explorer=settings.CHAIN_EXPLORER,
        blockcerts=chain in BLOCKCERTS,
        is_first=True,
    )
    others = [_terms(table, first) for table in settings.FURTHER_CHAINS]
    return {each.chain: each for each in (first, *others)}


def read(text: str, *, first: int) -> list[Mapping[str, Any]]:
    """Read the file of the further chains, and refuse whatever could be a slip of the pen.

    Args:
        text: TOML, see above.
        first: Chain id of the chain that the settings describe.

    Returns:
        The tables, as `Settings.FURTHER_CHAINS` wants them.

    Raises:
        TermsError: see there.
    """
    if len(text) > MAX_BYTES:
        raise TermsError(f"it is larger than {MAX_BYTES} bytes")
    try:
        members = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TermsError(f"it is not TOML: {error}") from error
    tables = members.pop("chain", None)
    if members or not isinstance(tables, list) or len(tables) > MAX_CHAINS:
        raise TermsError(f"it must hold tables [[chain]], at most {MAX_CHAINS}, and nothing else")
    seen = {f"eip155:{first}"}
    for number, table in enumerate(tables, start=1):
        chain = _checked(table, f"chain {number}")
        if chain in seen:
            raise TermsError(f"{chain} is described twice, here or by CHAIN_ID")
        seen.add(chain)
    return tables


def _terms(table: Mapping[str, Any], first: Terms) -> Terms:
    said = {name: value for name, value in table.items() if name not in ("id", "rpc", "submitter")}
    return replace(
        first,
        chain=table["id"],
        urls=tuple(table["rpc"]),
        **{
            "name": "",
            "explorer": "",
            "signer": table.get("submitter", ""),
            "blockcerts": table["id"] in BLOCKCERTS,
            "is_first": False,
            **said,
        },
    )


def _checked(table: Any, name: str) -> str:
    """Return the identifier of a table in which everything is in its form."""
    if not isinstance(table, dict):
        raise TermsError(f"{name} must be a table")
    unknown = sorted(set(table) - _MEMBERS)
    if unknown:
        raise TermsError(f"{name} has an unknown member: {unknown[0][:40]}")
    chain = table.get("id")
    if not isinstance(chain, str) or not lanes.is_chain(chain):
        raise TermsError(f'{name}: id must be a CAIP-2 identifier such as "eip155:1"')
    urls = table.get("rpc")
    if not isinstance(urls, list) or not urls or not all(map(_is_node, urls)):
        raise TermsError(f"{chain}: rpc must be a list of http or https addresses")
    for member, least, most in (
        ("confirmations", 1, 10_000),
        ("seal_age_seconds", 0, 30 * 86_400),
        ("seal_size", 1, merkle.MAX_LEAVES),
        ("bump_seconds", 1, 86_400),
    ):
        value = table.get(member, least)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise TermsError(f"{chain}: {member} must be a whole number from {least} to {most}")
    cap = table.get("fee_cap_gwei", 1)
    if not isinstance(cap, int | float) or isinstance(cap, bool) or not 0 < cap < 10**9:
        raise TermsError(f"{chain}: fee_cap_gwei must be a number above 0")
    _check_words(table, chain)
    return chain


def _check_words(table: Mapping[str, Any], chain: str) -> None:
    name, signer = table.get("name", ""), table.get("submitter", "")
    explorer = table.get("explorer", "")
    if not isinstance(name, str) or len(name) > 60:  # noqa: PLR2004 - a line on a page
        raise TermsError(f"{chain}: name must be a text of at most 60 characters")
    if not isinstance(signer, str) or (signer and not lanes.is_signer(signer)):
        raise TermsError(f"{chain}: submitter must name a key in SUBMITTERS_DIR")
    if not isinstance(explorer, str) or (
        explorer and not (_PLACE in explorer and _PAGE.fullmatch(explorer))
    ):
        raise TermsError(f"{chain}: explorer must be an https address with {_PLACE} in it")
    if not isinstance(table.get("blockcerts", False), bool):
        raise TermsError(f"{chain}: blockcerts must be true or false")


def _is_node(url: Any) -> bool:
    return isinstance(url, str) and _NODE.fullmatch(url) is not None
