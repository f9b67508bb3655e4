"""Questions about one credential of an organisation, for its people: all of its story."""

import uuid as uuids
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from blockchain import selectors as anchoring
from blockchain.selectors import Placing
from credentials import models
from issuers import models as issuers
from learners import models as learners

Issued = models.Credential
# Whose names are said before something is done to many.
NAMED = 5
# Heavy, and of no use on a page of one.
_HEAVY = (
    "sealed", "details", "issuer__logo", "achievement__image", "achievement__drawing",
    "achievement__document", "intake__file", "intake__table", "intake__checked",
)  # fmt: skip


def find_issued(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> models.Credential | None:
    """Return that credential of the issuer, whatever its state; one query."""
    return (
        models.Credential.objects.of(issuer)
        .select_related(
            "issuer", "achievement", "learner", "intake__cohort", "preparation", "holding"
        )
        .defer(*_HEAVY)
        .filter(uuid=uuid)
        .first()
    )


def story(*, credential: models.Credential) -> Sequence[models.CredentialEvent]:
    """Return what happened to a credential and who did it, the newest first; one query."""
    return list(
        models.CredentialEvent.objects.of(credential.issuer_id)
        .select_related("actor")
        .filter(credential=credential)
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would come of doing something to several credentials.

    Attributes:
        possible: The keys of those to which it can be done.
        skipped: How many it cannot be done to, by the reason.
        names: Of some whom it is about.
    """

    possible: Sequence[int]
    skipped: Mapping[str, int]
    names: Sequence[str]


def prospect(*, issuer: issuers.Issuer, keys: Collection[int], act: str) -> Prospect:
    """Return what would come of revoking, suspending or reinstating; two queries.

    Args:
        issuer: Whose credentials they are.
        keys: Of the credentials.
        act: "revoke", "suspend" or "reinstate".
    """
    rows = models.Credential.objects.of(issuer).filter(pk__in=keys).order_by("-id")
    told = rows.only(
        "state", "status_list_id", "suspension_list_id", "revoked_at", "suspended_at", "issuer_id"
    )
    reasons = {row.pk: obstacle(row, act=act) for row in told}
    possible = [pk for pk, reason in reasons.items() if not reason]
    some = rows.filter(pk__in=possible).values_list("learner__name", flat=True)[:NAMED]
    return Prospect(possible, Counter(filter(None, reasons.values())), list(some))


def obstacle(row: models.Credential, *, act: str) -> str:
    """Return why something cannot be done to a credential; empty where it can; no query."""
    withdraws = act != "reinstate"
    obstacles = {
        "not_signed": row.state != models.Credential.State.SIGNED,
        "revoked": row.is_revoked,
        "not_suspended": act == "reinstate" and not row.is_suspended,
        "for_good": withdraws and row.status_list_id is None,
        "suspended": act == "suspend" and row.is_suspended,
        "not_suspendable": act == "suspend" and row.suspension_list_id is None,
    }
    return next((reason for reason, stands in obstacles.items() if stands), "")


def named(
    *, issuer: issuers.Issuer, uuid: uuids.UUID | None = None, token: str = ""
) -> uuids.UUID | None:
    """Return the uuid of the issuer's credential of that uuid or token; at most two queries."""
    rows = models.Credential.objects.of(issuer).values_list("uuid", flat=True)
    ways = [rows.filter(uuid=uuid)] if uuid is not None else []
    ways += [rows.filter(token=token)] if token else []
    return next((found for way in ways if (found := way.first())), None)


def keys_of(*, issuer: issuers.Issuer, names: Collection[uuids.UUID]) -> list[int]:
    """Return the keys of those credentials that are the issuer's; one query."""
    rows = models.Credential.objects.of(issuer).filter(uuid__in=names)
    return list(rows.order_by("-id").values_list("pk", flat=True))


def whom(
    *, issuer: issuers.Issuer, keys: Collection[int], limit: int
) -> Sequence[learners.Learner]:
    """Return to whom credentials were issued, by name, each once; one query.

    Who was erased is not among them.
    """
    theirs = models.Credential.objects.of(issuer).filter(pk__in=keys).values("learner")
    found = learners.Learner.objects.of(issuer).filter(pk__in=theirs, key__isnull=False)
    return list(found.order_by("name", "id")[:limit])


def placings(*, credential: models.Credential) -> Sequence[Placing]:
    """Return how far its record has come, on each chain; at most one query."""
    return anchoring.placings(leaf=bytes(credential.leaf)) if credential.leaf else []
