"""Questions about issuers: where what they sign is anchored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from issuers import models


@dataclass(frozen=True, slots=True)
class ChosenLane:
    """A lane that an issuer chose, and when: a chain (CAIP-2), and the name of an account's key."""

    issuer_id: int
    chain: str
    signer: str
    active_from: datetime
    active_until: datetime | None

    def holds_at(self, instant: datetime) -> bool:
        """Say whether what was signed then takes it."""
        return self.active_from <= instant and (
            self.active_until is None or instant < self.active_until
        )


def chosen_lanes(*, issuer: models.Issuer) -> list[ChosenLane]:
    """Return the lanes that the issuer ever chose, oldest first; one query."""
    rows = models.AnchoringLane.objects.of(issuer)
    return [_chosen(row) for row in rows.order_by("active_from", "id")]


def lanes_at(*, issuer: models.Issuer, instant: datetime) -> list[tuple[str, str]]:
    """Return the chain and the key's name of each lane that the issuer has at `instant`; one query.

    None where it follows the installation.
    """
    rows = models.AnchoringLane.objects.of(issuer).filter(
        Q(active_until__isnull=True) | Q(active_until__gt=instant), active_from__lte=instant
    )
    return list(rows.order_by("active_from", "id").values_list("chain", "signer"))


def lanes_of_issuers(*, issuer_ids: Sequence[int] | None = None) -> dict[int, list[ChosenLane]]:
    """Return the lanes that these issuers ever chose, or all did, by issuer; one query."""
    # Across issuers: workers keep promises for all of them.
    rows = models.AnchoringLane.objects.across_issuers()
    if issuer_ids is not None:
        rows = rows.filter(issuer__in=issuer_ids)
    found: dict[int, list[ChosenLane]] = {}
    for row in rows.order_by("active_from", "id"):
        found.setdefault(row.issuer_id, []).append(_chosen(row))
    return found


def issuers_who_accept(*, prefix: str) -> dict[int, set[str]]:
    """Return the accounts that begin so and whose anchors issuers accept, by issuer; one query."""
    # Across issuers: as above.
    rows = models.AcceptedSubmitter.objects.across_issuers().filter(account__startswith=prefix)
    found: dict[int, set[str]] = {}
    for issuer_id, account in rows.order_by("id").values_list("issuer_id", "account"):
        found.setdefault(issuer_id, set()).add(account)
    return found


def _chosen(row: models.AnchoringLane) -> ChosenLane:
    return ChosenLane(row.issuer_id, row.chain, row.signer, row.active_from, row.active_until)
