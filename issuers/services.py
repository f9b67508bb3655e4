"""Verbs on issuers: register, create a key, accept a submitter."""

import secrets
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from issuers import models, selectors
from issuers.core import did, envelope, keys


class KeyEncryptionKeyMissing(Exception):  # noqa: N818 - it says what is missing
    """This process has no SIGNING_KEK, so it can neither create nor read a signing key."""


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
def create_key(*, issuer: models.Issuer, now: datetime) -> models.SigningKey:
    """Create the issuer's next Ed25519 key.

    Stored only envelope-encrypted (AES-256-GCM under AES-KWP).

    The seed and its data key are drawn here from the operating system; the database never sees
    either in clear.

    Raises:
        KeyEncryptionKeyMissing: this process may not handle signing keys.
    """
    if settings.SIGNING_KEK is None:
        raise KeyEncryptionKeyMissing("Set SIGNING_KEK to create a signing key.")
    seed, dek = secrets.token_bytes(32), secrets.token_bytes(32)
    multikey = keys.encode_multikey(keys.public_key(seed))
    return models.SigningKey.objects.of(issuer).create(
        issuer=issuer,
        multikey=multikey,
        wrapped_dek=envelope.wrap(dek=dek, kek=settings.SIGNING_KEK, kek_id=selectors.KEK_ID),
        sealed_seed=envelope.encrypt(
            seed,
            dek=dek,
            nonce=secrets.token_bytes(12),
            associated=selectors.seed_context(issuer.did, multikey),
        ),
        valid_from=now,
    )


@transaction.atomic
def accept_submitter(*, issuer: models.Issuer, account: str, now: datetime) -> None:
    """Let the issuer's DID document name `account` (CAIP-10), so that its anchors count.

    Idempotent.
    """
    models.AcceptedSubmitter.objects.of(issuer).get_or_create(
        issuer=issuer, account=account, defaults={"accepted_at": now}
    )
