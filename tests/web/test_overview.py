"""Where the console begins: numbers, what is under way, what is wrong, what to do next."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from credentials import models
from credentials.selectors import overview, troubles
from credentials.services import retelling
from issuers import models as issuers
from issuers.core import roles
from tests import factories, kept
from tests import roles as database
from tests.conftest import NOW
from tests.services.credentials.test_telling import told
from tests.web.conftest import read

HOME = "/console/ecole-a/"


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    cache.clear()


@kept.fixture
def refused(ecole_a):
    """Return a credential that could not be signed."""
    [credential] = factories.due(issuer=ecole_a)
    models.Credential.objects.of(ecole_a).filter(pk=credential.pk).update(
        state="refused", refusal="the learner has no name"
    )
    return credential


def test_it_counts_what_was_issued_and_what_is_on_record(client, alice, credential):
    client.force_login(alice)

    page = read(client.get(HOME))

    assert "1 Issued this month" in page.text
    assert "1 On the public record" in page.text
    assert "0 Being signed" in page.text


def test_an_organisation_that_issued_nothing_is_told_how_to_begin(client, alice):
    client.force_login(alice)

    page = read(client.get(HOME))

    assert "Nothing was issued yet" in page.text
    assert "/console/ecole-a/badges/gallery" in page.links
    assert not [each for each in page.loads if "chart" in each]


def test_another_organisation_is_not_counted(client, charlie, ecole_b, credential):
    client.force_login(charlie)

    assert "0 Issued this month" in read(client.get("/console/ecole-b/")).text


def test_who_may_not_see_learners_sees_numbers_and_no_names(client, ecole_a, credential):
    client.force_login(factories.member(issuer=ecole_a, name="Dora", role=roles.Role.DESIGNER))

    page = read(client.get(HOME))

    assert "1 Issued this month" in page.text
    assert credential.learner.name not in page.text
    assert client.get(f"{HOME}under-way").status_code == 403


def test_months_are_a_table_that_the_chart_is_drawn_from(client, alice, credential):
    client.force_login(alice)

    response = client.get(HOME)

    assert "The numbers as a table" in read(response).text
    assert response.content.decode().count("data-number=") == overview.MONTHS


@pytest.mark.django_db
def test_what_was_counted_this_morning_is_not_counted_again(
    ecole_a, credential, django_assert_num_queries
):
    earlier = NOW + timedelta(days=1)

    assert overview.issued(issuer=ecole_a, now=earlier).total == 1
    with django_assert_num_queries(1):
        found = overview.issued(issuer=ecole_a, now=earlier)

    assert found.total == 1
    assert sum(number for _month, number in found.months) == 1


def test_what_was_issued_since_this_morning_counts_at_once(ecole_a, credential):
    assert overview.issued(issuer=ecole_a, now=NOW).this_month == 1

    factories.signed(issuer=ecole_a)

    assert overview.issued(issuer=ecole_a, now=NOW).this_month == 2


def test_a_year_has_twelve_months_and_the_last_is_this_one(ecole_a):
    months = overview.issued(issuer=ecole_a, now=NOW).months

    assert len(months) == overview.MONTHS
    assert months[-1][0] == NOW.date().replace(day=1)
    assert months[0][0] == NOW.date().replace(day=1, year=NOW.year - 1, month=NOW.month + 1)


def test_it_takes_few_questions(client, alice, credential, django_assert_max_num_queries):
    client.force_login(alice)
    client.get(HOME)

    with django_assert_max_num_queries(12):
        client.get(HOME)


def test_trouble_is_shown_on_every_page_with_its_remedy(client, alice, refused):
    client.force_login(alice)

    anywhere = read(client.get("/console/ecole-a/people"))
    page = read(client.get(f"{HOME}troubles"))

    assert "Needs attention" in anywhere.text
    assert f"{HOME}troubles" in anywhere.links
    assert "Awards that could not be signed" in page.text
    assert "/console/ecole-a/lists" in page.links


def test_without_trouble_nothing_is_shown(client, alice):
    client.force_login(alice)

    assert "Needs attention" not in read(client.get(HOME)).text
    assert "Nothing is wrong" in read(client.get(f"{HOME}troubles")).text


def test_trouble_of_another_organisation_is_not_ours(client, charlie, ecole_b, refused):
    client.force_login(charlie)

    assert "Nothing is wrong" in read(client.get("/console/ecole-b/troubles")).text


def test_trouble_is_shown_to_those_whom_it_concerns(client, ecole_a, refused):
    client.force_login(factories.member(issuer=ecole_a, name="Dora", role=roles.Role.DESIGNER))

    assert "Nothing is wrong" in read(client.get(f"{HOME}troubles")).text


def test_an_order_for_a_key_that_hangs_is_trouble_until_it_is_done(ecole_a, alice):
    order = issuers.KeyOrder.objects.of(ecole_a).create(
        issuer=ecole_a, act="rotate", kind="ed25519", ordered_by=alice, ordered_at=NOW,
        trouble="service", tried_at=NOW,
    )  # fmt: skip

    assert troubles.troubles(issuer=ecole_a, now=NOW) == [troubles.Trouble("keys", 1)]

    with database.as_owner():
        issuers.KeyOrder.objects.of(ecole_a).filter(pk=order.pk).update(
            state="done", trouble="", ended_at=NOW
        )
    assert troubles.troubles(issuer=ecole_a, now=NOW) == []


def test_what_waits_too_long_for_a_chain_is_trouble(ecole_a):
    factories.signed(issuer=ecole_a)

    assert troubles.troubles(issuer=ecole_a, now=NOW) == []
    late = NOW + troubles.LATE + timedelta(minutes=1)
    assert troubles.troubles(issuer=ecole_a, now=late) == [troubles.Trouble("anchoring", 1)]
    assert troubles.troubles(issuer=factories.issuer(slug="other"), now=late) == []


def test_an_e_mail_that_came_back_needs_attention_until_it_is_sent_again(ecole_a, bob):
    told(ecole_a)
    models.Message.objects.of(ecole_a).update(state="bounced", settled_at=NOW)

    assert [each.kind for each in troubles.troubles(issuer=ecole_a, now=NOW)] == ["mail"]
    retelling.send_again(issuer=ecole_a, states=("bounced",), actor=bob, now=NOW)

    assert troubles.troubles(issuer=ecole_a, now=NOW) == []
