"""Purge: let the caches in front of us forget what changed. The row is the queue.

A cache keeps a page for at most `EDGE_SECONDS`, so that even one that cannot be told is right again
within minutes.
"""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from credentials import models
from credentials.resolvers import edges

_log = logging.getLogger(__name__)
# A purge that no cache has taken for so long is needless: nothing so old is kept.
GIVE_UP = timedelta(minutes=10)
# What may be kept of a credential, below the address of its page.
FILES = (".json", ".png", ".svg", "/anchor.json", "/certificate.pdf", "/card.png")
# Each may be another one in each language, and for each kind of reader; and a cache may tell them
# apart by both where only one matters, as our sample does.
KINDS = ("text/html", "application/json")


def purge(*, now: datetime, limit: int) -> int:
    """Tell every cache to forget what is due; return how many purges are done.

    What a cache did not take stays due, and is told again with the next alarm.

    Args:
        now: The instant: what is due later waits.
        limit: How many rows at most.
    """
    with transaction.atomic():
        # Across issuers: a worker serves them all.
        due = list(
            models.Purge.objects.across_issuers()
            .select_for_update(skip_locked=True, of=("self",))
            .filter(due_at__lte=now)
            .order_by("due_at", "id")[:limit]
        )
        done = [row for row in due if _is_told(row) or now - row.due_at > GIVE_UP]
        for issuer_id in {row.issuer_id for row in done}:
            rows = models.Purge.objects.of(issuer_id)
            rows.filter(pk__in=[row.pk for row in done]).delete()
    return len(done)


def _is_told(row: models.Purge) -> bool:
    host = urlsplit(settings.PUBLIC_URL).netloc
    told = True
    for edge in settings.EDGE_CACHES:
        try:
            edges.purge(edge, host=host, asked=requests_for(row.token))
        except edges.EdgeSilent as error:
            _log.warning("A cache was not told to forget: %s", error)
            told = False
    return told


def requests_for(token: str) -> list[edges.Asked]:
    """Return the requests whose answers a cache may hold of a credential."""
    page, key = f"/credentials/{token}", {"Surrogate-Key": f"credential/{token}"}
    return [
        (page + file, {"Accept": kind, "Accept-Language": language, **key})
        for file in ("", *FILES)
        for kind in KINDS
        for language, _name in settings.LANGUAGES
    ]
