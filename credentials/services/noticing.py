"""Let learners be told by e-mail what was done to their badges. A worker sends it (telling)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from credentials import models
from issuers import models as issuers
from issuers import scope

Kind = models.Message.Kind
_NOTICE = """
INSERT INTO credentials_message
    (issuer_id, credential_id, learner_id, kind, asked_at, asked_by_id, due_at)
SELECT issuer_id, id, learner_id, %(kind)s, %(now)s, %(actor)s, %(now)s
FROM credentials_credential AS done
WHERE issuer_id = %(issuer)s AND id = ANY(%(keys)s)
    AND EXISTS (SELECT FROM learners_learnerkey AS key WHERE key.learner_id = done.learner_id)
"""


def notice(
    *,
    issuer: issuers.Issuer,
    keys: Sequence[int],
    kind: str,
    actor: issuers.User | None,
    now: datetime,
) -> None:
    """Let the learners of some credentials be told what was done to these; one statement.

    Within the transaction that does it. Whoever was erased is not written to.

    Args:
        issuer: Whose credentials they are.
        keys: Of the credentials.
        kind: What was done: one of `Message.Kind`.
        actor: Who did it.
        now: The instant.
    """
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(
            _NOTICE,
            {
                "issuer": issuer.pk, "keys": list(keys), "kind": str(kind), "now": now,
                "actor": actor.pk if actor is not None else None,
            },
        )  # fmt: skip
