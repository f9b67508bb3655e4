"""Show what will be signed before it is: the same document, but for what only signing adds."""

import json
import secrets
from typing import Any

from badges.core import document as documents
from credentials import models, selectors
from credentials.services import details
from issuers import selectors as issuers
from learners import selectors as learners
from learners.core import identity


def preview(*, credential: models.Credential) -> dict[str, Any]:
    """Return the document of an award that is not signed yet.

    Its status, its proof and what others say of the issuer are added when it is signed; the salts
    of the learner's hashes are drawn anew then.

    Args:
        credential: With its issuer, its badge and its learner.

    Raises:
        learners.selectors.Erased: the learner was erased; nothing will be signed.
        DocumentError: what the award says can no longer be written; names where.
    """
    data_key = learners.data_key(learner=credential.learner)
    values = selectors.waiting_details(credential=credential, data_key=data_key)
    more = details.NOTHING
    if values is not None:
        reader = details.Reader(issuer=credential.issuer, achievement=credential.achievement)
        more = reader.read(values)
    achievement = json.loads(credential.achievement.document)
    person = (("emailAddress", credential.learner.email), ("name", credential.learner.name))
    return documents.open_badge_credential(
        id=selectors.address(token=credential.token),
        issuer=issuers.profile(issuer=credential.issuer),
        achievement=achievement,
        identifiers=[
            identity.identity_object(
                identity_type=kind, value=value, salt=secrets.token_urlsafe(16)
            )
            for kind, value in person
        ],
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
        name=achievement["name"],
        subject=more.said.subject,
        evidence=more.said.evidence,
        awarded_at=more.said.awarded_at,
        related_resources=more.resources,
    )
