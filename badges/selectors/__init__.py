"""Questions about achievements."""

import uuid as uuids
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from badges import models
from badges.core import document, frameworks, parts, pictures, results
from issuers import models as issuers
from issuers import scope
from issuers import selectors as parties

T = TypeVar("T")


def address(*, achievement: models.Achievement) -> str:
    """Return the public address of an achievement, which is also its id in documents; no query."""
    return f"{settings.PUBLIC_URL}/achievements/{achievement.uuid}"


def find_published(*, uuid: uuids.UUID | str) -> models.Achievement | None:
    """Return a published or retired achievement with its issuer and block.

    A draft is nobody's business; one query.
    """
    # Whoever issues it: the uuid is the public name.
    return (
        models.Achievement.objects.named(uuid=uuid)
        .select_related("issuer", "block__certification", "unit")
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


def ever_published(*, issuer: issuers.Issuer) -> list[models.Achievement]:
    """Return every version of the issuer's badges that could ever be issued, by name; one query."""
    return list(
        models.Achievement.objects.of(issuer)
        .exclude(state=models.Achievement.State.DRAFT)
        .only("uuid", "slug", "name", "version", "language", "state", "is_sample", "issuer_id")
        .order_by("name", "language", "-id")
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
    certified = achievement.habilitation
    if certified is not None:
        mapped.insert(0, certified_alignment(certified))
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
            human_code=achievement.human_code or _code(achievement),
            field_of_study=achievement.field_of_study or None,
            specialization=achievement.specialization or None,
            creator=_creator(achievement),
            credits_available=None if worth is None else number(worth),
            identifiers=_part(achievement, "identifiers", parts.identifiers),
            result_descriptions=_written(described),
        )
    )


def certified_alignment(habilitation: models.Habilitation) -> document.Alignment:
    """Return what a badge under habilitation corresponds to: the block, or the badge; no query.

    Raises:
        FrameworkCodeError: the code of the block is none of the RNCP.
    """
    if habilitation.block_id is not None:
        return frameworks.rncp_alignment(
            code=habilitation.code,
            title=habilitation.title,
            url=habilitation.url or None,
            description=habilitation.whole,
        )
    return document.Alignment(
        target_name=habilitation.title,
        target_url=habilitation.url,
        target_code=habilitation.code or None,
        target_type="ceterms:Credential",
    )


def _code(achievement: models.Achievement) -> str | None:
    if achievement.habilitation is not None:
        return achievement.habilitation.code or None
    return achievement.block.code if achievement.block is not None else None


def _creator(achievement: models.Achievement) -> Mapping[str, Any] | None:
    """Return who conceived a badge: who certifies, where that is not who issues it."""
    if achievement.certificateur is not None:
        return parties.profile(issuer=achievement.certificateur)
    return _part(achievement, "creator", parts.profile)


# -- Partnerships ----------------------------------------------------------------------------------


def partnerships_of(*, issuer: issuers.Issuer) -> list[models.Partnership]:
    """Return what a certifying body proposed, newest first, with what it names; two queries."""
    return list(
        models.Partnership.objects.of(issuer)
        .select_related("partner")
        .defer("partner__logo")
        .prefetch_related(Prefetch("habilitations", _named(models.Habilitation.objects.of(issuer))))
        .order_by("-proposed_at", "-id")
    )


def partnerships_with(*, partner: issuers.Issuer) -> list[models.Partnership]:
    """Return what was proposed to a training organisation, newest first; two queries."""
    # The certifying bodies' rows, which are shared with their partner.
    named = models.Habilitation.objects.shared_with(partner)
    return list(
        models.Partnership.objects.shared_with(partner)
        .select_related("issuer")
        .defer("issuer__logo")
        .prefetch_related(Prefetch("habilitations", _named(named)))
        .order_by("-proposed_at", "-id")
    )


def find_partnership(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> models.Partnership | None:
    """Return a partnership of an organisation, whichever side it is on; at most four queries."""
    sides = (*partnerships_of(issuer=issuer), *partnerships_with(partner=issuer))
    return next((each for each in sides if each.uuid == uuid), None)


def standing_habilitations(*, partner: issuers.Issuer, day: date) -> list[models.Habilitation]:
    """Return what a training organisation may issue badges for on a day; two queries."""
    return [
        habilitation
        for partnership in partnerships_with(partner=partner)
        if is_standing(partnership, day)
        for habilitation in partnership.habilitations.all()
    ]


def partnership_of(*, achievement: models.Achievement) -> models.Partnership | None:
    """Return under which partnership a badge is issued; one query, none where there is none."""
    if achievement.habilitation_id is None:
        return None
    # The certifying body's row, which is shared with who issues the badge.
    return (
        models.Partnership.objects.shared_with(achievement.issuer_id)
        .filter(habilitations=achievement.habilitation_id)
        .select_related("issuer")
        .defer("issuer__logo")
        .first()
    )


def is_standing(partnership: models.Partnership, day: date) -> bool:
    """Say whether a partnership lets its partner issue on a day; no query."""
    ended = partnership.ended_at
    return (
        partnership.accepted_at is not None
        and partnership.start_date <= day
        and (partnership.end_date is None or day <= partnership.end_date)
        and (ended is None or day < ended.astimezone(UTC).date())
    )


def issued_under(*, partnership: models.Partnership) -> list[models.Achievement]:
    """Return the partner's published badges under a partnership: they are public; one query."""
    with scope.outside():  # the partner's rows, which everybody may read
        return list(
            models.Achievement.objects.of(partnership.partner_id)
            .filter(habilitation__partnership=partnership)
            .exclude(state=models.Achievement.State.DRAFT)
            .only("uuid", "name", "state", "version", "issuer_id")
            .order_by("name", "id")
        )


def _named(rows: QuerySet[models.Habilitation]) -> QuerySet[models.Habilitation]:
    return rows.order_by("code", "title", "id")


def blocks(*, issuer: issuers.Issuer) -> list[models.CompetencyBlock]:
    """Return the blocks that an organisation described, with their certifications; one query."""
    return list(
        models.CompetencyBlock.objects.of(issuer)
        .select_related("certification")
        .order_by("certification__code", "code")
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
