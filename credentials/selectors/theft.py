"""Questions about a stolen key: which credentials lose their proof with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blockchain import selectors as witnessed
from credentials import models

if TYPE_CHECKING:
    from datetime import datetime

    from issuers import models as issuers

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Theft:
    """What may bear the signature of a key.

    Attributes:
        total: Credentials that were signed while the key signed.
        anchored_before: Those that the chain held before the theft.
    """

    total: int
    anchored_before: int

    @property
    def doubtful(self) -> int:
        """Say how many are refuted once the theft is declared."""
        return self.total - self.anchored_before


def signed_without_proof_of_age(
    *, issuer: issuers.Issuer, key: issuers.SigningKey, since: datetime
) -> Theft:
    """Count what a theft from `since` on would leave verified; two queries for each 5000.

    Editions (VC-JWT, Open Badges 2.0) are not counted: they are made again when they are asked for.
    """
    if key.kind != key.Kind.ED25519:
        return Theft(0, 0)
    signed = models.Credential.objects.of(issuer).filter(
        state=models.Credential.State.SIGNED, signed_at__gte=key.valid_from
    )
    if key.expires_at is not None:
        signed = signed.filter(signed_at__lt=key.expires_at)
    total = before = last = 0
    while chunk := list(
        signed.filter(pk__gt=last).order_by("pk").values_list("pk", "leaf")[:CHUNK]
    ):
        times = witnessed.times_of([bytes(leaf) for _pk, leaf in chunk if leaf is not None])
        total += len(chunk)
        before += sum(time < since for time in times.values())
        last = chunk[-1][0]
    return Theft(total, before)
