"""Recommit: promise again what a lost database had promised."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from blockchain import selectors as witnessed
from blockchain import services as anchoring
from credentials import models
from credentials.services import failpoints

CHUNK = 5_000


def recommit(*, now: datetime, dry_run: bool = False) -> int:
    """Commit the leaf of every signed credential and transcript that the witness does not know.

    After `anchoring.rebuild`, for what waited for a batch when the database was lost. A leaf whose
    manifest is still missing would be anchored a second time, which harms nothing and costs little;
    rebuild from every manifest first all the same.

    Args:
        now: The instant from which they wait.
        dry_run: Count only.

    Returns:
        How many leaves the witness did not know.
    """
    forgotten = 0
    for chunk in _leaves():
        known = witnessed.states_of(chunk)
        lost = [leaf for leaf in chunk if leaf not in known]
        if lost and not dry_run:
            anchoring.commit(leaves=lost, now=now)
            failpoints.reach("recommit: chunk committed")
        forgotten += len(lost)
    return forgotten


def _leaves() -> Iterator[list[bytes]]:
    # Across issuers: a leaf says nothing about whose it is.
    leaves = chain.from_iterable(
        rows.filter(state="signed", leaf__isnull=False)
        .order_by("id")
        .values_list("leaf", flat=True)
        .iterator(chunk_size=CHUNK)
        for rows in (
            models.Credential.objects.across_issuers(),
            models.Transcript.objects.across_issuers(),
        )
    )
    chunk: list[bytes] = []
    for leaf in leaves:
        if leaf is not None:
            chunk.append(bytes(leaf))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
