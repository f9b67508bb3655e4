"""Show what will be signed before it is: by the writer that writes what is signed."""

import uuid as uuids
from datetime import datetime
from typing import Any

from badges import models as badges
from badges import selectors as catalogue
from credentials import models, selectors
from credentials.services import writing
from credentials.services.issuing import months_later
from issuers import models as parties
from issuers import selectors as issuers
from learners import selectors as learners


def preview(*, credential: models.Credential) -> dict[str, Any]:
    """Return the document of an award that is not signed yet.

    Its status and its proof are added when it is signed; the salts of the learner's hashes are
    drawn anew then.

    Args:
        credential: With its issuer and its badge.

    Raises:
        learners.selectors.Erased: the learner was erased; nothing will be signed.
        DocumentError: what the award says can no longer be written; names where.
    """
    issuer = credential.issuer
    people = learners.people(issuer_id=issuer.pk, learner_ids=[credential.learner_id])
    if credential.learner_id not in people:
        raise learners.Erased("The learner was erased before the credential was signed.")
    columns = {field: getattr(credential, field) for field in writing.Due._fields}
    return _written(
        issuer, credential.achievement, writing.Due(**columns), people[credential.learner_id]
    )


def preview_award(
    *,
    issuer: parties.Issuer,
    achievement: badges.Achievement,
    name: str,
    email: str,
    valid_from: datetime,
    valid_until: datetime | None,
) -> dict[str, Any]:
    """Return the document of an award that is not recorded yet; its address is an example.

    Args:
        issuer: Who will issue.
        achievement: What was earned; published.
        name: Of the learner, who need not be one yet.
        email: Of the learner.
        valid_from: From when it is valid.
        valid_until: Until when; None takes the validity of the achievement.

    Raises:
        DocumentError: it cannot be written.
    """
    if valid_until is None and achievement.validity_months is not None:
        valid_until = months_later(valid_from, achievement.validity_months)
    due = writing.Due(
        id=0, uuid=uuids.uuid4(), token="x" * 22, achievement_id=achievement.pk, learner_id=0,
        valid_from=valid_from, valid_until=valid_until, details=None, status_list_id=None,
        status_index=None, suspension_list_id=None, suspension_index=None,
    )  # fmt: skip
    return _written(issuer, achievement, due, learners.Person(name, email, b""))


def _written(
    issuer: parties.Issuer,
    achievement: badges.Achievement,
    due: writing.Due,
    person: learners.Person,
) -> dict[str, Any]:
    writer = writing.Writer(
        issuer=issuer,
        achievement=achievement,
        profile=issuers.profile(issuer=issuer),
        endorsements=selectors.embedded_endorsements(
            issuer=issuer, subjects=[catalogue.address(achievement=achievement), issuer.did]
        ),
        status_lists={},
    )
    return writer.write(due, person=person, status=())
