"""Suspend for a time, and reinstate."""

from datetime import datetime

from django.db import transaction

from credentials import models
from credentials.services import status
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
) -> None:
    """Suspend a signed credential until it is reinstated; the signed list follows.

    Args:
        issuer: Who suspends: the credential's issuer.
        credential: What is suspended; its achievement was published as suspendable.
        reason: In words that the public may read.
        now: The instant of the suspension.
        actor: The person who suspends.
        note: In words for the issuer's own eyes.

    Raises:
        ValidationError: there is no reason, or it is too long.
        NotSuspendable: it is not signed, is revoked or suspended already, or has no place in a list
            of suspensions.

    Source: Bitstring Status List section 2.1 (suspension is reversible).
    """
    require_reason(reason)
    moved = (
        models.Credential.objects.of(issuer)
        .filter(
            pk=credential.pk,
            state=models.Credential.State.SIGNED,
            suspension_list__isnull=False,
            revoked_at=None,
            suspended_at=None,
        )
        .update(suspended_at=now, suspension_reason=reason.strip(), reinstated_at=None)
    )
    if moved != 1:
        raise NotSuspendable(
            f"Credential {credential.uuid} is not signed, is revoked or suspended already, or its "
            "badge does not let it be suspended."
        )
    _settle(issuer, credential, suspended=True)
    record(
        credential,
        models.CredentialEvent.Kind.SUSPENDED,
        now=now,
        actor=actor,
        reason=reason,
        note=note,
    )


@transaction.atomic
def reinstate(
    *,
    issuer: issuers.Issuer,
    credential: models.Credential,
    now: datetime,
    actor: issuers.User | None = None,
    reason: str = "",
    note: str = "",
) -> None:
    """Let a suspended credential stand again; the signed list follows.

    Args:
        issuer: Who reinstates: the credential's issuer.
        credential: What is reinstated.
        now: The instant.
        actor: The person who reinstates.
        reason: In words that the public may read, for the history; may be left out.
        note: In words for the issuer's own eyes.

    Raises:
        ValidationError: the reason is too long.
        NotSuspended: it is not suspended, or was revoked since.

    Source: Bitstring Status List section 2.1 (suspension is reversible).
    """
    if reason:
        require_reason(reason)
    moved = (
        models.Credential.objects.of(issuer)
        .filter(pk=credential.pk, suspended_at__isnull=False, revoked_at=None)
        .update(suspended_at=None, suspension_reason="", reinstated_at=now)
    )
    if moved != 1:
        raise NotSuspended(f"Credential {credential.uuid} is not suspended, or was revoked since.")
    _settle(issuer, credential, suspended=False)
    record(
        credential,
        models.CredentialEvent.Kind.REINSTATED,
        now=now,
        actor=actor,
        reason=reason,
        note=note,
    )


def _settle(issuer: issuers.Issuer, credential: models.Credential, *, suspended: bool) -> None:
    credential.refresh_from_db(fields=["suspended_at", "suspension_reason", "reinstated_at"])
    status.set_bit(
        issuer=issuer,
        status_list_id=credential.suspension_list_id or 0,
        index=credential.suspension_index or 0,
        value=suspended,
    )
