"""Revoke, and publish the lists that say what stands."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from credentials import models
from credentials.core import canonical, proof
from credentials.core import status_list as lists
from credentials.services import failpoints, noticing, status, turns
from issuers import models as issuers
from issuers import selectors as issuer_selectors
from issuers.core import keys

log = logging.getLogger(__name__)
# A list is believed for a day; it is signed again twice a day even if nothing changed (trust: no
# rolled-back list).
VALIDITY = timedelta(hours=24)
RENEWAL = timedelta(hours=12)
# How long a reader may keep a copy, in milliseconds (Bitstring Status List section 2.2, ttl).
TTL_MS = 300_000


class NotRevocable(Exception):  # noqa: N818 - it says what is wrong
    """The credential is not signed yet, was revoked before, or was issued to stand for good."""


@transaction.atomic
def revoke(
    *,
    issuer: issuers.Issuer,
    credential: models.Credential,
    reason: str,
    now: datetime,
    actor: issuers.User | None = None,
    note: str = "",
    tells: bool = False,
) -> None:
    """Revoke a signed credential for good; the signed list follows when a worker publishes it.

    Args:
        issuer: Who revokes: the credential's issuer.
        credential: What is revoked.
        reason: In words that the public may read.
        now: The instant of the revocation.
        actor: The person who revokes.
        note: In words for the issuer's own eyes.
        tells: Whether the learner is told by e-mail.

    Raises:
        ValidationError: there is no reason, or it is too long.
        NotRevocable: it is not signed, it is revoked already, or it was issued to stand for good.

    Source: Bitstring Status List section 2.1 (revocation is not reversible).
    """
    done = revoke_several(
        issuer=issuer,
        keys=[credential.pk],
        reason=reason,
        now=now,
        actor=actor,
        note=note,
        tells=tells,
    )
    if not done:
        raise NotRevocable(
            f"Credential {credential.uuid} is not signed, is revoked already, or stands for good."
        )
    credential.refresh_from_db(
        fields=["revoked_at", "revocation_reason", "status_list", "status_index"]
    )


@transaction.atomic
def revoke_several(
    *,
    issuer: issuers.Issuer,
    keys: Collection[int],
    reason: str,
    now: datetime,
    actor: issuers.User | None = None,
    note: str = "",
    tells: bool = False,
) -> int:
    """Revoke those of some credentials that can be, for good; return how many that were.

    A few statements, however many they are, and one for each of their status lists.

    Args:
        issuer: Who revokes: the credentials' issuer.
        keys: Of the credentials; what cannot be revoked stays as it is.
        reason: In words that the public may read.
        now: The instant of the revocation.
        actor: The person who revokes.
        note: In words for the issuer's own eyes.
        tells: Whether their learners are told by e-mail.

    Raises:
        ValidationError: there is no reason, or it is too long.

    Source: Bitstring Status List section 2.1 (revocation is not reversible).
    """
    require_reason(reason)
    found = list(
        models.Credential.objects.of(issuer)
        .select_for_update()
        .filter(
            pk__in=keys,
            state=models.Credential.State.SIGNED,
            status_list__isnull=False,
            revoked_at=None,
        )
        .order_by("id")
        .values_list("pk", "status_list_id", "status_index")
    )
    changed = [pk for pk, _list, _index in found]
    rows = models.Credential.objects.of(issuer).filter(pk__in=changed)
    rows.update(revoked_at=now, revocation_reason=reason.strip())
    status.set_bits(issuer=issuer, places=[(pk, index) for _pk, pk, index in found], value=True)
    failpoints.reach("revoke: bit written")
    record(
        issuer=issuer,
        keys=changed,
        kind=models.CredentialEvent.Kind.REVOKED,
        now=now,
        actor=actor,
        reason=reason,
        note=note,
    )
    if tells:
        noticing.notice(
            issuer=issuer, keys=changed, kind=noticing.Kind.REVOKED, actor=actor, now=now
        )
    return len(changed)


def require_reason(reason: str) -> None:
    """Refuse a public reason that says nothing, or that the column cannot hold."""
    if not reason.strip() or len(reason) > 300:  # noqa: PLR2004 - the column's width
        raise ValidationError({"reason": _("Give a public reason of 1 to 300 characters.")})


def record(
    *,
    issuer: issuers.Issuer,
    keys: Iterable[int],
    kind: models.CredentialEvent.Kind,
    now: datetime,
    actor: issuers.User | None,
    reason: str,
    note: str,
) -> None:
    """Write into credentials' histories what their issuer did; without a note, the reason is it."""
    models.CredentialEvent.objects.of(issuer).bulk_create(
        models.CredentialEvent(
            issuer=issuer,
            credential_id=pk,
            kind=kind,
            happened_at=now,
            actor=actor,
            reason=reason.strip(),
            note=note or reason.strip(),
        )
        for pk in keys
    )


def publish_status_lists(*, now: datetime) -> int:
    """Sign and publish every list that changed, grows old, or bears the signature of a stolen key.

    Returns:
        How many were published.

    Raises:
        issuers.selectors.NoSigningKey: an issuer has no valid key, or this process may not sign;
            raised where nothing else was published.

    Source: Bitstring Status List section 3.1 (generate algorithm).
    """
    disowned = issuer_selectors.disowned_keys()
    # Across issuers: a worker serves them all.
    waiting = (
        models.StatusList.objects.across_issuers()
        .filter(_is_due(now, disowned))
        .order_by("id")
        .values_list("pk", flat=True)
    )
    published, fault = 0, None
    for pk in waiting:
        try:
            published += _publish_one(pk, now, disowned)
        except turns.FAULTS as found:
            log.error("a status list cannot be signed: %s", found)  # noqa: TRY400 - as signing
            fault = found
    if fault is not None and not published:
        raise fault
    return published


def _is_due(now: datetime, disowned: list[str]) -> Q:
    stale = Q(published_at=None) | Q(published_at__lte=now - RENEWAL)
    nobodys = Q(published_kid="") | Q(published_kid__in=disowned)
    return stale | nobodys | Q(published_version__lt=F("version"))


@transaction.atomic
def _publish_one(pk: int, now: datetime, disowned: list[str]) -> int:
    status_list = (
        models.StatusList.objects.across_issuers()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("issuer")
        .defer("taken", "published", "issuer__logo")
        .filter(_is_due(now, disowned), pk=pk)
        .first()
    )
    if status_list is None:  # another worker is at it, or was
        return 0
    issuer = status_list.issuer
    method, seed = issuer_selectors.signing_key(issuer=issuer, now=now)
    secured = proof.sign(
        lists.list_credential(
            url=status_list.url,
            issuer=issuer.did,
            purpose=cast("lists.Purpose", status_list.purpose),
            bits=bytes(status_list.bits),
            valid_from=now,
            valid_until=now + VALIDITY,
            ttl_ms=TTL_MS,
        ),
        key=keys.load(seed),
        verification_method=method,
        created=now,
    )
    failpoints.reach("publish: list signed")
    models.StatusList.objects.of(issuer).filter(pk=pk).update(
        published=canonical.dumps(secured),
        published_version=status_list.version,
        published_at=now,
        published_kid=method.partition("#")[2],
    )
    failpoints.reach("publish: list written")
    return 1
