"""A badge that can be earned, as search engines and job sites read it. It is about nobody.

Source: schema.org 29, EducationalOccupationalCredential, and the types that it refers to.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from badges.serializers import words
from badges.serializers.reading import items, text
from issuers import selectors as parties

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from badges import models
    from badges.serializers.parts import Alignment, Described
    from badges.serializers.taught import Taught
    from issuers import models as issuers

CONTEXT = "https://schema.org"
_TEACHES = frozenset({"school", "training_organisation"})
# What would end the script that holds it, or begin another tag: JSON may write each as its number.
_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def linked_data(
    achievement: models.Achievement,
    document: Mapping[str, Any],
    parts: Described,
    *,
    taught: Taught | None,
) -> SafeString:
    """Return what stands in the page's script of type application/ld+json.

    Args:
        achievement: As it was published.
        document: The same, word for word.
        parts: What that says, read.
        taught: Who certifies and who teaches, where that is not simply who issues.
    """
    members = {
        "@context": CONTEXT,
        "@type": "EducationalOccupationalCredential",
        "@id": text(document.get("id")),
        "url": text(document.get("id")),
        "name": achievement.name,
        "description": achievement.description,
        "inLanguage": achievement.language,
        "image": f"{settings.PUBLIC_URL}{reverse('achievement-image', args=[achievement.uuid])}",
        "version": str(achievement.version),
        "keywords": [text(each) for each in items(document.get("tag"))],
        "credentialCategory": _category(document),
        "competencyRequired": [_term(each) for each in parts.others],
        "isPartOf": [_block(each) for each in parts.blocks],
        "recognizedBy": [_organisation(_certifier(achievement, taught))],
        "publisher": _organisation(achievement.issuer),
        "datePublished": _day(achievement.published_at),
        "validFor": f"P{achievement.validity_months}M" if achievement.validity_months else None,
        "identifier": achievement.human_code or None,
    }
    stated = {name: value for name, value in members.items() if value}
    return SafeString(json.dumps(stated, ensure_ascii=False).translate(_ESCAPES))


def _category(document: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = text(document.get("achievementType"))
    if not kind:
        return None
    return {
        "@type": "DefinedTerm",
        "name": words.word(words.ACHIEVEMENT_TYPES, kind),
        "termCode": kind,
        "inDefinedTermSet": "https://purl.imsglobal.org/spec/ob/v3p0",
    }


def _term(alignment: Alignment) -> dict[str, Any]:
    """Return what it corresponds to in a framework."""
    members = {
        "@type": "DefinedTerm",
        "name": alignment.name,
        "description": alignment.description,
        "termCode": alignment.code,
        "url": alignment.url,
        "inDefinedTermSet": alignment.framework,
    }
    return {name: value for name, value in members.items() if value}


def _block(alignment: Alignment) -> dict[str, Any]:
    """Return the *bloc de compétences* that it stands for, which is a credential of its own."""
    members = {
        "@type": "EducationalOccupationalCredential",
        "name": alignment.name,
        "description": alignment.description,
        "identifier": alignment.code,
        "url": alignment.url,
    }
    return {name: value for name, value in members.items() if value}


def _certifier(achievement: models.Achievement, taught: Taught | None) -> issuers.Issuer:
    """Return who stands for it: who certifies, else who issues."""
    certifies = taught.certificateur if taught is not None else None
    return certifies or achievement.issuer


def _organisation(issuer: issuers.Issuer) -> dict[str, Any]:
    page = parties.address(issuer=issuer)
    return {
        "@type": "EducationalOrganization" if issuer.kind in _TEACHES else "Organization",
        "@id": page,
        "name": issuer.name,
        "url": issuer.url or page,
    }


def _day(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).date().isoformat() if instant else None
