"""Seal the audit trail: hash what is new of every organisation's trail, chained to before.

Numbers of entries are given out before their transactions end, so a lower one may come later.
Nothing waits for that: a mark is set (how far numbers go, and which transactions are under way),
and what lies below it is sealed once all those transactions have ended. Until then an older mark
stands; a transaction that stays open for an hour puts sealing off for an hour, and nothing else.

    entries by number   …  e1 e2 e3 │ e4 ⟨e5 not there yet⟩ e6 e7 …
                             sealed │ waits for the transaction that has number 5
"""

from datetime import datetime

from django.db import connection, transaction

from issuers import models, selectors
from issuers.core import trail

# Entries that one seal covers at most: they are read in pieces, and nobody waits for longer.
LIMIT = 20_000
SEQUENCE = "issuers_trailentry_id_seq"
RUNNING = """
SELECT count(*) FROM pg_snapshot_xip(pg_current_snapshot()) AS running (number)
WHERE number::text::bigint < %s AND EXISTS (
    SELECT FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock'
      AND l.transactionid::text::bigint = number::text::bigint %% 4294967296
      AND coalesce(a.datname, current_database()) = current_database()
)
"""


@transaction.atomic
def seal_trails(*, now: datetime) -> int:
    """Seal what is new in every organisation's trail; two queries where nothing is.

    One worker at a time: the mark's row lets the others pass by.

    Args:
        now: The instant that the seals bear.

    Returns:
        How many seals were made.

    Source: docs/trail.md.
    """
    if not models.TrailMark.objects.filter(pk=1).exists():
        models.TrailMark.objects.bulk_create([models.TrailMark(pk=1)], ignore_conflicts=True)
    mark = models.TrailMark.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if mark is None:  # another worker is at it
        return 0
    given_out = int(_ask("SELECT coalesce(pg_sequence_last_value(%s::regclass), 0)", SEQUENCE))
    if given_out == mark.sealed:
        return 0
    decided = _decided(mark, given_out)
    made = sum(_seal(issuer, decided, now) for issuer in _waiting(mark.sealed, decided))
    mark.sealed = max(mark.sealed, decided)
    mark.save(update_fields=["entry", "horizon", "sealed"])
    return made


def _decided(mark: models.TrailMark, given_out: int) -> int:
    """Return the number up to which no entry can come any more, and set the mark further."""
    # Read after the number: whoever has one up to it has begun before this.
    horizon = int(_ask("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))
    decided = mark.sealed
    # A database that was restored elsewhere counts its transactions anew: such a mark says nothing.
    if 0 < mark.horizon <= horizon and _have_ended(mark.horizon):
        decided = mark.entry
    elif 0 < mark.horizon <= horizon:
        return decided
    mark.entry, mark.horizon = given_out, horizon
    return given_out if _have_ended(horizon) else decided


def _have_ended(horizon: int) -> bool:
    """Say whether all transactions before that one have ended; ours sees what it did itself.

    Transactions are numbered for all databases of a server together; those of others, told by
    the lock that each holds on its own number, are not waited for.
    """
    return _ask(RUNNING, horizon) == "0"


def _waiting(sealed: int, decided: int) -> list[models.Issuer]:
    """Return the organisations that have entries between the two numbers."""
    # Across issuers: a worker serves them all.
    entries = models.TrailEntry.objects.across_issuers().filter(pk__gt=sealed, pk__lte=decided)
    pks = list(entries.order_by("issuer_id").values_list("issuer_id", flat=True).distinct())
    return list(models.Issuer.objects.only("id", "did").filter(pk__in=pks).order_by("pk"))


def _seal(issuer: models.Issuer, decided: int, now: datetime) -> int:
    last = models.TrailSeal.objects.of(issuer).order_by("-sequence").first()
    made = 0
    while document := trail.seal_document(
        selectors.trail_entries(
            issuer=issuer, after=last.last if last else 0, until=decided, limit=LIMIT
        ),
        issuer=issuer.did,
        sequence=last.sequence + 1 if last else 1,
        previous=bytes(last.digest) if last else None,
    ):
        last = models.TrailSeal.objects.of(issuer).create(
            issuer=issuer,
            sequence=document["sequence"],
            last=document["last"],
            entries=document["count"],
            digest=trail.seal_digest(document),
            sealed_at=now,
        )
        made += 1
    return made


def _ask(question: str, *parameters: str | int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        return str(cursor.fetchone()[0])
