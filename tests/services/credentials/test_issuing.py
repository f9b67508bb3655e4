"""Issue: award rows, nothing signed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials import models, selectors, services
from credentials.services import issuing
from issuers import scope
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_issuing_records_an_award_and_signs_nothing(ecole_a):
    [credential] = factories.due(issuer=ecole_a)

    assert credential.state == "due"
    assert credential.sealed is None
    assert credential.leaf is None
    assert [event.kind for event in selectors.history(credential=credential)] == ["issued"]


def test_the_same_reference_twice_issues_nothing_twice(ecole_a):
    badge = factories.achievement(issuer=ecole_a)
    learner = factories.learner(issuer=ecole_a)
    award = services.Award(learner=learner, reference="2026-17", valid_from=NOW)

    first = services.issue(issuer=ecole_a, achievement=badge, awards=[award], now=NOW)
    second = services.issue(issuer=ecole_a, achievement=badge, awards=[award], now=NOW)

    assert (first.recorded, first.already) == (1, 0)
    assert (second.recorded, second.already) == (0, 1)
    assert models.Credential.objects.of(ecole_a).count() == 1


def test_a_token_holds_128_random_bits(ecole_a):
    tokens = {row.token for row in factories.due(issuer=ecole_a, count=20)}

    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {22}


def test_one_bad_award_issues_none(ecole_a):
    badge = factories.achievement(issuer=ecole_a)
    learner = factories.learner(issuer=ecole_a)
    good = services.Award(learner=learner, reference="1", valid_from=NOW)
    bad = services.Award(learner=learner, reference="2", valid_from=NOW, valid_until=NOW)

    with pytest.raises(ValidationError, match="Entry 2"):
        services.issue(issuer=ecole_a, achievement=badge, awards=[good, bad], now=NOW)

    assert not models.Credential.objects.of(ecole_a).exists()


@pytest.mark.parametrize("reference", ["", "x" * 101])
def test_a_reference_that_does_not_fit_is_refused(ecole_a, reference):
    badge = factories.achievement(issuer=ecole_a)
    award = services.Award(
        learner=factories.learner(issuer=ecole_a), reference=reference, valid_from=NOW
    )

    with pytest.raises(ValidationError, match="reference"):
        services.issue(issuer=ecole_a, achievement=badge, awards=[award], now=NOW)


def test_a_strangers_badge_cannot_be_issued(ecole_a, ecole_b):
    theirs = factories.achievement(issuer=ecole_b)
    award = services.Award(learner=factories.learner(issuer=ecole_a), reference="1", valid_from=NOW)

    with pytest.raises(ValidationError, match="another issuer"):
        services.issue(issuer=ecole_a, achievement=theirs, awards=[award], now=NOW)


def test_a_strangers_learner_cannot_be_given_a_badge(ecole_a, ecole_b):
    badge = factories.achievement(issuer=ecole_a)
    award = services.Award(learner=factories.learner(issuer=ecole_b), reference="1", valid_from=NOW)

    with pytest.raises(ValidationError, match="not yours"):
        services.issue(issuer=ecole_a, achievement=badge, awards=[award], now=NOW)


def test_a_badge_with_a_validity_gives_an_end(ecole_a):
    badge = factories.achievement(issuer=ecole_a, validity_months=24)

    [credential] = factories.due(issuer=ecole_a, achievement=badge)

    assert credential.valid_until == NOW.replace(year=2028)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2026, 12, 31), 2, (2027, 2, 28)),
        ((2026, 1, 15), 36, (2029, 1, 15)),
        ((2026, 1, 31), 1, (2026, 2, 28)),
    ],
)
def test_months_end_where_the_month_ends(start, months, end):
    assert issuing.months_later(datetime(*start, tzinfo=UTC), months) == datetime(*end, tzinfo=UTC)


def test_a_retired_badge_cannot_be_issued(ecole_a):
    from badges import services as catalogue

    badge = factories.achievement(issuer=ecole_a)
    catalogue.retire(issuer=ecole_a, achievement=badge, now=NOW)
    badge.refresh_from_db()

    with pytest.raises(ValidationError, match="not published"):
        services.issue(issuer=ecole_a, achievement=badge, awards=[], now=NOW)


def test_a_query_that_names_no_issuer_raises(ecole_a):
    with pytest.raises(scope.IssuerNotNamed):
        models.Credential.objects.filter(state="due").exists()


def test_a_thousand_awards_cost_a_handful_of_queries(ecole_a):
    badge = factories.achievement(issuer=ecole_a)
    learner = factories.learner(issuer=ecole_a)
    awards = [
        services.Award(learner=learner, reference=str(n), valid_from=NOW + timedelta(seconds=n))
        for n in range(1000)
    ]

    with CaptureQueriesContext(connection) as queries:
        services.issue(issuer=ecole_a, achievement=badge, awards=awards, now=NOW)

    assert len(queries) <= 8
