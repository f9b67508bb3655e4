"""What a draft will be to the public: its page, before anybody else sees it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from csp.constants import SELF
from csp.decorators import csp_replace
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from badges import forms, services
from badges.selectors import designs
from badges.serializers import described, label, taught
from badges.services.catalogue import require_publishable
from badges.services.finishing import NEEDED
from badges.views.designing import languages
from badges.views.designs import required
from issuers import access
from issuers import selectors as parties
from issuers.core.roles import Action

if TYPE_CHECKING:
    import uuid as uuids

    from django.http import HttpRequest, HttpResponse

    from badges import models


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
@access.member_may(Action.VIEW)
def preview(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Show the public page of a draft: as it is kept, or as it is being written.

    Nothing is written down. What is missing is said in its place.
    """
    row = required(member, uuid)
    drafts = designs.design_of(achievement=row).drafts or [row]
    if request.method == "POST":
        row = _typed(request, row, drafts)
    shown = copy.copy(row)
    for name in NEEDED:
        if not getattr(shown, name).strip():
            setattr(shown, name, _("(not written yet)"))
    now = timezone.now()
    try:
        document = require_publishable(achievement=shown, now=now, beside=drafts)
    except ValidationError as refusal:
        problems = [
            f"{label(field)}: {' '.join(found)}" for field, found in refusal.message_dict.items()
        ]
        return render(request, "console/no_preview.html", {"problems": problems})
    return render(
        request,
        "badges/achievement.html",
        {
            "achievement": shown,
            "image": reverse("console-badge-image", args=[member.issuer.slug, row.uuid]),
            "document": document,
            "parts": described(document),
            "proven": parties.proven_domains(issuer=member.issuer, now=now),
            "taught": taught(shown, now=now),
        },
    )


def _typed(
    request: HttpRequest, row: models.Achievement, drafts: list[models.Achievement]
) -> models.Achievement:
    """Return a row that says what is being written, in the language that is asked for."""
    rows = languages(drafts)
    form = forms.TextsForm(request.POST, rows=rows)
    form.is_valid()  # what is wrong is said when it is saved
    language = request.POST.get("show", "")
    language = language if language in rows else row.language
    typed = copy.copy(rows[language] or row)
    typed.language = language
    for name, value in form.words().get(language, services.Words()).columns().items():
        setattr(typed, name, value)
    return typed
