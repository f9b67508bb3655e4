"""Count what is done with public pages: how often on a day, and never by whom."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

from credentials import models

# In one statement, which finds whose it is by the token, and which two readers at once may run. Of
# who was erased nothing is counted.
_COUNT = """
INSERT INTO credentials_tally (issuer_id, credential_id, day, act, count)
SELECT c.issuer_id, c.id, %s, %s, 1 FROM credentials_credential c
WHERE c.token = %s AND c.state = 'signed' AND EXISTS (
    SELECT FROM learners_learnerkey k
    WHERE k.issuer_id = c.issuer_id AND k.learner_id = c.learner_id
)
ON CONFLICT (issuer_id, credential_id, day, act)
DO UPDATE SET count = credentials_tally.count + 1
"""


def count(*, token: str, act: str, now: datetime) -> None:
    """Count that something was done once more today; of what is not there, nothing.

    Args:
        token: Of a credential, as somebody said.
        act: One of `Tally.Act`.
        now: The instant, of which the day is kept.

    Source: ADR 30.
    """
    said = (now.astimezone(UTC).date(), str(models.Tally.Act(act)), token)
    # Whoever issued it: 128 random bits are the name.
    with models.Credential.objects.finding(token=token), connection.cursor() as cursor:
        cursor.execute(_COUNT, said)
