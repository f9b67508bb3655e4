"""What an award rests on: a work, a file, an account of what was seen.

Source: Open Badges 3.0 appendix B (Evidence); W3C Verifiable Credentials 2.0 section 5.3.
"""

import base64
from dataclasses import dataclass
from typing import Any

from badges.core.document import DocumentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of evidence (Open Badges 3.0, Evidence).

    Attributes:
        id: address of a page or a file, or a `data:` URI. Verifiers of Blockcerts want one.
        name: what it is called.
        narrative: what it shows, and how it came about; Markdown is allowed.
        description: more about it, in a sentence.
        genre: what kind of thing it is, such as Prose or Video.
        audience: for whom it was made.
    """

    id: str | None = None
    name: str | None = None
    narrative: str | None = None
    description: str | None = None
    genre: str | None = None
    audience: str | None = None


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    """Write an Evidence.

    Raises:
        DocumentError: it neither is anywhere nor says anything.

    Source: Open Badges 3.0 appendix B (Evidence).
    """
    members = {
        "id": evidence.id,
        "type": ["Evidence"],
        "name": evidence.name,
        "narrative": evidence.narrative,
        "description": evidence.description,
        "genre": evidence.genre,
        "audience": evidence.audience,
    }
    if not any((evidence.id, evidence.narrative, evidence.description)):
        raise DocumentError(
            "Evidence has an address, a narrative or a description.", "evidence_empty"
        )
    return {name: value for name, value in members.items() if value is not None}


def related_resource(*, url: str, digest: bytes, media_type: str) -> dict[str, str]:
    """Write a relatedResource: what a credential names is, to the byte, what it was then.

    Args:
        url: where the file is.
        digest: SHA-384 of its bytes, 48 bytes.
        media_type: of the file, such as application/pdf.

    Raises:
        DocumentError: the digest has another length.

    Source: VC Data Model 2.0 section 5.3 (digestSRI of at least sha384); Subresource Integrity.
    """
    if len(digest) != 48:  # noqa: PLR2004 - SHA-384
        raise DocumentError("The digest of a file is its SHA-384.")
    return {
        "id": url,
        "digestSRI": "sha384-" + base64.b64encode(digest).decode("ascii"),
        "mediaType": media_type,
    }
