"""Four eyes: who prepares awards does not release them.

    waiting  ->  released   somebody else lets them be signed
             ->  returned   somebody else says what is wrong    ->  waiting again, or discarded

What an organisation asks for is on its row; `issue` holds its awards with `hold`. However many
there are, each step is a statement or two.
"""

# ruff: noqa: N818 - a refusal is named after what is wrong

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from badges import models as badges
from badges import services as catalogue
from credentials import models
from issuers import models as issuers
from issuers import scope
from issuers.services import suspending

State = models.Preparation.State


class OwnPreparation(Exception):
    """Who prepared awards wants to release them."""


class NotWaiting(Exception):
    """The preparation was decided meanwhile, or is not in the state that this needs."""


def hold(
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    actor: issuers.User | None,
    now: datetime,
    into: models.Preparation | None = None,
) -> models.Preparation | None:
    """Return what awards that are about to be recorded wait with, where four eyes are asked for.

    Args:
        issuer: Whose they are.
        achievement: What they award.
        actor: Who prepares them.
        now: The instant of preparing.
        into: What an earlier part of the same work returned; of the same person and badge.

    Returns:
        With what they wait; None where the issuer asks for no second person.

    Raises:
        ValidationError: nobody says who prepares, so nobody could be kept from releasing.
        NotWaiting: `into` is somebody else's, of another badge, or was decided.
    """
    if not issuer.four_eyes:
        return None
    if actor is None:
        raise ValidationError(
            _("The awards of this organisation wait for a second person: say who prepares them.")
        )
    if into is None:
        into = models.Preparation.objects.of(issuer).create(
            issuer=issuer, achievement=achievement, prepared_by=actor, prepared_at=now
        )
    else:
        # Locked, so that nobody releases it while it grows.
        mine = {"prepared_by": actor, "achievement": achievement, "state": State.WAITING}
        if not models.Preparation.objects.of(issuer).select_for_update().filter(pk=into.pk, **mine):
            raise NotWaiting(f"Preparation {into.uuid} cannot take more awards.")
    return into


@transaction.atomic
def release(
    *,
    issuer: issuers.Issuer,
    preparation: models.Preparation,
    actor: issuers.User,
    now: datetime,
) -> int:
    """Let what somebody else prepared be signed; return how many awards that is.

    Raises:
        OwnPreparation: the actor prepared it.
        NotWaiting: it was decided meanwhile.
        ValidationError: the issuer is suspended, or the habilitation that the badge needs stands
            no more.
    """
    suspending.require_active(issuer=issuer)
    catalogue.require_habilitation(achievement=preparation.achievement, days=[now.date()])
    _decide(issuer, preparation, State.RELEASED, actor=actor, now=now)
    issued = models.CredentialEvent.Kind.ISSUED
    with scope.inside(issuer), connection.cursor() as cursor:
        # One statement, however many there are: the rows, and what happened to each.
        cursor.execute(
            """
            WITH released AS (
                UPDATE credentials_credential
                SET state = 'due', issued_at = %(now)s, sign_after = greatest(sign_after, %(now)s)
                WHERE preparation_id = %(preparation)s AND issuer_id = %(issuer)s
                    AND state = 'held'
                RETURNING id
            )
            INSERT INTO credentials_credentialevent
                (issuer_id, credential_id, kind, happened_at, actor_id, reason, note)
            SELECT %(issuer)s, id, %(kind)s, %(now)s, %(actor)s, '', '' FROM released
            """,
            {
                "now": now,
                "preparation": preparation.pk,
                "issuer": issuer.pk,
                "kind": issued.value,
                "actor": actor.pk,
            },
        )
        size: int = cursor.rowcount
    models.Preparation.objects.of(issuer).filter(pk=preparation.pk).update(size=size)
    return size


@transaction.atomic
def give_back(
    *,
    issuer: issuers.Issuer,
    preparation: models.Preparation,
    actor: issuers.User,
    reason: str,
    now: datetime,
) -> None:
    """Return what somebody prepared to them, with what is wrong about it.

    Raises:
        ValidationError: there is no reason, or it is too long.
        OwnPreparation: the actor prepared it.
        NotWaiting: it was decided meanwhile.
    """
    if not reason.strip() or len(reason) > 300:  # noqa: PLR2004 - the column's width
        raise ValidationError({"reason": _("Say in 1 to 300 characters what is to be changed.")})
    _decide(issuer, preparation, State.RETURNED, actor=actor, now=now, reason=reason.strip())


@transaction.atomic
def hand_in(
    *, issuer: issuers.Issuer, preparation: models.Preparation, actor: issuers.User
) -> None:
    """Let one's own preparation, which was returned, wait for approval again.

    Raises:
        NotWaiting: it was not returned, or is somebody else's.
    """
    moved = (
        models.Preparation.objects.of(issuer)
        .filter(pk=preparation.pk, state=State.RETURNED, prepared_by=actor)
        .update(state=State.WAITING, decided_by=None, decided_at=None, reason="")
    )
    if moved != 1:
        raise NotWaiting(f"Preparation {preparation.uuid} was not returned to you.")


@transaction.atomic
def discard(
    *,
    issuer: issuers.Issuer,
    preparation: models.Preparation,
    actor: issuers.User,
    now: datetime,
) -> int:
    """Give up one's own preparation; its awards are gone, and their references free again.

    Raises:
        NotWaiting: it was released or discarded, or is somebody else's.
    """
    moved = (
        models.Preparation.objects.of(issuer)
        .filter(pk=preparation.pk, state__in=[State.WAITING, State.RETURNED], prepared_by=actor)
        .update(state=State.DISCARDED, decided_by=actor, decided_at=now)
    )
    if moved != 1:
        raise NotWaiting(f"Preparation {preparation.uuid} is not yours to discard.")
    with scope.inside(issuer), connection.cursor() as cursor:
        # Nothing was signed and nobody was told, so nothing of it has to be kept. One statement.
        cursor.execute(
            """
            WITH held AS (
                SELECT id FROM credentials_credential
                WHERE preparation_id = %(preparation)s AND issuer_id = %(issuer)s
                    AND state = 'held'
            ), said AS (
                DELETE FROM credentials_credentialevent WHERE credential_id IN (SELECT id FROM held)
            )
            DELETE FROM credentials_credential WHERE id IN (SELECT id FROM held)
            """,
            {"preparation": preparation.pk, "issuer": issuer.pk},
        )
        size: int = cursor.rowcount
    models.Preparation.objects.of(issuer).filter(pk=preparation.pk).update(size=size)
    return size


def _decide(
    issuer: issuers.Issuer,
    preparation: models.Preparation,
    state: models.Preparation.State,
    *,
    actor: issuers.User,
    now: datetime,
    reason: str = "",
) -> None:
    if preparation.prepared_by_id == actor.pk:
        raise OwnPreparation(f"Preparation {preparation.uuid} is for somebody else to decide.")
    moved = (
        models.Preparation.objects.of(issuer)
        .filter(pk=preparation.pk, state=State.WAITING)
        .exclude(prepared_by=actor)
        .update(state=state, decided_by=actor, decided_at=now, reason=reason)
    )
    if moved != 1:
        raise NotWaiting(f"Preparation {preparation.uuid} is not waiting any more.")
