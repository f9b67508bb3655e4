"""State: write down what an issuer's keys and lists are now, chained to before, to be anchored.

    keys or submitters changed   ->  the next version of the issuer's key history
    a status list was published  ->  the next version of that list
    a day has passed             ->  the head of the issuer's audit trail, if it moved

Workers do this right after they published. A statement and the promise to anchor it are one
transaction, so a leaf is never without its statement.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from blockchain import services as anchoring
from blockchain.core.lanes import Lane
from credentials import models
from credentials.core import canonical, statements
from credentials.services import lanes
from issuers import models as issuer_rows
from issuers import selectors as issuers
from issuers.core import did

log = logging.getLogger(__name__)
Kind = models.Statement.Kind
# What changes when nothing has happened: a new version is not made for it.
_CIRCUMSTANCES = ("sequence", "previous", "at")
# How often the head of an audit trail is put on record, where it moved.
HEAD_EVERY = timedelta(hours=24)


def state(*, now: datetime) -> int:
    """Make the next version of every key history, status list and trail's head that is due.

    A few queries where nothing did.

    Args:
        now: The instant; the key history says that it was so then.

    Returns:
        How many statements were made.

    Source: docs/keys.md; docs/adr/0015-anchor-keys-and-lists.md.
    """
    try:
        made = sum(_state_keys(issuer_id, now) for issuer_id in _changed(now))
        made += sum(_state_list(pk) for pk in _unstated())
        made += sum(_state_head(issuer_id, now) for issuer_id in _moved(now))
    except lanes.UNKNOWN as trouble:
        log.warning("nothing can be put on record now: %s", trouble)
        return 0
    if made:
        log.info("made %d statement(s)", made)
    return made


def _unstated() -> list[int]:
    """Return the lists that publish what no statement of theirs is about; one query."""
    # Across issuers: a worker serves them all.
    stated = models.Statement.objects.across_issuers().filter(
        status_list=OuterRef("pk"), at__gte=OuterRef("published_at")
    )
    lists = models.StatusList.objects.across_issuers().filter(
        ~Exists(stated), published__isnull=False
    )
    return list(lists.order_by("id").values_list("pk", flat=True))


def _changed(now: datetime) -> list[int]:
    """Return the issuers whose keys or submitters are not what was stated last; four queries."""
    histories, accounts = issuers.key_histories(), issuers.all_accounts()
    latest = _latest(Kind.KEY_HISTORY)
    stated = {each.issuer_id: _substance(canonical.loads(bytes(each.document))) for each in latest}
    names = issuer_rows.Issuer.objects.filter(pk__in=histories).order_by("id")
    return [
        pk
        for pk, name in names.values_list("pk", "did")
        if stated.get(pk)
        != _substance(_history(name, histories[pk], accounts.get(pk, []), None, now))
    ]


def _moved(now: datetime) -> list[int]:
    """Return the issuers whose trail has another head than was stated a day ago; two queries."""
    stated = {each.issuer_id: each for each in _latest(Kind.TRAIL_HEAD)}
    return [
        issuer_id
        for issuer_id, seal in issuers.trail_heads().items()
        if issuer_id not in stated
        or (
            stated[issuer_id].at <= now - HEAD_EVERY
            and canonical.loads(bytes(stated[issuer_id].document))["sealDigest"]
            != bytes(seal.digest).hex()
        )
    ]


def _latest(kind: str) -> QuerySet[models.Statement]:
    """Return the last statement of a kind of each issuer."""
    return (
        # Across issuers: a worker serves them all.
        models.Statement.objects.across_issuers()
        .filter(kind=kind)
        .order_by("issuer_id", "-sequence")
        .distinct("issuer_id")
    )


@transaction.atomic
def _state_head(issuer_id: int, now: datetime) -> int:
    issuer = _locked(issuer_id)
    taken = lanes.lanes_for(issuer=issuer, now=now)
    last, seal = _last(issuer, kind=Kind.TRAIL_HEAD), issuers.trail_head(issuer=issuer)
    if seal is None or (last is not None and last.at > now - HEAD_EVERY):
        return 0  # another worker was faster
    document = statements.trail_head(
        issuer=issuer.did,
        seal=seal.sequence,
        seal_digest=bytes(seal.digest),
        at=now,
        **_after(last),
    )
    _write(issuer, Kind.TRAIL_HEAD, document, taken, at=now)
    return 1


def _locked(issuer_id: int) -> issuer_rows.Issuer:
    """Lock the issuer's row: versions follow each other, and who changes keys takes it too."""
    rows = issuer_rows.Issuer.objects.select_for_update(no_key=True).defer("logo")
    return rows.get(pk=issuer_id)


