"""Sealing the audit trail: all of it, in order, whoever writes meanwhile."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from issuers import models, scope, selectors, services
from issuers.core import trail
from issuers.services import sealing
from tests import factories
from tests.conftest import NOW


def change(issuer):
    with scope.inside(issuer):
        models.Issuer.objects.filter(pk=issuer.pk).update(country="CA")


def seals(issuer):
    return list(models.TrailSeal.objects.of(issuer).order_by("sequence"))


def holds(issuer):
    """Say whether seals lead from the first entry to the last."""
    previous, after = None, 0
    for seal in seals(issuer):
        entries = list(
            selectors.trail_entries(issuer=issuer, after=after, until=seal.last, limit=10**9)
        )
        document = trail.seal_document(
            entries, issuer=issuer.did, sequence=seal.sequence, previous=previous
        )
        if trail.seal_digest(document) != bytes(seal.digest) or document["count"] != seal.entries:
            return False
        previous, after = bytes(seal.digest), seal.last
    return True


def unsealed(issuer):
    last = models.TrailSeal.objects.of(issuer).order_by("-sequence").first()
    entries = models.TrailEntry.objects.of(issuer).filter(pk__gt=last.last if last else 0)
    return entries.count()


@pytest.mark.django_db
def test_each_organisation_has_a_chain_of_its_own(ecole_a, ecole_b, bob):
    assert services.seal_trails(now=NOW) == 2
    models.Membership.objects.of(ecole_a).update(role="viewer")
    assert services.seal_trails(now=NOW + timedelta(minutes=1)) == 1

    assert [seal.sequence for seal in seals(ecole_a)] == [1, 2]
    assert [seal.sequence for seal in seals(ecole_b)] == [1]
    assert [seal.entries for seal in seals(ecole_a)][1] == 1
    for issuer in (ecole_a, ecole_b):
        assert holds(issuer)
        assert unsealed(issuer) == 0


@pytest.mark.django_db
def test_where_nothing_is_new_nothing_is_sealed(ecole_a, django_assert_num_queries):
    services.seal_trails(now=NOW)

    with django_assert_num_queries(5):  # two of them are the savepoint of the test
        assert services.seal_trails(now=NOW) == 0


@pytest.mark.django_db
def test_a_long_trail_takes_several_seals(ecole_a, bob, monkeypatch):
    monkeypatch.setattr(sealing, "LIMIT", 3)

    services.seal_trails(now=NOW)

    assert all(seal.entries <= 3 for seal in seals(ecole_a))
    assert len(seals(ecole_a)) >= 2
    assert holds(ecole_a)
    assert unsealed(ecole_a) == 0


@pytest.mark.django_db
def test_a_restored_database_that_counts_anew_is_sealed_all_the_same(ecole_a):
    models.TrailMark.objects.create(pk=1, entry=1, horizon=2**60)

    services.seal_trails(now=NOW)

    assert unsealed(ecole_a) == 0


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_comes_late_is_sealed_in_its_place():
    school = factories.issuer(slug="ecole-a")
    person = factories.member(issuer=school, name="Bob", role="issuer")
    services.seal_trails(now=NOW)
    written, end = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            models.Membership.objects.of(school).filter(user=person).update(role="viewer")
            written.set()
            end.wait(30)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(30)
    # A later number, committed earlier.
    change(school)
    early = [services.seal_trails(now=NOW) for _attempt in range(3)]
    end.set()
    thread.join()
    services.seal_trails(now=NOW)
    services.seal_trails(now=NOW)

    assert early == [0, 0, 0]
    assert seals(school)[-1].entries == 2
    assert unsealed(school) == 0
    assert holds(school)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_chain():
    school = factories.issuer(slug="ecole-a")
    inside, go = threading.Event(), threading.Event()

    def other():
        with transaction.atomic():
            models.TrailMark.objects.select_for_update().get(pk=1)
            inside.set()
            go.wait(30)
        connection.close()

    services.seal_trails(now=NOW)
    change(school)
    thread = threading.Thread(target=other)
    thread.start()
    inside.wait(30)
    meanwhile = services.seal_trails(now=NOW)
    go.set()
    thread.join()
    services.seal_trails(now=NOW)
    services.seal_trails(now=NOW)

    assert meanwhile == 0
    assert [seal.sequence for seal in seals(school)] == [1, 2]
    assert holds(school)
