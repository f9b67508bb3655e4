"""Issue: record awards. Nothing is signed here; a worker does that when they are due."""

import calendar
import secrets
import uuid as uuids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from badges import models as badges
from badges import services as catalogue
from credentials import models
from credentials.services import details, failpoints, preparing
from issuers import models as issuers
from issuers import selectors as parties
from learners import models as learners
from learners import selectors as people


@dataclass(frozen=True, slots=True)
class Award:
    """One credential to issue.

    Attributes:
        learner: Who earned it.
        reference: The issuer's own name for it; the same reference again issues nothing.
        valid_from: From when it is valid.
        valid_until: Until when; None takes the validity of the achievement.
        details: What more the document says, as `badges.core.award` reads it: results, evidence,
            credits_earned, activity_start, activity_end, awarded_at, license_number, narrative,
            role, term, source. A piece of evidence may name a `file`, the uuid of an EvidenceFile.
    """

    learner: learners.Learner
    reference: str
    valid_from: datetime
    valid_until: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Issued:
    """What `issue` did: how many it recorded, and how many were there already.

    And with what they wait, where the issuer asks for a second person.
    """

    recorded: int
    already: int
    preparation: models.Preparation | None = None


@transaction.atomic
def issue(
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    awards: Sequence[Award],
    now: datetime,
    sign_after: datetime | None = None,
    actor: issuers.User | None = None,
    preparation: models.Preparation | None = None,
) -> Issued:
    """Record awards of one achievement, all or none.

    They are signed by a worker once `sign_after` has passed; where the issuer asks for four eyes,
    only once somebody else has released them.

    Args:
        issuer: Who issues.
        achievement: What was earned; published, and the issuer's own.
        awards: To whom, each with its reference.
        now: The instant of issuing.
        sign_after: End of the correction window; `now` where there is none.
        actor: The person who issues, for the history; needed where four eyes are asked for.
        preparation: What an earlier part of the same work returned, to wait together with it.

    Returns:
        How many were recorded and how many had been issued before under the same reference.

    Raises:
        ValidationError: the achievement cannot be issued, or an award is malformed; names what and
            the remedy.
        preparing.NotWaiting: the preparation takes no more awards.
    """
    if achievement.issuer_id != issuer.pk:
        raise ValidationError(_("This badge belongs to another issuer."))
    if achievement.state != badges.Achievement.State.PUBLISHED:
        raise ValidationError(_("This badge is not published: publish it before issuing it."))
    catalogue.require_habilitation(
        achievement=achievement, days=[now.date(), *(each.valid_from.date() for each in awards)]
    )
    awards = _taught(issuer, achievement, awards)
    rows = [
        _row(
            award,
            issuer=issuer,
            achievement=achievement,
            position=position,
            now=now,
            sign_after=sign_after or now,
        )
        for position, award in enumerate(awards, start=1)
    ]
    _seal_details(issuer, achievement, awards, rows)
    held = preparing.hold(
        rows, issuer=issuer, achievement=achievement, actor=actor, now=now, into=preparation
    )
    references = [row.reference for row in rows]
    before = set(
        models.Credential.objects.of(issuer)
        .filter(reference__in=references)
        .values_list("reference", flat=True)
    )
    # Somebody issuing the same references at the same instant may be faster: then our rows are
    # dropped, not doubled.
    models.Credential.objects.of(issuer).bulk_create(
        [row for row in rows if row.reference not in before],
        ignore_conflicts=True,
        batch_size=1000,
    )
    recorded = list(
        models.Credential.objects.of(issuer)
        .filter(uuid__in=[row.uuid for row in rows])
        .values_list("pk", flat=True)
    )
    kind = models.CredentialEvent.Kind
    models.CredentialEvent.objects.of(issuer).bulk_create(
        [
            models.CredentialEvent(
                issuer=issuer,
                credential_id=pk,
                kind=kind.PREPARED if held else kind.ISSUED,
                happened_at=now,
                actor=actor,
            )
            for pk in recorded
        ],
        batch_size=1000,
    )
    failpoints.reach("issue: rows written")
    if held is not None and preparation is None and not recorded:
        models.Preparation.objects.of(issuer).filter(pk=held.pk).delete()  # nothing waits with it
        held = None
    return Issued(recorded=len(recorded), already=len(rows) - len(recorded), preparation=held)


def _taught(
    issuer: issuers.Issuer, achievement: badges.Achievement, awards: Sequence[Award]
) -> Sequence[Award]:
    """Let each award say which unit taught and assessed it, where it says nobody else.

    Source: Open Badges 3.0 appendix B (AchievementSubject.source: who assesses for the issuer).
    """
    if achievement.unit_id is None:
        return awards
    source = parties.unit_profile(issuer=issuer, unit_id=achievement.unit_id)
    return [
        replace(each, details={"source": source, **each.details})
        if isinstance(each.details, dict)
        else each
        for each in awards
    ]


def _row(
    award: Award,
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    position: int,
    now: datetime,
    sign_after: datetime,
) -> models.Credential:
    if award.learner.issuer_id != issuer.pk:
        raise ValidationError(
            _("Entry %(position)d: this learner is not yours.") % {"position": position}
        )
    if not award.reference or len(award.reference) > 100:  # noqa: PLR2004 - the column's width
        raise ValidationError(
            _("Entry %(position)d: give a reference of 1 to 100 characters.")
            % {"position": position}
        )
    valid_until = award.valid_until
    if valid_until is None and achievement.validity_months is not None:
        valid_until = months_later(award.valid_from, achievement.validity_months)
    if valid_until is not None and valid_until <= award.valid_from:
        raise ValidationError(
            _("Entry %(position)d: it would end before it begins.") % {"position": position}
        )
    return models.Credential(
        uuid=uuids.uuid4(),
        token=secrets.token_urlsafe(16),
        issuer=issuer,
        achievement=achievement,
        learner=award.learner,
        reference=award.reference,
        valid_from=award.valid_from,
        valid_until=valid_until,
        issued_at=now,
        sign_after=sign_after,
    )


def _seal_details(
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    awards: Sequence[Award],
    rows: Sequence[models.Credential],
) -> None:
    """Read what the awards say, and put it on the rows, each under its learner's key."""
    telling = [
        (position, award, row)
        for position, (award, row) in enumerate(zip(awards, rows, strict=True), start=1)
        if award.details
    ]
    for position, award, _row in telling:
        if not isinstance(award.details, Mapping):
            raise ValidationError(
                {"details": _("Entry %(position)d: give named values.") % {"position": position}}
            )
    if not telling:
        return
    given = [(award.learner.pk, award.details) for _position, award, _row in telling]
    files = details.files_of(issuer=issuer, given=given)
    data_keys = people.data_keys(
        issuer_id=issuer.pk, learner_ids=[learner for learner, _said in given]
    )
    reader = details.Reader(issuer=issuer, achievement=achievement)
    for position, award, row in telling:
        if award.learner.pk not in data_keys:
            raise ValidationError(
                _("Entry %(position)d: this learner was erased.") % {"position": position}
            )
        values = details.plain(
            award.details, files=files.get(award.learner.pk, {}), position=position
        )
        reader.require(values, position=position)
        row.details = details.sealed(values, data_key=data_keys[award.learner.pk], uuid=row.uuid)


def months_later(start: datetime, months: int) -> datetime:
    """Return the same day `months` later.

    Or the last day of that month where it has no such day.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
