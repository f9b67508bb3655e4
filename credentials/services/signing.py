"""Sign: turn what is due into signed documents, leaves and encrypted bytes, a chunk at a time.

    issued, due  ->  status indexes  ->  document written,  ->  sealed row, leaf to anchor
                     reserved            signed, hashed
                     (one transaction)   (one transaction: all of it or none)

A chunk is of one issuer. Any number of workers may run this at once: each claims rows that nobody
else holds (SKIP LOCKED) and a worker that dies gives them back with its transaction. One credential
and a hundred thousand take this same path, and no statement is for one row.
"""

import io
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from badges import selectors as catalogue
from blockchain import services as anchoring
from credentials import models, selectors
from credentials.core import copying
from credentials.core.sealing import SealDiffers
from credentials.services import (
    correcting,
    failpoints,
    refusing,
    sealing,
    status,
    turns,
    writing,
)
from issuers import models as issuer_models
from issuers import scope
from learners import selectors as learners

log = logging.getLogger(__name__)

State = models.Credential.State
# What keeps one issuer from signing now, and no other.
FAULTS = (*turns.FAULTS, SealDiffers)
# Of a connection: signed rows on their way, which a transaction takes with it.
_STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS signed_credential
    (id bigint NOT NULL, status_list_id bigint, status_index integer, suspension_list_id bigint,
     suspension_index integer, leaf bytea NOT NULL, sealed bytea STORAGE EXTERNAL NOT NULL)
    ON COMMIT DELETE ROWS;
