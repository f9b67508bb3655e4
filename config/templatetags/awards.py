"""How often badges were issued, on pages of badges, which know no credential.

As with endorsements, only here, on the roof, both are in sight.
"""

from collections.abc import Iterable, Mapping

from django import template

from badges.selectors.designs import Design
from credentials.selectors import listing
from issuers import models as issuers

register = template.Library()


@register.simple_tag
def awards(issuer: issuers.Issuer, designs: Iterable[Design]) -> Mapping[int, int]:
    """Return how many credentials were signed of each row of these badges; one query."""
    ids = [row.pk for design in designs for row in design.rows]
    return listing.issued(issuer=issuer, achievement_ids=ids)


@register.filter
def of_all(many: Mapping[int, int], design: Design) -> int:
    """Return how many there are of a badge in all its versions and languages."""
    return sum(many.get(row.pk, 0) for row in design.rows)


@register.filter
def of_row(many: Mapping[int, int], pk: int) -> int:
    """Return how many there are of one version in one language."""
    return many.get(pk, 0)
