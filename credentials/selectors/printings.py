"""Questions about certificates that were ordered of a list."""

import uuid as uuids
from collections.abc import Iterator, Sequence

from credentials import models
from issuers import models as issuers
from issuers.services import enclosing

Printing = models.Printing
# Of those that were ordered, the last ones are enough for a page.
SHOWN = 10


def printings_of(*, issuer: issuers.Issuer, intake: models.Intake) -> Sequence[Printing]:
    """Return what was ordered of a list of late, the last one first, with who did; one query."""
    rows = Printing.objects.of(issuer).filter(intake=intake).select_related("ordered_by")
    return list(rows.order_by("-id")[:SHOWN])


def find_printing(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> Printing | None:
    """Return that order of the organisation with its list; one query."""
    rows = Printing.objects.of(issuer).select_related("intake__achievement")
    return rows.filter(uuid=uuid).first()


def files_of(*, printing: Printing) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file: a query for each, so that one is in memory.

    Raises:
        issuers.core.envelope.EnvelopeError: SECRET_KEY is another than when it was printed.
    """
    rows = models.PrintedFile.objects.of(printing.issuer_id).filter(printing=printing)
    for number in range(printing.files):
        sealed = rows.filter(number=number).values_list("content", flat=True).first()
        if sealed is None:
            return  # somebody in it was erased at this moment
        content = enclosing.disclose_file(bytes(sealed), about=about(printing, number))
        name, _newline, body = content.partition(b"\n")
        yield name.decode(), body


def about(printing: Printing, number: int) -> str:
    """Return what a file is bound to: in another row, it does not open."""
    return f"{printing.uuid}/{number}"


def standing(
    *, issuer: issuers.Issuer, intake_id: int, after: int, limit: int
) -> list[models.Credential]:
    """Return the signed credentials of a list that stand, the oldest first; one query.

    Args:
        issuer: Whose.
        intake_id: The key of the list.
        after: The key of the last one before; 0 for the first.
        limit: How many at most.
    """
    rows = models.Credential.objects.of(issuer).filter(
        intake=intake_id,
        state=models.Credential.State.SIGNED,
        revoked_at=None,
        suspended_at=None,
        pk__gt=after,
    )
    rows = rows.select_related("issuer", "achievement__block__certification", "learner")
    return list(rows.order_by("pk")[:limit])


def number_standing(*, issuer: issuers.Issuer, intake: models.Intake) -> int:
    """Return how many of a list could be printed; one query."""
    return (
        models.Credential.objects.of(issuer)
        .filter(
            intake=intake,
            state=models.Credential.State.SIGNED,
            revoked_at=None,
            suspended_at=None,
        )
        .count()
    )
