"""What may have changed since an answer about a credential was given; everything else stays."""

from __future__ import annotations

from typing import Any

from credentials import models

_FACTS = (
    "state", "revoked_at", "revocation_reason", "suspended_at", "suspension_reason",
    "learner__name", "learner__key",
)  # fmt: skip


def facts(*, token: str) -> tuple[Any, ...] | None:
    """Return the facts that decide whether an answer still holds; None without credential.

    Its state, and whether anybody may still read it. The document, its anchor once final, and what
    the badge says never change. One query, of three tables.
    """
    # Whoever issued it: 128 random bits are the name.
    rows = models.Credential.objects.named(token=token)
    return rows.values_list(*_FACTS).first()
