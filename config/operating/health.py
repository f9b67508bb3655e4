"""How the installation does: what waits, who submits, who works, and what the last audit said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from blockchain import selectors as witness
from config import pulse
from credentials.selectors import figures
from credentials.services import remembering

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LATE = timedelta(minutes=10)
MOST = 20


@dataclass(frozen=True, slots=True)
class Section:
    """A section of docs/runbook.md."""

    name: str
    title: str
    text: str


def context(now: datetime) -> dict[str, Any]:
    """Return what the page shows; a dozen queries, two questions to Redis."""
    work = figures.waiting()
    alarms = pulse.alarms(now=now)
    return {
        "now": now,
        "work": [
            (name, count, since, since is not None and now - since > LATE)
            for name, (count, since) in work.items()
        ],
        "leaves": witness.waiting(),
        "batches": [
            (bytes(each.root).hex()[:12], each)
            for each in witness.unmoved_batches(before=now - LATE, limit=MOST)
        ],
        "chains": witness.chain_facts(),
        "alarms": alarms,
        "is_silent": alarms is not None and all(each.is_late for each in alarms),
        "queued": pulse.queued(),
        "audit": remembering.remembered(),
    }


def health(site: Any, request: HttpRequest) -> HttpResponse:
    """Show how the installation does."""
    shown = site.each_context(request) | context(timezone.now()) | {"title": _("Health")}
    return TemplateResponse(request, "operator/health.html", shown)


def runbook(site: Any, request: HttpRequest) -> HttpResponse:
    """Show what to do at each alarm, where the installation has the page."""
    found = sections()
    if not found:
        raise Http404
    shown = site.each_context(request) | {"sections": found, "title": _("Runbook")}
    return TemplateResponse(request, "operator/runbook.html", shown)


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections of docs/runbook.md; none where it was not brought along."""
    try:
        text = (settings.BASE_DIR / "docs" / "runbook.md").read_text(encoding="utf-8")
    except OSError:
        return ()
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return tuple(
        Section(re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-"), title, body.strip())
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    )
