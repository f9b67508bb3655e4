"""What a few badges and awards of the demonstration say besides: every optional part once.

The values go to the services as they are, which say what is wrong with them; here is only seen that
they speak of what the demonstration has.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from badges import models as badge_rows
from badges import selectors as badges
from config.demo import data
from credentials import selectors, services
from issuers import models as issuer_rows
from issuers import selectors as issuers
from learners import models as learner_rows


@dataclass(frozen=True, slots=True)
class Extras:
    """What extras.toml holds.

    Attributes:
        badge: Columns of Achievement, by slug.
        award: What an award says, by reference.
        suspended: Public reasons, by reference.
        endorsement: by and of (issuers by slug), badge (slug, or absent), comment.
    """

    badge: Mapping[str, Mapping[str, Any]]
    award: Mapping[str, Mapping[str, Any]]
    suspended: Mapping[str, str]
    endorsement: Sequence[Mapping[str, str]]


@cache
def load() -> Extras:
    """Read the file.

    Raises:
        DataError: it cannot be read, or has a part that nobody knows.
    """
    path = Path(__file__).with_name("extras.toml")
    try:
        return Extras(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise data.DataError(f"{path.name}: {error}") from error


def details(
    *,
    issuer: issuer_rows.Issuer,
    learner: learner_rows.Learner,
    reference: str,
    now: Any,
) -> dict[str, Any]:
    """Return what an award says; the texts of its evidence become files, once.

    Args:
        issuer: Whose award it is.
        learner: Whom it is about.
        reference: Of the award.
        now: The instant.
    """
    said = dict(load().award.get(reference, {}))
    issued = selectors.find_by_reference(issuer=issuer, reference=reference)
    if not said or issued is not None:  # what was issued is not issued again
        return {}
    pieces = []
    for piece in said.get("evidence", ()):
        told = {name: value for name, value in piece.items() if name != "text"}
        if "text" in piece:
            content = piece["text"].encode()
            file = services.attach(issuer=issuer, learner=learner, content=content, now=now)
            told["file"] = str(file.uuid)
        pieces.append(told)
    return said | ({"evidence": pieces} if pieces else {})


def suspend_as_told(*, issuer: issuer_rows.Issuer, now: Any) -> int:
    """Suspend what the file says is suspended; return how many were, this time."""
    count = 0
    for reference, reason in load().suspended.items():
        credential = selectors.find_by_reference(issuer=issuer, reference=reference)
        if credential is not None and not credential.is_suspended:
            services.suspend(issuer=issuer, credential=credential, reason=reason, now=now)
            count += 1
    return count


def endorse_as_told(*, now: Any) -> int:
    """Endorse what the file says is endorsed, and accept it; return how many were, this time."""
    count = 0
    for wanted in load().endorsement:
        endorser, endorsed = (issuers.find_by_slug(slug=wanted[side]) for side in ("by", "of"))
        if endorser is None or endorsed is None:
            raise data.DataError(f"extras.toml, endorsement by {wanted['by']}: no such issuer")
        subject: issuer_rows.Issuer | badge_rows.Achievement | None = endorsed
        if "badge" in wanted:
            subject = badges.find(issuer=endorsed, slug=wanted["badge"])
        if subject is None:
            raise data.DataError(f"extras.toml, endorsement of {wanted['badge']}: no such badge")
        try:
            made = services.endorse(
                issuer=endorser, subject=subject, comment=wanted["comment"], now=now
            )
        except services.NotEndorsable:  # it was said before
            continue
        services.accept_endorsement(issuer=endorsed, endorsement=made, now=now)
        count += 1
    return count
