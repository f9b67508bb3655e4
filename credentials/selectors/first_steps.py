"""How far an organisation got with its first steps, told from what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from issuers import scope

if TYPE_CHECKING:
    from issuers import models as issuers

# Each stops at the first row that it finds. Our own text.
_FACTS = """
SELECT
    EXISTS (SELECT FROM badges_achievement WHERE issuer_id = %(issuer)s
        AND state <> 'draft' AND NOT is_sample),
    EXISTS (SELECT FROM credentials_intake i JOIN badges_achievement a ON a.id = i.achievement_id
        WHERE i.issuer_id = %(issuer)s AND i.name <> '' AND i.confirmed_at IS NOT NULL
        AND NOT a.is_sample),
    EXISTS (SELECT FROM learners_learner l JOIN credentials_credential c ON c.learner_id = l.id
        WHERE l.issuer_id = %(issuer)s AND l.email = %(email)s AND c.state = 'signed'),
    EXISTS (SELECT FROM issuers_invitation WHERE issuer_id = %(issuer)s
        AND withdrawn_at IS NULL)
        OR (SELECT count(*) FROM (SELECT FROM issuers_membership WHERE issuer_id = %(issuer)s
        LIMIT 2) few) > 1,
    EXISTS (SELECT FROM badges_achievement WHERE issuer_id = %(issuer)s
        AND is_sample AND state = 'published')
"""


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What was done already.

    Attributes:
        identity: The organisation has a logo, a description, a website and a contact.
        badge: It published a badge, which is no sample.
        list: A list of learners was confirmed, which is no sample.
        oneself: Whoever asks was issued a badge, and it is signed.
        colleague: Somebody else works here, or was invited.
        has_samples: There are samples to be removed.
    """

    identity: bool
    badge: bool
    list: bool
    oneself: bool
    colleague: bool
    has_samples: bool

    @property
    def is_done(self) -> bool:
        """Say whether all was done."""
        return all((self.identity, self.badge, self.list, self.oneself, self.colleague))


def first_steps(*, issuer: issuers.Issuer, email: str) -> FirstSteps:
    """Return what an organisation did of its first steps, for who has that address; one query."""
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_FACTS, {"issuer": issuer.pk, "email": email.strip().lower()})
        row = cursor.fetchone()
    if row is None:
        raise AssertionError("Facts are one row.")
    identity = issuer.logo is not None and all((issuer.description, issuer.url, issuer.email))
    return FirstSteps(identity, *row)
