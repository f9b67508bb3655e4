"""Design a badge: in all its languages at once, from a starting point, or from another badge.

The verbs of `catalogue` move one row, which is one version in one language. People design a badge,
which is the rows of all its languages.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import product
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from badges import models, selectors
from badges.core import drawing as drawings
from badges.core import looks
from badges.selectors import designs
from badges.services import catalogue, finishing, gallery
from issuers import models as issuers

# Texts are asked for in these, side by side; others are kept where they are.
LANGUAGES = ("fr", "en")
MAX_SLUG = 60
Achievement = models.Achievement


@dataclass(frozen=True, slots=True)
class Words:
    """What a badge says in one language."""

    name: str = ""
    description: str = ""
    criteria: str = ""
    tags: tuple[str, ...] = ()
    image_caption: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is said in this language."""
        return not (self.name or self.description or self.criteria or self.tags)

    def columns(self) -> dict[str, Any]:
        """Return the columns of Achievement."""
        return {
            "name": self.name,
            "description": self.description,
            "criteria": self.criteria,
            "tags": list(self.tags),
            "image_caption": self.image_caption,
        }


@transaction.atomic
def begin(*, issuer: issuers.Issuer, start: gallery.Start, now: datetime) -> models.Achievement:
    """Draft a badge from a starting point, in every language that it is told in.

    Args:
        issuer: Whose badge it will be; its language becomes the original.
        start: Of the gallery.
        now: The instant.

    Returns:
        The draft in the original language.
    """
    first = issuer.language if issuer.language in LANGUAGES else LANGUAGES[0]
    told: dict[str, Words] = {}
    for language in (first, *(each for each in LANGUAGES if each != first)):
        with translation.override(language):
            told[language] = Words(
                name=str(start.name),
                description=str(start.description),
                criteria=str(start.criteria),
                tags=tuple(filter(None, map(str.strip, str(start.tags).split(",")))),
                image_caption=str(start.caption),
            )
    if start.is_blank:
        told = {first: told[first]}
    shared = {
        "achievement_type": start.kind,
        "validity_months": start.validity_months,
        "standing": start.standing,
        "needs_evidence": start.needs_evidence,
        **_drawn(start.look, title=told[first].name),
    }
    original = None
    for language, words in told.items():
        row = _draft_in(issuer, language, words, now=now, original=original, **shared)
        original = original or row
    if original is None:
        raise AssertionError("A starting point is told in one language at least.")
    return original


@transaction.atomic
def write(
    *,
    issuer: issuers.Issuer,
    achievement: models.Achievement,
    words: Mapping[str, Words],
    now: datetime,
) -> models.Achievement:
    """Say what a draft says, in each language; a language of which nothing is said is left out.

    Args:
        issuer: Whose draft it is.
        achievement: One row of it.
        words: By language; a language that is not among them stays as it is.
        now: The instant.

    Returns:
        A row of the draft, in the original language where it has one.

    Raises:
        WrongState: it is no draft.
        ValidationError: no language is left, one has no name, or one that was published would go;
            names the field as `name_fr`.
    """
    drafts = {row.language: row for row in _drafts(issuer, achievement)}
    told = {language: said for language, said in words.items() if not said.is_empty}
    _require_names(drafts, words, told)
    original = next(iter(drafts.values()))
    if original.language not in told and original.language in words:
        # The row that the others translate goes on in the language that is left.
        heir = next(each for each in (*told, *drafts) if each != original.language)
        catalogue.redraft(issuer=issuer, achievement=original, now=now, language=heir)
        gone = drafts.pop(heir, None)
        if gone is not None:
            _drop(issuer, [gone])
            told.setdefault(heir, _words(gone))
        drafts = {heir: original} | {
            language: row for language, row in drafts.items() if row.pk != original.pk
        }
    for language, said in words.items():
        row = drafts.get(language)
        if language not in told:
            _drop(issuer, [row] if row is not None else [])
        elif row is None:
            _draft_in(issuer, language, said, now=now, original=original, **_shared(original))
    for language, said in told.items():
        if language in drafts:
            catalogue.redraft(
                issuer=issuer, achievement=drafts[language], now=now, **said.columns()
            )
    original.refresh_from_db()
    return original


