"""What pages of one organisation's badges share is read once, and again when anything changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badges import models as badges
from credentials import selectors, services
from credentials.selectors import serving
from credentials.serializers import sections
from issuers import models as issuers
from issuers import services as parties
from tests import factories, kept
from tests.conftest import NOW
from tests.web import providers
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


@kept.fixture
def two(ecole_a):
    """Return the pages of two people's badges that are on record."""
    rows = factories.due(issuer=ecole_a, count=2)
    services.sign(now=NOW, limit=10)
    services.publish_status_lists(now=NOW)
    factories.anchor_everything()
    return [f"/credentials/{row.token}" for row in rows]


@pytest.fixture
def second(client, two):
    """Return what asks for the second page, when the first one was shown before."""
    client.get(two[0])
    return lambda: read(client.get(two[1]))


def test_the_first_view_of_a_second_badge_costs_six_queries(client, two):
    client.get(two[0])

    with CaptureQueriesContext(connection) as queries:
        shown = read(client.get(two[1]))

    assert "Verified" in shown.text
    # The row, the stamp, the key; where it was anchored, how, and what is on record of that.
    assert len([each for each in queries if "SAVEPOINT" not in each["sql"]]) == 6


def test_the_pages_are_told_apart(client, two):
    first, other = (client.get(page).content.decode() for page in two)

    assert "Élève 0" in first
    assert "Élève 0" not in other
    for html, mine, others in ((first, *two), (other, *reversed(two))):
        assert html.count(f'href="{mine}') > 10
        assert others not in html
        assert sections.PLACE not in html


def test_a_section_that_is_kept_says_what_the_template_says(client, two, monkeypatch):
    kept = [client.get(two[1], {"lang": language}).content for language in ("en", "fr")]

    sections._rendered.clear()

    assert [client.get(two[1], {"lang": code}).content for code in ("en", "fr")] == kept
    assert kept[0] != kept[1]


def test_a_key_that_was_stolen_is_nobodys_at_once(second, ecole_a):
    assert "Verified" in second().text

    key = issuers.SigningKey.objects.of(ecole_a).get(kind="ed25519")
    parties.declare_compromised(issuer=ecole_a, kid=key.kid, since=key.valid_from, now=NOW)

    assert "Verified" not in second().text.partition("How this was checked")[0]


def test_a_domain_that_was_proven_is_shown_at_once(second, ecole_a):
    assert "Name not verified" in second().text

    row = providers.proven(ecole_a, "ecole-a.example")
    assert "Holds ecole-a.example" in second().text
    issuers.Domain.objects.of(ecole_a).filter(pk=row.pk).update(lapsed_at=NOW)

    assert "No longer proves" in second().text


def test_what_the_organisation_changes_is_shown_at_once(second, ecole_a):
    assert "Open Badges 2.0" not in second().text

    factories.change(ecole_a, email="badges@ecole-a.example", country="FR")

    assert "Assertion 2.0 (JSON)" in second().text
    assert "Europass export" in second().text


def test_a_revocation_is_shown_as_soon_as_the_list_says_so(second, ecole_a, two):
    other = selectors.find_by_token(token=two[1].rpartition("/")[2])
    assert other is not None

    services.revoke(issuer=ecole_a, credential=other, reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    assert "Revoked" in second().text


def test_what_others_say_is_shown_as_soon_as_it_is_accepted(second, ecole_a, ecole_b):
    badge = badges.Achievement.objects.of(ecole_a).get()
    said = services.endorse(
        issuer=ecole_b, subject=badge, comment="Everybody here knows it.", now=NOW
    )
    services.sign_endorsements(now=NOW, limit=10)
    assert "Everybody here knows it." not in second().text

    services.accept_endorsement(issuer=ecole_a, endorsement=said, now=NOW)

    assert "Everybody here knows it." in second().text


def test_no_more_is_kept_than_there_is_room_for(second, monkeypatch):
    monkeypatch.setattr(serving, "MOST", 0)
    serving._shared.clear()

    assert "Verified" in second().text
    assert not serving._shared
