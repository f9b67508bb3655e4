"""Endorse another organisation, its badge, or an award of it; accept, decline, revoke.

    endorse -> due -> signed by a worker with the endorser's key
                      accepted by the endorsed side -> shown, and embedded in what is signed after

Nobody's page says what they did not agree to: an endorsement can be a means to attach oneself to a
better name.
"""

import json
import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from badges import models as badge_rows
from badges import selectors as badges
from badges.core import endorsement as endorsements
from badges.core import rules
from credentials import models, selectors
from credentials.core import canonical, proof
from credentials.core import status_list as lists
from credentials.services import status, turns
from credentials.services.revocation import require_reason
from credentials.services.sealing import signer_of
from issuers import models as issuers
from issuers import scope
from issuers.core import envelope
from issuers.services import suspending
from learners import selectors as learners

MAX_COMMENT = 2_000


class NotEndorsable(Exception):  # noqa: N818 - it says what is wrong
    """It is one's own, not published or not signed, erased, or endorsed already."""


class NotYours(Exception):  # noqa: N818 - it says what is wrong
    """There is no such endorsement for this issuer in the state that the verb needs."""


@transaction.atomic
def endorse(
    *,
    issuer: issuers.Issuer,
    subject: issuers.Issuer | badge_rows.Achievement | models.Credential,
    comment: str,
    now: datetime,
) -> models.Endorsement:
    """Say something of another organisation, of its badge, or of an award; a worker signs it.

    Args:
        issuer: Who endorses.
        subject: What is endorsed: an issuer (its profile), an achievement, a credential.
        comment: What is said; Markdown is allowed, 1 to 2000 characters.
        now: The instant; the endorsement is valid from then on.

    Raises:
        ValidationError: the issuer is suspended, or there is no comment, or it is too long or
            cannot be written.
        NotEndorsable: it is one's own, not published or not signed, or endorsed already.

    Source: Open Badges 3.0 appendix B (EndorsementCredential).
    """
    suspending.require_active(issuer=issuer)
    walk = rules.Walk(strict=True)
    rules.text(comment, "", walk)
    if walk.found or len(comment) > MAX_COMMENT:
        raise ValidationError({"comment": _("Say something in 1 to 2000 characters.")})
    fields, identifier, endorsed = _subject(subject)
    if endorsed.pk == issuer.pk:
        raise NotEndorsable("Nobody endorses themselves.")
    token = secrets.token_urlsafe(16)
    content = json.dumps({"comment": comment.strip()}).encode()
    if isinstance(subject, models.Credential):
        content = _sealed(content, subject, token)
    try:
        with transaction.atomic():
            return models.Endorsement.objects.of(issuer).create(
                token=token,
                issuer=issuer,
                endorsed=endorsed,
                subject=identifier,
                content=content,
                endorsed_at=now,
                **fields,
            )
    except IntegrityError as error:
        raise NotEndorsable(f"{issuer.slug} endorses {identifier} already.") from error


@transaction.atomic
def accept_endorsement(
    *, issuer: issuers.Issuer, endorsement: models.Endorsement, now: datetime
) -> None:
    """Agree to be endorsed: it is shown, and embedded in what is signed from now on.

    Args:
        issuer: The endorsed side.
        endorsement: What was said of it.
        now: The instant.

    Raises:
        NotYours: it is about somebody else, was revoked, or was answered before.
    """
    _answer(issuer, endorsement, accepted_at=now)


@transaction.atomic
def decline_endorsement(
    *, issuer: issuers.Issuer, endorsement: models.Endorsement, now: datetime
) -> None:
    """Refuse to be endorsed: it is shown nowhere, and the endorser may say something else.

    Raises:
        NotYours: it is about somebody else, was revoked, or was answered before.
    """
    _answer(issuer, endorsement, declined_at=now)


@transaction.atomic
def revoke_endorsement(
    *, issuer: issuers.Issuer, endorsement: models.Endorsement, reason: str, now: datetime
) -> None:
    """Take an endorsement back: its bit is set, and it is shown and embedded no more.

    Documents that were signed with it keep it, and whoever verifies it there reads the bit.

    Args:
        issuer: The endorser.
        endorsement: What it said.
        reason: In words that the public may read.
        now: The instant.

    Raises:
        ValidationError: there is no reason, or it is too long.
        NotYours: it is another's, not signed yet, or revoked already.

    Source: Bitstring Status List section 2.1.
    """
    require_reason(reason)
    moved = (
        models.Endorsement.objects.of(issuer)
        .filter(pk=endorsement.pk, state=models.Endorsement.State.SIGNED, revoked_at=None)
        .update(revoked_at=now, revocation_reason=reason.strip())
    )
    if moved != 1:
        raise NotYours(f"Endorsement {endorsement.token} is not there to revoke.")
    endorsement.refresh_from_db()
    place = (endorsement.status_list_id or 0, endorsement.status_index or 0)
    status.set_bits(issuer=issuer, places=[place], value=True)


