"""What is done in the process in which a stranger's document is verified: a request, a report.

`credentials.services.isolation` has it made, limited, and killed where a document is made to take
for ever. The request is trusted, because only that parent writes it; the answer is not, because a
stranger's document was at work here, so it is plain JSON (RFC 8259) and read strictly.
"""

import json
import pickle
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from credentials.core import contexts, endorsements, rdf, verification

# The answer must fit what its reader takes, whatever a document wants repeated in a message.
MAX_DETAIL = 500


def answer(request: bytes) -> bytes:
    """Make the report that a request asks for.

    Args:
        request: A pickled tuple of what `verification.verify` takes: document, material, now. Or a
            list of pairs of document and material, None, now: the badges of a transcript. Or a
            PDF, None, None.

    Returns:
        JSON with one object for each check, in order, and one for each endorsement; a detail takes
        at most MAX_DETAIL characters. Of several documents, `reports` with one such object each. Of
        a PDF, `text`: the badge in it; or `reason`: why there is none.
    """
    document, material, now = pickle.loads(request)  # noqa: S301 - our own parent wrote it
    if isinstance(document, bytes):
        return json.dumps(_attached(document)).encode()
    if isinstance(document, list):
        reports = [_report(each, its_own, now) for each, its_own in document]
        return json.dumps({"reports": reports}).encode()
    return json.dumps(_report(document, material, now)).encode()


def prepare() -> None:
    """Read the contexts and whatever else is read once, before the first document comes."""
    rdf.canonicalise(
        {
            "@context": [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_303],
            "id": "urn:uuid:00000000-0000-4000-8000-000000000000",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {"id": "did:web:acquis.example", "type": ["Profile"]},
            "validFrom": "2026-01-01T00:00:00Z",
        }
    )


def _attached(pdf: bytes) -> dict[str, str]:
    # Most documents are none, and to load what reads them takes longer than to check a badge.
    from credentials.core import attached  # noqa: PLC0415

    try:
        return {"text": attached.badge_in(pdf)}
    except attached.NoBadge as error:
        return {"reason": error.reason}


def _report(
    document: Mapping[str, Any], material: verification.Material, now: datetime
) -> dict[str, Any]:
    found = verification.verify(document, material, now)
    checks = [
        {
            "number": check.number,
            "name": check.name,
            "outcome": check.outcome.value,
            "reason": check.reason,
            "detail": {name: value[:MAX_DETAIL] for name, value in check.detail.items()},
        }
        for check in found.checks
    ]
    examined = endorsements.examine(document, material, now)
    return {"checks": checks, "endorsements": [asdict(each) for each in examined]}
