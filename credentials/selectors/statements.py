"""Questions about statements: what an issuer's keys and lists were, with their receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blockchain import selectors as witnessed
from blockchain.core import anchor
from credentials import models
from credentials.core import canonical
from issuers import selectors as issuers

if TYPE_CHECKING:
    import uuid as uuids

    from django.db.models import QuerySet

    from issuers import models as issuer_rows

# Versions that one answer lists: two a day for a year and a half.
PAGE = 1_000


def find_list(*, uuid: uuids.UUID) -> models.StatusList | None:
    """Return the status list of that name, without its bits; one query."""
    # Whoever issued it: the list is public and its uuid is its name.
    return (
        models.StatusList.objects.named(uuid=uuid)
        .select_related("issuer")
        .defer("taken", "bits", "published", "issuer__logo")
        .first()
    )


def of_keys(*, issuer: issuer_rows.Issuer) -> QuerySet[models.Statement]:
    """Return the versions of the issuer's key history; no query yet."""
    return models.Statement.objects.of(issuer).filter(kind=models.Statement.Kind.KEY_HISTORY)


def of_trail(*, issuer: issuer_rows.Issuer) -> QuerySet[models.Statement]:
    """Return the heads of the issuer's audit trail that were put on record; no query yet."""
    return models.Statement.objects.of(issuer).filter(kind=models.Statement.Kind.TRAIL_HEAD)


def of_list(*, status_list: models.StatusList) -> QuerySet[models.Statement]:
    """Return the versions of a status list; no query yet."""
    return models.Statement.objects.of(status_list.issuer_id).filter(status_list=status_list)


def history_address(*, issuer: issuer_rows.Issuer) -> str:
    """Return where the versions of the issuer's key history are; no query."""
    return issuers.history_address(issuer=issuer)


def trail_address(*, issuer: issuer_rows.Issuer) -> str:
    """Return where the heads of the issuer's audit trail are; no query."""
    return f"{issuers.address(issuer=issuer)}/trail"


def versions_address(*, status_list: models.StatusList) -> str:
    """Return where the versions of a status list are; no query."""
    return f"{status_list.url}/versions"


def index(
    rows: QuerySet[models.Statement], *, address: str, before: int | None = None
) -> dict[str, Any]:
    """Return the versions, newest first, each with its address; one query.

    Args:
        rows: `of_keys` or `of_list`.
        address: Where they are.
        before: Only those with a lower number, for what one answer does not hold.
    """
    rows = rows.order_by("-sequence")
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    listed = list(rows.values_list("sequence", "at", "digest")[: PAGE + 1])
    members: dict[str, Any] = {
        "versions": [
            {
                "sequence": sequence,
                "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "digest": bytes(digest).hex(),
                "url": f"{address}/{sequence}",
            }
            for sequence, at, digest in listed[:PAGE]
        ]
    }
    if len(listed) > PAGE:
        members["earlier"] = f"{address}?before={listed[PAGE - 1][0]}"
    return members


def version(rows: QuerySet[models.Statement], *, sequence: int | None) -> dict[str, Any] | None:
    """Return one version, or the latest, with all that it takes to check it; two queries or three.

    Returns:
        `statement`; `salt` and `digest` in hexadecimal; `receipt`, null until it is on record; and
        of a list, the `list` that the statement is about.
    """
    found = rows.order_by("-sequence")
    row = (found if sequence is None else found.filter(sequence=sequence)).first()
    if row is None:
        return None
    salt = bytes(row.salt)
    proof = witnessed.proof_for(leaf=bytes(row.leaf), salt=salt)
    members: dict[str, Any] = {
        "statement": canonical.loads(bytes(row.document)),
        "digest": bytes(row.digest).hex(),
        "salt": salt.hex(),
        "receipt": None if proof is None else anchor.to_json(proof),
    }
    if row.published is not None:
        members["list"] = canonical.loads(bytes(row.published))
    return members
