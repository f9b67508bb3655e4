"""An Open Badges 2.0 Assertion in the words of a credential, so that one page can show both.

Nothing is decided here, and nothing signed: this is for readers only.

Source: Open Badges 3.0 appendix "Comparison with Open Badges 2.0".
"""

from collections.abc import Mapping
from typing import Any

from credentials.core.verification2 import Material


def as_credential(assertion: Mapping[str, Any], material: Material) -> dict[str, Any]:
    """Return what an Assertion says, under the names of Open Badges 3.0.

    Args:
        assertion: of anybody; any member may be anything.
        material: the BadgeClass and the Issuer, where they could be had.
    """
    badge = _object(material.badge) or _object(assertion.get("badge"))
    issuer = _object(material.issuer) or _object(badge.get("issuer"))
    criteria = badge.get("criteria")
    return {
        "id": assertion.get("id"),
        "type": assertion.get("type"),
        "@context": assertion.get("@context"),
        "issuer": {
            "id": issuer.get("id") or badge.get("issuer"),
            "name": issuer.get("name"),
            "url": issuer.get("url"),
        },
        "validFrom": assertion.get("issuedOn"),
        "validUntil": assertion.get("expires"),
        "credentialSubject": {
            "achievement": {
                "id": badge.get("id"),
                "name": badge.get("name"),
                "description": badge.get("description"),
                "criteria": {"id": criteria} if isinstance(criteria, str) else criteria,
                "image": badge.get("image"),
                "tag": badge.get("tags"),
                "alignment": badge.get("alignment"),
                "inLanguage": badge.get("@language"),
            }
        },
    }


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
