"""Questions about credentials: the signed bytes, the receipt, the image, the lists."""

import uuid as uuids
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count

from badges.core import baking
from blockchain import selectors as anchoring
from blockchain.core import anchor
from credentials import models
from credentials.selectors.awards import details_context as details_context
from credentials.selectors.awards import evidence_address as evidence_address
from credentials.selectors.awards import evidence_content as evidence_content
from credentials.selectors.awards import evidence_context as evidence_context
from credentials.selectors.awards import opened_details as opened_details
from credentials.selectors.awards import waiting_details as waiting_details
from credentials.selectors.endorsements import award as award
from credentials.selectors.endorsements import embedded_endorsements as embedded_endorsements
from credentials.selectors.endorsements import endorsement_address as endorsement_address
from credentials.selectors.endorsements import endorsement_content as endorsement_content
from credentials.selectors.endorsements import endorsement_context as endorsement_context
from credentials.selectors.endorsements import endorsements_to_answer as endorsements_to_answer
from credentials.selectors.endorsements import find_endorsement as find_endorsement
from credentials.selectors.endorsements import shown_endorsements as shown_endorsements
from credentials.selectors.endorsements import signed_endorsement as signed_endorsement
from credentials.selectors.opening import NotSigned as NotSigned
from credentials.selectors.opening import Opened as Opened
from credentials.selectors.opening import open_sealed
from credentials.selectors.revocations import revocation_list_address as revocation_list_address
from credentials.selectors.revocations import revoked as revoked
from issuers import models as issuer_rows
from learners import selectors as learners

Erased = learners.Erased


def address(*, token: str) -> str:
    """Return the public address of a credential, which is also its id; no query."""
    return f"{settings.PUBLIC_URL}/credentials/{token}"


def find_by_token(*, token: str) -> models.Credential | None:
    """Return the credential of that token with its issuer, achievement and learner; one query.

    What waits for a second person is not there yet: it may never be issued.
    """
    # Whoever issued it: 128 random bits are the name.
    return (
        models.Credential.objects.named(token=token)
        .select_related(
            "issuer", "achievement__block__certification", "learner", "status_list", "holding"
        )
        .defer("status_list__taken", "status_list__bits", "status_list__published")
        .exclude(state=models.Credential.State.HELD)
        .first()
    )


def find_by_reference(*, issuer: issuer_rows.Issuer, reference: str) -> models.Credential | None:
    """Return the issuer's credential of that reference; one query."""
    return (
        models.Credential.objects.of(issuer)
        .select_related("issuer", "achievement", "learner")
        .filter(reference=reference)
        .first()
    )


def tokens_by_reference(*, issuer: issuer_rows.Issuer) -> dict[str, str]:
    """Return the token of each of the issuer's credentials by its reference; one query."""
    rows = models.Credential.objects.of(issuer).order_by("id").values_list("reference", "token")
    return dict(rows)


def sealing_context(*, uuid: uuids.UUID) -> bytes:
    """Return what sealed bytes are bound to: moved to another row, they do not open."""
    return b"acquis/credential/1|" + uuid.bytes


def opened(*, credential: models.Credential) -> Opened:
    """Decrypt a signed credential; one query.

    Raises:
        NotSigned: there is nothing to decrypt yet.
        Erased: the learner was erased; nobody can read it any more.
    """
    if credential.sealed is None:
        raise NotSigned(f"Credential {credential.uuid} is not signed.")
    return open_sealed(
        bytes(credential.sealed),
        data_key=learners.data_key(learner=credential.learner),
        associated=sealing_context(uuid=credential.uuid),
    )


def anchor_proof(*, credential: models.Credential) -> anchor.AnchorProof | None:
    """Return the best proof from the credential to a chain; None until a batch is confirmed."""
    if credential.leaf is None:
        return None
    salt = opened(credential=credential).salt
    return anchoring.proof_for(leaf=bytes(credential.leaf), salt=salt)


def anchor_proofs(*, credential: models.Credential) -> list[anchor.AnchorProof]:
    """Return every proof from the credential to a chain, the best first."""
    if credential.leaf is None:
        return []
    salt = opened(credential=credential).salt
    return anchoring.proofs_for(leaf=bytes(credential.leaf), salt=salt)


def receipts(*, credential: models.Credential) -> list[Mapping[str, Any]]:
    """Return every anchor receipt as JSON members, the best first."""
    return [anchor.to_json(proof) for proof in anchor_proofs(credential=credential)]


def receipt(*, credential: models.Credential) -> Mapping[str, Any] | None:
    """Return the anchor receipt as JSON members; None until the batch is confirmed."""
    proof = anchor_proof(credential=credential)
    return None if proof is None else anchor.to_json(proof)


def baked_image(*, credential: models.Credential) -> bytes:
    """Return the badge image with the signed document inside (OB 3.0 baking, PNG).

    Raises:
        NotSigned, Erased: there is no document to put inside.
    """
    document = opened(credential=credential).document
    return baking.bake_png(bytes(credential.achievement.image), document.decode())


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A status list as the world reads it."""

    body: bytes
    version: int
    published_at: datetime


def published_status_list(*, uuid: uuids.UUID | str) -> PublishedList | None:
    """Return the signed status list; None where there is none, or none published yet; one query."""
    # Whoever issued it: the list is public and its uuid is its name.
    row = (
        models.StatusList.objects.named(uuid=uuid)
        .filter(published__isnull=False)
        .only("published", "published_version", "published_at")
        .first()
    )
    if row is None or row.published is None or row.published_at is None:
        return None
    return PublishedList(bytes(row.published), row.published_version, row.published_at)


def published_status_list_at(*, url: str) -> bytes | None:
    """Return the signed status list that lives at `url` on this installation; one query."""
    row = (
        models.StatusList.objects.named(url=url)
        .filter(published__isnull=False)
        .values_list("published", flat=True)
        .first()
    )
    return None if row is None else bytes(row)


def history(*, credential: models.Credential) -> list[models.CredentialEvent]:
    """Return what happened to a credential, oldest first; one query."""
    return list(
        models.CredentialEvent.objects.of(credential.issuer_id)
        .filter(credential=credential)
        .order_by("id")
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an issuer's credentials have come."""

    issuer_id: int
    issued: int
    signed: int
    refused: int


def progress(*, issuer_id: int) -> Progress:
    """Count an issuer's credentials by state; one query."""
    rows = (
        models.Credential.objects.of(issuer_id)
        .order_by("state")
        .values_list("state")
        .annotate(count=Count("pk"))
    )
    counts = dict(rows)
    return Progress(
        issuer_id=issuer_id,
        issued=sum(counts.values()),
        signed=counts.get(models.Credential.State.SIGNED, 0),
        refused=counts.get(models.Credential.State.REFUSED, 0),
    )
