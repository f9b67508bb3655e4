"""Verbs on achievements: draft, publish, revise, retire.

And the frame of certifications and blocks around them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from badges import models, selectors
from badges.core import document, frameworks, schema
from badges.services import finishing, images, partnerships
from badges.services.refusals import refused
from issuers import models as issuers
from issuers import scope

# What a new version takes over from the one before, unless it is told otherwise.
CARRIED = (
    "name", "description", "criteria", "achievement_type", "language", "tags", "validity_months",
    "block", "standing", "criteria_url", "image_caption", "human_code", "field_of_study",
    "specialization", "credits_available", "result_descriptions", "identifiers", "creator",
    "translates", "habilitation", "certificateur", "unit", "needs_evidence", "look",
    "layout", "signatory", "signatory_role",
)  # fmt: skip
Mapped = document.Alignment | Mapping[str, str]


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
    drawing: bytes | None = None,
    alignments: Sequence[Mapped] = (),
    is_unfinished: bool = False,
    **fields: Any,
) -> models.Achievement:
    """Draft an achievement; nothing of it is public yet.

    Args:
        issuer: Who will issue it.
        slug: Short name, unique within the issuer and version.
        image: The badge image, PNG, within the bounds of `pictures`; kept without what is no
            picture.
        now: The instant of drafting.
        drawing: The same image as SVG, within the bounds of `markup`; kept without what is no
            drawing.
        alignments: Mappings to frameworks: as `badges.core.frameworks` makes them, or columns of
            Alignment.
        is_unfinished: Whether texts may be missing until it is published.
        fields: Further columns of Achievement (name, description, criteria, language, tags, block,
            habilitation, unit, ...). `result_descriptions`, `identifiers` and `creator` are JSON
            values as `badges.core.parts` reads them.

    Raises:
        ValidationError: a field is missing or malformed; names it, and the remedy.
    """
    achievement = models.Achievement(
        issuer=issuer,
        slug=slug,
        image=images.picture(image),
        drawing=images.drawing(drawing),
        created_at=now,
        **fields,
    )
    return _saved(achievement, alignments, is_unfinished=is_unfinished)


@transaction.atomic
def redraft(
    *,
    issuer: issuers.Issuer,
    achievement: models.Achievement,
    now: datetime,
    image: bytes | None = None,
    drawing: bytes | None = None,
    alignments: Sequence[Mapped] | None = None,
    **changes: Any,
) -> models.Achievement:
    """Change a draft, which may still lack texts; what is published is never edited.

    Args:
        issuer: Whose draft it is.
        achievement: The draft.
        now: The instant.
        image: Another image; None keeps the one it has, and its drawing.
        drawing: The drawing of that other image; another image without one has none.
        alignments: Other alignments; None keeps those it has.
        changes: Columns of Achievement that change.

    Raises:
        WrongState: it is no draft, or another issuer's.
        ValidationError: a field is malformed; names it, and the remedy.
    """
    _require_carried(changes)
    row = (
        models.Achievement.objects.of(issuer)
        .select_for_update()  # nobody publishes it meanwhile
        .filter(pk=achievement.pk, state=models.Achievement.State.DRAFT)
        .first()
    )
    if row is None:
        raise WrongState(f"Achievement {achievement.uuid} is not a draft.")
    for name, value in changes.items():
        setattr(row, name, value)
    if image is not None:
        row.image, row.drawing = images.picture(image), images.drawing(drawing)
        row.look = changes.get("look")
    _check(row, day=now.date(), is_unfinished=True)
    with scope.inside(issuer):
        row.save(force_update=True)
    if alignments is not None:
        models.Alignment.objects.of(issuer).filter(achievement=row).delete()
        models.Alignment.objects.of(issuer).bulk_create(
            [_alignment(row, given) for given in alignments]
        )
    if not finishing.unwritten(row):
        _document(row)
    return row


@transaction.atomic
def revise(
    *,
    issuer: issuers.Issuer,
    achievement: models.Achievement,
    now: datetime,
    image: bytes | None = None,
    drawing: bytes | None = None,
    alignments: Sequence[Mapped] | None = None,
    **changes: Any,
) -> models.Achievement:
    """Draft the next version of an achievement: what is published is never edited.

    Credentials of the old version keep it; when the new one is published, it says which one it
    follows, and the old one is issued no more.

    Args:
        issuer: Whose achievement it is.
        achievement: The version to start from, published or retired.
        now: The instant of drafting.
        image: Another image; None keeps the one it has, and its drawing.
        drawing: The drawing of that other image; another image without one has none.
        alignments: Other alignments; None keeps those it has.
        changes: Columns of Achievement that change.

    Returns:
        The draft.

    Raises:
        WrongState: it is a draft itself, belongs to another issuer, or its next version is being
            drafted already.
        ValidationError: a field is malformed; names it, and the remedy.

    Source: Open Badges 3.0 appendix B (Related, version).
    """
    versions = models.Achievement.objects.of(issuer).filter(slug=achievement.slug)
    drafts = versions.filter(state=models.Achievement.State.DRAFT)
    if achievement.issuer_id != issuer.pk or drafts.exists():
        raise WrongState(f"Achievement {achievement.slug}: a draft is there; publish that one.")
    newest = versions.aggregate(newest=Max("version"))["newest"] or 0
    _require_carried(changes)
    if image is None and drawing is not None:
        raise ValidationError({"image": _("Give the image of this drawing as PNG too.")})
    fields = {name: getattr(achievement, name) for name in CARRIED} | changes
    if image is not None:
        fields["look"] = changes.get("look")
    following = models.Achievement(
        issuer=issuer,
        slug=achievement.slug,
        version=newest + 1,
        image=achievement.image if image is None else images.picture(image),
        drawing=achievement.drawing if image is None else images.drawing(drawing),
        created_at=now,
        is_sample=achievement.is_sample,
        **fields,
    )
    if alignments is None:
        alignments = selectors.alignments(achievement=achievement)
    try:
        with transaction.atomic():
            return _saved(following, alignments)
    except IntegrityError as error:
        raise WrongState(f"Achievement {achievement.slug}: somebody was faster.") from error


@transaction.atomic
def publish(
    *,
    issuer: issuers.Issuer,
    achievement: models.Achievement,
    now: datetime,
    languages: Sequence[models.Achievement] = (),
) -> models.Achievement:
    """Freeze the achievement's document; from now on credentials may be issued for it.

    And it never changes. The version before it is retired.

    Args:
        issuer: Whose achievement it is.
        achievement: The draft.
        now: The instant of publishing.
        languages: Drafts of the same badge in other languages, published in the same breath: each
            document then names the others, which a document that is frozen already cannot.

    Raises:
        WrongState: one of them is not a draft.
        ValidationError: what is in a row cannot be written in the standard's words, or a draft is
            no language version of the achievement.
    """
    together = [achievement, *languages]
    for other in languages:
        if selectors.family(achievement=other) != selectors.family(achievement=achievement):
            raise ValidationError(
                {"languages": _("This is not the same badge: say what it translates.")}
            )
    for one in together:
        _publish_one(issuer, one, now, beside=together)
    achievement.refresh_from_db()
    return achievement


def require_publishable(
    *, achievement: models.Achievement, now: datetime, beside: Sequence[models.Achievement] = ()
) -> dict[str, Any]:
    """Return the document that publishing would freeze.

    Args:
        achievement: A draft.
        now: The instant.
        beside: What is published together with it.

    Raises:
        ValidationError: something is missing or malformed; names the field, and the remedy.
    """
    _check(achievement, day=now.date())
    return _document(achievement, beside=beside)


def _publish_one(
    issuer: issuers.Issuer,
    achievement: models.Achievement,
    now: datetime,
    *,
    beside: Sequence[models.Achievement],
) -> None:
    achievement.refresh_from_db()
    finishing.require_finished(achievement=achievement)
    members = require_publishable(achievement=achievement, now=now, beside=beside)
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    moved = (
        models.Achievement.objects.of(issuer)
        .filter(pk=achievement.pk, state=models.Achievement.State.DRAFT)
        .update(state=models.Achievement.State.PUBLISHED, document=text, published_at=now)
    )
    if moved != 1:
        raise WrongState(f"Achievement {achievement.uuid} is not a draft.")
    models.Achievement.objects.of(issuer).filter(
        slug=achievement.slug,
        version__lt=achievement.version,
        state=models.Achievement.State.PUBLISHED,
    ).update(state=models.Achievement.State.RETIRED, retired_at=now)


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


def _require_carried(changes: Mapping[str, Any]) -> None:
    unknown = sorted(set(changes) - set(CARRIED))
    if unknown:
        raise ValidationError({unknown[0]: _("A new version cannot change this.")})


def _saved(
    achievement: models.Achievement,
    alignments: Sequence[Mapped],
    *,
    is_unfinished: bool = False,
) -> models.Achievement:
    """Store a draft with its alignments, once its document can be written."""
    _check(achievement, day=achievement.created_at.date(), is_unfinished=is_unfinished)
    rows = [_alignment(achievement, given) for given in alignments]
    achievement.save(force_insert=True)
    models.Alignment.objects.of(achievement.issuer_id).bulk_create(rows)
    if not (is_unfinished and finishing.unwritten(achievement)):
        _document(achievement)
    return achievement


def _check(achievement: models.Achievement, *, day: date, is_unfinished: bool = False) -> None:
    """Refuse what a row cannot be; a text that is missing only where it has to be finished."""
    original = achievement.translates
    if original is not None and original.issuer_id != achievement.issuer_id:
        raise ValidationError({"translates": _("This badge belongs to another issuer.")})
    if original is not None and original.translates is not None:
        achievement.translates = original.translates
    _certify(achievement, day)
    missing = finishing.unwritten(achievement) if is_unfinished else []
    with scope.inside(achievement.issuer_id):  # what it points to must be its issuer's
        achievement.clean_fields(exclude=["document", *missing])


def _certify(achievement: models.Achievement, day: date) -> None:
    """Let the habilitation say who certifies; refuse what goes against it."""
    habilitation = achievement.habilitation
    achievement.certificateur = None if habilitation is None else habilitation.issuer
    if achievement.unit is not None and achievement.unit.issuer_id != achievement.issuer_id:
        raise ValidationError({"unit": _("Choose one of your own units.")})
    if habilitation is None:
        return
    if habilitation.partner_id != achievement.issuer_id:
        raise ValidationError({"habilitation": _("This habilitation was given to somebody else.")})
    if achievement.block is not None or achievement.creator is not None:
        field = "block" if achievement.block is not None else "creator"
        raise ValidationError({field: _("The habilitation says this: leave it out.")})
    partnerships.require(achievement=achievement, days=[day])


def _alignment(achievement: models.Achievement, given: Mapped) -> models.Alignment:
    values = (
        {name: value or "" for name, value in asdict(given).items()}
        if isinstance(given, document.Alignment)
        else given
    )
    row = models.Alignment(issuer=achievement.issuer, achievement=achievement, **values)
    try:
        row.clean_fields(exclude=["achievement"])
    except ValidationError as error:
        name, [message, *_more] = next(iter(error.message_dict.items()))
        raise ValidationError({"alignments": f"{name}: {message}"}) from error
    return row


def _document(
    achievement: models.Achievement, *, beside: Sequence[models.Achievement] = ()
) -> dict[str, Any]:
    """Write the document, or say which field it cannot be written from."""
    try:
        return selectors.achievement_document(achievement=achievement, beside=beside)
    except (document.DocumentError, frameworks.FrameworkCodeError, schema.NonConformant) as error:
        field = "block" if isinstance(error, frameworks.FrameworkCodeError) else ""
        raise refused(error, field=field) from error
