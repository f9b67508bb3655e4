"""What went wrong in the background, and still is: nobody has to look for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection

from issuers import rules, scope
from issuers.core.roles import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from issuers import models as issuers
    from issuers.selectors.members import Membership

# Nobody counts further; the page says "and more".
MOST = 100
# Of the leaves that are late, whoever's they are: each is looked up among the organisation's own.
# (OFFSET 0 keeps the planner from reading all of those instead.) Of more than that, the operator
# of the installation hears first.
LOOKED_AT = 5_000
# After that a batch should be on its chain, whatever the price of gas.
LATE = timedelta(hours=1)
# What a worker refused, an export that failed, an e-mail that came back, is news for so long.
RECENT = timedelta(days=7)

# Each stops where it knows enough, and walks an index that holds little else. Our own text.
_COUNT = "SELECT '{kind}', count(*) FROM (SELECT FROM {rows} LIMIT %(most)s) few"
_ROWS = {
    "refused": "credentials_credential WHERE issuer_id = %(issuer)s AND state = 'refused'",
    "stopped": (
        "(SELECT issuer_id, state FROM credentials_intake WHERE issuer_id = %(issuer)s"
        " ORDER BY id DESC LIMIT 500) latest WHERE state = 'stopped'"
    ),
    "keys": (
        "issuers_keyorder WHERE issuer_id = %(issuer)s AND (state = 'waiting' AND trouble <> ''"
        " OR state = 'refused' AND ended_at > %(recent)s)"
    ),
    "export": (
        "(SELECT DISTINCT ON (issuer_id) state, ordered_at FROM credentials_export"
        " WHERE issuer_id = %(issuer)s ORDER BY issuer_id, id DESC) latest"
        " WHERE state = 'failed' AND ordered_at > %(recent)s"
    ),
    "mail": (
        "((SELECT is_replaced, settled_at FROM credentials_message"
        " WHERE issuer_id = %(issuer)s AND state = 'bounced' ORDER BY id DESC LIMIT 500)"
        " UNION ALL (SELECT is_replaced, settled_at FROM credentials_message"
        " WHERE issuer_id = %(issuer)s AND state = 'failed' ORDER BY id DESC LIMIT 500)"
        " UNION ALL (SELECT is_replaced, settled_at FROM credentials_message"
        " WHERE issuer_id = %(issuer)s AND state = 'unsure' ORDER BY id DESC LIMIT 500)"
        ") latest WHERE NOT is_replaced AND settled_at > %(recent)s"
    ),
    "wishes": "credentials_wish WHERE issuer_id = %(issuer)s AND state = 'open'",
    "anchoring": (
        "(SELECT leaf FROM blockchain_commitment"
        " WHERE batch_id IS NULL AND committed_at < %(late)s"
        " UNION ALL SELECT m.leaf FROM blockchain_batch b"
        " JOIN blockchain_commitment m ON m.batch_id = b.id"
        " WHERE b.state IN ('sealed', 'signed', 'broadcast') AND b.sealed_at < %(late)s"
        " LIMIT %(looked_at)s) w"
        " WHERE EXISTS (SELECT FROM credentials_credential c"
        " WHERE c.leaf = w.leaf AND c.issuer_id = %(issuer)s OFFSET 0)"
    ),
}
_ALL = " UNION ALL ".join(_COUNT.format(kind=kind, rows=rows) for kind, rows in _ROWS.items())

# Who is shown which: those who can do something about it, or must know.
SHOWN_TO = {
    "refused": Action.SEE_LEARNERS,
    "stopped": Action.SEE_LEARNERS,
    "keys": Action.MANAGE_KEYS,
    "export": Action.EXPORT_ORGANISATION,
    "mail": Action.SEE_LEARNERS,
    "wishes": Action.SEE_LEARNERS,
    "anchoring": Action.VIEW,
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong: of which kind, and how often, MOST at most."""

    kind: str
    number: int


def troubles_for(*, member: Membership, now: datetime) -> Sequence[Trouble]:
    """Return what is wrong just now that a member can mend, or must know; one query."""
    found = troubles(issuer=member.issuer, now=now)
    return [each for each in found if rules.may(member, SHOWN_TO[each.kind])]


def troubles(*, issuer: issuers.Issuer, now: datetime) -> Sequence[Trouble]:
    """Return what is wrong for an organisation just now, one for each kind; one query."""
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(
            _ALL,
            {
                "issuer": issuer.pk,
                "most": MOST,
                "looked_at": LOOKED_AT,
                "late": now - LATE,
                "recent": now - RECENT,
            },
        )
        return [Trouble(kind, number) for kind, number in cursor.fetchall() if number]
