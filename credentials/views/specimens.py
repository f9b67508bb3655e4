"""What an award of a badge would look like on paper and where it is shared, before there is any."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from badges.selectors import designs
from credentials.serializers.card import card as drawn_card
from credentials.serializers.certificate import Certificate, specimen
from credentials.serializers.press import NoPress, press
from credentials.serializers.sheet import seen
from credentials.services import letters, telling
from credentials.views import answers, wording
from issuers import access
from issuers.core.roles import Action

if TYPE_CHECKING:
    import uuid as uuids

    from django.http import HttpRequest

_log = logging.getLogger(__name__)
# The page that a certificate is shown on, in a frame of ours.
AS_A_SHEET = csp_replace(
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "connect-src": [NONE],
        # The colour of the organisation stands in the elements; it is read strictly.
        "style-src": [SELF, UNSAFE_INLINE],
        "font-src": [SELF],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        # Fonts are given to pages of ours alone; nothing runs here all the same.
        "sandbox": ["allow-same-origin"],
    }
)


@require_safe
@access.member_may(Action.VIEW)
def certificate(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Serve a certificate of nobody: PDF, in the language of the badge."""
    language, shown = _specimen(member, uuid)
    with translation.override(language):
        try:
            body = press().sheets([shown])
        except NoPress:
            _log.exception("No PDF can be made here: see `manage.py doctor`.")
            return answers.refusal("no_press")
    headers = {"Content-Disposition": 'inline; filename="specimen.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@require_safe
@xframe_options_sameorigin
@AS_A_SHEET
@access.member_may(Action.VIEW)
def sheet(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Show the certificate of nobody as a page, where browsers show no PDF; nothing is printed."""
    language, shown = _specimen(member, uuid)
    with translation.override(language):
        members = {**seen(shown), "language": language}
        return render(request, "credentials/certificate_seen.html", members)


@require_safe
@access.member_may(Action.VIEW)
def card(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Serve the picture that would go with the address of an award: PNG."""
    _language, shown = _specimen(member, uuid)
    return HttpResponse(drawn_card(shown, warning=""), content_type="image/png")


@require_safe
@xframe_options_sameorigin
@wording.AS_A_LETTER
@access.member_may(Action.VIEW)
def letter(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Show the e-mail that whoever got an award would read, in the language of the badge."""
    row = designs.find_row(issuer=member.issuer, uuid=uuid)
    if row is None:
        raise Http404
    language = letters.language_of(learner=row.language, issuer=member.issuer)
    said = telling.letter_of(issuer=member.issuer, kind=wording.Kind.ISSUED, language=language)
    written = letters.sample(issuer=member.issuer, letter=said, language=language, badge=row)
    return wording.shown(request, written, language=language)


def _specimen(member: access.Membership, uuid: uuids.UUID) -> tuple[str, Certificate]:
    row = designs.find_row(issuer=member.issuer, uuid=uuid)
    if row is None:
        raise Http404
    language = row.language.partition("-")[0]
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        return language, specimen(
            row,
            # The code of a specimen leads to the page that explains how badges are verified.
            address=f"{settings.PUBLIC_URL}{reverse('verify')}",
            learner=_("Specimen"),
            now=timezone.now(),
        )
