"""Questions about achievements."""

import uuid as uuids

from django.conf import settings

from badges import models
from badges.core import document, frameworks
from issuers import models as issuers


def address(*, achievement: models.Achievement) -> str:
    """Return the public address of an achievement, which is also its id in documents; no query."""
    return f"{settings.PUBLIC_URL}/achievements/{achievement.uuid}"


def find_published(*, uuid: uuids.UUID | str) -> models.Achievement | None:
    """Return a published or retired achievement with its issuer and block.

    A draft is nobody's business; one query.
    """
    # Across issuers: the uuid is the public name.
    return (
        models.Achievement.objects.across_issuers()
        .select_related("issuer", "block__certification")
        .filter(uuid=uuid)
        .exclude(state=models.Achievement.State.DRAFT)
        .first()
    )


def find(*, issuer: issuers.Issuer, slug: str) -> models.Achievement | None:
    """Return the newest version of an achievement by its short name; one query."""
    return (
        models.Achievement.objects.of(issuer)
        .select_related("block__certification")
        .filter(slug=slug)
        .order_by("-version")
        .first()
    )


def published_by(*, issuer: issuers.Issuer) -> list[models.Achievement]:
    """Return what can be earned from an issuer, without the images; one query."""
    return list(
        models.Achievement.objects.of(issuer)
        .filter(state=models.Achievement.State.PUBLISHED)
        .select_related("block__certification")
        .defer("image", "document")
        .order_by("name", "id")
    )


def achievement_document(*, achievement: models.Achievement) -> dict[str, object]:
    """Return the Open Badges Achievement built from the row; two queries. Used once.

    When it is published.
    """
    alignments = [
        document.Alignment(
            target_name=row.target_name,
            target_url=row.target_url,
            target_framework=row.target_framework or None,
            target_code=row.target_code or None,
            target_type=row.target_type or None,
            target_description=row.target_description or None,
        )
        for row in models.Alignment.objects.of(achievement.issuer_id)
        .filter(achievement=achievement)
        .order_by("id")
    ]
    block = achievement.block
    if block is not None:
        alignments.insert(
            0,
            frameworks.rncp_alignment(
                code=block.code,
                title=block.title,
                url=block.certification.url or None,
                description=f"{block.certification.code} {block.certification.title}",
            ),
        )
    own = address(achievement=achievement)
    return document.achievement_document(
        document.Achievement(
            id=own,
            name=achievement.name,
            description=achievement.description,
            criteria_narrative=achievement.criteria,
            achievement_type=achievement.achievement_type,
            image=f"{own}/image.png",
            tags=tuple(achievement.tags),
            in_language=achievement.language,
            version=str(achievement.version),
            alignments=tuple(alignments),
            human_code=block.code if block is not None else None,
        )
    )
