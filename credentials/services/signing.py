"""Sign: turn what is due into signed documents, leaves and encrypted bytes, a chunk at a time.

    issued, due  ->  status index given  ->  document built, signed, hashed  ->  sealed row + leaf
    to anchor
                     (one transaction)       (one transaction: all of it or none)

Any number of workers may run this at once: each claims rows that nobody else holds (SKIP LOCKED)
and a worker that
dies gives them back with its transaction. One credential and a hundred thousand take this same
path.
"""

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

from django.db import transaction
from django.db.models import Q

from badges import models as badges
from badges import selectors as catalogue
from badges.core import document as documents
from badges.core import extensions, schema
from blockchain import services as anchoring
from blockchain.core import merkle
from blockchain.core.lanes import Lane
from credentials import models, selectors
from credentials.core import canonical, proof, rdf
from credentials.core import status_list as lists
from credentials.services import details, failpoints, lanes, status
from issuers import models as issuer_models
from issuers import selectors as issuers
from issuers.core import envelope, keys
from learners import selectors as learners
from learners.core import identity

log = logging.getLogger(__name__)
FINAL = badges.Achievement.Standing.FINAL

# What can be wrong with one award, found when its document is built; anything else is a fault of
# ours and stops the chunk.
REFUSALS = (
    canonical.MalformedDocument,
    documents.DocumentError,
    identity.IdentityError,
    learners.Erased,
    proof.DocumentRefused,
    rdf.CanonicalisationError,
    schema.NonConformant,
)


@dataclass(frozen=True, slots=True)
class Signer:
    """Everything that is the same for all that one issuer signs in a chunk."""

    profile: dict[str, Any]
    method: str
    seed: bytes
    lanes: Sequence[Lane]
    endorsements: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Secured:
    """A signed document as it is kept: encrypted, and the leaf that commits to it."""

    sealed: bytes
    leaf: bytes


def sign(*, now: datetime, limit: int) -> int:
    """Sign at most `limit` credentials that are due, and commit their leaves for anchoring.

    Args:
        now: The instant of signing, written into the proofs.
        limit: The size of the chunk.

    Returns:
        How many rows were settled: signed, or refused with the reason kept on the row.

    Raises:
        issuers.selectors.NoSigningKey: an issuer has no valid key, or this process may not sign.

    Source: VC Data Integrity section 4.2 (add proof); docs/architecture.md, the first walk.
    """
    status.give_indexes(now=now, limit=limit)
    failpoints.reach("index: committed")
    with transaction.atomic():
        due = list(
            # Across issuers: a worker serves them all.
            models.Credential.objects.across_issuers()
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("issuer", "achievement", "learner", "status_list", "suspension_list")
            .defer(
                "issuer__logo",
                "achievement__image",
                "achievement__drawing",
                "status_list__taken",
                "status_list__bits",
                "status_list__published",
                "suspension_list__taken",
                "suspension_list__bits",
                "suspension_list__published",
            )
            .filter(
                Q(status_list__isnull=False) | Q(achievement__standing=FINAL),
                state=models.Credential.State.DUE,
                sign_after__lte=now,
            )
            .order_by("sign_after", "id")[:limit]
        )
        due.sort(key=attrgetter("issuer_id"))
        for _issuer_id, group in groupby(due, key=attrgetter("issuer_id")):
            _sign_for_one_issuer(list(group), now)
    if due:
        failpoints.reach("award: committed")
    return len(due)


def _sign_for_one_issuer(due: Sequence[models.Credential], now: datetime) -> None:
    issuer = due[0].issuer
    # What others said of the issuer and of its badges, and it accepted.
    subjects = {catalogue.address(achievement=credential.achievement) for credential in due}
    signer = replace(
        signer_of(issuer=issuer, now=now),
        endorsements=selectors.embedded_endorsements(
            issuer=issuer, subjects=[*subjects, issuer.did]
        ),
    )
    data_keys = learners.data_keys(
        issuer_id=issuer.pk, learner_ids=[credential.learner_id for credential in due]
    )
    leaves = []
    columns = ["state", "signed_at", "sealed", "leaf", "refusal"]
    if any(credential.details is not None for credential in due):
        columns.append("details")
    for credential in due:
        try:
            signed = _signed(credential, signer, data_keys.get(credential.learner_id), now)
        except REFUSALS as refusal:
            credential.state = models.Credential.State.REFUSED
            credential.refusal = _without_values(refusal)[:500]
            log.warning(
                "credential %s could not be signed: %s", credential.uuid, credential.refusal
            )
            continue
        credential.state = models.Credential.State.SIGNED
        credential.signed_at = now
        credential.sealed = signed.sealed
        credential.leaf = signed.leaf
        credential.details = None  # the document holds them now
        leaves.append(signed.leaf)
    models.Credential.objects.of(issuer).bulk_update(due, columns, batch_size=500)
    _remember(issuer, due, now)
    failpoints.reach("award: rows written")
    anchoring.commit(leaves=leaves, lanes=signer.lanes, now=now)
    failpoints.reach("award: leaves committed")


