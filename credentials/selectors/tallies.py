"""How often public pages of credentials were opened, shared and verified."""

from __future__ import annotations

from credentials import models

Act = models.Tally.Act
# More than a year of days on which all of it was done.
MOST = 400


def of_credential(*, credential: models.Credential) -> list[models.Tally]:
    """Return what was counted of one credential, the newest day first; one query."""
    rows = models.Tally.objects.of(credential.issuer_id).filter(credential=credential)
    return list(rows.order_by("-day", "act")[:MOST])
