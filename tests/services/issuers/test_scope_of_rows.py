"""A row of which nobody said whose it is leads nowhere: what starts from it raises."""

import pytest
from django.db.models import Count

from credentials.models import Credential
from issuers import scope
from issuers.models import AcceptedSubmitter
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

# From a row without an issuer, on the way to others or to itself.
WAYS = {
    "refresh_from_db": lambda row: row.refresh_from_db(),
    "refresh_from_db of one column": lambda row: row.refresh_from_db(fields=["state"]),
    "a related manager": lambda row: list(row.events.all()),
    "a related manager's exists": lambda row: row.events.exists(),
    "a related manager's aggregate": lambda row: row.events.aggregate(Count("id")),
    "a related manager's count": lambda row: row.events.count(),
    "a related manager's explain": lambda row: row.events.all().explain(),
    "a related manager's update": lambda row: row.events.update(kind="issued"),
    "a related manager's delete": lambda row: row.events.all().delete(),
    "a foreign key": lambda row: row.learner,
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_starts_from_a_row_that_names_nobody_raises(ecole_a, way):
    there = factories.signed(issuer=ecole_a)
    row = Credential(pk=there.pk, learner_id=there.learner_id)

    with pytest.raises(scope.IssuerNotNamed):
        WAYS[way](row)


def test_a_row_that_says_that_it_is_anothers_finds_nothing(ecole_a, ecole_b):
    there = factories.signed(issuer=ecole_b)
    row = Credential(pk=there.pk, issuer=ecole_a, learner_id=there.learner_id)

    assert list(row.events.all()) == []
    with pytest.raises(Credential.DoesNotExist):
        row.refresh_from_db()


def test_a_model_itself_is_closed(ecole_a):
    AcceptedSubmitter.objects.of(ecole_a).create(issuer=ecole_a, account="x", accepted_at=NOW)

    for manager in (AcceptedSubmitter.objects, AcceptedSubmitter._base_manager):
        with pytest.raises(scope.IssuerNotNamed):
            manager.exists()
