"""Our own rows behind what somebody hands over: found by the id that a document bears."""

from collections.abc import Mapping
from typing import Any

from credentials import models, selectors
from credentials.core.disclosure import checks as disclosure
from credentials.selectors import disclosure as disclosures
from credentials.selectors import transcripts
from credentials.services import gathering


def credential(document: Mapping[str, Any]) -> tuple[models.Credential, selectors.Opened] | None:
    """Return our row of which the document bears the id, opened, if it is signed and readable."""
    name = document.get("id")
    if not isinstance(name, str):
        return None
    if disclosure.is_derived(document):
        found = disclosures.find_whole(name=name)
    else:
        match = gathering.OUR_CREDENTIAL.match(gathering.our_path(name) or "")
        found = selectors.find_by_token(token=match[1]) if match else None
    if found is None or found.sealed is None:
        return None
    try:
        return found, selectors.opened(credential=found)
    except selectors.Erased:
        return None


def transcript(
    document: Mapping[str, Any],
) -> tuple[models.Transcript, selectors.Opened] | None:
    """Return our row of which the transcript bears the id, opened, if that can be done."""
    name = document.get("id")
    path = gathering.our_path(name) if isinstance(name, str) else None
    match = gathering.OUR_TRANSCRIPT.match(path or "")
    found = transcripts.find_by_token(token=match[1]) if match else None
    if found is None or found.sealed is None:
        return None
    try:
        return found, transcripts.opened(transcript=found)
    except selectors.Erased:
        return None
