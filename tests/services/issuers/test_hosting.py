"""Hosts: proven before they answer, stopped at once, taken over by nobody without a proof."""

from datetime import timedelta

import dns.rcode
import pytest
from django.core.exceptions import ValidationError

from issuers import models, selectors, services
from issuers.core import domains
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

NAME = "badges.example.org"
RECORD = f"_acquis-challenge.{NAME}"
DAY = timedelta(days=1)


def live(*, after: timedelta = timedelta()) -> dict[str, str]:
    return {name: owner.slug for name, owner in selectors.live_hosts(now=NOW + after).items()}


def check(issuer, host, *, after: timedelta = timedelta()) -> models.Host:
    return services.check_host(issuer=issuer, host=host, now=NOW + after)


@pytest.fixture
def host(ecole_a, zone):
    return services.ask_host(issuer=ecole_a, name=NAME, now=NOW)


@pytest.fixture
def answering(ecole_a, host, zone):
    zone.says(RECORD, domains.proof(host.token))
    return check(ecole_a, host)


def test_a_host_answers_only_once_it_is_proven(ecole_a, host, zone):
    check(ecole_a, host)
    assert live() == {}

    zone.says(RECORD, domains.proof(host.token))
    check(ecole_a, host, after=timedelta(minutes=1))

    assert live() == {NAME: "ecole-a"}


def test_a_file_on_the_site_is_not_even_looked_for(ecole_a, host, hosts):
    # Once the name leads here, the site is ours: whoever could make us serve a file would have it.
    url = f"https://{NAME}/.well-known/acquis-domain-verification.txt"
    hosts.serve(url, domains.proof(host.token), kind="text/plain")

    check(ecole_a, host)

    assert hosts.asked == []
    assert live() == {}


def test_it_stops_at_once_when_its_proof_is_gone_and_the_old_token_is_worth_nothing(
    ecole_a, answering, zone
):
    old = answering.token
    zone.says(RECORD)

    services.recheck_hosts(now=NOW + DAY, limit=10)

    assert live(after=DAY) == {}
    answering.refresh_from_db()
    assert answering.stopped_at == NOW + DAY
    zone.says(RECORD, domains.proof(old))
    check(ecole_a, answering, after=2 * DAY)
    assert live(after=2 * DAY) == {}
    zone.says(RECORD, domains.proof(answering.token))
    check(ecole_a, answering, after=3 * DAY)
    assert live(after=3 * DAY) == {NAME: "ecole-a"}


def test_a_domain_that_lapsed_stops_at_once(answering, zone):
    zone.records.clear()  # NXDOMAIN: nobody has registered it any more

    services.recheck_hosts(now=NOW + DAY, limit=10)

    assert live(after=DAY) == {}


def test_while_nobody_knows_it_goes_on_for_two_days_and_no_longer(answering, zone):
    zone.rcode = dns.rcode.SERVFAIL

    services.recheck_hosts(now=NOW + DAY, limit=10)

    assert live(after=2 * DAY) == {NAME: "ecole-a"}
    assert live(after=2 * DAY + timedelta(seconds=1)) == {}


def test_it_stops_even_where_no_worker_looks(answering):
    assert live(after=3 * DAY) == {}


def test_another_organisation_does_not_get_it_while_the_first_proof_stands(
    ecole_b, answering, zone
):
    theirs = services.ask_host(issuer=ecole_b, name=NAME, now=NOW)
    zone.says(RECORD, domains.proof(answering.token), domains.proof(theirs.token))

    checked = check(ecole_b, theirs)

    assert live() == {NAME: "ecole-a"}
    assert "une autre organisation" in checked.failure
    assert "École A" not in checked.failure


def test_another_organisation_gets_it_by_a_proof_of_its_own_once_the_first_is_gone(
    ecole_a, ecole_b, answering, zone
):
    theirs = services.ask_host(issuer=ecole_b, name=NAME, now=NOW)
    zone.says(RECORD, domains.proof(theirs.token))

    check(ecole_b, theirs)

    assert live() == {NAME: "ecole-b"}
    check(ecole_a, answering, after=timedelta(minutes=1))
    assert live(after=timedelta(minutes=1)) == {NAME: "ecole-b"}


def test_what_was_released_and_still_points_here_is_not_taken_over(
    ecole_a, ecole_b, answering, zone
):
    services.release_host(issuer=ecole_a, host=answering)
    theirs = services.ask_host(issuer=ecole_b, name=NAME, now=NOW)

    check(ecole_b, theirs)  # the record of the first organisation is still there

    assert live() == {}


def test_a_stranger_can_neither_check_nor_release_a_host(ecole_b, answering):
    with pytest.raises(services.TooSoon):
        check(ecole_b, answering, after=DAY)
    services.release_host(issuer=ecole_b, host=answering)

    assert live() == {NAME: "ecole-a"}
    assert selectors.addresses_of(issuer=ecole_b, now=NOW) == []


def test_a_stale_look_does_not_revive_what_was_stopped_meanwhile(ecole_a, answering, zone):
    held = models.Host.objects.of(ecole_a).get()
    zone.says(RECORD)
    check(ecole_a, answering, after=DAY)
    zone.says(RECORD, domains.proof(held.token))

    check(ecole_a, held, after=2 * DAY)  # with the token that is worth nothing any more

    assert live(after=2 * DAY) == {}


@pytest.mark.parametrize("name", ["localhost", "10.0.0.1", "*.example.org", "testserver"])
def test_what_is_no_host_of_theirs_is_refused(ecole_a, name, settings):
    settings.ALLOWED_HOSTS = ["acquis.example"]
    for each in (name, "acquis.example"):
        with pytest.raises(ValidationError):
            services.ask_host(issuer=ecole_a, name=each, now=NOW)


def test_there_are_only_three(ecole_a):
    for number in range(3):
        services.ask_host(issuer=ecole_a, name=f"h{number}.example.org", now=NOW)

    with pytest.raises(ValidationError):
        services.ask_host(issuer=ecole_a, name="h3.example.org", now=NOW)


def test_the_hosts_that_answer_are_one_query(answering, django_assert_num_queries):
    with django_assert_num_queries(1):
        [owner] = selectors.live_hosts(now=NOW).values()
        assert owner.slug == "ecole-a"
