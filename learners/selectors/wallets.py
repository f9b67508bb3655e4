"""Questions about people's wallets: whose browser it is, which addresses, who they are to whom."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

from issuers.core import envelope
from issuers.resolvers import keyrings
from learners import models

if TYPE_CHECKING:
    import uuid as uuids
    from datetime import datetime

Wallet = models.Wallet
# More organisations than anybody has badges of; each costs a few queries.
MOST_ISSUERS = 100


def mark_of(*, email: str) -> str:
    """Return the keyed fingerprint of a (normalised) address: nobody without the key makes it."""
    return salted_hmac("acquis.wallet.address", email, algorithm="sha256").hexdigest()


def digest_of(*, token: str) -> str:
    """Return as what the token of a browser is kept: it has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def opened_in(*, token: str, now: datetime) -> models.Wallet | None:
    """Return the wallet that is open in the browser that shows this token; one query."""
    session = (
        models.WalletSession.objects.select_related("wallet")
        .filter(digest=digest_of(token=token), ends_at__gt=now)
        .first()
    )
    return None if session is None else session.wallet


def key_of(*, wallet: models.Wallet) -> bytes:
    """Return the 32-byte data key of a wallet; no query.

    Raises:
        KeyServiceUnavailable: the service that opens it does not answer.
    """
    [key] = keyrings.learner().unwrap([bytes(wallet.wrapped_dek)])
    return key


def addresses(*, wallet: models.Wallet) -> dict[int, str]:
    """Return the addresses of a wallet by their keys, the first one first; one query."""
    key = key_of(wallet=wallet)
    rows = models.WalletAddress.objects.filter(wallet=wallet).order_by("proven_at", "id")
    return {
        row.pk: envelope.decrypt(
            bytes(row.sealed), dek=key, associated=address_context(mark=row.mark)
        ).decode()
        for row in rows
    }


def address_context(*, mark: str) -> bytes:
    """Return what a sealed address is bound to: moved to another row, it does not open."""
    return b"acquis/wallet/address/1|" + mark.encode()


def collection_context(*, token: str) -> bytes:
    """Return what the sealed name of a collection is bound to."""
    return b"acquis/wallet/collection/1|" + token.encode()


def import_context(*, uuid: uuids.UUID, what: str) -> bytes:
    """Return what a sealed part of a badge from elsewhere is bound to."""
    return f"acquis/wallet/import/{what}/1|".encode() + uuid.bytes


def known_to(*, email: str) -> dict[int, models.Learner]:
    """Return the learners at an address that somebody proved to be theirs, by their issuer.

    Who was erased is not among them; two queries, and one for each issuer.
    """
    found = {}
    for issuer_id in models.Learner.objects.issuers_knowing(email)[:MOST_ISSUERS]:
        row = models.Learner.objects.of(issuer_id).filter(email=email, key__isnull=False).first()
        if row is not None:
            found[issuer_id] = row
    return found
