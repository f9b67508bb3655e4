"""What a door may do with transcripts: ask for one, and revoke one."""

import secrets
import uuid as uuids
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from badges.core.transcripts import MAX_CREDENTIALS
from credentials import models
from credentials.selectors import transcripts as questions
from credentials.services import revocation, status
from issuers import models as issuer_rows
from issuers.services import suspending
from learners import models as learner_rows


@transaction.atomic
def request_transcript(
    *,
    issuer: issuer_rows.Issuer,
    learner: learner_rows.Learner,
    credentials: Sequence[models.Credential],
    now: datetime,
    reference: str = "",
    actor: issuer_rows.User | None = None,
) -> models.Transcript:
    """Record that a transcript is wanted; a worker signs it.

    Args:
        issuer: Who puts it together.
        learner: Of whom; the issuer's own.
        credentials: Signed and standing credentials of that learner, in the order in which they
            shall be read.
        now: The instant of the request.
        reference: The issuer's own name for it; asked for again, it is the same transcript.
        actor: The person who asks.

    Returns:
        The transcript, new or of before.

    Raises:
        ValidationError: the issuer is suspended, the learner or a credential is another's, a
            credential cannot be in a transcript, there are none or too many, or the reference
            names another transcript.
    """
    if learner.issuer_id != issuer.pk:
        raise ValidationError({"learner": _("This learner is not yours.")})
    reference = reference.strip() or str(uuids.uuid4())
    if len(reference) > 100:  # noqa: PLR2004 - the column's width
        raise ValidationError({"reference": _("Give a reference of at most 100 characters.")})
    found = questions.find_by_reference(issuer=issuer, reference=reference)
    if found is not None:
        return _same(found, learner, credentials)
    suspending.require_active(issuer=issuer)
    _require_fitting(issuer, learner, credentials)
    created = models.Transcript.objects.of(issuer).create(
        uuid=uuids.uuid4(),
        token=secrets.token_urlsafe(16),
        issuer=issuer,
        learner=learner,
        reference=reference,
        requested_at=now,
        requested_by=actor,
    )
    models.TranscriptPart.objects.of(issuer).bulk_create(
        [
            models.TranscriptPart(
                issuer=issuer, transcript=created, credential=each, position=position
            )
            for position, each in enumerate(credentials)
        ]
    )
    return created


def _require_fitting(
    issuer: issuer_rows.Issuer,
    learner: learner_rows.Learner,
    credentials: Sequence[models.Credential],
) -> None:
    if not 1 <= len(credentials) <= MAX_CREDENTIALS:
        raise ValidationError(
            {
                "credentials": _("A transcript holds 1 to %(most)d badges, not %(count)d.")
                % {"most": MAX_CREDENTIALS, "count": len(credentials)}
            }
        )
    if len({each.pk for each in credentials}) != len(credentials):
        raise ValidationError({"credentials": _("A badge stands in a transcript once.")})
    for position, each in enumerate(credentials, start=1):
        problem = _problem(each, issuer, learner)
        if problem:
            raise ValidationError(
                {
                    "credentials": _("Badge %(position)d: %(problem)s")
                    % {"position": position, "problem": problem}
                }
            )


def _problem(
    credential: models.Credential, issuer: issuer_rows.Issuer, learner: learner_rows.Learner
) -> str:
    """Say why a credential cannot be in a transcript; nothing where it can."""
    if credential.issuer_id != issuer.pk:
        return _("it is another issuer's.")
    if credential.learner_id != learner.pk:
        return _("it is another learner's.")
    if credential.state != models.Credential.State.SIGNED:
        return _("it is not signed yet.")
    if credential.is_revoked:
        return _("it was revoked.")
    if credential.suspended_at is not None:
        return _("it is suspended.")
    return ""


def _same(
    found: models.Transcript,
    learner: learner_rows.Learner,
    credentials: Sequence[models.Credential],
) -> models.Transcript:
    held = [each.pk for each in questions.credentials_of(transcript=found)]
    if found.learner_id != learner.pk or held != [each.pk for each in credentials]:
        raise ValidationError(
            {"reference": _("Another transcript has this reference: give a new one.")}
        )
    return found


@transaction.atomic
def revoke_transcript(
    *,
    issuer: issuer_rows.Issuer,
    transcript: models.Transcript,
    reason: str,
    now: datetime,
    actor: issuer_rows.User | None = None,
) -> None:
    """Revoke a signed transcript for good; its badges stand as they stood.

    Args:
        issuer: Who revokes: the transcript's issuer.
        transcript: What is revoked.
        reason: In words that the public may read.
        now: The instant of the revocation.
        actor: The person who revokes.

    Raises:
        ValidationError: there is no reason, or it is too long.
        NotRevocable: it is not signed, or it is revoked already.

    Source: Bitstring Status List section 2.1 (revocation is not reversible).
    """
    revocation.require_reason(reason)
    moved = (
        models.Transcript.objects.of(issuer)
        .filter(pk=transcript.pk, state=models.Transcript.State.SIGNED, revoked_at=None)
        .update(revoked_at=now, revoked_by=actor, revocation_reason=reason.strip())
    )
    if moved != 1:
        raise revocation.NotRevocable(
            f"Transcript {transcript.uuid} is not signed, or is revoked already."
        )
    transcript.refresh_from_db(
        fields=["revoked_at", "revocation_reason", "status_list", "status_index"]
    )
    place = (transcript.status_list_id or 0, transcript.status_index or 0)
    status.set_bits(issuer=issuer, places=[place], value=True)