@transaction.atomic
def redesign(
    *,
    issuer: issuers.Issuer,
    achievement: models.Achievement,
    now: datetime,
    **changes: Any,
) -> None:
    """Change what a draft has in common in all its languages.

    Args:
        issuer: Whose draft it is.
        achievement: One row of it.
        now: The instant.
        changes: As `catalogue.redraft` takes them: columns, image, drawing, alignments.

    Raises:
        WrongState: it is no draft.
        ValidationError: a field is malformed; names it, and the remedy.
    """
    for row in _drafts(issuer, achievement):
        catalogue.redraft(issuer=issuer, achievement=row, now=now, **changes)


def draw(
    *,
    issuer: issuers.Issuer,
    achievement: models.Achievement,
    look: drawings.Drawing,
    now: datetime,
) -> None:
    """Give a draft the picture that the generator draws.

    Args:
        issuer: Whose draft it is.
        achievement: One row of it.
        look: What it looks like.
        now: The instant.

    Raises:
        WrongState: it is no draft.
        ValidationError: it cannot be drawn.
    """
    drawn = _drawn(look, title=achievement.name)
    redesign(issuer=issuer, achievement=achievement, now=now, **drawn)


@transaction.atomic
def change(
    *, issuer: issuers.Issuer, achievement: models.Achievement, now: datetime
) -> models.Achievement:
    """Draft the next version of a badge in all its languages; what is published stays as it is.

    Args:
        issuer: Whose badge it is.
        achievement: Any row of it that is published or retired.
        now: The instant.

    Returns:
        The draft in the original language where it has one; the one that was there, where it was
        being drafted already.
    """
    design = designs.design_of(achievement=achievement)
    if design.drafts:
        return design.drafts[0]
    made = [catalogue.revise(issuer=issuer, achievement=row, now=now) for row in design.current]
    return made[0]


@transaction.atomic
def duplicate(
    *, issuer: issuers.Issuer, achievement: models.Achievement, now: datetime
) -> models.Achievement:
    """Draft another badge that says the same, in all its languages.

    Args:
        issuer: Whose badge it is.
        achievement: Any row of it: its version, in every language, is taken.
        now: The instant.

    Returns:
        The draft in the original language.
    """
    original = None
    for row in designs.design_of(achievement=achievement).beside(achievement):
        with translation.override(row.language):
            name = _("%(name)s (copy)") % {"name": row.name[:180]}
        said = {**_words(row).columns(), "name": name}
        copied = _draft_in(
            issuer, row.language, Words(**{**said, "tags": tuple(said["tags"])}),
            now=now, original=original, **_shared(row),
        )  # fmt: skip
        original = original or copied
    if original is None:
        raise AssertionError("A row is beside itself.")
    return original


@transaction.atomic
def discard(*, issuer: issuers.Issuer, achievement: models.Achievement) -> None:
    """Throw a draft away, in all its languages; nothing was ever issued for it.

    Raises:
        WrongState: it is no draft.
    """
    _drop(issuer, _drafts(issuer, achievement))


@transaction.atomic
def publish(*, issuer: issuers.Issuer, achievement: models.Achievement, now: datetime) -> None:
    """Publish a draft in all its languages, in one breath.

    Raises:
        WrongState: it is no draft.
        ValidationError: something is missing or malformed; names the field.
    """
    first, *others = _drafts(issuer, achievement)
    catalogue.publish(issuer=issuer, achievement=first, languages=others, now=now)


@transaction.atomic
def retire(*, issuer: issuers.Issuer, achievement: models.Achievement, now: datetime) -> None:
    """Issue a badge no more, in none of its languages; what was issued stands.

    Raises:
        WrongState: it is not published.
    """
    published = designs.design_of(achievement=achievement).published
    if not published:
        raise catalogue.WrongState(f"Achievement {achievement.uuid} is not published.")
    for row in published:
        catalogue.retire(issuer=issuer, achievement=row, now=now)


