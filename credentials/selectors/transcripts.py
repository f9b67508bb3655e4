"""Questions about transcripts: the signed bytes, the receipt, the credentials within."""

import uuid as uuids
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from blockchain import selectors as anchoring
from blockchain.core import anchor
from credentials import models
from credentials.selectors import opening
from issuers import models as issuer_rows
from learners import selectors as learners


def address(*, token: str) -> str:
    """Return the public address of a transcript, which is also its id; no query."""
    return f"{settings.PUBLIC_URL}/transcripts/{token}"


def sealing_context(*, uuid: uuids.UUID) -> bytes:
    """Return what sealed bytes are bound to: moved to another row, they do not open."""
    return b"acquis/transcript/1|" + uuid.bytes


def find_by_token(*, token: str) -> models.Transcript | None:
    """Return the transcript of that token with its issuer and learner; one query."""
    # Whoever issued it: 128 random bits are the name.
    return (
        models.Transcript.objects.named(token=token)
        .select_related("issuer", "learner", "status_list")
        .defer("status_list__taken", "status_list__bits", "status_list__published")
        .first()
    )


def find_by_reference(*, issuer: issuer_rows.Issuer, reference: str) -> models.Transcript | None:
    """Return the issuer's transcript of that reference; one query."""
    return (
        models.Transcript.objects.of(issuer)
        .select_related("issuer", "learner")
        .filter(reference=reference)
        .first()
    )


def opened(*, transcript: models.Transcript) -> opening.Opened:
    """Decrypt a signed transcript; one query.

    Raises:
        NotSigned: there is nothing to decrypt yet.
        Erased: the learner was erased; nobody can read it any more.
    """
    if transcript.sealed is None:
        raise opening.NotSigned(f"Transcript {transcript.uuid} is not signed.")
    return opening.open_sealed(
        bytes(transcript.sealed),
        data_key=learners.data_key(learner=transcript.learner),
        associated=sealing_context(uuid=transcript.uuid),
    )


def receipt(*, transcript: models.Transcript) -> Mapping[str, Any] | None:
    """Return the anchor receipt as JSON members; None until the batch is confirmed."""
    salt = opened(transcript=transcript).salt
    proof = anchoring.proof_for(leaf=bytes(transcript.leaf or b""), salt=salt)
    return None if proof is None else anchor.to_json(proof)


def credentials_of(*, transcript: models.Transcript) -> list[models.Credential]:
    """Return the credentials of a transcript, in its order, as pages load them; one query."""
    parts = (
        models.TranscriptPart.objects.of(transcript.issuer_id)
        .select_related(
            "credential__issuer",
            "credential__achievement__block__certification",
            "credential__learner",
            "credential__status_list",
            "credential__holding",
        )
        .defer(
            "credential__issuer__logo",
            "credential__achievement__image",
            "credential__achievement__drawing",
            "credential__status_list__taken",
            "credential__status_list__bits",
            "credential__status_list__published",
        )
        .filter(transcript=transcript)
        .order_by("position")
    )
    return [part.credential for part in parts]


def standing(*, issuer: issuer_rows.Issuer, learner_id: int) -> list[models.Credential]:
    """Return what a learner has of an issuer, neither revoked nor suspended; one query.

    Signed, and oldest first.
    """
    return list(
        models.Credential.objects.of(issuer)
        .filter(
            learner=learner_id,
            state=models.Credential.State.SIGNED,
            revoked_at__isnull=True,
            suspended_at__isnull=True,
        )
        .order_by("valid_from", "id")
    )


def knows_of_more(*, transcript: models.Transcript) -> bool:
    """Say whether the issuer has awarded the learner more than is in a transcript; one query.

    What was revoked, or could not be signed, is not counted: it is no achievement of theirs.
    """
    within = models.TranscriptPart.objects.of(transcript.issuer_id).filter(transcript=transcript)
    return (
        models.Credential.objects.of(transcript.issuer_id)
        .filter(learner=transcript.learner_id, revoked_at__isnull=True)
        .exclude(state=models.Credential.State.REFUSED)
        .exclude(pk__in=within.values("credential"))
        .exists()
    )
