"""The audit trail in an archive: taken along as it was written, and kept as it is.

It is not put among the entries of this installation: those say what its database saw. It stays a
file, whose seals belong together and are on the chain; the trail here begins with the arrival.
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from credentials.services.leaving.packing import TRAIL
from credentials.services.leaving.reading import ArchiveRefused
from issuers import models as issuers
from issuers.core import trail_file

if TYPE_CHECKING:
    from credentials.services.leaving.reading import Reader

# Lines together in one piece, before they are packed; a line may be longer by itself.
PIECE = 1024 * 1024


def take_in(reader: Reader, *, arrival: issuers.Arrival) -> int:
    """Keep the trail of an archive beside its arrival; return how many entries it has.

    Raises:
        ArchiveRefused: its lines do not belong together, or one is longer than any that we write.
    """
    if not reader.has(TRAIL):  # made before there was a trail
        return 0
    issuer = arrival.issuer
    follower = trail_file.Follower(issuer.did)
    kept = issuers.EarlierTrail.objects.of(issuer).create(
        issuer=issuer, arrival=arrival, entries=0, seals=0, digest=b""
    )
    held, number = bytearray(), 0
    for place, document in reader.rows(TRAIL):
        try:
            follower.take(document)
        except trail_file.TrailError as error:
            raise ArchiveRefused(f"{TRAIL}, line {place}: {error}.") from error
        line = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if len(line) > issuers.EarlierTrailPiece.PLAIN - PIECE:
            raise ArchiveRefused(f"{TRAIL}, line {place}: it is longer than an entry can be.")
        held += line
        if len(held) >= PIECE:
            _keep(kept, number, held)
            held, number = bytearray(), number + 1
    if held:
        _keep(kept, number, held)
    issuers.EarlierTrail.objects.of(issuer).filter(pk=kept.pk).update(
        entries=follower.entries, seals=follower.seals, digest=follower.digest
    )
    return follower.entries


def _keep(earlier: issuers.EarlierTrail, number: int, content: bytearray) -> None:
    issuers.EarlierTrailPiece.objects.of(earlier.issuer).create(
        issuer=earlier.issuer,
        earlier=earlier,
        number=number,
        content=gzip.compress(bytes(content), mtime=0),
    )