@transaction.atomic
def _state_keys(issuer_id: int, now: datetime) -> int:
    issuer = _locked(issuer_id)
    # First, because it may let the issuer accept an account, which the history then names.
    taken = lanes.lanes_for(issuer=issuer, now=now)
    keys, submitters = issuers.key_history(issuer=issuer), issuers.accounts(issuer=issuer)
    last = _last(issuer, kind=Kind.KEY_HISTORY)
    document = _history(issuer.did, keys, submitters, last, now)
    if last is not None and _substance(document) == _substance(
        canonical.loads(bytes(last.document))
    ):  # another worker was faster
        return 0
    _write(issuer, Kind.KEY_HISTORY, document, taken, at=now)
    return 1


def _history(
    name: str,
    keys: Sequence[did.IssuerKey],
    submitters: Sequence[tuple[str, datetime]],
    last: models.Statement | None,
    at: datetime,
) -> dict[str, Any]:
    return statements.key_history(
        issuer=name, keys=keys, submitters=submitters, at=at, **_after(last)
    )


@transaction.atomic
def _state_list(pk: int) -> int:
    row = (
        models.StatusList.objects.across_issuers()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("issuer")
        .defer("taken", "bits", "issuer__logo")
        .filter(pk=pk, published__isnull=False)
        .first()
    )
    if row is None or row.published is None or row.published_at is None:
        return 0
    last = _last(row.issuer, kind=Kind.STATUS_LIST, status_list=row)
    if last is not None and last.at >= row.published_at:  # another worker was faster
        return 0
    published = bytes(row.published)
    document = statements.status_list_version(
        issuer=row.issuer.did,
        url=row.url,
        published=canonical.loads(published),
        at=row.published_at,
        **_after(last),
    )
    at = row.published_at
    taken = lanes.lanes_for(issuer=row.issuer, now=at)
    columns = {"status_list": row, "published": published}
    _write(row.issuer, Kind.STATUS_LIST, document, taken, at=at, **columns)
    return 1


def _last(
    issuer: issuer_rows.Issuer, *, kind: str, status_list: models.StatusList | None = None
) -> models.Statement | None:
    return (
        models.Statement.objects.of(issuer)
        .filter(kind=kind, status_list=status_list)
        .order_by("-sequence")
        .first()
    )


def _after(last: models.Statement | None) -> dict[str, Any]:
    if last is None:
        return {"sequence": 1, "previous": None}
    return {"sequence": last.sequence + 1, "previous": bytes(last.digest)}


def _substance(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in _CIRCUMSTANCES}


def _write(
    issuer: issuer_rows.Issuer,
    kind: str,
    document: dict[str, Any],
    taken: Sequence[Lane],
    *,
    at: datetime,
    **columns: Any,
) -> None:
    salt = secrets.token_bytes(32)
    leaf = statements.leaf(document, salt=salt)
    models.Statement.objects.of(issuer).create(
        issuer=issuer,
        kind=kind,
        sequence=document["sequence"],
        document=canonical.jcs(document),
        digest=statements.digest(document),
        salt=salt,
        leaf=leaf,
        at=at,
        **columns,
    )
    anchoring.commit(leaves=[leaf], lanes=taken, now=at)
