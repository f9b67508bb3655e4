"""The signature as it stands in a proof: multibase base58-btc.

The `base58` package, which reads and writes everything else, divides a large number once for every
digit: 14 microseconds for a signature, nearly what it takes to sign. Here the number is halved, and
all halves at once: numbers of so many digits stand beside each other in one large number, far
enough apart that a multiplication by a reciprocal divides them all. Reading goes the other way.
What the long way writes with the package judges it.

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
_LAST = (1 << _LANE * _FIRST) - 1
_THIRD: int = _BASE**_FIRST
_LETTERS: bytes = base58.BITCOIN_ALPHABET.ljust(256, b"\0")
_VALUES = bytes(max(base58.BITCOIN_ALPHABET.find(letter), 0) for letter in range(256))


class _Halving(NamedTuple):
    """How numbers of 2k digits, `2 * half` bits apart, become numbers of k digits.

    Attributes:
        reciprocal: 2^shift / 58^k, rounded up.
        shift: Three times the bits of 58^k, so that the quotient is exact.
        mask: Where quotients stand.
        half: Bits between numbers of k digits.
        exchange: 58^k times 2^half, less one.
        power: 58^k.
    """

    reciprocal: int
    shift: int
    mask: int
    half: int
    exchange: int
    power: int


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
        power=power,
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
    for reciprocal, shift, mask, half, exchange, _power in _HALVINGS:
        quotients = lanes * reciprocal >> shift & mask
        # The quotient stays where its number stood, and the remainder comes behind it.
        lanes = (lanes << half) - quotients * exchange
    digits = lanes.to_bytes(_DIGITS * _LANE // 8, "little")[:: _LANE // 8].lstrip(b"\0")
    # A zero byte at the beginning is a digit of its own.
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + digits.translate(_LETTERS).decode()


def decode(digits: str) -> bytes:
    """Return the bytes that base58-btc digits stand for.

    Args:
        digits: at most 96, each of the alphabet, without the `z` before them.

    Source: draft-msporny-base58-03 section 4.2.
    """
    if len(digits) > _DIGITS:
        raise ValueError(f"{_DIGITS} digits are decoded, not {len(digits)}")
    spread = bytearray(_DIGITS * _LANE // 8)
    spread[:: _LANE // 8] = digits.encode("ascii").translate(_VALUES).rjust(_DIGITS, b"\0")
    lanes = int.from_bytes(spread, "little")
    for _reciprocal, _shift, mask, half, _exchange, power in reversed(_HALVINGS):
        lanes = (lanes & mask) * power + (lanes >> half & mask)
    first, rest = lanes & _LAST, lanes >> _LANE * _FIRST
    number = (first * _THIRD + (rest & _LAST)) * _THIRD + (rest >> _LANE * _FIRST)
    zeros = len(digits) - len(digits.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
