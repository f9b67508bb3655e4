"""A worker may die anywhere between an award and its leaf; the next one leaves no half of it."""

import pytest

from blockchain import services as anchoring
from blockchain.models import Commitment
from blockchain.services import failpoints as mechanism
from credentials import models, services
from credentials.core import status_list as lists
from credentials.services import failpoints
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)


class Crash(BaseException):
    """Not an Exception: nothing may catch a kill."""


@pytest.fixture
def die(monkeypatch):
    """Make a worker die at a place, the first time that it comes by."""

    def arm(point):
        armed = [point]

        def reached(here):
            if here in armed:
                armed.remove(here)
                raise Crash(here)

        monkeypatch.setattr(mechanism, "reached", reached)

    return arm


def points(*ways):
    return [point for point in failpoints.POINTS if point.startswith(ways)]


def test_every_place_is_on_a_way_that_is_tried_here():
    assert set(failpoints.POINTS) == set(
        points("issue", "index", "award", "revoke", "publish", "recommit")
    )


def test_an_award_whose_transaction_dies_was_never_made_and_can_be_made_again(ecole_a, die):
    die("issue: rows written")
    with pytest.raises(Crash):
        factories.due(issuer=ecole_a, count=2)
    assert not models.Credential.objects.of(ecole_a).exists()

    factories.due(issuer=ecole_a, count=2)

    assert models.CredentialEvent.objects.of(ecole_a).count() == 2


@pytest.mark.parametrize("point", points("index", "award"))
def test_a_death_while_awards_are_signed_leaves_each_with_one_leaf_and_one_index(
    ecole_a, die, point
):
    factories.due(issuer=ecole_a, count=3)
    die(point)
    with pytest.raises(Crash):
        services.sign(now=NOW, limit=10)

    services.sign(now=NOW, limit=10)

    rows = list(models.Credential.objects.of(ecole_a))
    assert {row.state for row in rows} == {"signed"}
    assert {bytes(row.leaf) for row in rows} == {
        bytes(leaf) for leaf in Commitment.objects.values_list("leaf", flat=True)
    }
    status_list = models.StatusList.objects.of(ecole_a).get()
    used = {row.status_index for row in rows}
    assert len(used) == 3
    # What the dead worker had reserved is nobody's.
    assert status_list.taken_count in {3, 6}
    assert all(lists.is_set(bytes(status_list.taken), index) for index in used)


@pytest.mark.parametrize("point", points("revoke", "publish"))
def test_a_death_around_a_revocation_leaves_a_bit_that_is_published_in_the_end(ecole_a, die, point):
    credential = factories.signed(issuer=ecole_a)
    die(point)
    with pytest.raises(Crash):  # noqa: PT012 - whichever of the two the place is in
        services.revoke(issuer=ecole_a, credential=credential, reason="Erreur", now=NOW)
        services.publish_status_lists(now=NOW)

    credential.refresh_from_db()
    if not credential.is_revoked:
        services.revoke(issuer=ecole_a, credential=credential, reason="Erreur", now=NOW)
    services.publish_status_lists(now=NOW)

    [row] = models.StatusList.objects.of(ecole_a)
    assert lists.is_set(bytes(row.bits), credential.status_index)
    assert row.published_version == row.version == 2
    assert models.CredentialEvent.objects.of(ecole_a).filter(kind="revoked").count() == 1


def test_a_death_while_leaves_are_promised_again_leaves_none_promised_twice(ecole_a, die):
    credential = factories.signed(issuer=ecole_a)
    Commitment.objects.all().delete()
    die("recommit: chunk committed")
    with pytest.raises(Crash):
        services.recommit(now=NOW)

    services.recommit(now=NOW)

    assert anchoring.seal(now=NOW.replace(year=2027)) == 1
    assert bytes(Commitment.objects.get().leaf) == bytes(credential.leaf)
