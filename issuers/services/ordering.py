"""Order what is to be done with keys, and do what was ordered.

Who serves pages can neither draw, nor read, nor write a key: it leaves an order. A worker does it
within seconds, in the name of whoever ordered it, or says on the order why not.

order_rotation     a new key of a kind, the first or the next
order_retirement   a key is to end in good order
order_disowning    a key was stolen
cancel_key_order   what was ordered is not to be done after all
fulfil_key_orders  do what waits
"""

# ruff: noqa: N818 - a refusal is named after what is wrong

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from issuers import models, selectors, trail
from issuers.core import kinds
from issuers.resolvers.keyrings import KeyServiceUnavailable
from issuers.services import rotating
from issuers.services.keys import KeyEncryptionKeyMissing

Act, State = models.KeyOrder.Act, models.KeyOrder.State
Refusal, Trouble = models.KeyOrder.Refusal, models.KeyOrder.Trouble
_REFUSALS: dict[type[Exception], models.KeyOrder.Refusal] = {
    rotating.NoSuchKey: Refusal.NO_KEY,
    rotating.KeyAlreadyEnded: Refusal.ENDED,
    rotating.ImpossibleInstant: Refusal.IMPOSSIBLE,
}
_TROUBLES: dict[type[Exception], models.KeyOrder.Trouble] = {
    KeyServiceUnavailable: Trouble.SERVICE,
    KeyEncryptionKeyMissing: Trouble.NO_KEK,
}


class OrderedBefore(Exception):
    """The same was ordered already, and waits for a worker."""


class NotWaiting(Exception):
    """The order came to an end, or says that a key was stolen: it cannot be cancelled."""


@transaction.atomic
def order_rotation(
    *, issuer: models.Issuer, kind: kinds.Kind, actor: models.User, now: datetime
) -> models.KeyOrder:
    """Order a new key of a kind; one that signs ends in good order once the new one is there.

    Raises:
        OrderedBefore: one is on its way.
    """
    return _order(issuer, actor, now, act=Act.ROTATE, kind=kind.value)


@transaction.atomic
def order_retirement(
    *, issuer: models.Issuer, kid: str, actor: models.User, now: datetime
) -> models.KeyOrder:
    """Order the end of a key, in good order, with none in its place.

    Raises:
        NoSuchKey: the issuer has no key of that name.
        KeyAlreadyEnded: it ended before.
        OrderedBefore: its end is ordered.
    """
    key = rotating.find(issuer, kid)
    if key.expires_at is not None or key.revoked_at is not None:
        raise rotating.KeyAlreadyEnded(f"Key {kid} ended before.")
    return _order(issuer, actor, now, act=Act.RETIRE, key=key)


@transaction.atomic
def order_disowning(
    *, issuer: models.Issuer, kid: str, since: datetime, actor: models.User, now: datetime
) -> models.KeyOrder:
    """Order that a key is declared stolen; if it signs, order one in its place as well.

    Two orders, so that a key is disowned even while no new one can be made.

    Raises:
        NoSuchKey: the issuer has no key of that name.
        ImpossibleInstant: `since` is yet to come, or before the key was created.
        KeyAlreadyEnded: it was declared stolen from then on, or from an earlier time on.
        OrderedBefore: the same is ordered.
    """
    key = rotating.find(issuer, kid)
    rotating.require_possible(key, since=since, now=now)
    order = _order(issuer, actor, now, act=Act.DISOWN, key=key, since=since)
    kind = kinds.Kind(key.kind)
    signing = selectors.current_key(issuer=issuer, now=now, kind=kind)
    waiting = models.KeyOrder.objects.of(issuer).filter(act=Act.ROTATE, state=State.WAITING)
    if signing is not None and signing.pk == key.pk and not waiting.filter(kind=kind).exists():
        _order(issuer, actor, now, act=Act.ROTATE, kind=kind.value)
    return order


@transaction.atomic
def cancel_key_order(*, issuer: models.Issuer, order: models.KeyOrder, now: datetime) -> None:
    """Take an order back before a worker does it.

    Raises:
        NotWaiting: a worker was faster, or it says that a key was stolen.
    """
    waiting = models.KeyOrder.objects.of(issuer).filter(pk=order.pk, state=State.WAITING)
    moved = waiting.exclude(act=Act.DISOWN).update(state=State.CANCELLED, ended_at=now, trouble="")
    if moved != 1:
        raise NotWaiting(f"Order {order.pk} about keys does not wait, or cannot be taken back.")


def fulfil_key_orders(*, now: datetime, limit: int) -> int:
    """Do what was ordered, the oldest first; return how many orders came to an end.

    Each in a transaction of its own. What a worker cannot do now it tries again with the next
    alarm; an order that cannot be done at all is refused, and says why.

    Args:
        now: The instant of what is done.
        limit: How many orders at most.
    """
    # Across issuers: a worker serves them all.
    waiting = models.KeyOrder.objects.across_issuers().filter(state=State.WAITING)
    pks = list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(_fulfil(pk, now) for pk in pks)


@transaction.atomic
def _fulfil(pk: int, now: datetime) -> int:
    # Across issuers: the row says whose it is. Another worker's is passed by.
    rows = models.KeyOrder.objects.across_issuers().select_for_update(
        skip_locked=True, of=("self",)
    )
    order = rows.filter(pk=pk, state=State.WAITING).first()
    if order is None:
        return 0
    issuer = models.Issuer.objects.get(pk=order.issuer_id)
    ended: dict[str, object] = {"state": State.DONE, "ended_at": now, "trouble": ""}
    try:
        door = f"order {order.pk} about keys"
        with trail.acting(door=door, user_id=order.ordered_by_id), transaction.atomic():
            _perform(issuer, order, now)
    except tuple(_REFUSALS) as refusal:
        ended |= {"state": State.REFUSED, "refusal": _REFUSALS[type(refusal)]}
    except tuple(_TROUBLES) as trouble:
        ended = {"trouble": _TROUBLES[type(trouble)]}
    models.KeyOrder.objects.of(issuer).filter(pk=pk).update(tried_at=now, **ended)
    return "state" in ended


def _perform(issuer: models.Issuer, order: models.KeyOrder, now: datetime) -> None:
    if order.key is None:
        rotating.rotate_key(issuer=issuer, now=now, kind=kinds.Kind(order.kind))
    elif order.since is None:
        rotating.retire_key(issuer=issuer, kid=order.key.kid, now=now)
    else:
        rotating.declare_compromised(
            issuer=issuer, kid=order.key.kid, since=order.since, now=now, replace=False
        )


def _order(
    issuer: models.Issuer, actor: models.User, now: datetime, **what: Any
) -> models.KeyOrder:
    """Leave an order; the database keeps two people from leaving the same at once."""
    try:
        with transaction.atomic():
            return models.KeyOrder.objects.of(issuer).create(
                issuer=issuer, ordered_by=actor, ordered_at=now, **what
            )
    except IntegrityError as error:
        raise OrderedBefore(f"Issuer {issuer.slug}: it is ordered, and waits.") from error
