"""What may have changed since an answer about a credential was given; everything else stays."""

from __future__ import annotations

from typing import Any

from django.db import connection

from credentials import models

# As it stands: to make a query of Django's takes longer than to answer it.
_FACTS = """
SELECT credential.state, credential.revoked_at, credential.revocation_reason,
    credential.suspended_at, credential.suspension_reason, learner.name, key.learner_id
FROM credentials_credential AS credential
JOIN learners_learner AS learner ON learner.id = credential.learner_id
LEFT JOIN learners_learnerkey AS key ON key.learner_id = learner.id
WHERE credential.token = %s
"""


def facts(*, token: str) -> tuple[Any, ...] | None:
    """Return the facts that decide whether an answer still holds; None without credential.

    Its state, and whether anybody may still read it. The document, its anchor once final, and what
    the badge says never change. One query, of three tables.
    """
    # Whoever issued it: 128 random bits are the name.
    with models.Credential.objects.finding(token=token), connection.cursor() as cursor:
        cursor.execute(_FACTS, [token])
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found
