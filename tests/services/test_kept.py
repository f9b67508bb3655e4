"""What is made once is as new in each test, whichever of them comes first."""

import pytest
from django.conf import settings as live
from django.db import connection

from blockchain.models import Batch
from credentials import models
from issuers import scope
from issuers.models import Issuer
from tests import factories, kept

TWICE = pytest.mark.parametrize("time", [1, 2])
pytestmark = pytest.mark.django_db


@kept.fixture
def anchored(ecole_a):
    made = factories.signed(issuer=ecole_a)
    factories.anchor_everything()
    return made


@TWICE
def test_no_test_sees_what_another_wrote(ecole_a, time):
    with scope.inside(ecole_a):
        found = Issuer.objects.get(pk=ecole_a.pk)
        factories.change(ecole_a, name="Changed")

    assert found.name == "École A"


@TWICE
def test_no_test_sees_what_another_did_to_its_row(ecole_a, time):
    assert ecole_a.name == "École A"

    ecole_a.name = "Changed"


@TWICE
def test_chain_and_manifests_are_as_the_rows_say(anchored, time):
    batch, chain = Batch.objects.get(), factories.memory_chain()
    [manifest] = [each for each in live.MANIFEST_DIR.rglob("*") if each.is_file()]

    assert chain.block(batch.block_number).hash == batch.block_hash

    chain.reorganise(chain.head().number, forget=True)
    manifest.unlink()


@TWICE
def test_rows_of_one_test_are_gone_in_the_next(ecole_a, time):
    assert not models.Credential.objects.of(ecole_a).exists()

    factories.due(issuer=ecole_a)


@TWICE
def test_a_cursor_that_is_read_in_part_spoils_nothing(anchored, time):
    left = models.Credential.objects.of(anchored.issuer).iterator(chunk_size=1)

    assert next(left) == anchored
    test_a_cursor_that_is_read_in_part_spoils_nothing.left = left


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_has_it_made_anew(ecole_a):
    assert not connection.in_atomic_block
    with scope.inside(ecole_a):
        assert Issuer.objects.get().slug == "ecole-a"


def test_what_another_test_began_with_is_gone():
    assert not Issuer.objects.filter(slug="ecole-a").exists()
