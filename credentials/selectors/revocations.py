"""What an issuer revoked, as 1EdTech's list of revoked credentials says it."""

from dataclasses import dataclass

from django.conf import settings

from credentials import models
from issuers import models as issuers
from issuers import selectors as parties

# A page of the list: half a megabyte at most.
PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Revoked:
    """A page of what an issuer revoked.

    Attributes:
        reasons: Public reasons by the id of the credential, the oldest credential first.
        following: Where the next page begins; None on the last one.
    """

    reasons: dict[str, str]
    following: int | None


def revocation_list_address(*, issuer: issuers.Issuer) -> str:
    """Return where an issuer's list of revoked credentials is; no query."""
    return f"{parties.address(issuer=issuer)}/revoked"


def revoked(*, issuer: issuers.Issuer, after: int = 0) -> Revoked:
    """Return a page of the issuer's revoked credentials; one query.

    Args:
        issuer: Who revoked.
        after: What the page before named as `following`; 0 for the first.
    """
    rows = list(
        models.Credential.objects.of(issuer)
        .filter(revoked_at__isnull=False, pk__gt=after)
        .order_by("pk")
        .values_list("pk", "token", "revocation_reason")[: PAGE + 1]
    )
    page = rows[:PAGE]
    return Revoked(
        reasons={f"{settings.PUBLIC_URL}/credentials/{token}": why for _pk, token, why in page},
        following=page[-1][0] if len(rows) > PAGE else None,
    )