def missing(
    *, issuer: issuers.Issuer, achievement: models.Achievement, now: datetime
) -> dict[str, dict[str, list[str]]]:
    """Return what `publish` would refuse: by language, and by field; empty if nothing.

    Args:
        issuer: Whose draft it is.
        achievement: One row of it.
        now: The instant.

    Raises:
        WrongState: it is no draft.
    """
    found: dict[str, dict[str, list[str]]] = {}
    rows = _drafts(issuer, achievement)
    ready = partial(catalogue.require_publishable, now=now, beside=rows)
    checks: list[Callable[..., object]] = [finishing.require_finished, ready]
    for row, check in product(rows, checks):
        try:
            check(achievement=row)
        except ValidationError as error:
            found.setdefault(row.language, {}).update(error.message_dict)
    return found


def _drafts(issuer: issuers.Issuer, achievement: models.Achievement) -> list[models.Achievement]:
    """Return the rows of a draft, the original language first."""
    found = designs.design_of(achievement=achievement).drafts
    if achievement.issuer_id != issuer.pk or not found:
        raise catalogue.WrongState(f"Achievement {achievement.uuid} is not a draft.")
    return found


def _require_names(
    drafts: Mapping[str, models.Achievement],
    words: Mapping[str, Words],
    told: Mapping[str, Words],
) -> None:
    """Refuse a language without a name, the last one going, and one going that was published."""
    wrong = {
        f"name_{language}": _("Write a name, or empty the other boxes of this language.")
        for language, said in told.items()
        if not said.name
    }
    for language in words.keys() - told.keys():
        row = drafts.get(language)
        if row is not None and row.version > 1:
            wrong[f"name_{language}"] = _(
                "This badge was published in this language: write what it says now."
            )
    if not told and not drafts.keys() - words.keys():
        wrong = {f"name_{next(iter(words))}": _("Write a name, in one language at least.")}
    if wrong:
        raise ValidationError(wrong)


def _draft_in(
    issuer: issuers.Issuer,
    language: str,
    words: Words,
    *,
    now: datetime,
    original: models.Achievement | None,
    **shared: Any,
) -> models.Achievement:
    stem = words.name if original is None else f"{designs.key_of(original)}-{language}"
    return catalogue.draft(
        issuer=issuer, slug=_free_slug(issuer, stem), now=now, language=language,
        translates=original, is_unfinished=True, **words.columns(), **shared,
    )  # fmt: skip


def _free_slug(issuer: issuers.Issuer, stem: str) -> str:
    base = slugify(stem)[:MAX_SLUG].strip("-") or "badge"
    slug, number = base, 1
    while designs.is_taken(issuer=issuer, slug=slug):
        number += 1
        slug = f"{base}-{number}"
    return slug


def _words(row: models.Achievement) -> Words:
    return Words(row.name, row.description, row.criteria, tuple(row.tags), row.image_caption)


def _shared(row: models.Achievement) -> dict[str, Any]:
    """Return what a row has in common with its other languages."""
    own = {"language", "translates", "certificateur", *Words().columns()}
    columns = {name: getattr(row, name) for name in catalogue.CARRIED if name not in own}
    return {
        **columns,
        "image": bytes(row.image),
        "drawing": None if row.drawing is None else bytes(row.drawing),
        "alignments": selectors.alignments(achievement=row),
    }


def _drawn(look: drawings.Drawing, *, title: str) -> dict[str, Any]:
    try:
        return {
            "image": drawings.png(look),
            "drawing": drawings.svg(look, title=title or "badge").encode(),
            "look": looks.values(look),
        }
    except drawings.DrawingError as error:
        raise ValidationError({"look": str(error)}) from error


def _drop(issuer: issuers.Issuer, rows: Sequence[models.Achievement]) -> None:
    # Translations first: they point to the original.
    for row in sorted(rows, key=lambda each: each.translates_id is None):
        Achievement.objects.of(issuer).filter(pk=row.pk, state=Achievement.State.DRAFT).delete()
