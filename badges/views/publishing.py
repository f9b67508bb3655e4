"""What becomes of a badge: published, changed, retired, duplicated, thrown away; and the blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from badges import forms, serializers, services
from badges.selectors import designs
from badges.services import designing
from badges.views.designing import STEPS, tell
from badges.views.designs import required
from issuers import access
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action

if TYPE_CHECKING:
    import uuid as uuids

    from django.http import HttpRequest, HttpResponse

    from badges import models


@CONFIRM
@csp_update({"frame-src": [SELF]})
@access.member_may(Action.PUBLISH_BADGE)
def publish(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Show what is missing and what will be public; then publish."""
    row = required(member, uuid)
    design = designs.design_of(achievement=row)
    if row not in design.drafts:
        return _back(member, row)
    now = timezone.now()
    items = serializers.checklist(issuer=member.issuer, rows=design.drafts, now=now)
    needed = [each for each in items if each.is_needed]
    if request.method == "POST" and not needed:
        try:
            designing.publish(issuer=member.issuer, achievement=row, now=now)
        except (ValidationError, services.WrongState):
            # It changed between the two: the page says what is missing now.
            return redirect(request.path)
        messages.success(request, _("It is published: it can be awarded from now on."))
        return _back(member, row)
    context = {
        "row": row, "rows": design.drafts, "step": "publish", "steps": STEPS, "needed": needed,
        "better": [each for each in items if not each.is_needed],
        "is_next": bool(design.published),
    }  # fmt: skip
    status = 409 if request.method == "POST" else 200
    return render(request, "console/design_publish.html", context, status=status)


@CONFIRM
@access.member_may(Action.DESIGN_BADGE)
def change(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Draft the next version of what is published."""
    row = required(member, uuid)
    if request.method == "POST":
        try:
            draft = designing.change(issuer=member.issuer, achievement=row, now=timezone.now())
        except services.WrongState:
            return _back(member, row)
        return redirect("console-badge-texts", slug=member.issuer.slug, uuid=draft.uuid)
    return ask(
        request,
        back=_address(member, row),
        title=_("Change %(name)s?") % {"name": row.name},
        about=_(
            "What is published never changes. You get a draft of the next version; awards that "
            "were made keep the version that they have, and this one is awarded until you publish "
            "the next."
        ),
        act=_("Draft the next version"),
    )


@CONFIRM
@access.member_may(Action.PUBLISH_BADGE)
def retire(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Award a badge no more."""
    row = required(member, uuid)
    problem = ""
    if request.method == "POST":
        try:
            designing.retire(issuer=member.issuer, achievement=row, now=timezone.now())
        except services.WrongState:
            problem = _("It is not published.")
        else:
            messages.success(request, _("It is awarded no more. What was awarded stands."))
            return _back(member, row)
    return ask(
        request,
        back=_address(member, row),
        title=_("Retire %(name)s?") % {"name": row.name},
        about=_(
            "It cannot be awarded any more, in any language. What was awarded stands and can be "
            "verified, and its public page stays, and says that it is issued no more."
        ),
        act=_("Retire it"),
        is_grave=True,
        problem=problem,
    )


@require_POST
@access.member_may(Action.DESIGN_BADGE)
def duplicate(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Draft another badge that says the same."""
    row = required(member, uuid)
    copied = designing.duplicate(issuer=member.issuer, achievement=row, now=timezone.now())
    messages.success(request, _("This is a copy, as a draft: give it a name of its own."))
    return redirect("console-badge-texts", slug=member.issuer.slug, uuid=copied.uuid)


@CONFIRM
@access.member_may(Action.DESIGN_BADGE)
def discard(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Throw a draft away."""
    row = required(member, uuid)
    problem = ""
    if request.method == "POST":
        try:
            designing.discard(issuer=member.issuer, achievement=row)
        except services.WrongState:
            problem = _("It is not a draft.")
        else:
            messages.success(request, _("The draft is gone."))
            return redirect("console-badges", slug=member.issuer.slug)
    return ask(
        request,
        back=_address(member, row),
        title=_("Throw the draft of %(name)s away?") % {"name": row.name},
        about=_("What you wrote in it is lost, in every language. What is published stays."),
        act=_("Throw it away"),
        is_grave=True,
        problem=problem,
    )


@CONFIRM
@access.member_may(Action.DESIGN_BADGE)
def add_block(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Describe a competency block, and the certification that it is a part of."""
    form = forms.BlockForm(request.POST or None)
    back = reverse("console-certifications", args=[member.issuer.slug])
    if request.method == "POST" and form.is_valid():
        try:
            services.describe_block(issuer=member.issuer, **form.values())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("It is described: a badge can stand for it now."))
            return redirect(back)
    return ask(
        request,
        back=back,
        title=_("Describe a competency block"),
        about=_(
            "As it is registered at France compétences, word for word. A certification that is "
            "there already keeps what it says."
        ),
        act=_("Describe it"),
        form=form,
    )


def _address(member: access.Membership, row: models.Achievement) -> str:
    return reverse("console-badge", args=[member.issuer.slug, row.uuid])


def _back(member: access.Membership, row: models.Achievement) -> HttpResponse:
    return redirect(_address(member, row))
