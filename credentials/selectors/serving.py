"""What pages about the badges of one organisation share.

It is kept in the process as long as one query finds it as it was.
"""

from __future__ import annotations

from collections import OrderedDict
from copy import copy
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.db import connection

from badges import models as badges
from credentials import models
from issuers import models as issuers
from issuers import scope
from issuers import selectors as parties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Badges of which that is kept: some twenty kilobytes each, and the bits of a list.
MOST = 128


@dataclass(slots=True)
class Shared:
    """What pages about credentials of one badge share.

    Attributes:
        stamp: The versions of all rows that it was read from, read before them.
        issuer: Who issues; lent out as a copy.
        achievement: What is earned; likewise, without its pictures.
        domains: What the issuer says are its domains.
        is_endorsed: Whether anybody endorsed the issuer, or anything of it.
        answers: By name, what a verification found of the issuer: its keys, its status lists.
    """

    stamp: str
    issuer: issuers.Issuer
    achievement: badges.Achievement
    domains: Sequence[issuers.Domain]
    is_endorsed: bool
    answers: Mapping[str, Any] = field(default_factory=dict)


_shared: OrderedDict[int, Shared] = OrderedDict()
_lock = Lock()


def find_with_shared(*, token: str) -> tuple[models.Credential, Shared] | None:
    """Return a credential with its learner, and what its page shares with others.

    Two queries; three more where a row changed since the last time, and the first time.
    """
    # Whoever issued it: 128 random bits are the name.
    row = (
        models.Credential.objects.named(token=token)
        .select_related("learner", "holding")
        .exclude(state=models.Credential.State.HELD)
        .first()
    )
    if row is None:
        return None
    with scope.inside(row.issuer_id):
        found = _known(row.issuer_id, row.achievement_id)
    # A copy: what a request reads beyond a row stays on the row that it has.
    row.issuer, row.achievement = copy(found.issuer), copy(found.achievement)
    row.achievement.issuer = row.issuer
    return row, found


def _known(issuer_id: int, achievement_id: int) -> Shared:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM credentials_shared(%s, %s)", [issuer_id, achievement_id])
        stamp, endorsements = cursor.fetchone()
    with _lock:
        known = _shared.get(achievement_id)
        if known is not None and (known.stamp, known.is_endorsed) == (stamp, bool(endorsements)):
            _shared.move_to_end(achievement_id)
            return known
    issuer = issuers.Issuer.objects.get(pk=issuer_id)
    achievements = badges.Achievement.objects.of(issuer_id).defer("image", "drawing", "document")
    found = Shared(
        stamp=stamp,
        issuer=issuer,
        achievement=achievements.get(pk=achievement_id),
        domains=parties.domains_of(issuer=issuer),
        is_endorsed=bool(endorsements),
    )
    with _lock:
        _shared[achievement_id] = found
        while len(_shared) > MOST:
            _shared.popitem(last=False)
    return found
