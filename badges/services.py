"""Verbs on achievements: draft, publish, retire.

And the frame of certifications and blocks around them.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from badges import models, selectors
from issuers import models as issuers

MAX_IMAGE_BYTES = 2_000_000


class WrongState(Exception):  # noqa: N818 - it says what is wrong
    """The achievement is not in the state that the verb needs."""


@transaction.atomic
def describe_block(
    *, issuer: issuers.Issuer, certification: dict[str, str], code: str, title: str
) -> models.CompetencyBlock:
    """Record a competency block and its certification; what is there already is kept.

    Args:
        issuer: Whose reference it is.
        certification: code, title, level and url of the certification.
        code: The official code of the block, for instance RNCP38596BC02.
        title: Its title, word for word as registered.

    Source: art. L6113-1 code du travail.
    """
    whole, _created = models.Certification.objects.of(issuer).get_or_create(
        issuer=issuer, code=certification["code"], defaults=certification
    )
    block, _created = models.CompetencyBlock.objects.of(issuer).get_or_create(
        issuer=issuer, code=code, defaults={"certification": whole, "title": title}
    )
    return block


@transaction.atomic
def draft(
    *,
    issuer: issuers.Issuer,
    slug: str,
    image: bytes,
    now: datetime,
    alignments: Sequence[dict[str, str]] = (),
    **fields: object,
) -> models.Achievement:
    """Draft an achievement; nothing of it is public yet.

    Args:
        issuer: Who will issue it.
        slug: Short name, unique within the issuer and version.
        image: The badge image, PNG, at most 2 MB.
        now: The instant of drafting.
        alignments: Columns of Alignment, one mapping each.
        fields: Further columns of Achievement (name, description, criteria, language, tags, block,
            ...).

    Raises:
        ValidationError: a field is missing or malformed; names it.
    """
    if not image.startswith(b"\x89PNG\r\n\x1a\n") or len(image) > MAX_IMAGE_BYTES:
        raise ValidationError({"image": _("The image must be a PNG of at most 2 MB.")})
    achievement = models.Achievement(
        issuer=issuer, slug=slug, image=image, created_at=now, **fields
    )
    achievement.clean_fields(exclude=["document"])
    achievement.save(force_insert=True)
    models.Alignment.objects.of(issuer).bulk_create(
        [
            models.Alignment(issuer=issuer, achievement=achievement, **alignment)
            for alignment in alignments
        ]
    )
    return achievement


@transaction.atomic
def publish(
    *, issuer: issuers.Issuer, achievement: models.Achievement, now: datetime
) -> models.Achievement:
    """Freeze the achievement's document; from now on credentials may be issued for it.

    And it never changes.

    Raises:
        WrongState: it is not a draft.
    """
    text = json.dumps(
        selectors.achievement_document(achievement=achievement),
        ensure_ascii=False,
        separators=(",", ":"),
    )
    moved = (
        models.Achievement.objects.of(issuer)
        .filter(pk=achievement.pk, state=models.Achievement.State.DRAFT)
        .update(state=models.Achievement.State.PUBLISHED, document=text, published_at=now)
    )
    if moved != 1:
        raise WrongState(f"Achievement {achievement.uuid} is not a draft.")
    achievement.refresh_from_db()
    return achievement


@transaction.atomic
def retire(*, issuer: issuers.Issuer, achievement: models.Achievement, now: datetime) -> None:
    """Take the achievement off the list of what can be earned; credentials issued for it stand.

    Raises:
        WrongState: it is not published.
    """
    moved = (
        models.Achievement.objects.of(issuer)
        .filter(pk=achievement.pk, state=models.Achievement.State.PUBLISHED)
        .update(state=models.Achievement.State.RETIRED, retired_at=now)
    )
    if moved != 1:
        raise WrongState(f"Achievement {achievement.uuid} is not published.")
