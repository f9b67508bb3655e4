"""Rows for tests, made through the same services as everyone else."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import F
from PIL import Image

from badges import models as badges
from badges import services as catalogue
from blockchain import chains
from blockchain import services as anchoring
from blockchain.chains import memory
from credentials import models, selectors, services
from credentials.selectors import transcripts
from issuers import models as issuers
from issuers import scope
from issuers import services as parties
from learners import models as learners
from learners import services as people
from tests import roles
from tests.conftest import NOW


def issuer(*, slug: str = "ecole-a", name: str = "École A", **details: Any) -> issuers.Issuer:
    created = parties.register(slug=slug, name=name, now=NOW - timedelta(days=30), **details)
    parties.create_key(issuer=created, now=NOW - timedelta(days=30))
    return created


def change(issuer: issuers.Issuer | int, **columns: Any) -> None:
    """Change columns of an issuer's own row, behind its door."""
    row = issuers.Issuer.objects.get(pk=issuer) if isinstance(issuer, int) else issuer
    for name, value in columns.items():
        setattr(row, name, value)
    with scope.inside(row):
        row.save(update_fields=list(columns))


def member(*, issuer: issuers.Issuer, name: str, role: str) -> issuers.User:
    user = issuers.User.objects.create_user(f"{name.lower()}@example.org", name=name)
    return join(issuer=issuer, user=user, role=role)


def join(*, issuer: issuers.Issuer, user: issuers.User, role: str) -> issuers.User:
    issuers.Membership.objects.of(issuer).create(issuer=issuer, user=user, role=role)
    return user


def time_passes(issuer: issuers.Issuer, *, minutes: int) -> None:
    """Let operators have looked inside so long ago: the database goes by its own clock."""
    with roles.as_owner(), scope.inside(issuer):
        issuers.BreakGlass.objects.of(issuer).update(
            opened_at=F("opened_at") - timedelta(minutes=minutes),
            until=F("until") - timedelta(minutes=minutes),
        )


@cache
def png(width: int = 64, height: int = 64) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (20, 90, 120)).save(stream, "PNG")
    return stream.getvalue()


def achievement(
    *, issuer: issuers.Issuer, slug: str = "welding", **fields: Any
) -> badges.Achievement:
    details: dict[str, Any] = {
        "name": "Soudure à l'arc",
        "description": "Souder des pièces d'acier à l'arc électrique.",
        "criteria": "Réaliser trois assemblages devant un jury.",
        "language": "fr",
        "tags": ["soudure", "acier"],
    } | fields
    created = catalogue.draft(issuer=issuer, slug=slug, image=png(), now=NOW, **details)
    return catalogue.publish(issuer=issuer, achievement=created, now=NOW)


def the_achievement(*, issuer: issuers.Issuer) -> badges.Achievement:
    """Return the first badge of an issuer; make it where there is none."""
    return badges.Achievement.objects.of(issuer).first() or achievement(issuer=issuer)


def learner(
    *, issuer: issuers.Issuer, name: str = "Awa Diallo", email: str = "awa@example.org"
) -> learners.Learner:
    enrolled = people.enrol(issuer=issuer, people=[people.Person(name, email, "fr")], now=NOW)
    return enrolled[email]


def due(
    *,
    issuer: issuers.Issuer,
    count: int = 1,
    achievement: badges.Achievement | None = None,
    now: datetime = NOW,
    **award: Any,
) -> list[models.Credential]:
    """Issue `count` credentials; they are not signed yet."""
    what = achievement or the_achievement(issuer=issuer)
    first = models.Credential.objects.of(issuer).count()
    enrolled = people.enrol(
        issuer=issuer,
        people=[
            people.Person(f"Élève {n}", f"eleve{n}@example.org", "fr")
            for n in range(first, first + count)
        ],
        now=NOW,
    )
    references = [f"award-{n}" for n in range(first, first + count)]
    services.issue(
        issuer=issuer,
        achievement=what,
        awards=[
            services.Award(
                learner=person,
                reference=reference,
                valid_from=award.get("valid_from", NOW),
                valid_until=award.get("valid_until"),
            )
            for person, reference in zip(enrolled.values(), references, strict=True)
        ],
        now=now,
    )
    return list(
        models.Credential.objects.of(issuer).filter(reference__in=references).order_by("id")
    )


