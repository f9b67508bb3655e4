"""The signature as it stands in a proof: multibase base58-btc.

The `base58` package, which reads and writes everything else, divides a large number once for every
digit: 14 microseconds for a signature, nearly what it takes to sign. Here the number is halved, and
all halves at once: numbers of so many digits stand beside each other in one large number, far
enough apart that a multiplication by a reciprocal divides them all. What the long way writes with
the package judges it.

    [ 32 digits ][ 32 digits ][ 32 digits ]
    [ 16 ][ 16 ][ 16 ][ 16 ][ 16 ][ 16 ]        ... 8, 4, 2, 1

Sources: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.1; the multibase registry (`z`).
"""

from typing import NamedTuple

import base58

_BASE = 58
_FIRST, _DIGITS = 32, 96
# Bits from one digit to the next in the end, and as many for each digit of a larger number: its
# product with a reciprocal takes less.
_LANE = 16
_MAX_SIZE = 70  # bytes; 58^96 takes 563 bits
_THIRD: int = _BASE**_FIRST
_LETTERS: bytes = base58.BITCOIN_ALPHABET.ljust(256, b"\0")


class _Halving(NamedTuple):
    """How numbers of 2k digits, `2 * half` bits apart, become numbers of k digits.

    Attributes:
        reciprocal: 2^shift / 58^k, rounded up.
        shift: Three times the bits of 58^k, so that the quotient is exact.
        mask: Where quotients stand.
        half: Bits between numbers of k digits.
        exchange: 58^k times 2^half, less one.
    """

    reciprocal: int
    shift: int
    mask: int
    half: int
    exchange: int


def _halving(digits: int) -> _Halving:
    power: int = _BASE**digits
    half = _LANE * digits
    shift = 3 * power.bit_length()
    quotient = (1 << power.bit_length()) - 1
    places = range(0, _LANE * _DIGITS, 2 * half)
    return _Halving(
        reciprocal=-(-(1 << shift) // power),
        shift=shift,
        mask=sum(quotient << place for place in places),
        half=half,
        exchange=(power << half) - 1,
    )


_HALVINGS = tuple(_halving(digits) for digits in (16, 8, 4, 2, 1))


def encode(data: bytes) -> str:
    """Return `z` and the base58-btc of some bytes.

    Args:
        data: at most 70 bytes.

    Source: draft-msporny-base58-03 section 4.1.
    """
    if len(data) > _MAX_SIZE:
        raise ValueError(f"{_MAX_SIZE} bytes are encoded, not {len(data)}")
    high, low = divmod(int.from_bytes(data, "big"), _THIRD)
    high, middle = divmod(high, _THIRD)
    # The first digits stand lowest.
    lanes = high | middle << _LANE * _FIRST | low << 2 * _LANE * _FIRST
    for reciprocal, shift, mask, half, exchange in _HALVINGS:
        quotients = lanes * reciprocal >> shift & mask
        # The quotient stays where its number stood, and the remainder comes behind it.
        lanes = (lanes << half) - quotients * exchange
    digits = lanes.to_bytes(_DIGITS * _LANE // 8, "little")[:: _LANE // 8].lstrip(b"\0")
    # A zero byte at the beginning is a digit of its own.
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + digits.translate(_LETTERS).decode()
