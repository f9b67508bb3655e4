"""The console page of partnerships, and what public pages say of who certifies and who trains."""

import pytest

from badges import selectors
from badges import services as catalogue
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

OURS = "/console/ecole-a/partnerships"
THEIRS = "/console/ecole-b/partnerships"


@kept.fixture
def block(ecole_a):
    return catalogue.describe_block(
        issuer=ecole_a,
        certification={"code": "RNCP38596", "title": "Soudeur", "level": "4", "url": ""},
        code="RNCP38596BC02",
        title="Souder à l'arc",
    )


@pytest.fixture
def proposed(client, alice, ecole_b, block, ecole_a):
    client.force_login(alice)
    client.post(
        f"{OURS}/propose",
        {"partner": "http://localhost:8000/issuers/ecole-b", "named": [f"block-{block.pk}"],
         "start_date": "2026-03-01", "end_date": "2027-02-28", "agreement": "C-12"},
    )  # fmt: skip
    [found] = selectors.partnerships_of(issuer=ecole_a)
    return found


def test_it_goes_from_proposed_to_accepted_to_ended(client, alice, charlie, proposed):
    page = read(client.get(OURS)).text
    assert "École B proposed, not answered yet" in page
    assert "RNCP38596BC02 Souder à l'arc" in page

    client.force_login(charlie)
    theirs = read(client.get(THEIRS))
    assert "École A proposed, not answered yet" in theirs.text
    client.post(f"{THEIRS}/{proposed.uuid}/accept")
    assert "École A in force" in read(client.get(THEIRS)).text

    client.force_login(alice)
    assert "École B in force" in read(client.get(OURS)).text
    client.post(f"{OURS}/{proposed.uuid}/end")
    assert "ended on 2 March 2026" in read(client.get(OURS)).text


def test_a_proposal_waits_on_the_first_page_of_whom_it_is_made_to(client, alice, charlie, proposed):
    waits = "1 partnership is proposed to you"

    assert waits not in read(client.get("/console/ecole-a/")).text
    client.force_login(charlie)
    assert waits in read(client.get("/console/ecole-b/")).text
    client.post(f"{THEIRS}/{proposed.uuid}/decline")
    assert waits not in read(client.get("/console/ecole-b/")).text


def test_who_has_nothing_to_name_is_led_to_where_it_is_made(client, charlie):
    client.force_login(charlie)

    page = read(client.get(THEIRS))

    assert f"{THEIRS}/propose" not in page.links
    assert "/console/ecole-b/certifications" in page.links


def test_what_cannot_be_proposed_is_said_why(client, alice, ecole_a, ecole_b, block):
    client.force_login(alice)
    form = {"named": [f"block-{block.pk}"], "start_date": "2026-03-01"}

    nobody = client.post(f"{OURS}/propose", form | {"partner": "nobody"})
    nothing = client.post(f"{OURS}/propose", form | {"partner": "ecole-b", "named": []})
    backwards = client.post(
        f"{OURS}/propose", form | {"partner": "ecole-b", "end_date": "2026-02-01"}
    )

    assert "There is no organisation of this name here." in read(nobody).text
    assert "Name 1 to 100 blocks or badges." in read(nothing).text
    assert "It would end before it begins." in read(backwards).text
    assert selectors.partnerships_of(issuer=ecole_a) == []


def test_who_proposed_cannot_accept_and_a_second_answer_is_said_to_be_one(
    client, alice, charlie, proposed
):
    assert client.post(f"{OURS}/{proposed.uuid}/accept").status_code == 409
    client.force_login(charlie)
    client.post(f"{THEIRS}/{proposed.uuid}/decline")

    response = client.post(f"{THEIRS}/{proposed.uuid}/accept")

    assert response.status_code == 409
    assert "answered or ended meanwhile" in read(response).text


def test_a_stranger_finds_nothing(client, proposed):
    ecole_c = factories.issuer(slug="ecole-c", name="École C")
    client.force_login(factories.member(issuer=ecole_c, name="Eve", role="administrator"))

    for act in ("accept", "decline", "end"):
        for side in ("/console/ecole-c/partnerships", OURS, THEIRS):
            assert client.post(f"{side}/{proposed.uuid}/{act}").status_code == 404
    assert "École A" not in read(client.get("/console/ecole-c/partnerships")).text
    proposed.refresh_from_db()
    assert (proposed.accepted_at, proposed.declined_at, proposed.ended_at) == (None, None, None)


def test_blocks_of_another_are_not_offered(client, charlie, block):
    client.force_login(charlie)

    assert "RNCP38596BC02" not in client.get(f"{THEIRS}/propose").content.decode()
    response = client.post(
        f"{THEIRS}/propose",
        {"partner": "ecole-a", "named": [f"block-{block.pk}"], "start_date": "2026-03-01"},
    )
    assert response.status_code == 200


@pytest.fixture
def badge(client, ecole_b, proposed):
    catalogue.accept_partnership(issuer=ecole_b, partnership=proposed, now=NOW)
    [habilitation] = selectors.standing_habilitations(partner=ecole_b, day=NOW.date())
    return factories.achievement(issuer=ecole_b, habilitation=habilitation)


def test_public_pages_say_who_certifies_and_who_trains(client, ecole_b, badge):
    credential = factories.signed(issuer=ecole_b, achievement=badge)

    for path in (f"/achievements/{badge.uuid}", f"/credentials/{credential.token}"):
        page = read(client.get(path))
        assert "Certifying body (certificateur) École A Name not verified" in page.text, path
        assert "Training organisation (organisme de formation) École B" in page.text
        assert "RNCP38596BC02 Souder à l'arc from 1 March 2026 to 28 February 2027" in page.text
        assert "/issuers/ecole-a" in page.links


def test_public_pages_say_that_a_habilitation_stands_no_more(client, ecole_a, proposed, badge):
    catalogue.end_partnership(issuer=ecole_a, partnership=proposed, now=NOW)

    assert "It stands no more" in read(client.get(f"/achievements/{badge.uuid}")).text


def test_who_certifies_sees_what_is_published_under_it(client, badge):
    page = read(client.get(OURS))

    assert f"/achievements/{badge.uuid}" in page.links


def test_a_unit_is_named_on_the_badge_and_found_on_the_page(client, ecole_a):
    from issuers import services

    lyon = services.add_unit(issuer=ecole_a, name="Campus de Lyon", kind="campus", now=NOW)
    taught = factories.achievement(issuer=ecole_a, unit=lyon)

    assert "Taught by Campus de Lyon" in read(client.get(f"/achievements/{taught.uuid}")).text
    assert f"unit-{lyon.uuid}" in read(client.get("/issuers/ecole-a")).ids
