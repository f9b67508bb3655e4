"""Questions of those who design badges: a badge with all its versions and languages.

A row of Achievement is one version in one language. What a person calls a badge is all of them, and
is known here by the short name of the one that was there first.
"""

import unicodedata
import uuid as uuids
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from badges import models
from issuers import models as issuers

State = models.Achievement.State
# Heavy, and of no use where many are listed.
_HEAVY = ("image", "drawing", "document")


@dataclass(frozen=True, slots=True)
class Design:
    """A badge with all its versions and languages.

    Attributes:
        key: The short name of the badge that was there first.
        rows: All of it: the original language before its translations, newest versions first.
    """

    key: str
    rows: tuple[models.Achievement, ...]

    @property
    def drafts(self) -> list[models.Achievement]:
        """Return what is being drafted: one row for each language."""
        return [row for row in self.rows if row.state == State.DRAFT]

    @property
    def published(self) -> list[models.Achievement]:
        """Return what can be earned today: one row for each language."""
        return [row for row in self.rows if row.state == State.PUBLISHED]

    @property
    def newest(self) -> list[models.Achievement]:
        """Return the newest row of each language, whatever its state."""
        found: dict[str, models.Achievement] = {}
        for row in self.rows:
            found.setdefault(row.slug, row)
        return list(found.values())

    @property
    def current(self) -> list[models.Achievement]:
        """Return what the badge is today: published, else drafted, else retired."""
        return self.published or self.drafts or self.newest

    @property
    def state(self) -> str:
        """Return the state of what the badge is today."""
        return self.current[0].state

    @property
    def first(self) -> models.Achievement:
        """Return the row of today in the original language, or in the next one."""
        return self.current[0]

    def beside(self, row: models.Achievement) -> list[models.Achievement]:
        """Return the rows that are drafted, published or retired together with one."""
        if row.state == State.RETIRED:
            return [each for each in self.rows if each.state == row.state]
        return self.drafts if row.state == State.DRAFT else self.published

    def told_in(self, language: str) -> models.Achievement:
        """Return the row of today in a language, or in the original one."""
        wanted = (row for row in self.current if row.language.partition("-")[0] == language)
        return next(wanted, self.first)


def designs(*, issuer: issuers.Issuer, words: str = "", state: str = "") -> list[Design]:
    """Return the badges of an organisation, by name; one query.

    Args:
        issuer: Whose.
        words: All of them are in the name, the code, a keyword or the description, in any
            language; without regard to capitals and accents. Empty: every badge.
        state: The badges that are in this state today; empty: every badge.
    """
    rows = _rows(issuer).defer(*_HEAVY).select_related("block__certification", "translates")
    found = [each for each in _grouped(rows) if state in ("", each.state)]
    wanted = _plain(words).split()
    if wanted:
        found = [each for each in found if _says(each, wanted)]
    return sorted(found, key=lambda each: (_plain(each.first.name), each.key))


def find_row(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> models.Achievement | None:
    """Return one version in one language, a draft too; one query."""
    return (
        models.Achievement.objects.of(issuer)
        .select_related("block__certification", "translates", "unit", "issuer")
        .filter(uuid=uuid)
        .first()
    )


def design_of(*, achievement: models.Achievement) -> Design:
    """Return the whole badge that a row is of; one query, two where it translates another."""
    key = key_of(achievement)
    rows = (
        _rows(achievement.issuer_id)
        .filter(Q(slug=key) | Q(translates__slug=key))
        .select_related("block__certification", "translates", "unit", "issuer")
        .defer("document")
    )
    [found] = _grouped(rows)
    return found


def key_of(achievement: models.Achievement) -> str:
    """Return by which name the whole badge is known; no query where `translates` was loaded."""
    return achievement.slug if achievement.translates is None else achievement.translates.slug


def is_taken(*, issuer: issuers.Issuer, slug: str) -> bool:
    """Say whether a short name is in use; one query."""
    return models.Achievement.objects.of(issuer).filter(slug=slug).exists()


@dataclass(frozen=True, slots=True)
class Cut:
    """A certification and its blocks, each with the badges that stand for it."""

    certification: models.Certification
    blocks: tuple[tuple[models.CompetencyBlock, tuple[models.Achievement, ...]], ...]


def certifications(*, issuer: issuers.Issuer) -> list[Cut]:
    """Return the certifications that an organisation described, cut into blocks; three queries."""
    badges: dict[int, list[models.Achievement]] = {}
    for row in (
        _rows(issuer).filter(block__isnull=False).defer(*_HEAVY).exclude(state=State.RETIRED)
    ):
        badges.setdefault(row.block_id or 0, []).append(row)
    blocks: dict[int, list[models.CompetencyBlock]] = {}
    for block in models.CompetencyBlock.objects.of(issuer).order_by("code"):
        blocks.setdefault(block.certification_id, []).append(block)
    return [
        Cut(
            whole,
            tuple((block, tuple(badges.get(block.pk, ()))) for block in blocks.get(whole.pk, ())),
        )
        for whole in models.Certification.objects.of(issuer).order_by("code")
    ]


def _rows(issuer: issuers.Issuer | int) -> QuerySet[models.Achievement]:
    return models.Achievement.objects.of(issuer).order_by("-version", "id")


def _grouped(rows: Iterable[models.Achievement]) -> list[Design]:
    found: dict[str, list[models.Achievement]] = {}
    for row in rows:
        found.setdefault(key_of(row), []).append(row)
    return [_in_order(key, each) for key, each in found.items()]


def _in_order(key: str, rows: Sequence[models.Achievement]) -> Design:
    # The sort is stable: within a language the newest version stays first.
    return Design(key, tuple(sorted(rows, key=lambda row: row.slug != key)))


def _says(design: Design, words: Sequence[str]) -> bool:
    text = _plain(
        " ".join(
            " ".join((row.name, row.description, row.human_code, row.slug, *map(str, row.tags)))
            for row in design.rows
        )
    )
    return all(word in text for word in words)


def _plain(text: str) -> str:
    """Return a text without capitals and accents, so that "eleve" finds "Élève"."""
    split = unicodedata.normalize("NFKD", text[:20_000])
    return "".join(each for each in split if not unicodedata.combining(each)).casefold()
