"""What may have changed since an answer about a credential was given; everything else stays."""

from __future__ import annotations

from typing import Any

from django.db import connection

from credentials import models

# A function of the database's, which then plans it once: to make a query of Django's takes longer
# than to answer it, and so does planning.
_FACTS = "SELECT * FROM credentials_facts(%s)"


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
