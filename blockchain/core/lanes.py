"""A lane: the way that a leaf takes to a chain, namely which chain, and with whose account.

What a lane means to whoever chose it is not known here: an organisation may have several, and
several organisations may share one. A leaf is committed once to each of its lanes, and every batch
belongs to one.
"""

import re
from dataclasses import dataclass

# CAIP-2; a reference has at most 32 characters.
_CHAIN = re.compile(r"eip155:[1-9][0-9]{0,31}")
_SIGNER = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?")

SHARED = ""


class LaneError(ValueError):
    """This names no lane; the message says what it must look like."""


@dataclass(frozen=True, slots=True, order=True)
class Lane:
    """Which chain, and which account submits.

    Attributes:
        chain: CAIP-2 identifier, e.g. "eip155:1".
        signer: Name of the account's key among those of this installation; empty for the one that
            all share on that chain.
    """

    chain: str
    signer: str = SHARED

    def __str__(self) -> str:
        """Return the form that `parse` reads: "eip155:1" or "eip155:1/name"."""
        return f"{self.chain}/{self.signer}" if self.signer else self.chain


def parse(text: str) -> Lane:
    """Read a lane as people write it.

    Args:
        text: A CAIP-2 identifier, and after a slash the name of an account where it is not the
            shared one.

    Raises:
        LaneError: see there.
    """
    chain, slash, signer = text.partition("/")
    if not is_chain(chain):
        raise LaneError(f"{chain[:60]!r} is no EVM chain: write it as in eip155:1 (CAIP-2)")
    if slash and not is_signer(signer):
        raise LaneError(
            f"{signer[:60]!r} names no account: small letters, digits, . _ and -, at most 60"
        )
    return Lane(chain, signer)


def is_chain(text: str) -> bool:
    """Say whether a text has the form of an EVM chain's CAIP-2 identifier."""
    return _CHAIN.fullmatch(text) is not None


def is_signer(text: str) -> bool:
    """Say whether a text may name an account's key: it is also the name of a file."""
    return _SIGNER.fullmatch(text) is not None and ".." not in text
