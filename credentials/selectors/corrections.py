"""Questions about corrections: what replaced a credential, and what one replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from badges import selectors as catalogue
from badges.core import retelling
from credentials import models, selectors
from credentials.core import canonical
from issuers import models as issuers
from issuers import scope

# A chain that is longer was made to be long.
LONGEST = 100
# It begins with SELECT: whatever else might write, and who is at work would be told with it.
_NEWEST = """
SELECT token, signed_at FROM (
    WITH RECURSIVE later AS (
        SELECT id, token, signed_at, 1 AS place FROM credentials_credential
        WHERE issuer_id = %(issuer)s AND corrects_id = %(credential)s AND state = 'signed'
        UNION ALL
        SELECT next.id, next.token, next.signed_at, later.place + 1
        FROM later JOIN credentials_credential AS next
            ON next.issuer_id = %(issuer)s AND next.corrects_id = later.id
                AND next.state = 'signed'
        WHERE later.place < %(longest)s
    )
    SELECT token, signed_at, place FROM later
) AS chain ORDER BY place DESC LIMIT 1
"""
# Each correction, and the list that what it corrects in the end came with: a correction comes with
# none, and may be corrected itself.
LISTS = f"""
SELECT id, intake_id FROM (
    WITH RECURSIVE before AS (
        SELECT id, corrects_id AS earlier, 1 AS place FROM credentials_credential
        WHERE issuer_id = %(issuer)s AND corrects_id IS NOT NULL
        UNION ALL
        SELECT before.id, one.corrects_id, before.place + 1
        FROM before JOIN credentials_credential AS one
            ON one.id = before.earlier AND one.issuer_id = %(issuer)s
        WHERE one.corrects_id IS NOT NULL AND before.place < {LONGEST}
    )
    SELECT before.id, first.intake_id
    FROM before JOIN credentials_credential AS first
        ON first.id = before.earlier AND first.issuer_id = %(issuer)s
    WHERE first.intake_id IS NOT NULL
) AS corrections
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Correction:
    """The newest of what replaced a credential, one after the other.

    Attributes:
        token: Of its page.
        signed_at: Since when it is there.
    """

    token: str
    signed_at: datetime

    @property
    def address(self) -> str:
        """Return where it is, which is also its id."""
        return selectors.address(token=self.token)


def newest_correction(*, credential: models.Credential) -> Correction | None:
    """Return what replaced a credential in the end; None where nothing did.

    Only what was revoked was replaced; one query then, and none for all others.
    """
    if not credential.is_revoked:
        return None
    said = {"issuer": credential.issuer_id, "credential": credential.pk, "longest": LONGEST}
    with scope.inside(credential.issuer_id), connection.cursor() as cursor:
        cursor.execute(_NEWEST, said)
        found = cursor.fetchone()
    return None if found is None else Correction(*found)


def direct_correction(*, credential: models.Credential) -> models.Credential | None:
    """Return what corrects a credential, signed or not; None where nothing does; one query."""
    rows = models.Credential.objects.of(credential.issuer_id).filter(corrects=credential)
    return rows.only("uuid", "token", "state", "issuer_id", "preparation_id").first()


def corrected(*, credential: models.Credential) -> models.Credential | None:
    """Return what a credential corrects; None where nothing; at most one query."""
    if credential.corrects_id is None:
        return None
    rows = models.Credential.objects.of(credential.issuer_id).filter(pk=credential.corrects_id)
    return rows.only("uuid", "token", "state", "issuer_id").first()


def of_lists(*, issuer: issuers.Issuer, intake_ids: Sequence[int]) -> list[int]:
    """Return the keys of what corrects anything that came with these lists; one query."""
    if not intake_ids:
        return []
    said: dict[str, Any] = {"issuer": issuer.pk, "lists": list(intake_ids)}
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(f"{LISTS} WHERE intake_id = ANY(%(lists)s)", said)
        return [pk for pk, _intake in cursor.fetchall()]


def came_with(*, credential: models.Credential) -> models.Intake | None:
    """Return the list that a credential came with, or what it corrects in the end; None for none.

    No query, or two for a correction.
    """
    if credential.corrects_id is None:
        return credential.intake
    said = {"issuer": credential.issuer_id, "one": credential.pk}
    with scope.inside(credential.issuer_id), connection.cursor() as cursor:
        cursor.execute(f"{LISTS} WHERE id = %(one)s", said)
        found = cursor.fetchone()
    rows = models.Intake.objects.of(credential.issuer_id).select_related("cohort")
    rows = rows.only("uuid", "name", "issuer_id", "cohort__uuid", "cohort__name")
    return rows.filter(pk=found[1]).first() if found is not None else None


def told_details(*, credential: models.Credential) -> dict[str, object]:
    """Return what a signed credential says of its award, besides who, what and when.

    In the form in which an award takes it; two queries.

    Raises:
        NotSigned, Erased: there is no document to read it in.
    """
    document = canonical.loads(selectors.opened(credential=credential).document)
    return retelling.told(document, address=catalogue.address(achievement=credential.achievement))
