"""First steps of an organisation, and samples: kept apart from what is true, and removed."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from badges import models as badges
from credentials import models, services
from credentials.selectors import overview
from issuers import models as issuers
from issuers import scope
from issuers import services as parties
from issuers.core import roles
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

HOME = "/console/ecole-a/"
# Doors read a clock that goes on.
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    cache.clear()


@pytest.fixture
def at_home(client, alice):
    client.force_login(alice)
    return client


def samples(issuer):
    return badges.Achievement.objects.of(issuer).filter(is_sample=True)


def steps_done(client):
    return client.get(HOME).content.decode().count("first__step--done")


def test_a_new_organisation_is_shown_what_comes_first(at_home):
    page = read(at_home.get(HOME))

    assert "First steps" in page.text
    assert "/console/ecole-a/organisation" in page.links
    assert steps_done(at_home) == 0


def test_steps_are_told_from_what_is_there(at_home, ecole_a):
    factories.achievement(issuer=ecole_a)
    factories.member(issuer=ecole_a, name="Dora", role="issuer")

    assert steps_done(at_home) == 2

    with scope.inside(ecole_a):
        issuers.Issuer.objects.filter(pk=ecole_a.pk).update(
            logo=factories.png(),
            description="Une école.",
            url="https://a.example/",
            email="a@a.example",
        )
    assert steps_done(at_home) == 3


def test_who_may_not_do_a_step_is_shown_no_way_to_it(client, ecole_a):
    client.force_login(factories.member(issuer=ecole_a, name="Dora", role=roles.Role.VIEWER))

    page = read(client.get(HOME))

    assert "First steps" in page.text
    assert f"{HOME}badges/gallery" not in page.links
    assert client.post(f"{HOME}samples/badge").status_code == 403
    assert client.post(f"{HOME}first-steps/hide").status_code == 403


def test_they_can_be_put_away_for_the_whole_organisation(at_home, client, bob):
    at_home.post(f"{HOME}first-steps/hide")
    client.force_login(bob)

    assert "First steps" not in read(client.get(HOME)).text


def test_one_press_issues_a_sample_to_oneself(at_home, ecole_a):
    response = at_home.post(f"{HOME}samples/badge")

    [credential] = models.Credential.objects.of(ecole_a)
    assert response["Location"] == f"{HOME}credentials/{credential.uuid}"
    assert credential.learner.email == "alice@example.org"
    assert credential.achievement.is_sample
    assert not credential.tells_learner
    services.sign(now=LATER, limit=10)
    assert steps_done(at_home) == 1


def test_pressing_again_issues_nothing_twice(at_home, ecole_a):
    at_home.post(f"{HOME}samples/badge")
    at_home.post(f"{HOME}samples/badge")

    assert models.Credential.objects.of(ecole_a).count() == 1
    assert samples(ecole_a).count() == 1


def test_where_two_people_are_asked_for_a_sample_waits_as_well(at_home, ecole_a):
    parties.require_four_eyes(issuer=ecole_a, is_required=True)

    page = read(at_home.post(f"{HOME}samples/badge", follow=True))

    assert "It waits for a second person" in page.text
    assert models.Credential.objects.of(ecole_a).get().state == "held"


def test_what_is_signed_says_that_it_is_a_sample(at_home, client, ecole_a):
    at_home.post(f"{HOME}samples/badge")
    services.sign(now=LATER, limit=10)
    services.publish_status_lists(now=LATER)
    credential = models.Credential.objects.of(ecole_a).get()
    client.logout()

    assert "Exemple : premiers pas" in read(client.get(f"/credentials/{credential.token}")).text


def test_samples_are_not_on_the_public_page_nor_counted(at_home, client, ecole_a):
    at_home.post(f"{HOME}samples/badge")
    services.sign(now=LATER, limit=10)

    assert overview.issued(issuer=ecole_a, now=NOW).total == 0
    found = overview.standing(issuer=ecole_a, user_id=0)
    assert (found.published, found.unanchored) == (0, 0)
    client.logout()
    assert "premiers pas" not in read(client.get("/issuers/ecole-a")).text


def test_a_sample_list_is_five_invented_people_whom_nobody_issued_anything(at_home, ecole_a):
    response = at_home.post(f"{HOME}samples/list")

    intake = models.Intake.objects.of(ecole_a).get()
    assert response["Location"] == f"{HOME}lists/{intake.uuid}/columns"
    assert intake.state == "draft"
    assert len(services.table_of(intake=intake).rows) == 5
    assert "E-mail address" in read(at_home.get(response["Location"])).text
    assert models.Credential.objects.of(ecole_a).count() == 0
    at_home.post(f"{HOME}samples/list")
    assert models.Intake.objects.of(ecole_a).count() == 1


def test_samples_that_were_never_issued_go_without_a_trace(at_home, ecole_a):
    at_home.post(f"{HOME}samples/list")

    assert at_home.get(f"{HOME}samples/remove").status_code == 200
    at_home.post(f"{HOME}samples/remove")

    assert samples(ecole_a).count() == 0
    assert models.Intake.objects.of(ecole_a).count() == 0


def test_samples_that_are_signed_are_revoked_and_say_why(at_home, ecole_a):
    true = factories.signed(issuer=ecole_a)
    at_home.post(f"{HOME}samples/badge")
    services.sign(now=LATER, limit=10)
    at_home.post(f"{HOME}samples/list")

    at_home.post(f"{HOME}samples/remove")

    sample = models.Credential.objects.of(ecole_a).get(achievement__is_sample=True)
    assert sample.revoked_at is not None
    assert "sample" in sample.revocation_reason
    assert samples(ecole_a).get().state == "retired"
    assert models.Intake.objects.of(ecole_a).count() == 0
    true.refresh_from_db()
    assert true.revoked_at is None


def test_samples_that_are_not_signed_are_dropped(at_home, ecole_a):
    at_home.post(f"{HOME}samples/badge")

    at_home.post(f"{HOME}samples/remove")

    assert models.Credential.objects.of(ecole_a).count() == 0
    assert samples(ecole_a).count() == 0


def test_a_new_sample_can_be_had_after_the_removal(at_home, ecole_a):
    at_home.post(f"{HOME}samples/badge")
    services.sign(now=LATER, limit=10)
    at_home.post(f"{HOME}samples/remove")

    at_home.post(f"{HOME}samples/badge")

    assert samples(ecole_a).count() == 2
    assert models.Credential.objects.of(ecole_a).filter(revoked_at=None).count() == 1


def test_removing_takes_nothing_of_another_organisation(at_home, ecole_b, client, charlie):
    client.force_login(charlie)
    client.post("/console/ecole-b/samples/badge")
    client.force_login(issuers.User.objects.get(email="alice@example.org"))

    client.post(f"{HOME}samples/remove")

    assert models.Credential.objects.of(ecole_b).count() == 1