def signer_of(*, issuer: issuer_models.Issuer, now: datetime) -> Signer:
    """Return what signs for an issuer at `now`, and see to it that its anchors will be accepted.

    Raises:
        issuers.selectors.NoSigningKey: no key is valid, or this process may not sign.
    """
    # Our leaves count only where the issuer's own DID document names the account that anchors them.
    taken = lanes.lanes_for(issuer=issuer, now=now)
    method, seed = issuers.signing_key(issuer=issuer, now=now)
    return Signer(profile=issuers.profile(issuer=issuer), method=method, seed=seed, lanes=taken)


def _signed(
    credential: models.Credential, signer: Signer, data_key: bytes | None, now: datetime
) -> Secured:
    if data_key is None:
        raise learners.Erased("The learner was erased before the credential was signed.")
    return secure(
        _document(credential, signer, _details(credential, data_key)),
        signer=signer,
        data_key=data_key,
        associated=selectors.sealing_context(uuid=credential.uuid),
        now=now,
    )


def secure(
    unsigned: Mapping[str, Any],
    *,
    signer: Signer,
    data_key: bytes,
    associated: bytes,
    now: datetime,
) -> Secured:
    """Sign and hash one document, and encrypt what is kept.

    Args:
        unsigned: The document, without a proof.
        signer: What `signer_of` returned.
        data_key: The learner's, 32 bytes.
        associated: What the encrypted bytes are bound to.
        now: Written into the proof.

    Raises:
        What REFUSALS names.
    """
    secured = proof.sign(
        unsigned,
        key=keys.load(signer.seed),
        verification_method=signer.method,
        created=now,
    )
    salt = secrets.token_bytes(32)
    digest = rdf.digest(secured)
    sealed = envelope.encrypt(
        salt + digest + canonical.dumps(secured),
        dek=data_key,
        nonce=secrets.token_bytes(12),
        associated=associated,
    )
    return Secured(sealed=sealed, leaf=merkle.leaf(salt=salt, digest=digest))


def _details(credential: models.Credential, data_key: bytes) -> details.Details:
    """Decrypt and read what the award says besides who and what."""
    values = selectors.waiting_details(credential=credential, data_key=data_key)
    if values is None:
        return details.NOTHING
    reader = details.Reader(issuer=credential.issuer, achievement=credential.achievement)
    return reader.read(values)


def _without_values(refusal: Exception) -> str:
    """Say what is wrong without what was given: a grade must not lie in the row in clear."""
    if isinstance(refusal, documents.DocumentError) and refusal.reason:
        return f"{refusal.where}: {refusal.reason}"
    return str(refusal)


def _document(
    credential: models.Credential, signer: Signer, more: details.Details
) -> dict[str, Any]:
    """Return the unsigned document: the learner is in it only as salted hashes."""
    learner, achievement = credential.learner, json.loads(credential.achievement.document)
    places = [
        (credential.status_list, credential.status_index),
        (credential.suspension_list, credential.suspension_index),
    ]
    status = [
        lists.entry(url=found.url, index=index, purpose=cast("lists.Purpose", found.purpose))
        for found, index in places
        if found is not None and index is not None
    ]
    # What stands for good names no service at all: verifiers of Blockcerts refuse it otherwise.
    # And the schema of the standard takes one status.
    is_final = credential.achievement.standing == FINAL
    if not status and not is_final:
        raise AssertionError(f"Credential {credential.uuid} was claimed without a status index.")
    own = selectors.address(token=credential.token)
    profile = signer.profile
    if not is_final:
        profile = _endorsed(profile, signer.endorsements)
        achievement = _endorsed(achievement, signer.endorsements)
    return documents.open_badge_credential(
        id=own,
        issuer=profile,
        achievement=achievement,
        identifiers=[
            identity.identity_object(
                identity_type=kind, value=value, salt=secrets.token_urlsafe(16)
            )
            for kind, value in (("emailAddress", learner.email), ("name", learner.name))
        ],
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
        status=status,
        credential_schema=extensions.credential_schema() if len(status) == 1 else None,
        refresh_service=None if is_final else extensions.refresh_service(f"{own}/refresh"),
        name=achievement["name"],
        subject=more.said.subject,
        evidence=more.said.evidence,
        awarded_at=more.said.awarded_at,
        related_resources=more.resources,
    )


def _endorsed(
    part: dict[str, Any], endorsements: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return a profile or an achievement with what others said of it."""
    said = endorsements.get(str(part["id"]))
    return part | {"endorsement": said} if said else part


def _remember(
    issuer: issuer_models.Issuer, settled: Sequence[models.Credential], now: datetime
) -> None:
    kinds = {
        models.Credential.State.SIGNED: models.CredentialEvent.Kind.SIGNED,
        models.Credential.State.REFUSED: models.CredentialEvent.Kind.REFUSED,
    }
    models.CredentialEvent.objects.of(issuer).bulk_create(
        [
            models.CredentialEvent(
                issuer=issuer,
                credential=credential,
                kind=kinds[models.Credential.State(credential.state)],
                happened_at=now,
                note=credential.refusal[:300],
            )
            for credential in settled
        ],
        batch_size=1000,
    )
