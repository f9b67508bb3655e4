"""Register an issuer, and accept the accounts that anchor for it."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from issuers import models
from issuers.core import did


@transaction.atomic
def register(*, slug: str, name: str, now: datetime, **details: object) -> models.Issuer:
    """Register an issuer: its row and its DID, which never changes afterwards.

    Args:
        slug: Short name in addresses, unique on this installation.
        name: The name that readers see.
        now: The instant of the registration.
        details: Further columns of Issuer (legal_name, country, language, logo, ...).

    Raises:
        django.core.exceptions.ValidationError: a field is malformed; names it.
        django.db.IntegrityError: the slug is taken.

    Source: W3C DID method did:web.
    """
    issuer = models.Issuer(slug=slug, name=name, created_at=now, **details)
    issuer.clean_fields(exclude=["did"])
    issuer.did = did.did_web(urlsplit(settings.PUBLIC_URL).netloc, "issuers", slug)
    issuer.save(force_insert=True)
    return issuer


@transaction.atomic
def accept_submitter(*, issuer: models.Issuer, account: str, now: datetime) -> None:
    """Let the issuer's DID document name `account` (CAIP-10), so that its anchors count.

    Idempotent.
    """
    models.AcceptedSubmitter.objects.of(issuer).get_or_create(
        issuer=issuer, account=account, defaults={"accepted_at": now}
    )
