"""Sessions of trainings: open one, describe it anew, say which lists were of it, remove it."""

# ruff: noqa: N818 - a refusal is named after what is wrong

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from badges import models as badges
from credentials import models
from issuers import models as issuers
from issuers import scope

# A few a day for ten years.
MOST = 10_000
_NAME, _PLACE = 120, 120


class InUse(Exception):
    """Something was issued to the session: it stays."""


@transaction.atomic
def open_cohort(
    *,
    issuer: issuers.Issuer,
    name: str,
    actor: issuers.User,
    now: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
    place: str = "",
) -> models.Cohort:
    """Add a session of a training.

    Args:
        issuer: Whose.
        name: What it is called; another one each.
        actor: Who adds it.
        now: The instant.
        starts_on: Its first day.
        ends_on: Its last day.
        place: Where it is.

    Raises:
        ValidationError: a field is malformed, the name is taken, or there are too many.
    """
    if models.Cohort.objects.of(issuer).count() >= MOST:
        raise ValidationError(
            _("An organisation has at most %(most)d sessions: remove some first.") % {"most": MOST}
        )
    cohort = models.Cohort(issuer=issuer, created_by=actor, created_at=now)
    return _written(issuer, cohort, name, (starts_on, ends_on), place)


@transaction.atomic
def change_cohort(
    *,
    issuer: issuers.Issuer,
    cohort: models.Cohort,
    name: str,
    starts_on: date | None,
    ends_on: date | None,
    place: str,
) -> models.Cohort:
    """Describe a session anew; what is signed never named it.

    Raises:
        ValidationError: a field is malformed, or the name is taken.
    """
    return _written(issuer, cohort, name, (starts_on, ends_on), place)


@transaction.atomic
def remove_cohort(*, issuer: issuers.Issuer, cohort: models.Cohort) -> None:
    """Remove a session that nothing was issued to.

    Raises:
        InUse: a list is of it.
    """
    if models.Intake.objects.of(issuer).filter(cohort=cohort).exists():
        raise InUse(f"Lists are of cohort {cohort.uuid}.")
    models.Cohort.objects.of(issuer).filter(pk=cohort.pk).delete()


@transaction.atomic
def place_list(
    *, issuer: issuers.Issuer, intake: models.Intake, cohort: models.Cohort | None
) -> None:
    """Say which session a list is of; None for none. What was issued from it goes along."""
    if cohort is not None and cohort.issuer_id != issuer.pk:
        raise ValidationError({"cohort": _("Choose one of your own sessions.")})
    models.Intake.objects.of(issuer).filter(pk=intake.pk).update(cohort=cohort)
    intake.cohort = cohort


@transaction.atomic
def list_in(
    *,
    issuer: issuers.Issuer,
    session: str,
    achievement: badges.Achievement,
    name: str,
    size: int,
    actor: issuers.User | None,
    tells: bool,
    sign_after: datetime,
    now: datetime,
) -> models.Intake:
    """Add a list whose rows are recorded elsewhere, of a session that is opened if it is not there.

    Args:
        issuer: Who issues.
        session: What the session is called.
        achievement: What was earned.
        name: What the list is called.
        size: How many rows it has.
        actor: Who issues; a list is always somebody's.
        tells: Whether the learners are told by e-mail.
        sign_after: End of the correction window.
        now: The instant.

    Raises:
        ValidationError: nobody issues, the name is malformed, or there are too many sessions.
    """
    if actor is None:
        raise ValidationError({"actor": _("Say who issues: a list of a session is somebody's.")})
    called = " ".join(session.split())
    cohort = models.Cohort.objects.of(issuer).filter(name=called).first() or open_cohort(
        issuer=issuer, name=called, actor=actor, now=now
    )
    return models.Intake.objects.of(issuer).create(
        issuer=issuer, achievement=achievement, cohort=cohort, name=name[-200:], size=size,
        position=size, state=models.Intake.State.RECORDED, tells_learners=tells, created_by=actor,
        created_at=now, confirmed_by=actor, confirmed_at=now, recorded_at=now,
        sign_after=sign_after,
    )  # fmt: skip


def _written(
    issuer: issuers.Issuer,
    cohort: models.Cohort,
    name: str,
    days: tuple[date | None, date | None],
    place: str,
) -> models.Cohort:
    starts_on, ends_on = days
    called, where = " ".join(name.split()), " ".join(place.split())
    if not called or len(called) > _NAME:
        raise ValidationError({"name": _("Give a name of 1 to 120 characters.")})
    if len(where) > _PLACE:
        raise ValidationError({"place": _("Give a place of 120 characters at most.")})
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": _("It would end before it begins: exchange the two.")})
    cohort.name, cohort.place = called, where
    cohort.starts_on, cohort.ends_on = starts_on, ends_on
    try:
        with transaction.atomic(), scope.inside(issuer):
            cohort.save()
    except IntegrityError:
        raise ValidationError(
            {"name": _("There is a session of this name already: choose another name.")}
        ) from None
    return cohort
