"""How an organisation of the two came from elsewhere, and what it is about to take along."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from credentials import models as awards
from issuers import models as issuers
from tests import roles
from tests.conftest import NOW

if TYPE_CHECKING:
    from tests.isolation import world


def arrive(school: world.School) -> None:
    """Let an organisation have come from elsewhere, and let operators have dealt with it."""
    issuers.TrailSeal.objects.of(school.issuer).create(
        issuer=school.issuer, sequence=1, last=0, entries=0, digest=b"0" * 32, sealed_at=NOW
    )
    looker, _is_new = issuers.User.objects.get_or_create(email="looker@example.org", is_staff=True)
    with roles.as_owner():
        issuers.Quota.objects.of(school.issuer).create(
            issuer=school.issuer, kind="people", most=1000
        )
        look = issuers.BreakGlass.objects.of(school.issuer).create(
            issuer=school.issuer,
            operator=looker,
            reason=school.word("o", "why an operator looked inside"),
            minutes=5,
        )
        issuers.GlassEnd.objects.of(school.issuer).create(glass=look, issuer=school.issuer)
    arrival = issuers.Arrival.objects.of(school.issuer).create(
        issuer=school.issuer,
        archive=uuid4(),
        came_from=school.word("i", "where an organisation came from"),
        made_at=NOW - timedelta(days=20),
        arrived_at=NOW - timedelta(days=19),
    )
    earlier = school.at["earlier trail"] = issuers.EarlierTrail.objects.of(school.issuer).create(
        issuer=school.issuer, arrival=arrival, entries=0, seals=0, digest=b""
    )
    line = json.dumps({"type": school.word("i", "audit trail of before")}).encode() + b"\n"
    issuers.EarlierTrailPiece.objects.of(school.issuer).create(
        issuer=school.issuer, earlier=earlier, number=0, content=gzip.compress(line)
    )


def take_along(school: world.School) -> None:
    """Let an administrator have ordered an archive, which can still be downloaded."""
    school.at["export"] = awards.Export.objects.of(school.issuer).create(
        issuer=school.issuer,
        ordered_by=school.staff["administrator"],
        ordered_at=NOW - timedelta(hours=2),
        state=awards.Export.State.READY,
        ready_at=NOW - timedelta(hours=1),
        size=len(content := school.word("i", "archive that was ordered").encode()),
    )
    awards.ExportPiece.objects.of(school.issuer).create(
        issuer=school.issuer, export=school.at["export"], number=0, content=content
    )


def print_certificates(school: world.School) -> None:
    """Let certificates of a list have been printed, which can still be downloaded."""
    school.at["printing"] = awards.Printing.objects.of(school.issuer).create(
        issuer=school.issuer,
        intake=school.at["list"],
        kind=awards.Printing.Kind.SHEETS,
        language="fr",
        state=awards.Printing.State.READY,
        ordered_by=school.staff["issuer"],
        ordered_at=NOW - timedelta(hours=2),
        ready_at=NOW - timedelta(hours=1),
        size=1,
        printed=1,
        files=1,
    )
    awards.PrintedFile.objects.of(school.issuer).create(
        issuer=school.issuer,
        printing=school.at["printing"],
        number=0,
        content=school.word("i", "certificates that were printed").encode(),
        learner_ids=[],
    )
