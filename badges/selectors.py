"""Questions about achievements."""

import uuid as uuids
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Q

from badges import models
from badges.core import document, frameworks, parts, pictures, results
from issuers import models as issuers

T = TypeVar("T")


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
        .defer("image", "drawing", "document")
        .order_by("name", "id")
    )


def frozen(*, issuer: issuers.Issuer, ids: Iterable[int]) -> list[models.Achievement]:
    """Return achievements of an issuer with the documents they were frozen as; one query."""
    return list(
        models.Achievement.objects.of(issuer)
        .defer("image", "drawing")
        .filter(pk__in=set(ids))
        .order_by("id")
    )


def blocks_of(
    *, issuer: issuers.Issuer, certification_ids: Iterable[int]
) -> list[models.CompetencyBlock]:
    """Return every block that the issuer describes of these certifications; one query.

    In the order of the certifications' and of the blocks' codes.
    """
    return list(
        models.CompetencyBlock.objects.of(issuer)
        .select_related("certification")
        .filter(certification__in=set(certification_ids))
        .order_by("certification__code", "code")
    )


def family(*, achievement: models.Achievement) -> int:
    """Return what all versions of a badge in all its languages have in common; at most two queries.

    The row of the first version of the badge that was there first.
    """
    first = achievement.translates or achievement
    return (
        models.Achievement.objects.of(first.issuer_id)
        .filter(slug=first.slug)
        .order_by("version")
        .values_list("pk", flat=True)[0]
    )


def alignments(*, achievement: models.Achievement) -> list[document.Alignment]:
    """Return what the issuer mapped an achievement to, without its block; one query."""
    return [
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


def result_descriptions(
    *, achievement: models.Achievement
) -> tuple[results.ResultDescription, ...]:
    """Return the results that an achievement can have; no query.

    Raises:
        DocumentError: what is in the row cannot be read; `where` begins with the column.
    """
    return _part(achievement, "result_descriptions", parts.result_descriptions)


def related(
    *, achievement: models.Achievement, beside: Sequence[models.Achievement] = ()
) -> list[models.Achievement]:
    """Return the version before this one, and this badge in other languages; three queries.

    Args:
        achievement: Draft, published or retired.
        beside: Drafts that are published together with it.
    """
    rows = models.Achievement.objects.of(achievement.issuer_id).exclude(
        state=models.Achievement.State.DRAFT
    )
    rows = rows.defer("image", "drawing", "document").order_by("-version")
    before = rows.filter(slug=achievement.slug, version__lt=achievement.version).first()
    root = family(achievement=achievement)
    first = models.Achievement.objects.of(achievement.issuer_id).only("slug").get(pk=root)
    others: dict[str, models.Achievement] = {}
    for other in [
        *(one for one in beside if one.pk != achievement.pk),
        *rows.filter(Q(slug=first.slug) | Q(translates__slug=first.slug)).exclude(
            slug=achievement.slug
        ),
    ]:
        others.setdefault(other.slug, other)
    found = [] if before is None else [before]
    return [*found, *(others[slug] for slug in sorted(others))]


def achievement_document(
    *, achievement: models.Achievement, beside: Sequence[models.Achievement] = ()
) -> dict[str, object]:
    """Return the Open Badges Achievement built from the row; five queries.

    When it is drafted, to see that it can be, and when it is published.

    Args:
        achievement: The row.
        beside: Drafts that are published together with it.

    Raises:
        DocumentError, FrameworkCodeError, NonConformant: it cannot be written.
    """
    mapped = alignments(achievement=achievement)
    block = achievement.block
    if block is not None:
        mapped.insert(
            0,
            frameworks.rncp_alignment(
                code=block.code,
                title=block.title,
                url=block.certification.url or None,
                description=f"{block.certification.code} {block.certification.title}",
            ),
        )
    own = address(achievement=achievement)
    described = result_descriptions(achievement=achievement)
    worth = achievement.credits_available
    return document.achievement_document(
        document.Achievement(
            id=own,
            name=achievement.name,
            description=achievement.description,
            criteria_narrative=achievement.criteria,
            criteria_id=achievement.criteria_url or None,
            achievement_type=achievement.achievement_type,
            image=f"{own}/image.png",
            image_caption=achievement.image_caption or None,
            tags=tuple(achievement.tags),
            in_language=achievement.language,
            version=str(achievement.version),
            alignments=tuple(mapped),
            related=tuple(
                document.Related(
                    id=address(achievement=other),
                    in_language=other.language,
                    version=str(other.version),
                )
                for other in related(achievement=achievement, beside=beside)
            ),
            human_code=achievement.human_code or (block.code if block is not None else None),
            field_of_study=achievement.field_of_study or None,
            specialization=achievement.specialization or None,
            creator=_part(achievement, "creator", parts.profile),
            credits_available=None if worth is None else number(worth),
            identifiers=_part(achievement, "identifiers", parts.identifiers),
            result_descriptions=_written(described),
        )
    )


def number(value: Decimal) -> float:
    """Return a number as JSON writes it: whole where it is."""
    return int(value) if value == value.to_integral_value() else float(value)


def _written(described: Sequence[results.ResultDescription]) -> list[dict[str, Any]]:
    written = []
    for at, each in enumerate(described):
        with parts.placed(f"result_descriptions/{at}"):
            written.append(results.result_description_document(each))
    return written


def _part(achievement: models.Achievement, column: str, read: Callable[..., T]) -> T:
    """Read a column of JSON; a refusal says which."""
    bound = {"address": address(achievement=achievement)} if column.startswith("result") else {}
    with parts.placed(column):
        return read(getattr(achievement, column), **bound)


def drawing(*, achievement: models.Achievement) -> bytes:
    """Return the badge image as SVG: as it was drawn, or around the PNG; no query."""
    if achievement.drawing is not None:
        return bytes(achievement.drawing)
    return pictures.as_svg(bytes(achievement.image), title=achievement.name)
