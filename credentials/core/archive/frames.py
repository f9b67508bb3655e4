"""Bytes sealed a piece at a time: what is long is neither held in memory, nor believed too early.

    plaintext   64 KiB │ 64 KiB │ …  the rest (0 to 64 KiB)
    stored      each AES-256-GCM under the member's own key, 16 bytes longer
    nonce       11 bytes: the number of the piece, from 0; 1 byte: 1 for the last piece, else 0

A piece that was moved, left out or taken from another member does not open, and a member that was
cut short has no last piece. The key seals one member of one archive, so that no nonce comes twice.

Sources: RFC 5116; NIST SP 800-38D (GCM); Hoang, Reyhanitabar, Rogaway and Vizár, "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance" (STREAM), CRYPTO 2015.
"""

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 64 * 1024
TAG_SIZE = 16
STORED = PIECE + TAG_SIZE


class FrameError(ValueError):
    """A piece does not open, or the last one is not there."""


def seal(chunks: Iterable[bytes], *, key: bytes) -> Iterator[bytes]:
    """Seal a stream.

    Args:
        chunks: the plaintext, cut anyhow.
        key: 32 bytes, for this stream and no other.

    Yields:
        Pieces of at most 64 KiB and 16 bytes; at least one, also for an empty stream.

    Source: NIST SP 800-38D section 7.1.
    """
    cipher, number, held = AESGCM(key), 0, bytearray()
    for chunk in chunks:
        held += chunk
        # One piece stays behind: only the end tells whether it is the last.
        while len(held) > PIECE:
            yield cipher.encrypt(_nonce(number, last=False), bytes(held[:PIECE]), None)
            del held[:PIECE]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(held), None)


def unseal(chunks: Iterable[bytes], *, key: bytes) -> Iterator[bytes]:
    """Open a sealed stream.

    Args:
        chunks: what `seal` returned, cut anyhow.
        key: the same 32 bytes.

    Yields:
        The plaintext, 64 KiB at once; each piece is authentic when it is handed out, and that
        there are no more is known when this ends.

    Raises:
        FrameError: wrong key, altered, moved, or cut short.

    Source: NIST SP 800-38D section 7.2.
    """
    cipher, number, held = AESGCM(key), 0, bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > STORED:
            yield _opened(cipher, bytes(held[:STORED]), number, last=False)
            del held[:STORED]
            number += 1
    yield _opened(cipher, bytes(held), number, last=True)


def _opened(cipher: AESGCM, piece: bytes, number: int, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), piece, None)
    except (InvalidTag, ValueError):
        raise FrameError(
            f"piece {number + 1} does not open: another passphrase, altered, or cut short"
        ) from None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\x01" if last else b"\x00")
