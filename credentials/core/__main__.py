"""The process in which a stranger's document is verified: a request on stdin, a report on stdout.

`credentials.services.isolation` starts it, limits it, and kills it where a document is made to take
for ever. The request is trusted, because only that parent writes it; the answer is not, because a
stranger's document was at work here, so it is plain JSON (RFC 8259) and read strictly.
"""

import json
import pickle
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from credentials.core import endorsements, verification

# The answer must fit what its reader takes, whatever a document wants repeated in a message.
MAX_DETAIL = 500


def answer(request: bytes) -> bytes:
    """Make the report that a request asks for.

    Args:
        request: A pickled tuple of what `verification.verify` takes: document, material, now. Or a
            list of pairs of document and material, None, now: the badges of a transcript.

    Returns:
        JSON with one object for each check, in order, and one for each endorsement; a detail takes
        at most MAX_DETAIL characters. Of several documents, `reports` with one such object each.
    """
    document, material, now = pickle.loads(request)  # noqa: S301 - our own parent wrote it
    if isinstance(document, list):
        reports = [_report(each, its_own, now) for each, its_own in document]
        return json.dumps({"reports": reports}).encode()
    return json.dumps(_report(document, material, now)).encode()


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


if __name__ == "__main__":
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
