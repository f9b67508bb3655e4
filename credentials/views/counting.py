"""Where public pages say that they were opened, shared or verified."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from credentials import services
from credentials.forms.bodies import client
from credentials.selectors.tallies import Act
from credentials.services import counting

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

# An act and the token of a credential: all that is said, and all that is read.
_SAID = re.compile(rb"(%s) ([A-Za-z0-9_-]{22})" % "|".join(Act.values).encode())
_MOST_BYTES = 64


# Nobody's rights are used: no cookie is sent along, and none would be read.
@csrf_exempt
@require_POST
def counted(request: HttpRequest) -> HttpResponse:
    """Count, or do not; the answer says nothing of either."""
    said = None if _is_declined(request) else _SAID.fullmatch(request.read(_MOST_BYTES))
    now = timezone.now()
    if said is not None and _is_admitted(request, now):
        counting.count(token=said[2].decode(), act=said[1].decode(), now=now)
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def _is_declined(request: HttpRequest) -> bool:
    """Say whether the reader does not want to be counted, or the page is not one of ours.

    Source: Global Privacy Control section 3.3 (Sec-GPC); Fetch Metadata section 2.3.
    """
    headers = request.headers
    return (
        "1" in {headers.get("Sec-GPC"), headers.get("DNT")}
        or headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    )


def _is_admitted(request: HttpRequest, now: datetime) -> bool:
    return services.admit(**client(request), now=now, act="count") is None
