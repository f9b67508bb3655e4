"""Ask 1EdTech's `openbadges` what it thinks of Open Badges 2.0, without a network.

It runs under an interpreter of its own (`openbadges2.sh` makes it): its dependencies are of 2018.

Standard input: {now, documents: {address: document}, pictures: [address], email, ask: {name: {text}
or {image}, with an email of its own or without}}, an image being base64. A document that is revoked
is served with the status 410.
Standard output: {name: {valid, errors, warnings, version, recipient}}.
"""

# mypy: ignore-errors
# ruff: noqa: E402 - its world is mended before it is imported
import base64
import collections
import collections.abc
import io
import json
import sys
from datetime import datetime

for name in ("Mapping", "MutableMapping", "Sequence", "Iterable", "Callable", "Set", "MutableSet"):
    setattr(collections, name, getattr(collections.abc, name))

import requests
from openbadges import verifier
from openbadges.verifier import openbadges_context
from openbadges.verifier.tasks import validation

QUESTION = json.load(sys.stdin)
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
DOCUMENTS = {
    **QUESTION["documents"],
    "https://w3id.org/openbadges/v2": openbadges_context.OPENBADGES_CONTEXT_V2_DICT,
}


class Clock(datetime):
    """Its clock, that stands still."""

    @classmethod
    def now(cls, tz=None):
        return datetime.fromisoformat(QUESTION["now"]).astimezone(tz)


def send(session, request, **options):
    """Serve what the question holds; nothing else is there."""
    response = requests.Response()
    response.url, response.request, response.encoding = request.url, request, "utf-8"
    document = DOCUMENTS.get(request.url)
    if request.url in QUESTION["pictures"]:
        response.status_code, response._content = 200, PICTURE
        response.headers["Content-Type"] = "image/png"
    elif document is not None:
        response.status_code = 410 if document.get("revoked") else 200
        response._content = json.dumps(document).encode()
        response.headers["Content-Type"] = "application/ld+json"
    else:
        response.status_code, response._content = 404, b"offline: not in the question"
    response.raw = io.BytesIO(response._content)
    return response


def ask(text=None, image=None, email=QUESTION["email"]):
    """Verify one badge, for the person that it is asked about."""
    given = text if image is None else io.BytesIO(base64.b64decode(image))
    person = {"id": "_:holder", "email": email}
    report = verifier.verify(given, recipient_profile=person, use_cache=False, cache_backend=None)[
        "report"
    ]
    said = [(one["messageLevel"], f"{one['name']}: {one['result']}") for one in report["messages"]]
    return {
        "valid": report["valid"],
        "errors": [text for level, text in said if level == "ERROR"],
        "warnings": [text for level, text in said if level == "WARNING"],
        "version": report.get("openBadgesVersion"),
        "recipient": (report.get("recipientProfile") or {}).get("email"),
    }


requests.Session.send = send
validation.datetime = Clock
json.dump({name: ask(**each) for name, each in QUESTION["ask"].items()}, sys.stdout)
