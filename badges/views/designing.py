"""The designer: a draft is written, drawn and given its rules, each on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges import forms, selectors, serializers, services
from badges.core import drawing, looks
from badges.selectors import designs
from badges.services import designing, gallery
from badges.views.designs import required
from issuers import access
from issuers import selectors as parties
from issuers.core.roles import Action

if TYPE_CHECKING:
    import uuid as uuids

    from django import forms as django_forms

    from badges import models

STEPS = ("texts", "picture", "rules", "publish")
EDIT = require_http_methods(["GET", "HEAD", "POST"])
DEFAULT = services.STARTS[-1].look
# Fields of the service that have another name on the page.
NAMES = {"habilitation": "certifies", "block": "certifies"}


@require_safe
@access.member_may(Action.DESIGN_BADGE)
def starts(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show the gallery of starting points."""
    shown = [(each, serializers.picture(each.look)) for each in services.STARTS]
    return render(request, "console/gallery.html", {"starts": shown})


@require_POST
@access.member_may(Action.DESIGN_BADGE)
def start(request: HttpRequest, member: access.Membership, key: str) -> HttpResponse:
    """Draft a badge from a starting point."""
    found = gallery.find(key)
    if found is None:
        raise Http404
    row = designing.begin(issuer=member.issuer, start=found, now=timezone.now())
    return _step(member, row, "texts")


@EDIT
@csp_update({"frame-src": [SELF]})
@access.member_may(Action.DESIGN_BADGE)
def texts(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Write what a draft says, in each language."""
    row = required(member, uuid)
    drafts = designs.design_of(achievement=row).drafts
    if row not in drafts:
        return _is_no_draft(request, member, row)
    form = forms.TextsForm(request.POST or None, rows=languages(drafts))
    if request.method == "POST" and form.is_valid():
        try:
            row = designing.write(
                issuer=member.issuer, achievement=row, words=form.words(), now=timezone.now()
            )
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return _saved(request, member, row, "texts")
    return _page(request, "texts", row, form, drafts=drafts)


@EDIT
@access.member_may(Action.DESIGN_BADGE)
def picture(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Draw the picture of a draft, or upload one."""
    row = required(member, uuid)
    if row.state != row.State.DRAFT:
        return _is_no_draft(request, member, row)
    look = DEFAULT if row.look is None else looks.read(row.look)
    is_upload = request.POST.get("act") == "upload"
    form = forms.LookForm(None if is_upload else request.POST or None, look=look)
    upload = forms.UploadForm(
        request.POST if is_upload else None, request.FILES if is_upload else None
    )
    chosen: Any = upload if is_upload else form
    shown = None
    if request.method == "POST" and chosen.is_valid():
        try:
            if is_upload:
                designing.redesign(
                    issuer=member.issuer, achievement=row, now=timezone.now(), look=None,
                    **upload.cleaned_data,
                )  # fmt: skip
                return _saved(request, member, row, "picture")
            if request.POST.get("act") != "show":
                designing.draw(
                    issuer=member.issuer, achievement=row, look=form.look(), now=timezone.now()
                )
                return _saved(request, member, row, "picture")
            shown = serializers.picture(form.look(), side=240)
        except ValidationError as refusal:
            tell(chosen, refusal)
    return _page(
        request, "picture", row, form, upload=upload, shown=shown, is_upload=is_upload,
        tiles={
            name: [(each, serializers.thumbnail(name, each.data["value"])) for each in form[name]]
            for name in ("shape", "palette", "icon")
        },
    )  # fmt: skip


@require_safe
@access.member_may(Action.DESIGN_BADGE)
def drawn(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Serve what the generator draws of the values in the address: PNG."""
    form = forms.LookForm(request.GET or None, look=DEFAULT)
    if request.GET and not form.is_valid():
        return HttpResponse(_("This cannot be drawn."), content_type="text/plain", status=400)
    look = form.look() if request.GET else DEFAULT
    return HttpResponse(drawing.png(look, size=240), content_type="image/png")


@EDIT
@access.member_may(Action.DESIGN_BADGE)
def rules(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Say what holds of every award, what it counts towards, and what it corresponds to."""
    row = required(member, uuid)
    if row.state != row.State.DRAFT:
        return _is_no_draft(request, member, row)
    now = timezone.now()
    mapped = selectors.alignments(achievement=row)
    form = forms.RulesForm(
        request.POST or None,
        row=row,
        blocks=selectors.blocks(issuer=member.issuer),
        habilitations=selectors.standing_habilitations(partner=member.issuer, day=now.date()),
        units=parties.units(issuer=member.issuer),
        kinds=serializers.kinds(row.achievement_type),
    )
    lines = forms.lines(mapped, request.POST or None)
    if request.method == "POST" and all([form.is_valid(), lines.is_valid()]):
        try:
            designing.redesign(
                issuer=member.issuer, achievement=row, now=now,
                alignments=forms.said_in_lines(lines, mapped), **form.values(),
            )  # fmt: skip
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return _saved(request, member, row, "rules")
    return _page(request, "rules", row, form, lines=lines)


def languages(drafts: list[models.Achievement]) -> dict[str, models.Achievement | None]:
    """Return the languages that the designer asks for, the original one first."""
    told: dict[str, models.Achievement | None] = {each.language: each for each in drafts}
    return told | {each: None for each in services.LANGUAGES if each not in told}


def tell(form: django_forms.Form, refusal: ValidationError) -> None:
    """Say beside the field what the service refused, or above the form where it has none."""
    for field, found in refusal.message_dict.items():
        name = NAMES.get(field, field)
        if name in form.fields:
            form.add_error(name, found)
        else:
            form.add_error(None, [f"{serializers.label(field)}: {each}" for each in found])


def _page(
    request: HttpRequest, step: str, row: models.Achievement, form: Any, **context: Any
) -> HttpResponse:
    bound = [form, context.get("upload"), context.get("lines")]
    is_wrong = any(each is not None and each.is_bound and not each.is_valid() for each in bound)
    return render(
        request,
        f"console/design_{step}.html",
        {"row": row, "form": form, "step": step, "steps": STEPS, **context},
        status=400 if is_wrong else 200,
    )


def _saved(
    request: HttpRequest, member: access.Membership, row: models.Achievement, step: str
) -> HttpResponse:
    messages.success(request, _("It is saved."))
    following = STEPS[STEPS.index(step) + 1]
    return _step(member, row, following if "next" in request.POST else step)


def _step(member: access.Membership, row: models.Achievement, step: str) -> HttpResponse:
    return redirect(f"console-badge-{step}", slug=member.issuer.slug, uuid=row.uuid)


def _is_no_draft(
    request: HttpRequest, member: access.Membership, row: models.Achievement
) -> HttpResponse:
    messages.warning(
        request, _("What is published never changes. To change the badge, draft a new version.")
    )
    return redirect("console-badge", slug=member.issuer.slug, uuid=row.uuid)
