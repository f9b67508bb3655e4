"""The key of the installation: made when it is first needed, and opened where workers run."""

import logging
import secrets
from datetime import datetime

from django.db import transaction

from issuers import models
from issuers.core import envelope, keys
from issuers.resolvers import keyrings
from issuers.services.keys import KeyEncryptionKeyMissing

log = logging.getLogger(__name__)


@transaction.atomic
def installation_seed(*, now: datetime) -> bytes:
    """Return the seed of the newest key of the installation; make one where none opens.

    Args:
        now: The instant.

    Raises:
        KeyEncryptionKeyMissing: this process may not handle keys: only workers may.
        KeyServiceUnavailable: the service that wraps them does not answer.
    """
    ring = keyrings.signing()
    if ring is None:
        raise KeyEncryptionKeyMissing("Set SIGNING_KEK to sign for the installation.")
    found = models.InstallationSecret.objects.order_by("-key__valid_from", "-pk").first()
    if found is not None:
        try:
            dek = ring.unwrap([bytes(found.wrapped_dek)])[0]
            return envelope.decrypt(
                bytes(found.sealed_private), dek=dek, associated=_about(found.key.kid)
            )
        except envelope.EnvelopeError:
            log.warning("a key of the installation does not open: another one follows it")
    return _create(ring, now)


def _create(ring: keyrings.Keyring, now: datetime) -> bytes:
    seed, dek = secrets.token_bytes(keys.SEED_SIZE), secrets.token_bytes(envelope.KEY_SIZE)
    kid = keys.encode_multikey(keys.public_key(seed))
    key = models.InstallationKey.objects.create(kid=kid, valid_from=now)
    models.InstallationSecret.objects.create(
        key=key,
        wrapped_dek=ring.wrap([dek])[0],
        sealed_private=envelope.encrypt(
            seed, dek=dek, nonce=secrets.token_bytes(12), associated=_about(kid)
        ),
    )
    return seed


def _about(kid: str) -> bytes:
    return b"acquis/installation-key/1|" + kid.encode()
