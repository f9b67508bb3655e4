"""Record the awards of a list that somebody confirmed. The row is the queue.

    draft  ->  recording  ->  recorded        each chunk is a transaction: its people, its awards,
                  |  ^                        and how far the list got
                  v  |                        a worker that dies leaves the list where it was
               stopped, with the reason       cancelled at any time: what is signed stays

While it is paused nothing more of it is recorded, nor signed. Any number of workers may run this at
once: one holds a list at a time (SKIP LOCKED).
"""

# ruff: noqa: N818 - a refusal is named after what is wrong

import logging
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from badges import services as catalogue
from credentials import models
from credentials.services import importing, intakes, looking, preparing
from credentials.services.intakes import NotDraft, State
from credentials.services.issuing import require_issuable
from issuers import models as issuers
from issuers import scope
from issuers.core import envelope

log = logging.getLogger(__name__)

# What waits is not due before this; no list is paused for so long.
PAUSED = datetime(9999, 1, 1, tzinfo=UTC)
# Drafts, and the rows that were left out, are kept for so long.
KEPT = timedelta(days=7)
UNSIGNED = (models.Credential.State.DUE, models.Credential.State.REFUSED)


class NotThatFar(Exception):
    """The list is not in the state that this needs: it was moved on meanwhile."""


@transaction.atomic
def confirm(
    *,
    issuer: issuers.Issuer,
    intake: models.Intake,
    actor: issuers.User,
    sign_after: datetime,
    now: datetime,
    tells: bool = False,
    cohort: models.Cohort | None = None,
) -> int:
    """Let a list be recorded, and signed from an instant on; return how many awards it has.

    Args:
        issuer: Who issues.
        intake: A draft that somebody looked at.
        actor: Who confirms; where the organisation asks for a second person, who prepares.
        sign_after: End of the correction window.
        now: The instant.
        tells: Whether the learners are told by e-mail, once their badges are signed.
        cohort: The session that its learners were taught in.

    Raises:
        NotDraft: nobody looked at it yet, or it was confirmed meanwhile.
        ValidationError: it has no awards, or its badge cannot be issued.
    """
    checked = intakes.checked_of(intake=intake)
    if checked is None:
        raise NotDraft(f"Nobody looked at what comes of list {intake.uuid}.")
    if not checked.rows:
        raise ValidationError(_("There is nothing to issue on this list."))
    require_issuable(issuer=issuer, achievement=intake.achievement)
    starts = looking.starts_at(intakes.choice_of(intake=intake).day) or now
    catalogue.require_habilitation(
        achievement=intake.achievement,
        days={now.date(), *((row.valid_from or starts).date() for row in checked.rows)},
    )
    moved = (
        models.Intake.objects.of(issuer)
        .filter(pk=intake.pk, state=State.DRAFT, checked__isnull=False)
        .update(
            state=State.RECORDING, confirmed_by=actor, confirmed_at=now, sign_after=sign_after,
            size=len(checked.rows), file=None, table=None, tells_learners=tells, cohort=cohort,
        )
    )  # fmt: skip
    if moved != 1:
        raise NotDraft(f"List {intake.uuid} was confirmed meanwhile.")
    return len(checked.rows)


def record(*, now: datetime, limit: int) -> int:
    """Record at most `limit` awards of one list; return how many rows were taken, 0 for no work.

    Args:
        now: The instant of issuing.
        limit: The size of the chunk.
    """
    # Across issuers: a worker serves them all.
    waiting = (
        models.Intake.objects.across_issuers()
        .filter(state=State.RECORDING, paused_at=None)
        .order_by("id")
        .values_list("pk", "issuer_id")
    )
    for pk, issuer_id in list(waiting):
        issuer = issuers.Issuer.objects.defer("logo").get(pk=issuer_id)
        with scope.inside(issuer):
            taken = _record_of(issuer, pk, now, limit)
        if taken:
            return taken
    return 0


