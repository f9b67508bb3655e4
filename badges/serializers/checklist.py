"""What a draft lacks before it is published, and what it would be better for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from badges import models, selectors, services
from badges.serializers import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from issuers import models as issuers

TEXTS, PICTURE, RULES = "texts", "picture", "rules"
# On which page of the designer a field is; whatever is not named here is among the rules.
_STEPS = {
    "name": TEXTS, "description": TEXTS, "criteria": TEXTS, "tags": TEXTS, "language": TEXTS,
    "image_caption": TEXTS, "image": PICTURE, "drawing": PICTURE, "look": PICTURE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list.

    Attributes:
        text: What is missing, or would be better.
        step: The page of the designer where it is said.
        is_needed: Whether the badge cannot be published without it.
    """

    text: str
    step: str
    is_needed: bool = False


def checklist(
    *, issuer: issuers.Issuer, rows: Sequence[models.Achievement], now: datetime
) -> list[Item]:
    """Return what is left to do on a draft, what is needed first.

    Args:
        issuer: Whose draft it is.
        rows: It, in each language.
        now: The instant.
    """
    return [*_needed(issuer, rows, now), *_better(rows)]


def _needed(
    issuer: issuers.Issuer, rows: Sequence[models.Achievement], now: datetime
) -> Iterator[Item]:
    found = services.missing(issuer=issuer, achievement=rows[0], now=now)
    for language, fields in found.items():
        for field, messages in fields.items():
            where = f"{label(field)} ({words.language(language)})"
            yield Item(f"{where}: {' '.join(messages)}", _STEPS.get(field, RULES), is_needed=True)


def _better(rows: Sequence[models.Achievement]) -> Iterator[Item]:
    for row in rows:
        language = words.language(row.language)
        if not row.image_caption:
            yield Item(
                _("Say what the image shows, for people who do not see it (%(language)s).")
                % {"language": language},
                TEXTS,
            )
    if len(rows) == 1:
        yield Item(_("It is told in one language only."), TEXTS)
    if rows[0].block is None and not selectors.alignments(achievement=rows[0]):
        yield Item(_("It is mapped to no framework of skills: employers find it less."), RULES)


def label(field: str) -> str:
    """Return what a field is called on the page; its own name where it has none."""
    try:
        found = models.Achievement._meta.get_field(field)  # noqa: SLF001 - documented
    except FieldDoesNotExist:
        return field
    return capfirst(str(getattr(found, "verbose_name", field)))
