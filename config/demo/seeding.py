"""Issue the demonstration's credentials, through the same services as everyone else.

Every step looks first what is there already, so that a seeding that was cut short is simply run
again.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from badges import models as badge_rows
from badges import selectors as badges
from badges import services as catalogue
from badges.core import drawing
from config.demo import data, extras
from credentials import models as award_rows
from credentials import selectors, services
from issuers import models as issuer_rows
from issuers import selectors as issuers
from issuers import services as parties
from issuers.core import roles
from learners import services as people

PAUSE_SECONDS = 0.25


class NotSignedInTime(Exception):  # noqa: N818 - it says what is wrong
    """No worker signed what was issued."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """An issuer of the demonstration as it stands now, with what its data asked for."""

    issuer: issuer_rows.Issuer
    wanted: data.Issuer


def seed(*, wanted: Sequence[data.Issuer], clock: Callable[[], datetime]) -> list[Seeded]:
    """Register the issuers, draw and publish their badges, enrol their learners.

    Issue their credentials.

    Args:
        wanted: What `data.load` returned.
        clock: Tells the time; a seeding takes some.

    Returns:
        Each issuer's row with its data, in order.
    """
    return [_seed_one(one, clock) for one in wanted]


def _seed_one(wanted: data.Issuer, clock: Callable[[], datetime]) -> Seeded:
    issuer = issuers.find_by_slug(slug=wanted.slug) or parties.register(
        slug=wanted.slug,
        name=wanted.name,
        now=clock(),
        legal_name=wanted.legal_name,
        description=wanted.description,
        url=wanted.url,
        email=wanted.email,
        country=wanted.country,
        region=wanted.region,
        language=wanted.language,
        registration=wanted.registration,
        logo=drawing.png(wanted.logo),
        # Their pages, cards and certificates have it: the deepest of their own.
        colour=wanted.logo.colours[0],
    )
    if not issuers.key_history(issuer=issuer):
        parties.create_key(issuer=issuer, now=clock())
    _staff(issuer, clock)
    achievements = {
        one.slug: _achievement(issuer, wanted, one, clock) for one in wanted.achievements
    }
    learners = people.enrol(
        issuer=issuer,
        people=[people.Person(one.name, one.email, one.language) for one in wanted.learners],
        now=clock(),
    )
    by_achievement: dict[str, list[services.Award]] = defaultdict(list)
    for one in wanted.credentials:
        by_achievement[one.achievement].append(
            services.Award(
                learner=learners[one.email],
                reference=one.reference,
                valid_from=one.valid_from,
                valid_until=one.valid_until,
                details=extras.details(
                    issuer=issuer,
                    learner=learners[one.email],
                    reference=one.reference,
                    now=clock(),
                ),
            )
        )
    for slug, awards in by_achievement.items():
        services.issue(issuer=issuer, achievement=achievements[slug], awards=awards, now=clock())
    return Seeded(issuer, wanted)


def staff_address(*, issuer: issuer_rows.Issuer, role: str) -> str:
    """Return with which address somebody of the demonstration signs in."""
    return f"{role}@{issuer.slug}.example"


def _staff(issuer: issuer_rows.Issuer, clock: Callable[[], datetime]) -> None:
    """Let one person of each role work here; they come by invitation, as everybody does."""
    here = {member.user.email for member in issuers.members(issuer=issuer)}
    for role in roles.Role:
        email = staff_address(issuer=issuer, role=role)
        if email not in here:
            invited = parties.invite(
                issuer=issuer, email=email, role=role, language=issuer.language, actor=None,
                now=clock(),
            )  # fmt: skip
            user = parties.welcome(token=invited.token, now=clock())
            parties.accept(token=invited.token, user=user, now=clock())


def _achievement(
    issuer: issuer_rows.Issuer,
    wanted: data.Issuer,
    one: data.Achievement,
    clock: Callable[[], datetime],
) -> badge_rows.Achievement:
    found = badges.find(issuer=issuer, slug=one.slug)
    if found is None:
        found = catalogue.draft(
            issuer=issuer,
            slug=one.slug,
            image=drawing.png(one.drawing),
            drawing=drawing.svg(one.drawing, title=one.name).encode(),
            now=clock(),
            name=one.name,
            description=one.description,
            criteria=one.criteria,
            achievement_type=one.achievement_type,
            language=one.language,
            tags=list(one.tags),
            validity_months=one.validity_months,
            block=_block(issuer, wanted, one.block) if one.block else None,
            alignments=one.alignments,
            **extras.load().badge.get(one.slug, {}),
        )
    if found.state == badge_rows.Achievement.State.DRAFT:
        found = catalogue.publish(issuer=issuer, achievement=found, now=clock())
    return found


def _block(
    issuer: issuer_rows.Issuer, wanted: data.Issuer, code: str
) -> badge_rows.CompetencyBlock:
    certification = wanted.certification_of(code)
    return catalogue.describe_block(
        issuer=issuer,
        certification={
            "code": certification.code,
            "title": certification.title,
            "level": certification.level,
            "url": certification.url,
        },
        code=code,
        title=wanted.block(code).title,
    )


def wait_until_signed(
    seeded: Sequence[Seeded], *, seconds: float, tell: Callable[[int, int], None]
) -> None:
    """Wait until the workers have signed everything.

    Args:
        seeded: What `seed` returned.
        seconds: For how long.
        tell: Called with how many are signed, and of how many.

    Raises:
        NotSignedInTime: they have not; the message says what to look at.
    """
    deadline = time.monotonic() + seconds
    while True:
        counts = [selectors.progress(issuer_id=one.issuer.pk) for one in seeded]
        issued, signed = sum(one.issued for one in counts), sum(one.signed for one in counts)
        tell(signed, issued)
        if any(one.refused for one in counts):
            raise NotSignedInTime("Some credentials could not be signed; their rows say why.")
        if signed == issued:
            return
        if time.monotonic() > deadline:
            raise NotSignedInTime(
                f"{issued - signed} of {issued} credentials are not signed: is a worker running?"
            )
        time.sleep(PAUSE_SECONDS)


def untouched(one: Seeded) -> dict[str, str]:
    """Return the tokens, by reference, of what stands as the data says; one query.

    Whoever tries things out revokes, corrects and suspends: that is no fault when it starts again.
    """
    revoked = {each.reference for each in one.wanted.credentials if each.is_revoked}
    suspended = extras.load().suspended
    rows = award_rows.Credential.objects.of(one.issuer).order_by("id")
    return {
        reference: token
        for reference, token, revoked_at, suspended_at in rows.values_list(
            "reference", "token", "revoked_at", "suspended_at"
        )
        if (revoked_at is not None) is (reference in revoked)
        and (suspended_at is not None) is (reference in suspended)
    }


def revoke_as_told(seeded: Sequence[Seeded], *, clock: Callable[[], datetime]) -> int:
    """Revoke what the data says was revoked; return how many were, this time."""
    count = 0
    for one in seeded:
        for wanted in one.wanted.credentials:
            if not wanted.is_revoked:
                continue
            credential = selectors.find_by_reference(issuer=one.issuer, reference=wanted.reference)
            if credential is not None and not credential.is_revoked:
                services.revoke(
                    issuer=one.issuer,
                    credential=credential,
                    reason=wanted.revocation_reason,
                    now=clock(),
                )
                count += 1
    return count
