"""Show what will be signed before it is: by the writer that writes what is signed."""

from dataclasses import fields
from typing import Any

from badges import selectors as catalogue
from credentials import models, selectors
from credentials.services import writing
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
    issuer, achievement = credential.issuer, credential.achievement
    people = learners.people(issuer_id=issuer.pk, learner_ids=[credential.learner_id])
    if credential.learner_id not in people:
        raise learners.Erased("The learner was erased before the credential was signed.")
    writer = writing.Writer(
        issuer=issuer,
        achievement=achievement,
        profile=issuers.profile(issuer=issuer),
        endorsements=selectors.embedded_endorsements(
            issuer=issuer, subjects=[catalogue.address(achievement=achievement), issuer.did]
        ),
        status_lists={},
    )
    columns = {field.name: getattr(credential, field.name) for field in fields(writing.Due)}
    return writer.write(writing.Due(**columns), person=people[credential.learner_id], status=())
