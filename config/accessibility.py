"""How accessible this installation is: what its operator declares, and what is known of it.

Source: RGAA 4.1, "Obligations d'accessibilité", for the three degrees, what a declaration says, and
the mention on every page; law no. 2005-102, article 47.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

# By what the operator sets. Without an audit that is valid, the first is the only one allowed.
DEGREES: dict[str, Promise] = {
    "none": _("not conforming"),
    "partial": _("partially conforming"),
    "full": _("fully conforming"),
}


@require_safe
def declaration(request: HttpRequest) -> HttpResponse:
    """Say how accessible the pages are, what is known to be in the way, and whom to tell."""
    context = {
        "degree": settings.ACCESSIBILITY,
        "contact": settings.ACCESSIBILITY_CONTACT,
        "is_address": "@" in settings.ACCESSIBILITY_CONTACT,
    }
    return render(request, "accessibility.html", context)