def sign_endorsements(*, now: datetime, limit: int) -> int:
    """Sign at most `limit` endorsements that are due, each with its endorser's key.

    Returns:
        How many were signed.

    Raises:
        issuers.selectors.NoSigningKey: an endorser has no valid key, or this process may not sign;
            raised once nothing else is due.

    Source: VC Data Integrity section 4.2 (add proof).
    """
    # Across issuers: a worker serves them all.
    return turns.take(
        due=_due(models.Endorsement.objects.across_issuers()),
        settle=lambda issuer, rest: _sign_chunk(issuer, now, rest),
        limit=limit,
    )


def _due(rows: QuerySet[models.Endorsement]) -> QuerySet[models.Endorsement]:
    return rows.filter(state=models.Endorsement.State.DUE).order_by("id")


@transaction.atomic
def _sign_chunk(issuer: issuers.Issuer, now: datetime, limit: int) -> int:
    due = list(
        _due(models.Endorsement.objects.of(issuer))
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("issuer", "credential__learner")
        .defer("issuer__logo")[:limit]
    )
    signed = 0
    for endorsement in due:
        try:
            _sign(endorsement, now)
        except learners.Erased:
            # What it said can be read by nobody any more, so it can be said no more.
            models.Endorsement.objects.of(issuer).filter(pk=endorsement.pk).delete()
            continue
        signed += 1
    return signed


def _sign(endorsement: models.Endorsement, now: datetime) -> None:
    issuer = endorsement.issuer
    said = json.loads(selectors.endorsement_content(endorsement=endorsement))
    signer = signer_of(issuer=issuer, now=now)
    [(status_list, index)] = status.places(
        issuer=issuer, purpose=models.StatusList.Purpose.REVOCATION, count=1, now=now
    )
    with translation.override(issuer.language):
        name = _("Endorsement by %(issuer)s") % {"issuer": issuer.name}
    document = endorsements.endorsement_credential(
        id=selectors.endorsement_address(token=endorsement.token),
        issuer=signer.profile,
        endorsed=endorsement.subject,
        name=name,
        valid_from=endorsement.endorsed_at,
        comment=said["comment"],
        status=lists.entry(url=status_list.url, index=index, purpose="revocation"),
    )
    secured = proof.sign(
        document,
        key=signer.key,
        verification_method=signer.method,
        created=now,
    )
    content = canonical.dumps(secured)
    if endorsement.credential_id is not None:
        about = selectors.award(endorsement=endorsement)
        content = _sealed(content, about, endorsement.token)
    models.Endorsement.objects.of(issuer).filter(pk=endorsement.pk).update(
        state=models.Endorsement.State.SIGNED,
        content=content,
        signed_at=now,
        status_list=status_list,
        status_index=index,
    )


def _subject(
    subject: issuers.Issuer | badge_rows.Achievement | models.Credential,
) -> tuple[dict[str, Any], str, issuers.Issuer]:
    """Return the columns, the id and the owner of what is endorsed."""
    if isinstance(subject, issuers.Issuer):
        return {}, subject.did, subject
    if isinstance(subject, badge_rows.Achievement):
        if subject.state == badge_rows.Achievement.State.DRAFT:
            raise NotEndorsable("A draft is nobody's business.")
        return {"achievement": subject}, badges.address(achievement=subject), subject.issuer
    if subject.state != models.Credential.State.SIGNED:
        raise NotEndorsable(f"Credential {subject.uuid} is not signed.")
    return {"credential": subject}, selectors.address(token=subject.token), subject.issuer


def _sealed(content: bytes, credential: models.Credential, token: str) -> bytes:
    try:
        with scope.outside():  # the key is of the endorsed side's learner
            data_key = learners.data_key(learner=credential.learner)
    except learners.Erased as error:
        raise NotEndorsable(f"Credential {credential.uuid} was erased.") from error
    return envelope.encrypt(
        content,
        dek=data_key,
        nonce=secrets.token_bytes(12),
        associated=selectors.endorsement_context(token=token),
    )


def _answer(issuer: issuers.Issuer, endorsement: models.Endorsement, **answer: datetime) -> None:
    # It is the endorser's row, of which this issuer is the subject.
    moved = (
        models.Endorsement.objects.shared_with(issuer)
        .filter(pk=endorsement.pk, accepted_at=None, declined_at=None, revoked_at=None)
        .update(**answer)
    )
    if moved != 1:
        raise NotYours(f"Endorsement {endorsement.token} is not there to answer.")
    for name, value in answer.items():
        setattr(endorsement, name, value)
