"""Sign transcripts: what only a worker can do."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from badges import models as badge_rows
from badges import selectors as badges
from blockchain import services as anchoring
from credentials import models
from credentials.core import canonical, clr, counting
from credentials.core import status_list as lists
from credentials.selectors import opening
from credentials.selectors import sealing_context as credential_context
from credentials.selectors import transcripts as questions
from credentials.services import refusing, sealing, status, turns
from issuers import models as issuer_rows
from issuers import selectors as issuers
from learners import selectors as learners
from learners.core import identity

log = logging.getLogger(__name__)
REFUSALS = (*refusing.REFUSALS, clr.TranscriptError)
# What a proof adds to a document, and a little more.
PROOF_BYTES = 1_000


def sign_transcripts(*, now: datetime, limit: int) -> int:
    """Sign at most `limit` transcripts that are due, and commit their leaves for anchoring.

    Args:
        now: The instant of signing, from which they are valid.
        limit: The size of the chunk; a transcript of fifty badges takes half a second.

    Returns:
        How many rows were settled: signed, or refused with the reason kept on the row.

    Raises:
        issuers.selectors.NoSigningKey: an issuer has no valid key, or this process may not sign;
            raised once nothing else is due.

    Source: Comprehensive Learner Record 2.0; VC Data Integrity section 4.2 (add proof).
    """
    status.give_indexes_to_transcripts(now=now, limit=limit)
    # Across issuers: a worker serves them all.
    return turns.take(
        due=_due(models.Transcript.objects.across_issuers()),
        settle=lambda issuer, rest: _sign_chunk(issuer, now, rest),
        limit=limit,
    )


def _due(rows: QuerySet[models.Transcript]) -> QuerySet[models.Transcript]:
    return rows.filter(state=models.Transcript.State.DUE, status_list__isnull=False).order_by(
        "requested_at", "id"
    )


@transaction.atomic
def _sign_chunk(issuer: issuer_rows.Issuer, now: datetime, limit: int) -> int:
    due = list(
        _due(models.Transcript.objects.of(issuer))
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("issuer", "learner", "status_list")
        .defer("issuer__logo", "status_list__taken", "status_list__bits", "status_list__published")[
            :limit
        ]
    )
    if due:
        _sign_for_one_issuer(due, now)
    return len(due)


def _sign_for_one_issuer(due: Sequence[models.Transcript], now: datetime) -> None:
    issuer = due[0].issuer
    signer = sealing.signer_of(issuer=issuer, now=now)
    data_keys = learners.data_keys(
        issuer_id=issuer.pk, learner_ids=[transcript.learner_id for transcript in due]
    )
    leaves = []
    for transcript in due:
        try:
            signed = _signed(transcript, signer, data_keys.get(transcript.learner_id), now)
        except REFUSALS as refusal:
            transcript.state = models.Transcript.State.REFUSED
            transcript.refusal = str(refusal)[:500]
            log.warning("transcript %s could not be signed: %s", transcript.uuid, refusal)
            continue
        transcript.state = models.Transcript.State.SIGNED
        transcript.signed_at = now
        transcript.sealed, transcript.leaf = signed.sealed, signed.leaf
        leaves.append(signed.leaf)
    models.Transcript.objects.of(issuer).bulk_update(
        due, ["state", "signed_at", "sealed", "leaf", "refusal"]
    )
    anchoring.commit(leaves=leaves, lanes=signer.lanes, now=now)


def _signed(
    transcript: models.Transcript,
    signer: sealing.Signer,
    data_key: bytes | None,
    now: datetime,
) -> sealing.Secured:
    if data_key is None:
        raise learners.Erased("The learner was erased before the transcript was signed.")
    credentials = questions.credentials_of(transcript=transcript)
    for each in credentials:
        if each.is_revoked or each.suspended_at is not None:
            raise clr.TranscriptError(
                f"the badge {each.uuid} was revoked or suspended: ask for another transcript"
            )
    documents = [
        canonical.loads(
            opening.open_sealed(
                bytes(each.sealed or b""),
                data_key=data_key,
                associated=credential_context(uuid=each.uuid),
            ).document
        )
        for each in credentials
    ]
    # A signed text speaks the language of who signs it, whoever wakes the worker.
    with translation.override(transcript.issuer.language):
        unsigned = _document(transcript, credentials, documents, signer, now)
    return sealing.secure(
        unsigned,
        signer=signer,
        data_key=data_key,
        associated=questions.sealing_context(uuid=transcript.uuid),
        now=now,
    )


def _document(
    transcript: models.Transcript,
    credentials: Sequence[models.Credential],
    documents: Sequence[dict[str, Any]],
    signer: sealing.Signer,
    now: datetime,
) -> dict[str, Any]:
    """Return the unsigned document; the learner is in it only as salted hashes."""
    issuer, learner, status_list = transcript.issuer, transcript.learner, transcript.status_list
    if status_list is None or transcript.status_index is None:
        raise AssertionError(f"Transcript {transcript.uuid} was claimed without a status index.")
    certifications = _certifications(issuer, credentials, documents)
    document = clr.clr_credential(
        id=questions.address(token=transcript.token),
        issuer=signer.profile,
        identifiers=[
            identity.identity_object(
                identity_type=kind, value=value, salt=secrets.token_urlsafe(16)
            )
            for kind, value in (("emailAddress", learner.email), ("name", learner.name))
        ],
        credentials=documents,
        name=_("Transcript of badges"),
        description=_description(certifications, len(documents)),
        valid_from=now,
        achievements=counting.achievements(certifications, language=issuer.language),
        associations=counting.associations(certifications),
        partial=questions.knows_of_more(transcript=transcript),
        status=lists.entry(
            url=status_list.url, index=transcript.status_index, purpose="revocation"
        ),
    )
    if len(canonical.dumps(document)) > canonical.MAX_BYTES - PROOF_BYTES:
        raise clr.TranscriptError(
            f"the badges are larger together than {canonical.MAX_BYTES // 1024} kB: put fewer in"
        )
    return document


def _certifications(
    issuer: issuer_rows.Issuer,
    credentials: Sequence[models.Credential],
    documents: Sequence[dict[str, Any]],
) -> list[counting.Certification]:
    """Return the certifications that these badges count towards, each with all its blocks."""
    attested: dict[int, dict[str, None]] = {}
    ids = set()
    for credential, document in zip(credentials, documents, strict=True):
        block = credential.achievement.block
        if block is not None:
            achievement = document["credentialSubject"]["achievement"]["id"]
            attested.setdefault(block.pk, {})[achievement] = None
            ids.add(block.certification_id)
    if not ids:
        return []
    found = badges.blocks_of(issuer=issuer, certification_ids=ids)
    place = issuers.address(issuer=issuer)
    return [
        counting.Certification(
            entry=_entry(blocks[0].certification, place, blocks[0].certification.url),
            blocks=[_entry(block, place, block.certification.url) for block in blocks],
            attested=[
                (achievement, _name(block.code, place))
                for block in blocks
                for achievement in attested.get(block.pk, ())
            ],
        )
        for _id, group in groupby(found, key=attrgetter("certification_id"))
        if (blocks := list(group))
    ]


def _entry(
    row: badge_rows.Certification | badge_rows.CompetencyBlock, place: str, url: str
) -> counting.Entry:
    return counting.Entry(id=_name(row.code, place), code=row.code, title=row.title, url=url)


def _name(code: str, place: str) -> str:
    """Return the id of a certification or block: the issuer's page, and the code on it."""
    return f"{place}#{quote(code, safe='')}"


def _description(certifications: Sequence[counting.Certification], count: int) -> str:
    """Say in a sentence what a wallet shows: how many badges, and what they count towards."""
    sentences = [
        translation.ngettext("%(count)d badge.", "%(count)d badges.", count) % {"count": count}
    ]
    for each in certifications:
        held = len({block for _achievement, block in each.attested})
        sentences.append(
            _("%(code)s %(title)s: %(held)d of %(all)d competency blocks.")
            % {
                "code": each.entry.code,
                "title": each.entry.title,
                "held": held,
                "all": len(each.blocks),
            }
        )
    return " ".join(sentences)
