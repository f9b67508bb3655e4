"""Sessions of trainings: said when badges are issued, found again by them; and signing later."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError

from credentials import models, services
from credentials.selectors import following, listing, reach
from credentials.services import cohorts
from issuers.core import roles, zones
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read
from tests.web.test_lists import badge, looked_at, work  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
HERE = "/console/ecole-a/sessions"
CREDENTIALS = "/console/ecole-a/credentials"


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    cache.clear()


def opened(issuer, actor, name="Spring", **more):
    return cohorts.open_cohort(issuer=issuer, name=name, actor=actor, now=NOW, **more)


def confirmed(client, badge, **more):  # noqa: F811
    """Hand the list of three over, and confirm it."""
    address = looked_at(client, badge).replace("/look", "/confirm")
    return client.post(address, {"window": "0", "typed": "2", **more})


@pytest.fixture
def issued(client, bob, badge, ecole_a):  # noqa: F811
    """Two badges of a session, and one of none."""
    client.force_login(bob)
    confirmed(client, badge, new_cohort="Spring")
    work(ecole_a)
    factories.signed(issuer=ecole_a)
    return models.Cohort.objects.of(ecole_a).get()


def test_a_session_is_named_when_a_list_is_confirmed_and_its_badges_are_found_by_it(
    client, ecole_a, issued
):
    page = read(client.get(CREDENTIALS, {"session": str(issued.uuid)}))
    everything = read(client.get(CREDENTIALS))

    assert "Léa Roy" in page.text
    assert "Élève 2" not in page.text
    assert "Élève 2" in everything.text
    assert "Spring 2 badges" in read(client.get(HERE)).text
    [credential] = listing.page(issuer=ecole_a, look=listing.Look(words="lea@")).rows
    assert "Session Spring" in read(client.get(f"{CREDENTIALS}/{credential.uuid}")).text


def test_a_session_that_is_not_there_finds_nothing(client, alice, issued):
    client.force_login(alice)

    for wrong in ("00000000-0000-0000-0000-000000000001", "x", "\x00"):
        assert "Nothing was found" in read(client.get(CREDENTIALS, {"session": wrong})).text


def test_corrections_are_of_the_session_of_what_they_correct(client, ecole_a, alice, issued):
    [row] = listing.page(issuer=ecole_a, look=listing.Look(words="lea@")).rows
    wrong = following.find_issued(issuer=ecole_a, uuid=row.uuid)
    for name in ("Léa Royer", "Léa Roger"):
        instead = replace(services.wording(credential=wrong), name=name)
        said = {"issuer": ecole_a, "reason": "Misspelt", "actor": alice, "now": NOW}
        made = services.correct(credential=wrong, instead=instead, **said)
        services.sign(now=NOW, limit=10)
        wrong = following.find_issued(issuer=ecole_a, uuid=made.uuid)
    client.force_login(alice)

    page = read(client.get(CREDENTIALS, {"session": str(issued.uuid)}))
    last = read(client.get(f"{CREDENTIALS}/{wrong.uuid}"))
    found = reach.reach(
        issuer=ecole_a, since=NOW.date(), until=NOW.date(), cohort_id=issued.pk, now=NOW
    )

    assert page.text.count("Léa Roger") == 3
    assert "Session Spring" in last.text
    assert found.total.issued == 4


def test_figures_are_told_by_session(client, alice, issued):
    client.force_login(alice)

    page = read(client.get("/console/ecole-a/figures"))
    narrowed = read(client.get("/console/ecole-a/figures", {"session": str(issued.uuid)}))
    table = client.get("/console/ecole-a/figures/sessions.csv").content.decode("utf-8-sig")

    assert "Issued badges 3 100 %" in page.text
    assert "Spring 2 0 0 0 0 0 0" in page.text
    assert "Issued badges 2 100 %" in narrowed.text
    assert table.splitlines()[1] == "Spring,2,0,0,0,0,0,0,0"


def test_a_list_is_said_to_be_of_another_session_later(client, bob, ecole_a, issued):
    other = opened(ecole_a, bob, "Autumn")
    intake = models.Intake.objects.of(ecole_a).get()
    address = f"/console/ecole-a/lists/{intake.uuid}"

    client.post(f"{address}/session", {"cohort": str(other.uuid)})

    assert "Session: Autumn" in read(client.get(address)).text
    assert "Spring 0 badges" in read(client.get(HERE)).text
    client.post(f"{address}/session", {"cohort": ""})
    assert "Of no session." in read(client.get(address)).text
    both = client.post(f"{address}/session", {"cohort": str(other.uuid), "new_cohort": "X"})
    assert "not both" in read(both).text


def test_sessions_are_added_described_anew_and_removed(client, bob, ecole_a):
    client.force_login(bob)
    assert "There is no session yet" in read(client.get(HERE)).text
    given = {"name": "  Evening  course ", "starts_on": "2026-02-02", "place": "Lyon"}

    client.post(f"{HERE}/add", given)
    [row] = models.Cohort.objects.of(ecole_a)
    assert "Evening course 2 Feb. 2026 · Lyon" in read(client.get(HERE)).text
    wrong = client.post(f"{HERE}/{row.uuid}", given | {"ends_on": "2026-01-01"})
    assert "exchange the two" in read(wrong).text
    client.post(f"{HERE}/{row.uuid}", given | {"name": "Day course"})
    assert "Day course" in read(client.get(HERE)).text
    client.post(f"{HERE}/{row.uuid}/remove")

    assert not models.Cohort.objects.of(ecole_a).exists()


def test_a_session_that_something_was_issued_to_stays(client, bob, issued):
    refused = client.post(f"{HERE}/{issued.uuid}/remove")

    assert refused.status_code == 409
    assert "Lists are of this session" in read(refused).text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"), ({"name": "x" * 121}, "name"), ({"name": "Taken"}, "name"),
        ({"name": "A", "place": "x" * 121}, "place"),
        ({"name": "A", "starts_on": date(2026, 2, 2), "ends_on": date(2026, 2, 1)}, "ends_on"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field(ecole_a, bob, given, field):
    opened(ecole_a, bob, "Taken")

    with pytest.raises(ValidationError) as refusal:
        cohorts.open_cohort(issuer=ecole_a, actor=bob, now=NOW, **given)

    assert list(refusal.value.message_dict) == [field]


@pytest.mark.parametrize("path", ["", "/add", "/{}", "/{}/remove"])
def test_a_stranger_finds_no_session(client, charlie, ecole_a, bob, path):
    row = opened(ecole_a, bob)
    client.force_login(charlie)

    assert client.get(HERE + path.format(row.uuid)).status_code == 404
    assert client.get(f"/console/ecole-b/sessions/{row.uuid}").status_code == 404


def test_who_looks_on_changes_nothing(client, ecole_a, bob):
    row = opened(ecole_a, bob)
    client.force_login(factories.member(issuer=ecole_a, name="Vera", role=roles.Role.VIEWER))

    assert client.get(HERE).status_code == 200
    assert client.get(f"{HERE}/{row.uuid}").status_code == 403


def test_it_takes_few_questions(client, alice, issued, django_assert_max_num_queries):
    client.force_login(alice)
    client.get(HERE)

    with django_assert_max_num_queries(12):
        client.get(HERE)
    with django_assert_max_num_queries(12):
        client.get(CREDENTIALS, {"session": str(issued.uuid)})


def test_an_organisation_in_canada_reads_the_words_of_its_country(client, ecole_b, charlie, alice):
    client.force_login(charlie)
    theirs = client.get("/console/ecole-b/sessions", {"lang": "fr"})
    client.force_login(alice)
    ours = client.get(HERE, {"lang": "fr"})

    assert "Cohortes" in read(theirs).text
    assert "Ajouter une cohorte" in read(theirs).text
    assert '<html lang="fr-ca">' in theirs.content.decode()
    assert "Statistiques" in read(theirs).text  # as in France
    assert "Cohorte" not in read(ours).text
    assert "Sessions" in read(ours).text


# -- Signing at a day and an hour of one's choice --------------------------------------------------


def at(day, hour, zone="Europe/Paris", **more):
    return {"window": "at", "day": day, "hour": hour, "zone": zone, **more}


def test_badges_are_signed_at_the_hour_that_was_chosen_by_the_clock_of_the_place(
    client, bob, badge, ecole_a  # noqa: F811
):  # fmt: skip
    client.force_login(bob)
    address = confirmed(client, badge, **at("2026-04-01", "09:00"))["Location"]
    work(ecole_a)

    page = read(client.get(address))
    chosen = datetime(2026, 4, 1, 7, 0, tzinfo=UTC)
    assert models.Intake.objects.of(ecole_a).get().sign_after == chosen
    assert "1 April 2026, 09:00 (Paris; 1 April 2026, 07:00 UTC)" in page.text
    assert f"{address}/cancel" in page.links
    assert services.sign(now=chosen - timedelta(seconds=1), limit=10) == 0
    assert services.sign(now=chosen, limit=10) == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (at("", ""), "Say on which day."),
        (at("2026-04-01", ""), "Say at which hour."),
        (at("2026-03-01", "09:00"), "That is over"),
        (at("2028-03-01", "09:00"), "within a year"),
        (at("9999-12-31", "23:59", "America/Vancouver"), "within a year"),
        (at("2026-03-29", "02:30"), "Clocks leave this hour out"),
        (at("2026-04-01", "09:00", "Mars/Olympus"), "Select a valid choice"),
    ],
)  # fmt: skip
def test_an_hour_that_cannot_be_is_said_so(client, bob, badge, asked, words):  # noqa: F811
    client.force_login(bob)

    page = read(confirmed(client, badge, **asked))

    assert words in page.text
    assert models.Intake.objects.of(badge.issuer_id).get().state == "draft"


def test_what_is_for_an_hour_that_was_chosen_stays_among_what_is_under_way(
    client, bob, badge, ecole_a, time_machine  # noqa: F811
):  # fmt: skip
    client.force_login(bob)
    address = confirmed(client, badge, **at("2026-05-01", "09:00"))["Location"]
    work(ecole_a)
    time_machine.move_to(NOW + timedelta(days=20))
    client.force_login(bob)

    assert address in read(client.get("/console/ecole-a/")).links


@pytest.mark.parametrize(
    ("country", "region", "zone"),
    [
        ("FR", "Bretagne", "Europe/Paris"), ("CA", "QC", "America/Toronto"),
        ("CA", "BC", "America/Vancouver"), ("CA", "Colombie-Britannique", "America/Vancouver"),
        ("CA", "Manitoba", "America/Winnipeg"), ("CA", "", "America/Toronto"),
        ("RE", "", "Indian/Reunion"), ("JP", "", "UTC"), ("", "", "UTC"),
    ],
)  # fmt: skip
def test_a_place_tells_the_zone(country, region, zone):
    assert zones.zone_of(country=country, region=region) == zone
    assert zone in zones.CITIES
