"""Issue to learners who are here already: ticked, of a session, or found; on the way of lists."""

import pytest

from credentials import models
from learners import models as learners
from tests import factories, kept
from tests.web.conftest import read
from tests.web.test_lists import work

pytestmark = pytest.mark.django_db
LIST = "/console/ecole-a/credentials"
HERE = f"{LIST}/issue"


@kept.fixture
def rows(ecole_a):
    """Two badges, each of another learner."""
    badge = factories.achievement(issuer=ecole_a)
    return [factories.signed(issuer=ecole_a, achievement=badge) for _ in range(2)]


@kept.fixture
def next_badge(ecole_a):
    return factories.achievement(issuer=ecole_a, slug="next", name="Encadrement")


def issued(client, address, badge):
    """Say which badge, look at what it becomes, and confirm it."""
    look = client.post(address, {"badge": str(badge.uuid), "day": "2026-02-01"})["Location"]
    page = read(client.get(look))
    confirm = look.replace("/look", "/confirm")
    count = page.text.partition(" badge to issue")[0].split()[-1] if "1 badge" in page.text else "2"
    client.post(confirm, {"window": "0", "typed": count})
    return page.text


def test_those_who_were_ticked_get_another_badge(client, bob, ecole_a, rows, next_badge):
    client.force_login(bob)
    first, _second = rows
    ticked = f"{HERE}?chosen={first.uuid}&chosen=x"
    assert first.learner.name in read(client.get(ticked)).text

    assert "1 badge to issue" in issued(client, ticked, next_badge)
    work(ecole_a)

    made = models.Credential.objects.of(ecole_a).filter(achievement=next_badge)
    assert [(each.learner_id, each.state) for each in made] == [(first.learner_id, "signed")]
    # Nobody gave it a reference, and none that was made here is taken for the organisation's.
    assert "Your reference none" in read(client.get(f"{LIST}/{made[0].uuid}")).text


def test_all_that_were_found_get_it_once(client, bob, ecole_a, rows, next_badge):
    client.force_login(bob)

    assert "2 badges to issue" in issued(client, f"{HERE}?all=1", next_badge)
    work(ecole_a)
    again = client.post(f"{HERE}?all=1", {"badge": str(next_badge.uuid), "day": "2026-02-01"})

    assert "0 badges to issue" in read(client.get(again["Location"])).text
    assert "Chosen learners" in read(client.get("/console/ecole-a/lists")).text


def test_whoever_was_erased_is_passed_over_and_without_anybody_it_says_so(
    client, bob, ecole_a, rows
):
    client.force_login(bob)
    everybody = f"{HERE}?all=1"
    learners.LearnerKey.objects.of(ecole_a).filter(pk=rows[0].learner_id).delete()
    assert "Issue a badge to 1 learner" in read(client.get(everybody)).text

    learners.LearnerKey.objects.of(ecole_a).filter(pk=rows[1].learner_id).delete()

    assert "None was chosen" in read(client.get(everybody)).text
    assert "None was chosen" in read(client.get(f"{HERE}?session=x&all=1")).text


def test_an_end_before_the_day_is_said_once(client, bob, rows, next_badge):
    client.force_login(bob)
    sent = {"badge": str(next_badge.uuid), "day": "2026-02-01", "until": "2026-01-01"}

    text = read(client.post(f"{HERE}?all=1", sent)).text

    assert text.count("2026-01-01") <= 1
    assert "Please look at this again" in text


def test_the_list_of_issued_badges_and_sessions_lead_there(client, bob, charlie, ecole_a, rows):
    client.force_login(bob)

    page = client.get(LIST).content.decode()

    assert f'formaction="{HERE}"' in page
    client.force_login(charlie)
    assert client.get(f"{HERE}?all=1").status_code == 404


def test_without_a_published_badge_it_says_what_comes_first(client, bob, alice, ecole_a):
    client.force_login(alice)

    for path in ("lists/new", "issue"):
        page = read(client.get(f"/console/ecole-a/{path}"))
        assert "/console/ecole-a/badges/gallery" in page.links
    client.force_login(bob)
    assert "has to publish one first" in read(client.get("/console/ecole-a/issue")).text