def _record_of(issuer: issuers.Issuer, pk: int, now: datetime, limit: int) -> int:
    try:
        with transaction.atomic():
            intake = (
                models.Intake.objects.of(issuer)
                .select_related("achievement", "confirmed_by", "preparation")
                .select_for_update(skip_locked=True, of=("self",))
                .filter(pk=pk, state=State.RECORDING, paused_at=None)
                .first()
            )
            return _chunk(issuer, intake, now, limit) if intake is not None else 0
    except preparing.NotWaiting:
        return _stop(issuer, pk, _("What was prepared of it was decided before all was there."))
    except ValidationError as error:
        return _stop(issuer, pk, " ".join(error.messages))
    except envelope.EnvelopeError:
        return _stop(issuer, pk, _("What was kept of it cannot be opened: hand it over again."))


def _chunk(issuer: issuers.Issuer, intake: models.Intake, now: datetime, limit: int) -> int:
    checked = intakes.checked_of(intake=intake)
    rows = [] if checked is None else checked.rows[intake.position : intake.position + limit]
    choice = intakes.choice_of(intake=intake)
    if rows:
        issued = importing.record_rows(
            issuer=issuer,
            achievement=intake.achievement,
            rows=rows,
            now=now,
            sign_after=intake.sign_after,
            actor=intake.confirmed_by,
            preparation=intake.preparation,
            intake=intake,
            starts=looking.starts_at(choice.day),
            rename=choice.rename,
            tells=intake.tells_learners,
        )
        intake.already += len(rows) - issued.recorded
        intake.preparation = issued.preparation
    intake.position += len(rows)
    if not rows or intake.position >= intake.size:
        intake.state, intake.recorded_at = State.RECORDED, now
        if checked is not None:
            intake.checked = intakes.without_rows(intake=intake, checked=checked)
    intake.save(
        update_fields=["already", "preparation", "position", "state", "recorded_at", "checked"]
    )
    log.info("recorded %d of list %s", len(rows), intake.uuid)
    return len(rows) or 1


def _stop(issuer: issuers.Issuer, pk: int, problem: str) -> int:
    log.warning("list %d of %s stopped: %s", pk, issuer.slug, problem)
    models.Intake.objects.of(issuer).filter(pk=pk, state=State.RECORDING).update(
        state=State.STOPPED, problem=problem[:500]
    )
    return 1


@transaction.atomic
def pause(*, issuer: issuers.Issuer, intake: models.Intake, now: datetime) -> None:
    """Record no more of a list, and sign nothing more, until it goes on.

    Raises:
        NotThatFar: it is paused already, or not under way.
    """
    _move(issuer, intake, to={"paused_at": now}, paused_at=None)
    _unsigned(issuer, intake).update(sign_after=PAUSED)


@transaction.atomic
def go_on(*, issuer: issuers.Issuer, intake: models.Intake, now: datetime) -> None:
    """Let a paused list go on; its correction window ends when it was to end, or now.

    Raises:
        NotThatFar: it is not paused.
    """
    _move(issuer, intake, to={"paused_at": None}, paused_at__isnull=False)
    _unsigned(issuer, intake).update(sign_after=max(intake.sign_after or now, now))


