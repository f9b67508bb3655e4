"""A sound installation with something of everything, and an audit of it."""

from datetime import timedelta

from django.conf import settings as live

from blockchain import services as anchoring
from credentials import models, services
from credentials.selectors import audit
from issuers import selectors as issuers
from issuers import services as parties
from tests import factories, kept
from tests.conftest import NOW

# When everything of yesterday is final, and a little is under way.
AT = NOW + timedelta(days=1, minutes=1)
LONG_BEFORE = NOW - timedelta(days=20)
FRESH = AT - timedelta(minutes=1)
WAITING_SINCE = timedelta(seconds=600)


@kept.fixture
def sound(ecole_a, ecole_b):
    """Return an issuer with two final batches, a waiting leaf and an award that is due.

    One credential was revoked, one is suspended, one was, and one stands for good. One is in a
    transcript. Its first key was stolen, long before. Two versions of its lists are on record.
    """
    stolen = issuers.current_key(issuer=ecole_a, now=LONG_BEFORE, kind=issuers.Kind.ED25519)
    parties.rotate_key(issuer=ecole_a, now=LONG_BEFORE)
    parties.declare_compromised(issuer=ecole_a, kid=stolen.kid, since=LONG_BEFORE, now=LONG_BEFORE)
    factories.due(issuer=ecole_a, count=3)
    factories.due(issuer=ecole_b, count=1)
    services.sign(now=NOW, limit=100)
    anchor_at_once()
    for standing, count in (("suspendable", 2), ("final", 1)):
        badge = factories.achievement(issuer=ecole_a, slug=standing, standing=standing)
        factories.due(issuer=ecole_a, achievement=badge, count=count)
    factories.due(issuer=ecole_a, count=2)
    services.sign(now=NOW, limit=100)
    held = rows(ecole_a).select_related("learner").latest("id")
    services.request_transcript(issuer=ecole_a, learner=held.learner, credentials=[held], now=NOW)
    services.sign_transcripts(now=NOW, limit=1)
    anchor_at_once()
    parties.seal_trails(now=NOW)
    for credential in suspendable(ecole_a):
        services.suspend(issuer=ecole_a, credential=credential, reason="Doubt", now=NOW)
    services.reinstate(issuer=ecole_a, credential=suspendable(ecole_a)[1], now=NOW)
    services.revoke(
        issuer=ecole_a, credential=rows(ecole_a).earliest("id"), reason="By mistake", now=FRESH
    )
    services.endorse(issuer=ecole_b, subject=ecole_a, comment="Sérieux.", now=NOW)
    services.sign_endorsements(now=NOW, limit=10)
    services.publish_status_lists(now=NOW)
    services.state(now=NOW)
    anchor_at_once()
    services.publish_status_lists(now=FRESH)
    parties.seal_trails(now=FRESH)
    services.state(now=FRESH)
    anchoring.write_missing_manifests()
    factories.due(issuer=ecole_a, now=FRESH)
    services.sign(now=FRESH, limit=100)
    factories.due(issuer=ecole_a, now=AT)
    return ecole_a


def anchor_at_once(now=NOW):
    """Do in one round what takes the clocks several: many blocks come at once."""
    later = now + timedelta(days=1)
    factories.memory_chain().reach(now)
    anchoring.seal(now=later)
    anchoring.broadcast(now=later)
    factories.memory_chain().mine(8)
    anchoring.follow(now=later)


def rows(issuer):
    return models.Credential.objects.of(issuer)


def suspendable(issuer):
    return rows(issuer).filter(suspension_list__isnull=False).order_by("id")


def examine(*, chain=True, deep=True, now=AT, foreign=(), lost=()):
    """Audit as the command does."""
    witnesses, silent = None, {}
    if chain:
        witnesses, silent = anchoring.witnesses(accounts=audit.accounts())
    return audit.examine(
        now=now,
        manifests=live.MANIFEST_DIR,
        seal_age=WAITING_SINCE,
        deep=deep,
        witnesses=witnesses,
        silent=silent,
        foreign=foreign,
        lost=lost,
    )


def found(report):
    """Return what was found: invariant, subject, problem."""
    return [
        (each.invariant, finding.subject, finding.problem)
        for each in report.examinations
        for finding in each.findings
    ]
