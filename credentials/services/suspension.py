"""Suspend for a time, and reinstate."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from credentials import models
from credentials.services import noticing, status
from credentials.services.revocation import record, require_reason
from issuers import models as issuers


class NotSuspendable(Exception):  # noqa: N818 - it says what is wrong
    """The credential is not signed, is revoked or suspended, or was not issued to be suspended."""


class NotSuspended(Exception):  # noqa: N818 - it says what is wrong
    """The credential is not suspended, or was revoked since."""


@transaction.atomic
def suspend(
    *,
    issuer: issuers.Issuer,
    credential: models.Credential,
    reason: str,
    now: datetime,
    actor: issuers.User | None = None,
    note: str = "",
    tells: bool = False,
) -> None:
    """Suspend a signed credential until it is reinstated; the signed list follows.

    Args:
        issuer: Who suspends: the credential's issuer.
        credential: What is suspended; its achievement was published as suspendable.
        reason: In words that the public may read.
        now: The instant of the suspension.
        actor: The person who suspends.
        note: In words for the issuer's own eyes.
        tells: Whether the learner is told by e-mail.

    Raises:
        ValidationError: there is no reason, or it is too long.
        NotSuspendable: it is not signed, is revoked or suspended already, or has no place in a list
            of suspensions.

    Source: Bitstring Status List section 2.1 (suspension is reversible).
    """
    done = suspend_several(
        issuer=issuer,
        keys=[credential.pk],
        reason=reason,
        now=now,
        actor=actor,
        note=note,
        tells=tells,
    )
    if not done:
        raise NotSuspendable(
            f"Credential {credential.uuid} is not signed, is revoked or suspended already, or its "
            "badge does not let it be suspended."
        )
    _read_again(credential)


@transaction.atomic
def suspend_several(
    *,
    issuer: issuers.Issuer,
    keys: Collection[int],
    reason: str,
    now: datetime,
    actor: issuers.User | None = None,
    note: str = "",
    tells: bool = False,
) -> int:
    """Suspend those of some credentials that can be; return how many that were.

    A few statements, however many they are, and one for each of their status lists.

    Args:
        issuer: Who suspends: the credentials' issuer.
        keys: Of the credentials; what cannot be suspended stays as it is.
        reason: In words that the public may read.
        now: The instant of the suspension.
        actor: The person who suspends.
        note: In words for the issuer's own eyes.
        tells: Whether their learners are told by e-mail.

    Raises:
        ValidationError: there is no reason, or it is too long.

    Source: Bitstring Status List section 2.1 (suspension is reversible).
    """
    require_reason(reason)
    found = _locked(
        issuer,
        pk__in=keys,
        state=models.Credential.State.SIGNED,
        suspension_list__isnull=False,
        revoked_at=None,
        suspended_at=None,
    )
    to = {"suspended_at": now, "suspension_reason": reason.strip(), "reinstated_at": None}
    changed = _settle(issuer, found, to, is_suspended=True)
    record(
        issuer=issuer,
        keys=changed,
        kind=models.CredentialEvent.Kind.SUSPENDED,
        now=now,
        actor=actor,
        reason=reason,
        note=note,
    )
    if tells:
        noticing.notice(
            issuer=issuer, keys=changed, kind=noticing.Kind.SUSPENDED, actor=actor, now=now
        )
    return len(changed)


@transaction.atomic
def reinstate(
    *,
    issuer: issuers.Issuer,
    credential: models.Credential,
    now: datetime,
    actor: issuers.User | None = None,
    reason: str = "",
    note: str = "",
    tells: bool = False,
) -> None:
    """Let a suspended credential stand again; the signed list follows.

    Args:
        issuer: Who reinstates: the credential's issuer.
        credential: What is reinstated.
        now: The instant.
        actor: The person who reinstates.
        reason: In words that the public may read, for the history; may be left out.
        note: In words for the issuer's own eyes.
        tells: Whether the learner is told by e-mail.

    Raises:
        ValidationError: the reason is too long.
        NotSuspended: it is not suspended, or was revoked since.

    Source: Bitstring Status List section 2.1 (suspension is reversible).
    """
    done = reinstate_several(
        issuer=issuer,
        keys=[credential.pk],
        reason=reason,
        now=now,
        actor=actor,
        note=note,
        tells=tells,
    )
    if not done:
        raise NotSuspended(f"Credential {credential.uuid} is not suspended, or was revoked since.")
    _read_again(credential)


@transaction.atomic
def reinstate_several(
    *,
    issuer: issuers.Issuer,
    keys: Collection[int],
    now: datetime,
    actor: issuers.User | None = None,
    reason: str = "",
    note: str = "",
    tells: bool = False,
) -> int:
    """Let those of some credentials stand again that are suspended; return how many that were.

    A few statements, however many they are, and one for each of their status lists.

    Args:
        issuer: Who reinstates: the credentials' issuer.
        keys: Of the credentials; what is not suspended stays as it is.
        now: The instant.
        actor: The person who reinstates.
        reason: In words that the public may read, for the history; may be left out.
        note: In words for the issuer's own eyes.
        tells: Whether their learners are told by e-mail.

    Raises:
        ValidationError: the reason is too long.

    Source: Bitstring Status List section 2.1 (suspension is reversible).
    """
    if reason:
        require_reason(reason)
    found = _locked(issuer, pk__in=keys, suspended_at__isnull=False, revoked_at=None)
    to = {"suspended_at": None, "suspension_reason": "", "reinstated_at": now}
    changed = _settle(issuer, found, to, is_suspended=False)
    record(
        issuer=issuer,
        keys=changed,
        kind=models.CredentialEvent.Kind.REINSTATED,
        now=now,
        actor=actor,
        reason=reason,
        note=note,
    )
    if tells:
        noticing.notice(
            issuer=issuer, keys=changed, kind=noticing.Kind.REINSTATED, actor=actor, now=now
        )
    return len(changed)


def _locked(issuer: issuers.Issuer, **such: object) -> list[tuple[int, int | None, int | None]]:
    """Lock credentials that are such; return their keys and their places in lists."""
    rows = models.Credential.objects.of(issuer).select_for_update().filter(**such)
    return list(rows.order_by("id").values_list("pk", "suspension_list_id", "suspension_index"))


def _settle(
    issuer: issuers.Issuer,
    found: list[tuple[int, int | None, int | None]],
    to: Mapping[str, object],
    *,
    is_suspended: bool,
) -> list[int]:
    changed = [pk for pk, _list, _index in found]
    models.Credential.objects.of(issuer).filter(pk__in=changed).update(**to)
    places = [(pk, index) for _pk, pk, index in found]
    status.set_bits(issuer=issuer, places=places, value=is_suspended)
    return changed


def _read_again(credential: models.Credential) -> None:
    credential.refresh_from_db(fields=["suspended_at", "suspension_reason", "reinstated_at"])
