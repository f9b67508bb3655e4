"""Samples: a badge to oneself, a list to play with, and their removal.

What is a sample is told by its badge (`Achievement.is_sample`). It is signed and anchored as
everything else: another path would have other faults, and would show nothing true.
"""

from __future__ import annotations

import csv
import io
import secrets
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from badges import models as badges
from badges.services import samples
from credentials import models
from credentials.services import intakes, issuing, preparing, recording, revocation
from issuers import scope
from learners import services as people

if TYPE_CHECKING:
    from datetime import datetime

    from issuers import models as issuers

# Invented, at addresses that nobody can have (RFC 2606).
PEOPLE = (
    ("Léa Roy", "lea.roy@example.org"),
    ("Awa Diallo", "awa.diallo@example.org"),
    ("Noé Tremblay", "noe.tremblay@example.org"),
    ("Ji-woo Kim", "jiwoo.kim@example.org"),
    ("Inès Haddad", "ines.haddad@example.org"),
)
# In one press: whoever played with a longer list presses again.
MOST = 200

_DROP = """
WITH gone AS MATERIALIZED (
    SELECT id FROM credentials_credential
    WHERE issuer_id = %(issuer)s AND achievement_id = ANY(%(samples)s)
        AND state IN ('due', 'refused')
    FOR UPDATE
), said AS (
    DELETE FROM credentials_credentialevent WHERE credential_id IN (SELECT id FROM gone)
)
DELETE FROM credentials_credential WHERE id IN (SELECT id FROM gone)
"""


@transaction.atomic
def issue_to_oneself(
    *, issuer: issuers.Issuer, actor: issuers.User, now: datetime
) -> models.Credential:
    """Issue the sample badge to whoever asks, at once; return the one they have, where they do.

    Args:
        issuer: Who issues.
        actor: Who asks, and who gets it.
        now: The instant.

    Raises:
        ValidationError: it cannot be issued; says why.
    """
    badge = samples.sample_badge(issuer=issuer, now=now)
    person = people.Person(actor.name or actor.email, actor.email, badge.language)
    [learner] = people.enrol(issuer=issuer, people=[person], now=now).values()
    mine = models.Credential.objects.of(issuer).filter(achievement=badge, learner=learner)
    found = mine.filter(revoked_at=None).order_by("-id").first()
    if found is not None:
        return found
    reference = f"sample-{secrets.token_hex(8)}"
    award = issuing.Award(learner=learner, reference=reference, valid_from=now)
    issuing.issue(issuer=issuer, achievement=badge, awards=[award], now=now, actor=actor)
    return mine.get(reference=reference)


@transaction.atomic
def add_list(*, issuer: issuers.Issuer, actor: issuers.User, now: datetime) -> models.Intake:
    """Hand over a list of five invented learners for the sample badge; nothing is issued yet.

    Where there is one that nobody confirmed, that one is returned.

    Args:
        issuer: Whose.
        actor: Who asks.
        now: The instant.

    Raises:
        ValidationError: the sample badge cannot be issued; says why.
    """
    badge = samples.sample_badge(issuer=issuer, now=now)
    drafts = models.Intake.objects.of(issuer).filter(
        achievement=badge, state=models.Intake.State.DRAFT
    )
    found = drafts.order_by("-id").first()
    if found is not None:
        return found
    text = io.StringIO()
    with translation.override(badge.language):
        name = _("Sample list.csv")
        csv.writer(text).writerows([(_("Name"), _("E-mail address")), *PEOPLE])
    return intakes.upload(
        issuer=issuer, achievement=badge, name=name, content=text.getvalue().encode(),
        actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def remove(*, issuer: issuers.Issuer, actor: issuers.User, now: datetime) -> int:
    """Take samples away: what is signed is revoked, and of what is not, nothing is kept.

    What is signed was public, and its leaf is on a chain: its page goes on, and says that it was a
    sample and is revoked.

    Args:
        issuer: Whose.
        actor: Who removes them.
        now: The instant.

    Returns:
        How many credentials still stand, because there were more than fit into one press.

    Raises:
        preparing.NotWaiting: somebody else prepared samples that wait for a second person.
    """
    badge_ids = list(
        badges.Achievement.objects.of(issuer).filter(is_sample=True).values_list("pk", flat=True)
    )
    _drop_lists(issuer, badge_ids, actor, now)
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_DROP, {"issuer": issuer.pk, "samples": badge_ids})
    signed = models.Credential.objects.of(issuer).filter(
        achievement__in=badge_ids, state=models.Credential.State.SIGNED
    )
    standing = signed.filter(revoked_at=None).order_by("id")
    for credential in standing[:MOST]:
        revocation.revoke(
            issuer=issuer, credential=credential, actor=actor, now=now,
            reason=_("It was a sample, and samples were removed."),
        )  # fmt: skip
    left = standing.count()
    if not left:
        used = {
            pk
            for rows in (models.Credential, models.Intake, models.Preparation)
            for pk in rows.objects.of(issuer)
            .filter(achievement__in=badge_ids)
            .values_list("achievement", flat=True)
            .distinct()
        }
        samples.remove_samples(issuer=issuer, unused=set(badge_ids) - used, now=now)
    return left


def _drop_lists(
    issuer: issuers.Issuer, badge_ids: list[int], actor: issuers.User, now: datetime
) -> None:
    state = models.Intake.State
    for intake in models.Intake.objects.of(issuer).filter(achievement__in=badge_ids):
        if intake.state == state.DRAFT:
            intakes.throw_away(issuer=issuer, intake=intake)
        elif intake.state != state.CANCELLED:
            recording.cancel(issuer=issuer, intake=intake, actor=actor, now=now)
    waiting = models.Preparation.objects.of(issuer).filter(
        achievement__in=badge_ids, state__in=[preparing.State.WAITING, preparing.State.RETURNED]
    )
    for preparation in waiting:
        preparing.discard(issuer=issuer, preparation=preparation, actor=actor, now=now)
