"""Questions about exports that were ordered."""

import uuid as uuids
from collections.abc import Iterator, Sequence

from credentials import models
from issuers import models as issuers

# Of those that were ordered, the last ones are enough for a page.
SHOWN = 20


def exports_of(*, issuer: issuers.Issuer) -> Sequence[models.Export]:
    """Return what was ordered of late, the last one first, with who did; one query."""
    rows = models.Export.objects.of(issuer).select_related("ordered_by").defer("secret")
    return list(rows.order_by("-ordered_at", "-id")[:SHOWN])


def find_export(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> models.Export | None:
    """Return that order of the organisation; one query."""
    return models.Export.objects.of(issuer).defer("secret").filter(uuid=uuid).first()


def pieces_of_export(*, export: models.Export) -> Iterator[bytes]:
    """Return the file, a piece at a time: a query for each."""
    rows = models.ExportPiece.objects.of(export.issuer_id).filter(export=export)
    number = 0
    while piece := rows.filter(number=number).values_list("content", flat=True).first():
        yield bytes(piece)
        number += 1
