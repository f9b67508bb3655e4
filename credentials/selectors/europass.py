"""The export for Europass: the facts that the document does not hold, gathered from the rows.

Source: European Learning Model 3; `credentials.core.elm`, docs/europass.md.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from badges import selectors as badges
from credentials import selectors
from credentials.core import canonical, elm, members
from credentials.selectors import naming
from issuers import selectors as issuers
from learners.core import identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from badges import models as badge_rows
    from credentials import models
    from issuers import models as issuer_rows

NotExpressible = elm.NotExpressible


def export(*, credential: models.Credential) -> dict[str, Any]:
    """Return the credential in the European Learning Model, without a seal; five queries.

    Raises:
        NotSigned, Erased: there is no document.
        NotExpressible: the model asks for something that the issuer has not told.
    """
    document = canonical.loads(selectors.opened(credential=credential).document)
    return elm.export(
        document,
        elm.Facts(
            uuid=str(credential.uuid),
            organisation=_organisation(credential.issuer),
            image=bytes(credential.achievement.image),
            learner=_learner(
                document, naming.signed_name(learner=credential.learner, document=document)
            ),
            certification=_certification(credential.achievement),
            translations=_translations(credential.achievement),
        ),
    )


def _organisation(issuer: issuer_rows.Issuer) -> elm.Organisation:
    return elm.Organisation(
        id=issuer.did,
        legal_name=issuer.legal_name or issuer.name,
        country=issuer.country,
        registration=issuer.registration,
        homepage=issuer.url or issuers.address(issuer=issuer),
        email=issuer.email,
    )


def _learner(document: Mapping[str, Any], name: str) -> str:
    """Return the name, if it is the one that was signed: of another the issuer says nothing."""
    for each in members.identity_objects(document):
        try:
            if each.get("identityType") == identity.NAME and identity.matches(name, each):
                return name
        except identity.IdentityError:
            continue
    return ""


def _certification(achievement: badge_rows.Achievement) -> elm.Certification | None:
    block = achievement.block
    if block is None:
        return None
    whole = block.certification
    return elm.Certification(
        code=whole.code,
        title=whole.title,
        level=int(whole.level) if whole.level.isascii() and whole.level.isdigit() else None,
        url=whole.url,
        block_code=block.code,
        block_title=block.title,
    )


def _translations(achievement: badge_rows.Achievement) -> dict[str, Mapping[str, Any]]:
    """Return what the badge is called in other languages, as it was published."""
    return {
        other.language: json.loads(other.document)
        for other in badges.related(achievement=achievement)
        if other.language != achievement.language and other.document
    }
