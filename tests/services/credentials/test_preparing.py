"""Four eyes: who prepares awards does not release them."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from credentials import models, selectors, services
from credentials.selectors import listing
from tests import factories, kept, roles
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


@kept.fixture
def careful(ecole_a):
    """École A asks for a second person."""
    factories.change(ecole_a, four_eyes=True)
    return ecole_a


@kept.fixture
def dora(ecole_a):
    return factories.member(issuer=ecole_a, name="Dora", role="approver")


def prepare(issuer, actor, *, count=2, into=None, first=0, now=NOW):
    badge = factories.the_achievement(issuer=issuer)
    awards = [
        services.Award(
            learner=factories.learner(issuer=issuer, email=f"eleve{n}@example.org"),
            reference=f"award-{n}",
            valid_from=NOW,
        )
        for n in range(first, first + count)
    ]
    return services.issue(
        issuer=issuer, achievement=badge, awards=awards, now=now, actor=actor, preparation=into
    )


def states(issuer):
    return sorted(models.Credential.objects.of(issuer).values_list("state", flat=True))


def test_an_organisation_that_does_not_ask_issues_as_before(ecole_a, bob):
    issued = prepare(ecole_a, bob)

    assert issued.preparation is None
    assert states(ecole_a) == ["due", "due"]


def test_awards_wait_and_are_not_signed(careful, bob):
    issued = prepare(careful, bob)

    assert (issued.recorded, issued.preparation.state) == (2, "waiting")
    assert services.sign(now=LATER, limit=100) == 0
    assert states(careful) == ["held", "held"]
    [first, _second] = models.Credential.objects.of(careful).order_by("id")
    assert [each.kind for each in selectors.history(credential=first)] == ["prepared"]


def test_what_waits_has_no_page_yet(careful, bob):
    prepare(careful, bob)

    for row in models.Credential.objects.of(careful):
        assert selectors.find_by_token(token=row.token) is None


def test_somebody_must_say_that_they_prepare(careful):
    with pytest.raises(ValidationError, match="say who prepares"):
        prepare(careful, None)

    assert states(careful) == []


def test_what_somebody_else_releases_is_issued_then_and_signed(careful, bob, dora):
    waiting = prepare(careful, bob).preparation

    size = services.release(issuer=careful, preparation=waiting, actor=dora, now=LATER)

    assert size == 2
    [first, _second] = models.Credential.objects.of(careful).order_by("id")
    assert (first.state, first.issued_at, first.sign_after) == ("due", LATER, LATER)
    happened = [(e.kind, e.actor_id) for e in selectors.history(credential=first)]
    assert sorted(happened) == [("issued", dora.pk), ("prepared", bob.pk)]
    assert services.sign(now=LATER, limit=100) == 2
    waiting.refresh_from_db()
    assert (waiting.state, waiting.size, waiting.decided_by) == ("released", 2, dora)


def test_a_correction_window_is_kept(careful, bob, dora):
    badge = factories.achievement(issuer=careful)
    award = services.Award(learner=factories.learner(issuer=careful), reference="1", valid_from=NOW)
    waiting = services.issue(
        issuer=careful, achievement=badge, awards=[award], now=NOW, actor=bob,
        sign_after=LATER + timedelta(days=1),
    ).preparation  # fmt: skip

    services.release(issuer=careful, preparation=waiting, actor=dora, now=LATER)

    [row] = models.Credential.objects.of(careful)
    assert row.sign_after == LATER + timedelta(days=1)


def test_nobody_releases_what_they_prepared_not_even_an_administrator(careful, alice):
    waiting = prepare(careful, alice).preparation

    with pytest.raises(services.OwnPreparation):
        services.release(issuer=careful, preparation=waiting, actor=alice, now=LATER)

    assert states(careful) == ["held", "held"]


def test_a_preparation_is_released_once(careful, bob, dora, alice):
    waiting = prepare(careful, bob).preparation
    services.release(issuer=careful, preparation=waiting, actor=dora, now=LATER)

    with pytest.raises(services.NotWaiting):
        services.release(issuer=careful, preparation=waiting, actor=alice, now=LATER)


def test_a_stranger_releases_nothing(careful, bob, ecole_b, charlie):
    waiting = prepare(careful, bob).preparation

    with pytest.raises(services.NotWaiting):
        services.release(issuer=ecole_b, preparation=waiting, actor=charlie, now=LATER)

    assert states(careful) == ["held", "held"]


def test_what_is_returned_says_why_and_may_be_handed_in_again(careful, bob, dora):
    waiting = prepare(careful, bob).preparation

    with pytest.raises(ValidationError):
        services.give_back(issuer=careful, preparation=waiting, actor=dora, reason=" ", now=LATER)
    services.give_back(
        issuer=careful, preparation=waiting, actor=dora, reason="Wrong session", now=LATER
    )

    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("returned", "Wrong session")
    with pytest.raises(services.NotWaiting):
        services.release(issuer=careful, preparation=waiting, actor=dora, now=LATER)
    with pytest.raises(services.NotWaiting):
        services.hand_in(issuer=careful, preparation=waiting, actor=dora)
    services.hand_in(issuer=careful, preparation=waiting, actor=bob)
    assert services.release(issuer=careful, preparation=waiting, actor=dora, now=LATER) == 2


def test_what_is_discarded_leaves_nothing_and_frees_its_references(careful, bob, dora):
    waiting = prepare(careful, bob).preparation
    with pytest.raises(services.NotWaiting):
        services.discard(issuer=careful, preparation=waiting, actor=dora, now=LATER)

    assert services.discard(issuer=careful, preparation=waiting, actor=bob, now=LATER) == 2

    assert states(careful) == []
    assert not models.CredentialEvent.objects.of(careful).exists()
    assert prepare(careful, bob).recorded == 2


def test_parts_of_one_work_wait_together(careful, bob, dora):
    first = prepare(careful, bob).preparation
    second = prepare(careful, bob, into=first, first=2).preparation

    assert first == second
    with pytest.raises(services.NotWaiting):
        prepare(careful, dora, into=first, first=4)
    assert services.release(issuer=careful, preparation=first, actor=dora, now=LATER) == 4


def test_the_same_awards_again_leave_no_empty_preparation(careful, bob):
    prepare(careful, bob)

    again = prepare(careful, bob)

    assert (again.recorded, again.already, again.preparation) == (0, 2, None)
    assert models.Preparation.objects.of(careful).count() == 1


def test_a_thousand_are_released_by_as_many_statements_as_one(careful, bob, dora):
    one = prepare(careful, bob, count=1).preparation
    many = prepare(careful, bob, count=30, first=1).preparation

    with CaptureQueriesContext(connection) as for_one:
        services.release(issuer=careful, preparation=one, actor=dora, now=LATER)
    with CaptureQueriesContext(connection) as for_many:
        services.release(issuer=careful, preparation=many, actor=dora, now=LATER)

    assert len(for_one) == len(for_many)


def refused_by_the_database(statement, values):
    with (
        roles.as_owner(),
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


def test_the_database_itself_refuses_to_release_ones_own(careful, bob):
    waiting = prepare(careful, bob).preparation

    refused_by_the_database(
        "UPDATE credentials_preparation SET state = 'released', decided_by_id = prepared_by_id,"
        " decided_at = now() WHERE id = %s",
        [waiting.pk],
    )


@pytest.mark.parametrize("state", ["due", "signed", "refused"])
def test_the_database_itself_lets_nothing_go_that_was_not_released(careful, bob, state):
    waiting = prepare(careful, bob).preparation

    refused_by_the_database(
        "UPDATE credentials_credential SET state = %s, preparation_id = NULL"
        " WHERE preparation_id = %s",
        [state, waiting.pk],
    )


def test_the_database_itself_refuses_what_would_be_signed_at_once(careful, bob):
    badge = factories.achievement(issuer=careful)
    before = factories.learner(issuer=careful)
    careful.four_eyes = False  # a caller that holds an old row

    with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
        services.issue(
            issuer=careful,
            achievement=badge,
            awards=[services.Award(learner=before, reference="1", valid_from=NOW)],
            now=NOW,
            actor=bob,
        )


def test_what_was_released_today_is_listed_as_of_today_though_its_key_is_old(careful, bob, dora):
    """Lists learn by day between which keys to look (`recorded`): a release moves a row."""
    long_ago, lately = NOW - timedelta(days=40), NOW - timedelta(days=5)
    waiting = prepare(careful, bob, count=1, now=long_ago)
    prepare(careful, bob, count=1, first=1, now=lately)
    first, second = models.Credential.objects.of(careful).order_by("id")
    look = listing.Look(since=NOW - timedelta(days=1), now=NOW)
    assert listing.page(issuer=careful, look=look).rows == []

    services.release(issuer=careful, preparation=waiting.preparation, actor=dora, now=NOW)

    assert listing.page(issuer=careful, look=look).rows == [first]
    until = listing.Look(until=NOW - timedelta(days=1), now=NOW)
    assert listing.page(issuer=careful, look=until).rows == [second]
