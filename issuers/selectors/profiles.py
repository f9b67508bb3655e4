"""Questions about issuers: who they are, and what the world reads of them."""

from datetime import datetime
from typing import Any

from django.conf import settings

from issuers import models
from issuers.core import blockcerts, did
from issuers.core import profile as profiles
from issuers.selectors.keys import key_history


def find_by_slug(*, slug: str) -> models.Issuer | None:
    """Return the issuer of that short name; one query."""
    return models.Issuer.objects.filter(slug=slug).first()


def find_by_did(*, identifier: str) -> models.Issuer | None:
    """Return the issuer whose credentials carry this DID; one query."""
    return models.Issuer.objects.filter(did=identifier).first()


def address(*, issuer: models.Issuer) -> str:
    """Return the public page of the issuer."""
    return f"{settings.PUBLIC_URL}/issuers/{issuer.slug}"


def blockcerts_address(*, issuer: models.Issuer) -> str:
    """Return where the issuer's profile for verifiers of Blockcerts is, which is its id."""
    return f"{address(issuer=issuer)}/blockcerts.json"


def accepted_submitters(*, issuer: models.Issuer) -> list[str]:
    """Return the chain accounts (CAIP-10) whose anchors the issuer accepts; one query."""
    rows = models.AcceptedSubmitter.objects.of(issuer).order_by("accepted_at", "id")
    return list(rows.values_list("account", flat=True))


def accounts(*, issuer: models.Issuer) -> list[tuple[str, datetime]]:
    """Return the chain accounts (CAIP-10) that the issuer accepts, and since when; one query."""
    rows = models.AcceptedSubmitter.objects.of(issuer).order_by("accepted_at", "id")
    return list(rows.values_list("account", "accepted_at"))


def all_accounts() -> dict[int, list[tuple[str, datetime]]]:
    """Return what `accounts` returns, of every issuer that has one, by its row; one query."""
    # Across issuers: a worker serves them all, and DID documents name these accounts.
    rows = models.AcceptedSubmitter.objects.across_issuers().order_by("accepted_at", "id")
    found: dict[int, list[tuple[str, datetime]]] = {}
    for issuer_id, account, since in rows.values_list("issuer_id", "account", "accepted_at"):
        found.setdefault(issuer_id, []).append((account, since))
    return found


def history_address(*, issuer: models.Issuer) -> str:
    """Return where the versions of the issuer's key history are; no query."""
    return f"{address(issuer=issuer)}/history"


def did_document(*, issuer: models.Issuer) -> dict[str, Any]:
    """Return the DID document: past keys stay listed, or old credentials would stop verifying.

    Two queries.
    """
    submitters = accepted_submitters(issuer=issuer)
    document = did.did_document(
        issuer.did,
        key_history(issuer=issuer),
        submitters,
        # It is about the accounts that anchor, so without one there is none.
        blockcerts_address(issuer=issuer) if submitters else None,
    )
    return blockcerts.with_jwk(document) if settings.BLOCKCERTS else document


def profile(*, issuer: models.Issuer) -> dict[str, Any]:
    """Return the issuer as Open Badges writes it (OB 3.0 Profile); no query."""
    return profiles.profile(
        id=issuer.did,
        name=issuer.name,
        url=issuer.url or address(issuer=issuer),
        email=issuer.email or None,
        description=issuer.description or None,
        image=f"{address(issuer=issuer)}/logo.png" if issuer.logo is not None else None,
        country=issuer.country or None,
        identifiers=[
            (kind, number)
            for kind, number in (("ext:SIRET", issuer.siret), ("identifier", issuer.registration))
            if number
        ],
    )
