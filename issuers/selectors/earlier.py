"""Questions about audit trails of before: what an organisation brought with it."""

import zlib
from collections.abc import Iterator, Sequence

from issuers import models


class Damaged(Exception):  # noqa: N818 - it says what is wrong
    """A piece does not unpack, or to more than a piece has."""


def earlier_trails(*, issuer: models.Issuer) -> Sequence[models.EarlierTrail]:
    """Return the trails that came with it, the last one first, each with its arrival; one query."""
    rows = models.EarlierTrail.objects.of(issuer).select_related("arrival")
    return list(rows.order_by("-arrival__arrived_at", "-id"))


def find_earlier_trail(*, issuer: models.Issuer, pk: int) -> models.EarlierTrail | None:
    """Return one of them, with its arrival; one query."""
    rows = models.EarlierTrail.objects.of(issuer).select_related("arrival", "issuer")
    return rows.filter(pk=pk).first()


def earlier_lines(*, earlier: models.EarlierTrail) -> Iterator[bytes]:
    """Return its lines, a piece at a time: a query for each.

    Raises:
        Damaged: a piece cannot be read.
    """
    rows = models.EarlierTrailPiece.objects.of(earlier.issuer_id).filter(earlier=earlier)
    number = 0
    while piece := rows.filter(number=number).values_list("content", flat=True).first():
        yield unpacked(bytes(piece))
        number += 1


def unpacked(content: bytes) -> bytes:
    """Return what a piece holds: whole lines, never more than a piece may have; no query.

    Raises:
        Damaged: it does not unpack, or to more.
    """
    expand = zlib.decompressobj(wbits=31)
    try:
        lines = expand.decompress(content, models.EarlierTrailPiece.PLAIN)
    except zlib.error as error:
        raise Damaged(str(error)) from error
    if not expand.eof or expand.unused_data:
        raise Damaged("it is not whole, or more than a piece")
    return lines