DELETE FROM signed_credential;
"""
_COPY = "COPY signed_credential FROM STDIN (FORMAT binary)"
_TAKE_OVER = """
WITH settled AS (
    UPDATE credentials_credential AS row SET state = 'signed', signed_at = %(now)s,
        sealed = signed.sealed, leaf = signed.leaf, details = NULL,
        status_list_id = signed.status_list_id, status_index = signed.status_index,
        suspension_list_id = signed.suspension_list_id, suspension_index = signed.suspension_index
    FROM signed_credential AS signed
    WHERE row.id = signed.id AND row.issuer_id = %(issuer)s AND row.state = 'due'
    RETURNING row.id, row.learner_id, row.tells_learner, row.corrects_id
), told AS (
    INSERT INTO credentials_message
        (issuer_id, credential_id, learner_id, kind, asked_at, due_at)
    SELECT %(issuer)s, id, learner_id,
        CASE WHEN corrects_id IS NULL THEN 'issued' ELSE 'corrected' END, %(now)s, %(now)s
    FROM settled WHERE tells_learner
)
INSERT INTO credentials_credentialevent (issuer_id, credential_id, kind, happened_at, reason, note)
SELECT %(issuer)s, id, 'signed', %(now)s, '', '' FROM settled
"""
_REFUSE = """
WITH settled AS (
    UPDATE credentials_credential AS row SET state = 'refused', refusal = given.reason
    FROM unnest(%(ids)s::bigint[], %(reasons)s::text[]) AS given (id, reason)
    WHERE row.id = given.id AND row.issuer_id = %(issuer)s AND row.state = 'due'
    RETURNING row.id, given.reason
)
INSERT INTO credentials_credentialevent (issuer_id, credential_id, kind, happened_at, reason, note)
SELECT %(issuer)s, id, 'refused', %(now)s, '', left(reason, 300) FROM settled
"""


def sign(*, now: datetime, limit: int) -> int:
    """Sign at most `limit` credentials that are due, and commit their leaves for anchoring.

    Args:
        now: The instant of signing, written into the proofs.
        limit: The size of the chunk.

    Returns:
        How many rows were settled: signed, or refused with the reason kept on the row.

    Raises:
        issuers.selectors.NoSigningKey: an issuer has no valid key, or this process may not sign.
        SealDiffers: what an issuer's credentials were sealed with is wrong.
        Whichever it is, nothing of that issuer is signed; it is raised once nothing else is due,
        and stands in the log before.

    Source: VC Data Integrity section 4.2 (add proof); docs/architecture.md, the first walk.
    """
    return turns.take(
        due=_due(None, now),
        settle=lambda issuer, rest: _sign_inside(issuer, now, rest),
        limit=limit,
        faults=FAULTS,
    )


def _due(issuer_id: int | None, now: datetime) -> QuerySet[models.Credential]:
    """Return what is to be signed, of one issuer or of all, the oldest first."""
    if issuer_id is None:
        # Across issuers: a worker serves them all.
        rows = models.Credential.objects.across_issuers()
    else:
        rows = models.Credential.objects.of(issuer_id)
    return rows.filter(state=State.DUE, sign_after__lte=now).order_by("sign_after", "id")


def _sign_inside(issuer: issuer_models.Issuer, now: datetime, limit: int) -> int:
    with scope.inside(issuer):
        return _sign_chunk(issuer, now, limit)


def _sign_chunk(issuer: issuer_models.Issuer, now: datetime, limit: int) -> int:
    reserve = status.reserve(issuer=issuer, now=now, limit=limit)
    failpoints.reach("index: committed")
    with transaction.atomic():
        due = _claim(issuer, now, limit, reserve)
        if due:
            _sign_for_one_issuer(issuer, due, now)
    if due:
        failpoints.reach("award: committed")
    return len(due)


def _claim(
    issuer: issuer_models.Issuer, now: datetime, limit: int, reserve: status.Reserve
) -> list[writing.Due]:
    """Lock what nobody else holds, and return what is needed of it, each with its places."""
    final = set(status.final_badges(issuer).values_list("id", flat=True))
    rows = _due(issuer.pk, now).select_for_update(skip_locked=True)
    names = writing.Due._fields
    found = []
    for row in rows.values_list(*names)[:limit]:
        due = writing.Due(*row)
        needs_none = due.status_list_id is not None or due.achievement_id in final
        # What became due since the places were counted waits for the next chunk.
        placed = due if needs_none else reserve.take(due)
        if placed is not None:
            found.append(placed)
    return found


def _sign_for_one_issuer(
    issuer: issuer_models.Issuer, due: Sequence[writing.Due], now: datetime
) -> None:
    signer, writers = _prepared(issuer, due, now)
    people = learners.people(issuer_id=issuer.pk, learner_ids=[each.learner_id for each in due])
    presses: dict[int, sealing.Press] = {}
    for achievement_id, writer in writers.items():
        common = sealing.common(
            method=signer.method, profile=writer.profile, achievement=writer.achievement
        )
        writer.share(profile=common.profile, achievement=common.achievement)
        presses[achievement_id] = sealing.Press(common=common, key=signer.key, now=now)
    signed: list[tuple[writing.Due, sealing.Secured]] = []
    refused: list[tuple[int, str]] = []
    for each in due:
        try:
            person = people.get(each.learner_id)
            if person is None:
                raise learners.Erased("The learner was erased before the credential was signed.")
            unsigned = writers[each.achievement_id].write(each, person=person)
            sealed = presses[each.achievement_id].seal(unsigned)
        except refusing.REFUSALS as refusal:
            reason = refusing.reason(refusal)[:500]
            log.warning("credential %s could not be signed: %s", each.uuid, reason)
            refused.append((each.id, reason))
            continue
        except SealDiffers:
            # The alarm of docs/runbook.md. Whoever comes next works it out anew.
            sealing.forget()
            log.critical("credential %s is sealed wrongly: nothing of its chunk is kept", each.uuid)
            raise
        associated = selectors.sealing_context(uuid=each.uuid)
        secured = sealing.enclose(sealed, data_key=person.data_key, associated=associated)
        signed.append((each, secured))
    for press in presses.values():
        press.tell(issuer.slug)
    _write(issuer, signed, refused, now)
    correcting.withdraw(
        issuer=issuer,
        corrected=[due.corrects_id for due, _ in signed if due.corrects_id is not None],
        now=now,
    )
    failpoints.reach("award: rows written")
    leaves = [secured.leaf for _due, secured in signed]
    anchoring.commit(leaves=leaves, lanes=signer.lanes, now=now)
    failpoints.reach("award: leaves committed")


def _prepared(
    issuer: issuer_models.Issuer, due: Sequence[writing.Due], now: datetime
) -> tuple[sealing.Signer, dict[int, writing.Writer]]:
    """Gather what a chunk has in common: what signs, and a writer for each badge in it."""
    achievements = catalogue.frozen(issuer=issuer, ids=[each.achievement_id for each in due])
    # What others said of the issuer and of its badges, and it accepted.
    subjects = [catalogue.address(achievement=each) for each in achievements]
    signer = replace(
        sealing.signer_of(issuer=issuer, now=now),
        endorsements=selectors.embedded_endorsements(
            issuer=issuer, subjects=[*subjects, issuer.did]
        ),
    )
    wanted = {each.status_list_id for each in due} | {each.suspension_list_id for each in due}
    rows = models.StatusList.objects.of(issuer).only("id", "url", "purpose", "issuer_id")
    write = partial(
        writing.Writer,
        issuer=issuer,
        profile=signer.profile,
        endorsements=signer.endorsements,
        status_lists=rows.in_bulk([pk for pk in wanted if pk is not None]),
    )
    return signer, {each.pk: write(achievement=each) for each in achievements}


def _write(
    issuer: issuer_models.Issuer,
    signed: Sequence[tuple[writing.Due, sealing.Secured]],
    refused: Sequence[tuple[int, str]],
    now: datetime,
) -> None:
    """Write what became of the rows, and remember it, in a few statements."""
    stream = copying.rows(
        (
            copying.bigint(due.id),
            copying.bigint(due.status_list_id),
            copying.integer(due.status_index),
            copying.bigint(due.suspension_list_id),
            copying.integer(due.suspension_index),
            secured.leaf,
            secured.sealed,
        )
        for due, secured in signed
    )
    said: dict[str, Any] = {"issuer": issuer.pk, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        cursor.copy_expert(_COPY, io.BytesIO(stream))
        cursor.execute(_TAKE_OVER, said)
        settled = cursor.rowcount
        ids, reasons = [pk for pk, _ in refused], [reason for _, reason in refused]
        cursor.execute(_REFUSE, {**said, "ids": ids, "reasons": reasons})
        settled += cursor.rowcount
    if settled != len(signed) + len(refused):
        raise RuntimeError(f"{settled} of {len(signed) + len(refused)} rows could be settled")
