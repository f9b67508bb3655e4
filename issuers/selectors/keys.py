"""Questions about an issuer's keys: all that ever spoke for it, and the one that signs now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db.models import Q, QuerySet

from issuers import models
from issuers.core import did, envelope, kinds
from issuers.resolvers import keyrings

Kind = kinds.Kind
# What a worker is signing when its key is replaced is dated up to this long after, and must hold.
# So a key that is retired ends that much later, and signs nothing new meanwhile.
OVERLAP = timedelta(minutes=10)


class NoSigningKey(Exception):  # noqa: N818 - it says what is missing
    """The issuer has no key that signs now, or this process may not read it."""


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A private key of an issuer, open: for a worker, and for as long as it signs.

    Attributes:
        kind: what it is.
        kid: its name.
        method: its verification method in the DID document, for Data Integrity.
        address: where its JWK is served, for the `kid` of a JWT.
        private: the key.
    """

    kind: kinds.Kind
    kid: str
    method: str
    address: str
    private: kinds.PrivateKey


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key at its address: the JWK, and since when nothing it signs may be believed."""

    jwk: dict[str, Any]
    revoked: datetime | None


def key_history(*, issuer: models.Issuer) -> list[did.IssuerKey]:
    """Return every key that ever spoke for the issuer, oldest first; one query."""
    return [_public(row) for row in keys_of(issuer=issuer)]


def key_histories() -> dict[int, list[did.IssuerKey]]:
    """Return the keys of every issuer that has one, by the issuer's row; one query."""
    # Across issuers: a worker serves them all, and public keys are public.
    rows = models.SigningKey.objects.across_issuers()
    found: dict[int, list[did.IssuerKey]] = {}
    for row in rows.order_by("valid_from", "id"):
        found.setdefault(row.issuer_id, []).append(_public(row))
    return found


def keys_of(*, issuer: models.Issuer) -> list[models.SigningKey]:
    """Return the rows of every key of the issuer, oldest first; one query."""
    return list(models.SigningKey.objects.of(issuer).order_by("valid_from", "id"))


def disowned_keys() -> list[str]:
    """Return the names of all keys that were declared stolen; one query."""
    # Across issuers: a worker serves them all, and names of keys are public.
    rows = models.SigningKey.objects.across_issuers().exclude(revoked_at=None)
    return list(rows.order_by("id").values_list("kid", flat=True))


def find_key(*, issuer: models.Issuer, kid: str) -> models.SigningKey | None:
    """Return the issuer's key of that name, past or present; one query."""
    return models.SigningKey.objects.of(issuer).filter(kid=kid).first()


def published_key(*, issuer: models.Issuer, kid: str) -> PublishedKey | None:
    """Return the issuer's public key of that name, past or present; one query."""
    row = find_key(issuer=issuer, kid=kid)
    if row is None:
        return None
    shown = kinds.published_jwk(Kind(row.kind), row.kid, row.public_jwk)
    return PublishedKey(jwk=shown, revoked=row.revoked_at)


def key_address(*, issuer: models.Issuer, kid: str) -> str:
    """Return where the JWK of a key is served; no query."""
    return f"{settings.PUBLIC_URL}/issuers/{issuer.slug}/keys/{kid}"


def current_key(
    *, issuer: models.Issuer, now: datetime, kind: kinds.Kind = Kind.ED25519
) -> models.SigningKey | None:
    """Return the row of the key of that kind that signs at `now`; one query."""
    return _signing(issuer, now).filter(kind=kind).order_by("-valid_from", "-id").first()


def current_keys(*, issuer: models.Issuer, now: datetime) -> dict[kinds.Kind, models.SigningKey]:
    """Return the row of the key of each kind that signs at `now`; one query."""
    rows = _signing(issuer, now).order_by("valid_from", "id")  # the newest of a kind is last
    return {Kind(row.kind): row for row in rows}


def _signing(issuer: models.Issuer, now: datetime) -> QuerySet[models.SigningKey]:
    rows = models.SigningKey.objects.of(issuer).filter(valid_from__lte=now, revoked_at=None)
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=now + OVERLAP))


def kind_name(kind: kinds.Kind) -> str:
    """Return what people call a kind of key; no query."""
    return str(models.SigningKey.Kind(kind.value).label)


def open_key(*, issuer: models.Issuer, now: datetime, kind: kinds.Kind = Kind.ED25519) -> OpenKey:
    """Return the key of that kind that signs at `now`, open; two queries.

    A worker that may be the first to need a kind calls `services.ready_key`, which creates it.

    Raises:
        NoSigningKey: no key of that kind is valid, or this process holds no SIGNING_KEK (the web
            process must not).
        EnvelopeError: the stored bytes are not of this issuer and this key.
        KeyServiceUnavailable: the service that opens it does not answer.
    """
    _require_ring()
    row = current_key(issuer=issuer, now=now, kind=kind)
    if row is None:
        raise NoSigningKey(f"Issuer {issuer.slug} has no valid signing key of kind {kind}.")
    return open_row(issuer=issuer, row=row)


def open_row(*, issuer: models.Issuer, row: models.SigningKey) -> OpenKey:
    """Return the key that a row names, open; one query.

    Raises:
        NoSigningKey: this process holds no SIGNING_KEK, or the row holds another key.
        EnvelopeError: the stored bytes are not of this issuer and this key.
        KeyServiceUnavailable: the service that opens it does not answer.
    """
    ring = _require_ring()
    half = models.PrivateKey.objects.of(issuer).filter(pk=row.pk).first()
    if half is None:
        raise NoSigningKey(f"Issuer {issuer.slug}: the private half of {row.kid} is not there.")
    secret = envelope.decrypt(
        bytes(half.sealed_private),
        dek=ring.unwrap([bytes(half.wrapped_dek)])[0],
        associated=key_context(issuer.did, row.kid),
    )
    kind = Kind(row.kind)
    private = kinds.load(kind, secret)
    if kinds.name(private.public_key()) != row.kid:
        raise NoSigningKey(f"Issuer {issuer.slug}: the stored key is not {row.kid}.")
    return OpenKey(
        kind=kind,
        kid=row.kid,
        method=did.verification_method(issuer.did, row.kid),
        address=key_address(issuer=issuer, kid=row.kid),
        private=private,
    )


def signing_key(*, issuer: models.Issuer, now: datetime) -> tuple[str, bytes]:
    """Return the verification method and the 32-byte seed of the Ed25519 key that signs at `now`.

    Two queries.

    Raises:
        NoSigningKey: no key is valid, or this process holds no SIGNING_KEK (the web process must
            not).
    """
    opened = open_key(issuer=issuer, now=now)
    if not isinstance(opened.private, Ed25519PrivateKey):
        raise TypeError("It was asked for by its kind.")
    return opened.method, opened.private.private_bytes_raw()


def key_context(identifier: str, kid: str) -> bytes:
    """Return what a sealed key is bound to: moved to another issuer or key, it does not open."""
    return f"acquis/signing-key/1|{identifier}|{kid}".encode()


def _public(row: models.SigningKey) -> did.IssuerKey:
    return did.IssuerKey(
        kid=row.kid,
        valid_from=row.valid_from,
        expires=row.expires_at,
        revoked=row.revoked_at,
        jwk=row.public_jwk,
    )


def _require_ring() -> keyrings.Keyring:
    ring = keyrings.signing()
    if ring is None:
        raise NoSigningKey("This process holds no SIGNING_KEK; only workers sign.")
    return ring
