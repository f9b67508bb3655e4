"""The page of the network: which chains hold our records, and how each of them does."""

from datetime import UTC, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blockchain import selectors
from credentials.serializers import network as shapes

DAYS = 30
BATCHES = 15


@require_safe
def network(request: HttpRequest) -> HttpResponse:
    """Show every chain and the last batches, from what workers wrote down: no chain is asked."""
    now = timezone.now()
    today = now.astimezone(UTC).date()
    known = selectors.configured_chains()
    context = {
        "chains": [shapes.chain(facts, now) for facts in selectors.chain_facts()],
        "batches": [
            shapes.batch(row, known.get(row.chain))
            for row in selectors.latest_batches(limit=BATCHES)
        ],
        "days": shapes.days(
            selectors.anchored_by_day(since=today - timedelta(days=DAYS - 1), until=today)
        ),
        "waiting": selectors.waiting(),
        "now": now,
    }
    response = render(request, "network/network.html", context)
    response["Cache-Control"] = "public, max-age=10"
    return response
