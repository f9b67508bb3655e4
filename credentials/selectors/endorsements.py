"""Questions about endorsements: what stands, what waits for a yes, what goes into a document."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from credentials import models
from credentials.selectors.opening import NotSigned
from issuers import models as issuers
from issuers.core import envelope
from learners import selectors as learners

# A document holds the newest ones: each brings a profile and a signature of its own.
EMBEDDED = 5
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """An endorsement as a page shows it."""

    endorser: issuers.Issuer
    comment: str
    day: datetime
    token: str
    kind: str


def endorsement_address(*, token: str) -> str:
    """Return the public address of an endorsement, which is also its id; no query."""
    return f"{settings.PUBLIC_URL}/endorsements/{token}"


def endorsement_context(*, token: str) -> bytes:
    """Return what an encrypted endorsement is bound to: moved to another row, it does not open."""
    return b"acquis/endorsement/1|" + token.encode()


def find_endorsement(*, token: str) -> models.Endorsement | None:
    """Return the endorsement of that token; one query."""
    # Whoever issued it: 128 random bits are the name.
    return (
        models.Endorsement.objects.named(token=token)
        .select_related("issuer", "endorsed")
        .defer("issuer__logo", "endorsed__logo")
        .first()
    )


def endorsement_content(*, endorsement: models.Endorsement) -> bytes:
    """Return what is said, decrypted where it is about a person; at most two queries.

    Raises:
        Erased: the learner was erased.
    """
    if endorsement.credential_id is None:
        return bytes(endorsement.content)
    return envelope.decrypt(
        bytes(endorsement.content),
        dek=learners.data_key(learner=award(endorsement=endorsement).learner),
        associated=endorsement_context(token=endorsement.token),
    )


def award(*, endorsement: models.Endorsement) -> models.Credential:
    """Return the award that is endorsed, with its learner; one query where it is not at hand.

    Raises:
        Credential.DoesNotExist: it is no award that is endorsed.
    """
    if models.Endorsement.credential.is_cached(endorsement) and endorsement.credential is not None:
        return endorsement.credential
    # The endorsed side's, not the endorser's.
    rows = models.Credential.objects.of(endorsement.endorsed_id).select_related("learner")
    return rows.get(pk=endorsement.credential_id or 0)


def signed_endorsement(*, endorsement: models.Endorsement) -> bytes:
    """Return the signed document.

    Raises:
        NotSigned: no worker has signed it yet.
        Erased: the learner was erased.
    """
    if endorsement.state != models.Endorsement.State.SIGNED:
        raise NotSigned(f"Endorsement {endorsement.token} is not signed.")
    return endorsement_content(endorsement=endorsement)


def endorsements_to_answer(*, issuer: issuers.Issuer) -> list[models.Endorsement]:
    """Return what others say of an issuer and wait for its yes or no, oldest first; one query."""
    # The endorser's rows, of which this issuer is the subject.
    return list(
        models.Endorsement.objects.shared_with(issuer)
        .select_related("issuer", "credential__learner")
        .defer("issuer__logo")
        .filter(accepted_at=None, declined_at=None, revoked_at=None)
        .order_by("id")
    )


def embedded_endorsements(
    *, issuer: issuers.Issuer, subjects: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the signed endorsements that go into documents, by what they endorse; one query.

    Args:
        issuer: Who is endorsed.
        subjects: ids of its profile and of its achievements.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    rows = _standing(issuer).filter(subject__in=set(subjects), credential=None).order_by("-id")
    for row in rows:
        several = found.setdefault(row.subject, [])
        if len(several) < EMBEDDED:
            several.append(json.loads(bytes(row.content)))
    return found


def shown_endorsements(*, issuer: issuers.Issuer, subjects: Iterable[str]) -> list[Shown]:
    """Return the endorsements that a page shows, newest first; two queries at most for an award.

    Args:
        issuer: Who is endorsed.
        subjects: ids of what the page is about.
    """
    rows = (
        _standing(issuer)
        .select_related("issuer", "credential__learner")
        .defer("issuer__logo")
        .filter(subject__in=set(subjects))
        .order_by("-id")[:SHOWN]
    )
    found = []
    for row in rows:
        try:
            document = json.loads(endorsement_content(endorsement=row))
        except learners.Erased:
            continue
        found.append(
            Shown(
                endorser=row.issuer,
                comment=str(document["credentialSubject"].get("endorsementComment", "")),
                day=row.endorsed_at,
                token=row.token,
                kind="credential"
                if row.credential_id
                else "achievement"
                if row.achievement_id
                else "profile",
            )
        )
    return found


def _standing(issuer: issuers.Issuer) -> QuerySet[models.Endorsement]:
    """Return what was signed and accepted, and not revoked since."""
    # The endorsers' rows, of which this issuer is the subject.
    return models.Endorsement.objects.shared_with(issuer).filter(
        state=models.Endorsement.State.SIGNED,
        accepted_at__isnull=False,
        revoked_at=None,
    )
