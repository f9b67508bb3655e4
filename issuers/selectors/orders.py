"""Questions about what was ordered for an organisation's keys."""

from issuers import models


def key_orders(*, issuer: models.Issuer, ended: int) -> list[models.KeyOrder]:
    """Return the orders that wait and those that ended last, newest first; two queries.

    Args:
        issuer: Whose.
        ended: How many of those that ended.
    """
    rows = models.KeyOrder.objects.of(issuer).select_related("key", "ordered_by").order_by("-pk")
    state = models.KeyOrder.State.WAITING
    return [*rows.filter(state=state), *rows.exclude(state=state)[:ended]]


def find_key_order(*, issuer: models.Issuer, pk: int) -> models.KeyOrder | None:
    """Return an order of the issuer's by its number; one query."""
    rows = models.KeyOrder.objects.of(issuer).select_related("key", "ordered_by")
    return rows.filter(pk=pk).first()
