"""Replace, retire and disown keys. None is ever deleted: see docs/keys.md.

rotate_key            a new key signs; the old one ends in good order
retire_key            a key ends in good order, and none takes its place
declare_compromised   a key was stolen: what is not provably older than the theft is nobody's
"""

# ruff: noqa: N818 - a refusal is named after what is wrong

from datetime import datetime

from django.db import transaction

from issuers import models, scope, selectors
from issuers.core import kinds
from issuers.services.keys import Kind, create_key


class NoSuchKey(Exception):
    """The issuer has no key of that name."""


class KeyAlreadyEnded(Exception):
    """The key was retired, replaced or disowned before."""


class ImpossibleInstant(Exception):
    """A theft is declared for a time at which it cannot have been."""


@transaction.atomic
def rotate_key(
    *, issuer: models.Issuer, now: datetime, kind: kinds.Kind = Kind.ED25519
) -> models.SigningKey:
    """Let a new key of that kind sign from now on; those that signed end in good order.

    What a worker is signing at this moment with an old key still holds: the old keys end
    `selectors.OVERLAP` from now, and sign nothing new meanwhile.

    Raises:
        KeyEncryptionKeyMissing: this process may not handle signing keys.

    Source: NIST SP 800-57 part 1 section 5.3.4 (originator-usage and recipient-usage periods).
    """
    _lock(issuer)
    created = create_key(issuer=issuer, now=now, kind=kind)
    models.SigningKey.objects.of(issuer).filter(
        kind=kind, expires_at=None, revoked_at=None
    ).exclude(pk=created.pk).update(expires_at=now + selectors.OVERLAP)
    return created


@transaction.atomic
def retire_key(*, issuer: models.Issuer, kid: str, now: datetime) -> models.SigningKey:
    """End a key in good order; what it signed stays verified.

    It signs nothing new, even if the issuer has no other key of its kind: nothing is then signed
    that needs one.

    Raises:
        NoSuchKey: the issuer has no key of that name.
        KeyAlreadyEnded: it ended before.
    """
    key = find(issuer, kid)
    moved = (
        models.SigningKey.objects.of(issuer)
        .filter(pk=key.pk, expires_at=None, revoked_at=None)
        .update(expires_at=now + selectors.OVERLAP)
    )
    if moved != 1:
        raise KeyAlreadyEnded(f"Key {kid} ended before: see `manage.py keys list`.")
    key.refresh_from_db(fields=["expires_at"])
    return key


@transaction.atomic
def declare_compromised(
    *, issuer: models.Issuer, kid: str, since: datetime, now: datetime, replace: bool = True
) -> models.SigningKey:
    """Disown what a stolen key signed, unless its anchor is older than `since`.

    A theft that is found to be older may be declared again, with the earlier time; a time is never
    moved later, or forgeries that were refuted would be believed again.

    Args:
        issuer: Whose key it is.
        kid: The name of the key.
        since: From when on somebody else may have had it.
        now: The instant of the declaration.
        replace: Create a new key if this one was signing.

    Raises:
        NoSuchKey: the issuer has no key of that name.
        ImpossibleInstant: `since` is yet to come, or before the key was created.
        KeyAlreadyEnded: the key was declared stolen from then on, or from an earlier time on.
        KeyEncryptionKeyMissing: a new key is needed, and this process may not create one.

    Source: docs/keys.md; Controlled Identifiers 1.0 section 2.2 (revoked).
    """
    _lock(issuer)
    key = find(issuer, kid)
    require_possible(key, since=since, now=now)
    key.revoked_at = since
    with scope.inside(issuer):
        key.save(update_fields=["revoked_at"])
    kind = Kind(key.kind)
    if replace and selectors.current_key(issuer=issuer, now=now, kind=kind) is None:
        create_key(issuer=issuer, now=now, kind=kind)
    return key


def require_possible(key: models.SigningKey, *, since: datetime, now: datetime) -> None:
    """Refuse a theft that cannot have been.

    Raises:
        ImpossibleInstant: `since` is yet to come, or before the key was created.
        KeyAlreadyEnded: the key was declared stolen from then on, or from an earlier time on.
    """
    if since > now:
        raise ImpossibleInstant(f"{since.isoformat()} is yet to come: say when the theft was.")
    if since < key.valid_from:
        raise ImpossibleInstant(
            f"Key {key.kid} was created on {key.valid_from.isoformat()}: give that instant, or a "
            "later one."
        )
    if key.revoked_at is not None and key.revoked_at <= since:
        raise KeyAlreadyEnded(
            f"Key {key.kid} is disowned since {key.revoked_at.isoformat()}, and that is never "
            "moved later."
        )


def find(issuer: models.Issuer, kid: str) -> models.SigningKey:
    """Return the issuer's key of that name.

    Raises:
        NoSuchKey: it has none.
    """
    key = selectors.find_key(issuer=issuer, kid=kid)
    if key is None:
        raise NoSuchKey(f"Issuer {issuer.slug} has no key {kid}: see `manage.py keys list`.")
    return key


def _lock(issuer: models.Issuer) -> None:
    """Let one command at a time change the keys of an issuer."""
    models.Issuer.objects.select_for_update(no_key=True).only("id").get(pk=issuer.pk)
