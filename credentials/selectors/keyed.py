"""Questions about keys: how much each has signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from credentials import models

if TYPE_CHECKING:
    from collections.abc import Sequence

    from issuers import models as issuers


def signed_by_key(*, issuer: issuers.Issuer, keys: Sequence[issuers.SigningKey]) -> dict[str, int]:
    """Return how much each key signed, by the key's name; two queries.

    Of an Ed25519 key the credentials that were signed from its beginning until the next one began;
    of another the editions that name it.

    Args:
        issuer: Whose.
        keys: All of them, oldest first.
    """
    editions = models.Edition.objects.of(issuer).filter(state=models.Edition.State.SIGNED)
    found = dict(editions.values_list("kid").annotate(Count("pk")))
    own = [key for key in keys if key.kind == key.Kind.ED25519]
    windows = {}
    for place, key in enumerate(own):
        window = Q(signed_at__gte=key.valid_from)
        if place + 1 < len(own):
            window &= Q(signed_at__lt=own[place + 1].valid_from)
        windows[f"key_{place}"] = Count("pk", filter=window)
    if windows:
        signed = models.Credential.objects.of(issuer).filter(state=models.Credential.State.SIGNED)
        counted = signed.aggregate(**windows)
        found |= {key.kid: counted[f"key_{place}"] for place, key in enumerate(own)}
    return {key.kid: found.get(key.kid, 0) for key in keys}