@transaction.atomic
def try_again(
    *, issuer: issuers.Issuer, intake: models.Intake, actor: issuers.User, now: datetime
) -> int:
    """Try what failed again, and only that; return how many awards that is.

    A list that stopped goes on where it was; credentials that could not be signed are due again.

    Raises:
        NotThatFar: nothing of it failed.
    """
    held = intake.preparation
    if held is not None and held.state != preparing.State.WAITING:
        held = None  # what comes now waits with another
    stopped = models.Intake.objects.of(issuer).filter(pk=intake.pk, state=State.STOPPED)
    resumed = stopped.update(state=State.RECORDING, problem="", preparation=held)
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH again AS (
                UPDATE credentials_credential
                SET state = 'due', refusal = '', sign_after = greatest(sign_after, %(now)s)
                WHERE intake_id = %(intake)s AND issuer_id = %(issuer)s AND state = 'refused'
                RETURNING id
            )
            INSERT INTO credentials_credentialevent
                (issuer_id, credential_id, kind, happened_at, actor_id, reason, note)
            SELECT %(issuer)s, id, 'issued', %(now)s, %(actor)s, '', '' FROM again
            """,
            {"now": now, "intake": intake.pk, "issuer": issuer.pk, "actor": actor.pk},
        )
        again: int = cursor.rowcount
    if not resumed and not again:
        raise NotThatFar(f"Nothing of list {intake.uuid} failed.")
    return again


@transaction.atomic
def cancel(
    *, issuer: issuers.Issuer, intake: models.Intake, actor: issuers.User, now: datetime
) -> int:
    """Give up what is not signed of a list; return how many awards that was.

    What is signed stays, and can be revoked. What is not signed was told to nobody, so nothing of
    it is kept, and its references are free again.

    Raises:
        NotThatFar: it is a draft, or was cancelled.
        preparing.NotWaiting: somebody else prepared what waits for a second person.
    """
    found = models.Intake.objects.of(issuer).select_for_update().filter(pk=intake.pk).first()
    if found is None or found.state in (State.DRAFT, State.CANCELLED):
        raise NotThatFar(f"List {intake.uuid} is not under way.")
    held = found.preparation
    dropped = 0
    if held is not None and held.state in (preparing.State.WAITING, preparing.State.RETURNED):
        dropped = preparing.discard(issuer=issuer, preparation=held, actor=actor, now=now)
    with scope.inside(issuer), connection.cursor() as cursor:
        # Locked first: what a worker signs at this moment is looked at again once it is signed.
        cursor.execute(
            """
            WITH gone AS MATERIALIZED (
                SELECT id FROM credentials_credential
                WHERE intake_id = %(intake)s AND issuer_id = %(issuer)s
                    AND state IN ('due', 'refused')
                FOR UPDATE
            ), said AS (
                DELETE FROM credentials_credentialevent WHERE credential_id IN (SELECT id FROM gone)
            )
            DELETE FROM credentials_credential WHERE id IN (SELECT id FROM gone)
            """,
            {"intake": intake.pk, "issuer": issuer.pk},
        )
        dropped += int(cursor.rowcount)
    dropped += max(found.size - found.position, 0)
    models.Intake.objects.of(issuer).filter(pk=found.pk).update(
        state=State.CANCELLED, cancelled_at=now, checked=None, paused_at=None
    )
    return dropped


def forget(*, now: datetime) -> int:
    """Delete drafts that nobody came back to, and rows that were left out long ago.

    Returns:
        How many lists that was.
    """
    # Across issuers: a worker serves them all.
    rows = models.Intake.objects.across_issuers().filter(created_at__lt=now - KEPT)
    drafts = list(rows.filter(state=State.DRAFT).values_list("pk", "issuer_id"))
    done = list(
        rows.filter(state__in=[State.RECORDED, State.CANCELLED], checked__isnull=False)
        .filter(confirmed_at__lt=now - KEPT)
        .values_list("pk", "issuer_id")
    )
    for pk, issuer_id in drafts:
        models.Intake.objects.of(issuer_id).filter(pk=pk, state=State.DRAFT).delete()
    for pk, issuer_id in done:
        models.Intake.objects.of(issuer_id).filter(pk=pk).update(checked=None)
    return len(drafts) + len(done)


def _move(
    issuer: issuers.Issuer, intake: models.Intake, *, to: dict[str, object], **was: object
) -> None:
    """Change a list that is under way or recorded, if it is as it was.

    Raises:
        NotThatFar: it is not.
    """
    rows = models.Intake.objects.of(issuer).filter(
        pk=intake.pk, state__in=[State.RECORDING, State.STOPPED, State.RECORDED], **was
    )
    if rows.update(**to) != 1:
        raise NotThatFar(f"List {intake.uuid} was moved on meanwhile.")


def _unsigned(issuer: issuers.Issuer, intake: models.Intake) -> QuerySet[models.Credential]:
    held = models.Credential.State.HELD
    return models.Credential.objects.of(issuer).filter(intake=intake, state__in=[*UNSIGNED, held])
