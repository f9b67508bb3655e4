"""Create keys: of each kind, encrypted before they reach the database."""

import secrets
from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.db import transaction

from issuers import models, selectors
from issuers.core import envelope, keys, kinds
from issuers.resolvers import keyrings

Kind = kinds.Kind
RSA_BITS, RSA_EXPONENT = 2048, 65537


class KeyEncryptionKeyMissing(Exception):  # noqa: N818 - it says what is missing
    """This process has no SIGNING_KEK, so it can neither create nor read a signing key."""


@transaction.atomic
def create_key(
    *, issuer: models.Issuer, now: datetime, kind: kinds.Kind = Kind.ED25519
) -> models.SigningKey:
    """Create the issuer's next key of a kind.

    Stored only envelope-encrypted (AES-256-GCM under AES-KWP).

    The private key and its data key are drawn here from the operating system; the database never
    sees either in clear.

    Raises:
        KeyEncryptionKeyMissing: this process may not handle signing keys.
        KeyServiceUnavailable: the service that wraps them does not answer.
    """
    ring = keyrings.signing()
    if ring is None:
        raise KeyEncryptionKeyMissing("Set SIGNING_KEK to create a signing key.")
    secret, dek = _draw(kind), secrets.token_bytes(32)
    public = kinds.load(kind, secret).public_key()
    kid = kinds.name(public)
    key = models.SigningKey.objects.of(issuer).create(
        issuer=issuer,
        kind=kind,
        kid=kid,
        public_jwk=kinds.to_jwk(public) if kind is Kind.RSA else None,
        valid_from=now,
    )
    models.PrivateKey.objects.of(issuer).create(
        key=key,
        issuer=issuer,
        wrapped_dek=ring.wrap([dek])[0],
        sealed_private=envelope.encrypt(
            secret,
            dek=dek,
            nonce=secrets.token_bytes(12),
            associated=selectors.key_context(issuer.did, kid),
        ),
    )
    return key


@transaction.atomic
def ready_key(*, issuer: models.Issuer, now: datetime, kind: kinds.Kind) -> selectors.OpenKey:
    """Return the issuer's key of a kind, open; create it if the issuer never had one.

    For workers: an issuer gets its RSA or P-256 key when something first needs it. An issuer that
    had one gets no other behind its back: `manage.py keys` rotates.

    Raises:
        NoSigningKey: its keys of that kind are all retired or revoked, or this process holds no
            SIGNING_KEK.
    """
    row = selectors.current_key(issuer=issuer, now=now, kind=kind)
    if row is None and keyrings.signing() is not None:
        # Two workers may come at once: the issuer's row lets one create, and the other find.
        models.Issuer.objects.select_for_update(no_key=True).only("id").get(pk=issuer.pk)
        if not models.SigningKey.objects.of(issuer).filter(kind=kind).exists():
            create_key(issuer=issuer, now=now, kind=kind)
    return selectors.open_key(issuer=issuer, now=now, kind=kind)


def _draw(kind: kinds.Kind) -> bytes:
    """Draw a private key, in the form in which it is stored."""
    match kind:
        case Kind.ED25519:
            return secrets.token_bytes(keys.SEED_SIZE)
        case Kind.P256:
            scalar = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
            return scalar.to_bytes(32)
        case Kind.RSA:
            return rsa.generate_private_key(RSA_EXPONENT, RSA_BITS).private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
