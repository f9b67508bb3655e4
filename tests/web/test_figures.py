"""Figures in the console: right on a world that is known, the same in its charts and its tables."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache

from badges import models as badges
from credentials import models
from credentials.selectors import ahead, counted, ledger, messages, reach
from credentials.services import counting
from issuers.core import roles
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db
PAGE = "/console/ecole-a/figures"
TODAY = NOW.date()
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    cache.clear()


def message(credential, state):
    models.Message.objects.of(credential.issuer).create(
        issuer=credential.issuer, credential=credential, learner=credential.learner,
        kind="issued", state=state, asked_at=NOW, due_at=NOW, settled_at=NOW,
    )  # fmt: skip


def count(credential, *acts, days_ago=0):
    for act in acts:
        counting.count(token=credential.token, act=act, now=NOW - timedelta(days=days_ago))


@kept.fixture
def known(ecole_a):
    """Four of welding and one of lighting; of the first, one got far, one halfway, one nowhere."""
    welding = factories.achievement(issuer=ecole_a, name="Welding")
    lighting = factories.achievement(issuer=ecole_a, slug="lighting", name="Lighting")
    far, halfway, nowhere, old = (
        factories.signed(issuer=ecole_a, achievement=welding) for _each in range(4)
    )
    earlier = models.Credential.objects.of(ecole_a).filter(pk=old.pk)
    earlier.update(issued_at=NOW - timedelta(days=70))
    other = factories.signed(issuer=ecole_a, achievement=lighting)
    message(far, "delivered")
    message(halfway, "sent")
    message(nowhere, "bounced")
    count(far, "opened", "opened", "shared", "linkedin", "verified")
    count(far, "opened", days_ago=1)
    count(halfway, "opened", "downloaded")
    count(other, "verified")
    count(old, "opened", days_ago=69)
    models.Holding.objects.of(ecole_a).create(issuer=ecole_a, credential=far, claimed_at=NOW)
    return {"far": far, "old": old, "other": other}


def found(issuer, *, badge="", since=TODAY - YEAR, until=TODAY):
    return reach.reach(issuer=issuer, since=since, until=until, badge=badge, now=NOW)


def test_the_steps_are_those_of_the_world(ecole_a, known):
    assert found(ecole_a).total == reach.Reached(
        issued=5, told=2, delivered=1, opened=3, claimed=1, shared=1, linkedin=1, verified=2
    )
    assert dict(found(ecole_a).badges) == {
        "welding": reach.Reached(
            issued=4, told=2, delivered=1, opened=3, claimed=1, shared=1, linkedin=1, verified=1
        ),
        "lighting": reach.Reached(issued=1, verified=1),
    }


def test_a_badge_and_a_span_narrow_them(ecole_a, known):
    assert found(ecole_a, badge="lighting").total == reach.Reached(issued=1, verified=1)
    assert found(ecole_a, since=TODAY - timedelta(days=30)).total.issued == 4
    assert found(ecole_a, until=TODAY - timedelta(days=30)).total.issued == 1
    assert found(ecole_a, badge="of somebody else").total == reach.Reached()


def test_acts_are_counted_when_they_were_done_by_day_week_or_month(ecole_a, known):
    by_day = found(ecole_a, since=TODAY - timedelta(days=9))
    by_week = found(ecole_a, since=TODAY - timedelta(days=100))
    by_month = found(ecole_a)

    assert [(each.first, each.reached.issued, each.done) for each in by_day.periods] == [
        (date(2026, 3, 1), 0, {"opened": 1}),
        (
            date(2026, 3, 2), 4,
            {"opened": 3, "shared": 1, "linkedin": 1, "verified": 2, "downloaded": 1},
        ),
    ]  # fmt: skip
    assert (by_day.step, by_week.step, by_month.step) == ("day", "week", "month")
    assert {each.first.weekday() for each in by_week.periods} == {0}
    assert [each.first for each in by_month.periods] == [
        date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1),
    ]  # fmt: skip
    assert sum(each.done.get("opened", 0) for each in by_month.periods) == 5
    assert sum(each.reached.issued for each in by_month.periods) == 5


def test_a_long_time_is_told_by_years(ecole_a, known):
    long = found(ecole_a, since=date(2015, 1, 1))

    assert [(each.first.year, each.reached.issued) for each in long.periods] == [
        (2025, 1), (2026, 4),
    ]  # fmt: skip


def test_samples_and_what_is_not_signed_are_left_out(ecole_a, known):
    factories.due(issuer=ecole_a)
    badges.Achievement.objects.of(ecole_a).filter(slug="lighting").update(is_sample=True)

    assert found(ecole_a).total.issued == 4
    assert found(ecole_a).periods[-1].done["verified"] == 1


def test_figures_of_another_organisation_are_not_ours(ecole_b, known):
    assert found(ecole_b).total == reach.Reached()
    assert found(ecole_b).periods == []


def test_much_is_counted_once_in_a_while(ecole_a, known, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(counted, "MANY", 4)

    first = found(ecole_a)
    with django_assert_num_queries(0):
        again = found(ecole_a)

    assert again == first
    assert found(ecole_a, badge="lighting").total.issued == 1


def test_what_a_worker_counts_ahead_tells_the_same_of_any_days_and_badge(
    ecole_a, known, monkeypatch, django_assert_num_queries
):
    spans = [{"since": TODAY - timedelta(days=days)} for days in (9, 100, 365, 4000)]
    asked = [*spans, {"badge": "lighting"}, {"until": TODAY - timedelta(days=30)}]
    before = [found(ecole_a, **each) for each in asked]
    monkeypatch.setattr(counted, "MANY", 4)

    assert ahead.count_ahead(now=NOW, patience=timedelta(days=7)) == 1

    with django_assert_num_queries(0):
        assert [found(ecole_a, **each) for each in asked] == before
        ledger.shown(issuer=ecole_a, now=NOW)
        messages.remindable(issuer=ecole_a, before=NOW, now=NOW)


def test_the_page_shows_numbers_with_their_meaning_and_a_table_for_each_chart(client, alice, known):
    client.force_login(alice)

    response = client.get(PAGE)

    page = read(response)
    assert "Issued badges 5 100 % Signed in these days." in page.text
    assert "Opened 3 60 %" in page.text
    assert "March 2026 4 4 2 1 1 1" in page.text
    assert "Welding 4 2 1 3 1 1 1 1" in page.text
    charts = re.findall(r'<canvas[^>]*data-table="([a-z-]+)"', response.content.decode())
    assert charts == ["steps-table", "time-table", "badges-table"]
    assert set(charts) <= set(page.ids)
    assert known["far"].learner.name not in page.text


def test_filters_stay_in_the_address(client, alice, known):
    client.force_login(alice)

    page = read(client.get(PAGE, {"badge": "lighting", "since": "2026-02-01", "lang": "fr"}))

    kept = "badge=lighting&since=2026-02-01&until=2026-03-02&lang=fr"
    assert f"{PAGE}/badges.csv?{kept}" in page.links
    assert f"{PAGE}/days.csv?{kept}" in page.links
    assert any("since=2026-01-31" in link and "badge=lighting" in link for link in page.links)


def test_days_the_wrong_way_round_are_told_and_break_nothing(client, alice, known):
    client.force_login(alice)

    response = client.get(PAGE, {"since": "2026-03-02", "until": "2026-01-01"})
    nonsense = client.get(PAGE, {"since": "yesterday", "badge": "\x00"})

    assert response.status_code == nonsense.status_code == 200
    assert "exchange the two" in read(response).text
    assert "Enter a valid date" in read(nonsense).text


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time_are_days_like_others(client, alice, known, since):
    client.force_login(alice)

    assert client.get(PAGE, {"since": since, "until": "9999-12-31"}).status_code == 200


def test_tables_are_taken_along_as_they_are_shown(client, alice, known):
    client.force_login(alice)

    of_badges = client.get(f"{PAGE}/badges.csv").content.decode("utf-8-sig").splitlines()
    over_time = client.get(f"{PAGE}/days.csv", {"lang": "fr"}).content.decode("utf-8-sig")

    assert of_badges[0].startswith("Badge,Short name,Issued badges,")
    assert of_badges[1:] == ["Welding,welding,4,2,1,3,1,1,1,1", "Lighting,lighting,1,0,0,0,0,0,0,1"]
    assert over_time.splitlines()[-1] == "2026-03-01;4;4;2;1;1;1"


@pytest.mark.parametrize("path", ["", "/badges.csv", "/days.csv"])
def test_a_viewer_reads_them_and_a_stranger_does_not(client, ecole_a, charlie, known, path):
    client.force_login(factories.member(issuer=ecole_a, name="Vera", role=roles.Role.VIEWER))
    assert client.get(PAGE + path).status_code == 200

    client.force_login(charlie)
    assert client.get(PAGE + path).status_code == 404


def test_an_organisation_without_figures_is_told_how_to_begin(client, alice):
    client.force_login(alice)

    page = read(client.get(PAGE))

    assert "Nothing was issued, opened or verified in these days" in page.text
    assert "/console/ecole-a/lists/new" in page.links
    assert not [each for each in page.loads if "chart" in each]


def test_it_takes_few_questions(client, alice, known, django_assert_max_num_queries):
    client.force_login(alice)
    client.get(PAGE)

    with django_assert_max_num_queries(12):
        client.get(PAGE)
