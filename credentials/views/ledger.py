"""What is on the public record: a batch for everybody, and what of it is an organisation's own."""

from datetime import UTC

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blockchain import selectors
from credentials.selectors import ledger as ledgers
from credentials.serializers import ledger as words
from credentials.serializers import network as shapes
from issuers import access
from issuers.core.roles import Action


@require_safe
def batch(request: HttpRequest, root: str) -> HttpResponse:
    """Show one batch: anybody who has a badge of it may come by."""
    found = selectors.find_batch(root=bytes.fromhex(root))
    if found is None:
        raise Http404
    known = selectors.configured_chains()
    context = {
        "row": found,
        "batch": shapes.batch(found, known.get(found.chain)),
        "is_public": found.state in selectors.PUBLIC,
    }
    response = render(request, "network/batch.html", context)
    response["Cache-Control"] = "public, max-age=10"
    return response


@require_safe
@access.member_may(Action.VIEW)
def ledger(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show what an organisation has on the public record, and what waits for it and why."""
    now = timezone.now()
    found, counted_at = ledgers.shown(issuer=member.issuer, now=now)
    context = {
        "ledger": found,
        "counted_at": counted_at,
        "lines": words.lines(found, selectors.configured_chains()),
        "waiting": words.waiting(found, selectors.chain_facts(), now),
        "months": words.months(found, now.astimezone(UTC).date()),
        "costs": words.costs(found),
    }
    return render(request, "console/ledger.html", context)
