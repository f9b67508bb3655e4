"""Correct: issue a credential anew, which takes the place of one that said something wrong.

    asked for  ->  recorded, due (or held, where four eyes are asked for)
               ->  signed, and in the same transaction the one before is revoked

So whoever earned it is never without one, and no verifier finds two that stand. To verifiers the
one before is revoked; its page says that it was corrected and leads to the newest correction.
"""

# ruff: noqa: N818 - a refusal is named after what is wrong

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credentials import models
from credentials.selectors import corrections
from credentials.services import holding
from credentials.services.issuing import Award, issue
from credentials.services.revocation import NotRevocable, record, require_reason, revoke
from issuers import models as issuers
from learners import models as learners
from learners import services as people

Kind = models.CredentialEvent.Kind
State = models.Credential.State
# Of the reference before; what follows makes it another one.
_KEPT = 80


class NotCorrectable(Exception):
    """It is not signed, is revoked, stands for good, or is being corrected already."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a credential is to say instead: all that can be corrected.

    Attributes:
        name: Of the learner.
        valid_from: From when it is valid.
        valid_until: Until when; None for ever.
        details: What more it says, as `Award.details`.
    """

    name: str
    valid_from: datetime
    valid_until: datetime | None
    details: Mapping[str, Any]


def wording(*, credential: models.Credential) -> Wording:
    """Return what a signed credential says; two queries.

    Raises:
        NotSigned, Erased: there is no document to read it in.
    """
    return Wording(
        name=credential.learner.name,
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
        details=corrections.told_details(credential=credential),
    )


@transaction.atomic
def correct(
    *,
    issuer: issuers.Issuer,
    credential: models.Credential,
    instead: Wording,
    reason: str,
    now: datetime,
    actor: issuers.User,
    note: str = "",
    tells: bool | None = None,
) -> models.Credential:
    """Issue a credential anew with what it should have said; return the new one.

    It is signed as every award is: by a worker, and where the issuer asks for four eyes once
    somebody else has released it. In that moment the one before is revoked.

    Args:
        issuer: Who corrects: the credential's issuer.
        credential: What said something wrong, with its badge and its learner.
        instead: What the new one says.
        reason: Why, in words that the public may read.
        now: The instant.
        actor: The person who corrects.
        note: In words for the issuer's own eyes.
        tells: Whether the learner is told by e-mail; None: as they were of the one before.

    Raises:
        ValidationError: the reason or what it should say cannot be used; names the field.
        NotCorrectable: it is not signed, is revoked, stands for good, or is being corrected.
        Erased: the learner was erased.

    Source: Bitstring Status List section 2.1 (revocation is not reversible: so it comes last).
    """
    require_reason(reason)
    _require_correctable(issuer, credential)
    _call(issuer, credential.learner, instead.name)
    reference = f"{credential.reference[:_KEPT]}~{credential.pk}"
    issue(
        issuer=issuer,
        achievement=credential.achievement,
        awards=[
            Award(
                learner=credential.learner,
                reference=reference,
                valid_from=instead.valid_from,
                valid_until=instead.valid_until,
                details=instead.details,
            )
        ],
        now=now,
        actor=actor,
        tells=credential.tells_learner if tells is None else tells,
        corrects=credential,
    )
    record(
        issuer=issuer, keys=[credential.pk], kind=Kind.CORRECTED, now=now, actor=actor,
        reason=reason, note=note,
    )  # fmt: skip
    return models.Credential.objects.of(issuer).get(reference=reference)


def _require_correctable(issuer: issuers.Issuer, credential: models.Credential) -> None:
    """Lock what is to be corrected, and clear away a correction that came to nothing."""
    rows = models.Credential.objects.of(issuer).select_for_update(of=("self",))
    stands = rows.filter(
        pk=credential.pk, state=State.SIGNED, status_list__isnull=False, revoked_at=None
    )
    if not stands.exists():
        raise NotCorrectable(
            f"Credential {credential.uuid} is not signed, is revoked, or stands for good."
        )
    earlier = models.Credential.objects.of(issuer).filter(corrects=credential)
    refused = list(earlier.filter(state=State.REFUSED).values_list("pk", flat=True))
    # What could not be signed was told to nobody: nothing of it is kept.
    models.CredentialEvent.objects.of(issuer).filter(credential__in=refused).delete()
    models.Credential.objects.of(issuer).filter(pk__in=refused).delete()
    if earlier.exists():
        raise NotCorrectable(f"Credential {credential.uuid} is being corrected already.")


def _call(issuer: issuers.Issuer, learner: learners.Learner, name: str) -> None:
    """Let the learner be called so, in this and in all that is signed from now on."""
    found = people.normalised(people.Person(name, learner.email))
    if found.name != learner.name:
        people.correct_names(issuer=issuer, names={learner.pk: found.name})
        learner.refresh_from_db(fields=["name", "former_names"])


def withdraw(*, issuer: issuers.Issuer, corrected: Sequence[int], now: datetime) -> None:
    """Revoke what was corrected, now that the corrections are signed; with the reason given then.

    Within the caller's transaction, so that no verifier finds both or neither. What somebody
    revoked in the meantime stays revoked as they said.

    Args:
        issuer: Whose credentials they are.
        corrected: The keys of what said something wrong.
        now: The instant of the signing.
    """
    if not corrected:
        return
    holding.hand_on(issuer=issuer, corrected=corrected)
    rows = models.Credential.objects.of(issuer).select_related("issuer")
    # In the order of the lists, which are locked one after the other.
    for row in rows.defer("sealed").filter(pk__in=corrected).order_by("status_list_id", "id"):
        events = models.CredentialEvent.objects.of(issuer).select_related("actor")
        asked = events.filter(credential=row, kind=Kind.CORRECTED).order_by("-id").first()
        with suppress(NotRevocable):
            revoke(
                issuer=issuer,
                credential=row,
                reason=asked.reason if asked else _("Corrected"),
                note=asked.note if asked else "",
                actor=asked.actor if asked else None,
                now=now,
            )
