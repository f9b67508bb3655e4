"""Issue: record awards. Nothing is signed here; a worker does that when they are due."""

import calendar
import secrets
import uuid as uuids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from badges import models as badges
from badges import services as catalogue
from credentials import models
from credentials.services import details, failpoints, preparing
from issuers import models as issuers
from issuers import scope
from issuers import selectors as parties
from issuers.services import limiting, suspending
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


@dataclass(slots=True)
class _Row:
    """What is the row's own; the rest is the same for all."""

    uuid: uuids.UUID
    token: str
    learner_id: int
    reference: str
    valid_from: datetime
    valid_until: datetime | None
    details: bytes | None = None


# The same reference again, now or at this instant elsewhere, records nothing; any other clash of
# names is a fault, and raises.
_RECORD = """
WITH recorded AS (
    INSERT INTO credentials_credential
        (uuid, token, issuer_id, achievement_id, learner_id, reference, state, preparation_id,
         intake_id, corrects_id, valid_from, valid_until, issued_at, sign_after, tells_learner,
         details, refusal, revocation_reason, suspension_reason)
    SELECT given.uuid, given.token, %s, %s, given.learner, given.reference, %s, %s, %s, %s,
        given.start, given.until, %s, %s, %s, given.details, '', '', ''
    FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[],
            %s::timestamptz[], %s::bytea[])
        AS given (uuid, token, learner, reference, start, until, details)
    ON CONFLICT (issuer_id, reference) DO NOTHING
    RETURNING id
), remembered AS (
    INSERT INTO credentials_credentialevent
        (issuer_id, credential_id, kind, happened_at, actor_id, reason, note)
    SELECT %s, id, %s, %s, %s, '', '' FROM recorded
)
SELECT count(*) FROM recorded
"""


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
    intake: models.Intake | None = None,
    tells: bool = False,
    corrects: models.Credential | None = None,
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
        intake: The list that the awards came with.
        tells: Whether the learners are told by e-mail, once it is signed.
        corrects: What the one award takes the place of; then its badge may be retired.

    Returns:
        How many were recorded and how many had been issued before under the same reference.

    Raises:
        ValidationError: the achievement cannot be issued, an award is malformed, or there are more
            than the issuer's quota; names what and the remedy.
        preparing.NotWaiting: the preparation takes no more awards.
    """
    require_issuable(issuer=issuer, achievement=achievement, is_correction=corrects is not None)
    catalogue.require_habilitation(
        achievement=achievement, days=[now.date(), *(each.valid_from.date() for each in awards)]
    )
    _require_evidence(achievement, awards)
    awards = _taught(issuer, achievement, awards)
    rows = [
        _row(award, issuer=issuer, achievement=achievement, position=position)
        for position, award in enumerate(awards, start=1)
    ]
    _seal_details(issuer, achievement, awards, rows)
    held = None
    if rows:
        held = preparing.hold(
            issuer=issuer, achievement=achievement, actor=actor, now=now, into=preparation
        )
    recorded = _record(
        rows, issuer=issuer, achievement=achievement, actor=actor, now=now,
        sign_after=sign_after or now, held=held, intake=intake, tells=tells, corrects=corrects,
    )  # fmt: skip
    _require_room(issuer, recorded, now)
    failpoints.reach("issue: rows written")
    if held is not None and preparation is None and not recorded:
        models.Preparation.objects.of(issuer).filter(pk=held.pk).delete()  # nothing waits with it
        held = None
    return Issued(recorded=recorded, already=len(rows) - recorded, preparation=held)


def _require_room(issuer: issuers.Issuer, recorded: int, now: datetime) -> None:
    """Keep to the issuer's quota of the calendar month (UTC), where it has one.

    Asked when it is known how many are new: awards that were there already take no room.
    """
    if not recorded:
        return
    start = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    limiting.require_room(
        issuer=issuer,
        kind=limiting.Kind.CREDENTIALS,
        more=recorded,
        used=lambda: (
            models.Credential.objects.of(issuer).filter(issued_at__gte=start).count() - recorded
        ),
    )


def require_issuable(
    *, issuer: issuers.Issuer, achievement: badges.Achievement, is_correction: bool = False
) -> None:
    """Return if the issuer can issue this badge now; one that is retired, to correct alone.

    Raises:
        ValidationError: the issuer is suspended, or the badge is another's, or not published.
    """
    suspending.require_active(issuer=issuer)
    if achievement.issuer_id != issuer.pk:
        raise ValidationError(_("This badge belongs to another issuer."))
    states = badges.Achievement.State
    is_kept = is_correction and achievement.state == states.RETIRED
    if achievement.state != states.PUBLISHED and not is_kept:
        raise ValidationError(_("This badge is not published: publish it before issuing it."))


def _require_evidence(achievement: badges.Achievement, awards: Sequence[Award]) -> None:
    """Refuse awards that show nothing, where the badge says that each shows what it rests on."""
    if not achievement.needs_evidence:
        return
    for position, award in enumerate(awards, start=1):
        said: object = award.details  # anything, until it is read
        if not (isinstance(said, Mapping) and said.get("evidence")):
            raise ValidationError(
                {
                    "evidence": _(
                        "Entry %(position)d: every award of this badge must show what it rests "
                        "on. Give evidence: an address, a file, or a description."
                    )
                    % {"position": position}
                }
            )


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
) -> _Row:
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
    return _Row(
        uuid=uuids.uuid4(),
        token=secrets.token_urlsafe(16),
        learner_id=award.learner.pk,
        reference=award.reference,
        valid_from=award.valid_from,
        valid_until=valid_until,
    )


def _record(
    rows: Sequence[_Row],
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    actor: issuers.User | None,
    now: datetime,
    sign_after: datetime,
    held: models.Preparation | None,
    intake: models.Intake | None,
    tells: bool,
    corrects: models.Credential | None,
) -> int:
    """Write rows and what happened to each, in one statement; return how many are new."""
    state, kind = models.Credential.State, models.CredentialEvent.Kind
    columns = [
        list(column)
        for column in zip(
            *(
                (str(row.uuid), row.token, row.learner_id, row.reference, row.valid_from,
                 row.valid_until, row.details)
                for row in rows
            ),
            strict=True,
        )
    ]  # fmt: skip
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                issuer.pk, achievement.pk, state.HELD if held else state.DUE,
                held.pk if held else None, intake.pk if intake else None,
                corrects.pk if corrects else None, now, sign_after, tells,
                *(columns or [[]] * 7),
                issuer.pk, kind.PREPARED if held else kind.ISSUED, now,
                actor.pk if actor is not None else None,
            ],
        )  # fmt: skip
        [recorded] = cursor.fetchone()
    return int(recorded)


def _seal_details(
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    awards: Sequence[Award],
    rows: Sequence[_Row],
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
