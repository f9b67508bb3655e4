"""The parts of an organisation that teach: add one, describe it anew, close it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from issuers import models, scope, selectors

# For forms, which know no row.
UNIT_KINDS = models.Unit.Kind.choices
MAX_DEPTH = 4
MAX_UNITS = 300


@transaction.atomic
def add_unit(
    *,
    issuer: models.Issuer,
    name: str,
    kind: str,
    now: datetime,
    parent: models.Unit | None = None,
    place: str = "",
) -> models.Unit:
    """Add a unit to an organisation.

    Args:
        issuer: The organisation.
        name: Unique among those beside it.
        kind: One of Unit.Kind.
        now: The instant.
        parent: The unit that it is a part of; None for a part of the organisation itself.
        place: Where it is.

    Raises:
        ValidationError: a field is malformed, or the tree would grow too deep or too large.
    """
    _lock(issuer)
    if models.Unit.objects.of(issuer).count() >= MAX_UNITS:
        raise ValidationError(
            _("An organisation has %(most)d units at most.") % {"most": MAX_UNITS}
        )
    unit = models.Unit(issuer=issuer, created_at=now)
    return _written(issuer, unit, name=name, kind=kind, parent=parent, place=place)


@transaction.atomic
def change_unit(
    *,
    issuer: models.Issuer,
    unit: models.Unit,
    name: str,
    kind: str,
    parent: models.Unit | None,
    place: str,
) -> models.Unit:
    """Describe a unit anew, or put it elsewhere; documents that are signed keep what they say.

    Raises:
        ValidationError: a field is malformed, or it would become a part of itself, or the tree too
            deep.
    """
    _lock(issuer)
    return _written(issuer, unit, name=name, kind=kind, parent=parent, place=place)


@transaction.atomic
def close_unit(*, issuer: models.Issuer, unit: models.Unit, now: datetime) -> None:
    """Say that a unit and its parts teach no more; what they taught stands."""
    units = {each.unit.pk: each for each in selectors.units(issuer=issuer)}
    closing = [pk for pk, each in units.items() if unit.pk in (pk, *(u.pk for u in each.above))]
    models.Unit.objects.of(issuer).filter(pk__in=closing, closed_at=None).update(closed_at=now)


def _lock(issuer: models.Issuer) -> None:
    """Let one person at a time change the tree: depth and cycles are those of the whole of it."""
    models.Issuer.objects.select_for_update().only("pk").get(pk=issuer.pk)


def _written(
    issuer: models.Issuer,
    unit: models.Unit,
    *,
    name: str,
    kind: str,
    parent: models.Unit | None,
    place: str,
) -> models.Unit:
    if parent is not None and parent.issuer_id != issuer.pk:
        raise ValidationError({"parent": _("Choose one of your own units.")})
    _fit(issuer, unit, parent)
    unit.name, unit.kind, unit.parent = " ".join(name.split()), kind, parent
    unit.place = place.strip()
    unit.clean_fields(exclude=["parent"])
    try:
        with transaction.atomic(), scope.inside(issuer):
            unit.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("There is a unit of this name already.")}) from error
    return unit


def _fit(issuer: models.Issuer, unit: models.Unit, parent: models.Unit | None) -> None:
    """Refuse a place in which a unit would be below itself, or too deep with all of its parts."""
    units = {each.unit.pk: each for each in selectors.units(issuer=issuer)}
    above = 0
    if parent is not None:
        place = units[parent.pk]
        if unit.pk in (parent.pk, *(each.pk for each in place.above)):
            raise ValidationError({"parent": _("A unit cannot be a part of itself.")})
        above = len(place.above) + 1
    own = len(units[unit.pk].above) if unit.pk in units else 0
    below = max(
        (
            len(each.above) - own
            for each in units.values()
            if unit.pk in {other.pk for other in each.above}
        ),
        default=0,
    )
    if above + 1 + below > MAX_DEPTH:
        raise ValidationError(
            {"parent": _("Units are %(most)d levels deep at most.") % {"most": MAX_DEPTH}}
        )
