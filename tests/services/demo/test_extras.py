"""What a few badges and awards of the demonstration say besides is taken by the services."""

from datetime import UTC, datetime

import pytest

from badges import selectors as badges
from config.demo import data, extras, seeding
from credentials import models, selectors, services
from credentials.core import canonical
from issuers import selectors as issuers

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def seed():
    """Seed the organisation whose awards say something, and the one that endorses it."""
    first, second = data.load()
    told = set(extras.load().award) | set(extras.load().suspended)
    for each in (first, second):
        kept = tuple(one for one in each.credentials if one.reference in told)
        object.__setattr__(each, "credentials", kept)
    return seeding.seed(wanted=[first, second], clock=lambda: NOW)


def test_every_part_is_in_one_credential_one_is_suspended_and_again_changes_nothing():
    _first, second = seed()
    services.sign(now=NOW, limit=100)
    suspended = extras.suspend_as_told(issuer=second.issuer, now=NOW)
    endorsed = extras.endorse_as_told(now=NOW)
    services.sign_endorsements(now=NOW, limit=10)

    credential = selectors.find_by_reference(issuer=second.issuer, reference="DR-2026-0002")
    assert credential is not None
    found = canonical.loads(selectors.opened(credential=credential).document)
    subject = found["credentialSubject"]
    assert {
        "activityStartDate", "activityEndDate", "creditsEarned", "licenseNumber", "narrative",
        "result", "role", "source", "term",
    } <= set(subject)  # fmt: skip
    assert {"creator", "resultDescription", "otherIdentifier", "fieldOfStudy"} <= set(
        subject["achievement"]
    )
    assert [set(each) & {"id", "narrative"} for each in found["evidence"]] == [
        {"id"}, {"id"}, {"narrative"},
    ]  # fmt: skip
    assert (suspended, endorsed) == (1, 2)
    badge = badges.find(issuer=second.issuer, slug="analyse-de-donnees-publiques")
    assert badge is not None
    shown = selectors.shown_endorsements(
        issuer=second.issuer, subjects=[badges.address(achievement=badge), second.issuer.did]
    )
    assert len(shown) == 2

    seed()
    assert extras.suspend_as_told(issuer=second.issuer, now=NOW) == 0
    assert extras.endorse_as_told(now=NOW) == 0
    assert models.EvidenceFile.objects.of(second.issuer).count() == 1
    assert issuers.find_by_slug(slug="institut-ardoise") is not None

    # Somebody tried it out: that is no fault when it starts again.
    assert "DR-2026-0002" in seeding.untouched(second)
    services.revoke(issuer=second.issuer, credential=credential, reason="Tried out", now=NOW)
    assert "DR-2026-0002" not in seeding.untouched(second)
