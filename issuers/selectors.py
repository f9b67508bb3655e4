"""Questions about issuers: their profile, their keys, their DID document."""

from datetime import datetime
from typing import Any

from django.conf import settings

from issuers import models
from issuers.core import did, envelope, keys
from issuers.core import profile as profiles


class NoSigningKey(Exception):  # noqa: N818 - it says what is missing
    """The issuer has no key that signs now, or this process may not read it."""


def find_by_slug(*, slug: str) -> models.Issuer | None:
    """Return the issuer of that short name; one query."""
    return models.Issuer.objects.filter(slug=slug).first()


def find_by_did(*, identifier: str) -> models.Issuer | None:
    """Return the issuer whose credentials carry this DID; one query."""
    return models.Issuer.objects.filter(did=identifier).first()


def address(*, issuer: models.Issuer) -> str:
    """Return the public page of the issuer."""
    return f"{settings.PUBLIC_URL}/issuers/{issuer.slug}"


def key_history(*, issuer: models.Issuer) -> list[did.IssuerKey]:
    """Return every key that ever spoke for the issuer, oldest first; one query."""
    rows = models.SigningKey.objects.of(issuer).order_by("valid_from", "id")
    return [
        did.IssuerKey(
            multikey=row.multikey,
            valid_from=row.valid_from,
            expires=row.expires_at,
            revoked=row.revoked_at,
        )
        for row in rows
    ]


def accepted_submitters(*, issuer: models.Issuer) -> list[str]:
    """Return the chain accounts (CAIP-10) whose anchors the issuer accepts; one query."""
    rows = models.AcceptedSubmitter.objects.of(issuer).order_by("accepted_at", "id")
    return list(rows.values_list("account", flat=True))


def did_document(*, issuer: models.Issuer) -> dict[str, Any]:
    """Return the DID document: past keys stay listed, or old credentials would stop verifying.

    Two queries.
    """
    return did.did_document(
        issuer.did, key_history(issuer=issuer), accepted_submitters(issuer=issuer)
    )


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
        identifiers=(),
    )


def signing_key(*, issuer: models.Issuer, now: datetime) -> tuple[str, bytes]:
    """Return the verification method and the 32-byte seed that sign at `now`; one query.

    Raises:
        NoSigningKey: no key is valid, or this process holds no SIGNING_KEK (the web process must
            not).
    """
    if settings.SIGNING_KEK is None:
        raise NoSigningKey("This process holds no SIGNING_KEK; only workers sign.")
    row = (
        models.SigningKey.objects.of(issuer)
        .filter(valid_from__lte=now, revoked_at=None)
        .exclude(expires_at__lte=now)
        .order_by("-valid_from", "-id")
        .first()
    )
    if row is None:
        raise NoSigningKey(f"Issuer {issuer.slug} has no valid signing key.")
    dek = envelope.unwrap(bytes(row.wrapped_dek), keks={KEK_ID: settings.SIGNING_KEK})
    seed = envelope.decrypt(
        bytes(row.sealed_seed), dek=dek, associated=seed_context(issuer.did, row.multikey)
    )
    if keys.encode_multikey(keys.public_key(seed)) != row.multikey:
        raise NoSigningKey(f"Issuer {issuer.slug}: the stored key is not {row.multikey}.")
    return did.verification_method(issuer.did, row.multikey), seed


# The name of the key-encryption key in the wrapped bytes; a rotation adds a second one.
KEK_ID = "signing-1"


def seed_context(identifier: str, multikey: str) -> bytes:
    """Return what a sealed seed is bound to: moved to another issuer or key, it does not open."""
    return f"acquis/signing-key/1|{identifier}|{multikey}".encode()
