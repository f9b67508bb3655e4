"""The parts of an organisation that teach."""

import uuid as uuids

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from issuers import access, forms, selectors, services
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action


@require_safe
@access.member_may(Action.EDIT_ORGANISATION)
def units(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """List the units, each below what it is a part of."""
    return render(request, "console/units.html", {"units": selectors.units(issuer=member.issuer)})


@CONFIRM
@access.member_may(Action.EDIT_ORGANISATION)
def add_unit(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Add a unit."""
    form = forms.UnitForm(request.POST or None, places=selectors.units(issuer=member.issuer))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_unit(issuer=member.issuer, now=timezone.now(), **form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(_units(member))
    return ask(
        request,
        back=_units(member),
        title=_("Add a unit"),
        about=_("A campus, a department: who teaches, where badges say so."),
        act=_("Add it"),
        form=form,
    )


@CONFIRM
@access.member_may(Action.EDIT_ORGANISATION)
def change_unit(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Describe a unit anew, or put it elsewhere."""
    places = selectors.units(issuer=member.issuer)
    unit = next((each.unit for each in places if each.unit.uuid == uuid), None)
    if unit is None:
        raise Http404
    initial = {
        "name": unit.name, "kind": unit.kind, "place": unit.place,
        "parent": unit.parent.uuid if unit.parent else "",
    }  # fmt: skip
    others = [each for each in places if unit not in (each.unit, *each.above)]
    form = forms.UnitForm(request.POST or None, initial=initial, places=others)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_unit(issuer=member.issuer, unit=unit, **form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(_units(member))
    return ask(
        request,
        back=_units(member),
        title=_("Change %(name)s") % {"name": unit.name},
        about=_("Badges that are signed keep what they say."),
        act=_("Change it"),
        form=form,
    )


@CONFIRM
@access.member_may(Action.EDIT_ORGANISATION)
def close_unit(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Say that a unit teaches no more."""
    found = selectors.find_unit(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    if request.method == "POST":
        services.close_unit(issuer=member.issuer, unit=found.unit, now=timezone.now())
        return redirect(_units(member))
    return ask(
        request,
        back=_units(member),
        title=_("Close %(name)s?") % {"name": found.unit.name},
        about=_("It and its parts are offered no more. What they taught keeps their names."),
        act=_("Close it"),
        is_grave=True,
    )


def _units(member: access.Membership) -> str:
    return reverse("console-units", args=[member.issuer.slug])