def signed(*, issuer: issuers.Issuer, now: datetime = NOW, **details: Any) -> models.Credential:
    """Return a signed credential, loaded as pages load it; its status list is published."""
    [row] = due(issuer=issuer, now=now, **details)
    services.sign(now=now, limit=100)
    services.publish_status_lists(now=now)
    found = selectors.find_by_token(token=row.token)
    if found is None:
        raise AssertionError("It was just signed.")
    return found


def block_badges(
    *, issuer: issuers.Issuer, blocks: int = 3, badges_of: tuple[int, ...] = (1, 2)
) -> list[badges.Achievement]:
    """Publish badges of some blocks of a certification that has `blocks` of them."""
    certification = {
        "code": "RNCP99001",
        "title": "Régisseur lumière",
        "level": "6",
        "url": "https://certificateur.example/rncp99001",
    }
    described = [
        catalogue.describe_block(
            issuer=issuer,
            certification=certification,
            code=f"RNCP99001BC{number:02}",
            title=f"Bloc {number} de la régie",
        )
        for number in range(1, blocks + 1)
    ]
    return [
        achievement(
            issuer=issuer,
            slug=f"bloc-{number}",
            name=f"Régie, bloc {number}",
            block=described[number - 1],
        )
        for number in badges_of
    ]


def awarded(
    *,
    issuer: issuers.Issuer,
    learner: learners.Learner,
    achievements: Sequence[badges.Achievement],
    now: datetime = NOW,
) -> list[models.Credential]:
    """Return signed credentials of one learner, in the order of the achievements."""
    references = [f"{learner.email}-{each.slug}" for each in achievements]
    for each, reference in zip(achievements, references, strict=True):
        award = services.Award(learner=learner, reference=reference, valid_from=now)
        services.issue(issuer=issuer, achievement=each, awards=[award], now=now)
    services.sign(now=now, limit=100)
    found = [selectors.find_by_reference(issuer=issuer, reference=name) for name in references]
    return [each for each in found if each is not None]


def transcript(
    *,
    issuer: issuers.Issuer,
    blocks: int = 3,
    badges_of: tuple[int, ...] = (1, 2),
    now: datetime = NOW,
) -> models.Transcript:
    """Return a signed transcript, loaded as pages load it; its status list is published."""
    row = requested_transcript(issuer=issuer, blocks=blocks, badges_of=badges_of, now=now)
    services.sign_transcripts(now=now, limit=10)
    services.publish_status_lists(now=now)
    found = transcripts.find_by_token(token=row.token)
    if found is None:
        raise AssertionError("It was just signed.")
    return found


def requested_transcript(
    *,
    issuer: issuers.Issuer,
    blocks: int = 3,
    badges_of: tuple[int, ...] = (1, 2),
    now: datetime = NOW,
) -> models.Transcript:
    """Return a transcript that a worker has to sign yet."""
    who = learner(issuer=issuer)
    held = awarded(
        issuer=issuer,
        learner=who,
        achievements=block_badges(issuer=issuer, blocks=blocks, badges_of=badges_of),
        now=now,
    )
    return services.request_transcript(issuer=issuer, learner=who, credentials=held, now=now)


def anchor_everything(*, now: datetime = NOW) -> None:
    """Seal, broadcast and follow on the chain in memory until everything is finalized."""
    later = now + timedelta(days=1)  # a leaf waits for company until then
    memory_chain().reach(now)
    anchoring.seal(now=later)
    for _round in range(8):
        anchoring.broadcast(now=later)
        memory_chain().mine()
        anchoring.follow(now=later)


def memory_chain() -> memory.MemoryChain:
    chain = chains.get_chain()
    if not isinstance(chain, memory.MemoryChain):
        raise TypeError("Tests of services run on the chain in memory.")
    return chain
