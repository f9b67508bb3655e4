"""Proving domains: by a record or a file, again every day, and what a stranger gains by it."""

from dataclasses import replace
from datetime import timedelta

import dns.rcode
import pytest
from django.core.exceptions import ValidationError

from issuers import models, selectors, services
from issuers.core import domains
from issuers.resolvers import fetching
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

NAME = "www.example.org"
RECORD = f"_acquis-challenge.{NAME}"
FILE = f"https://{NAME}/.well-known/acquis-domain-verification.txt"


@pytest.fixture
def domain(ecole_a, zone, hosts):
    return services.ask_domain(issuer=ecole_a, name=NAME, now=NOW)


def check(issuer, domain, *, after: timedelta = timedelta()) -> models.Domain:
    return services.check_domain(issuer=issuer, domain=domain, now=NOW + after)


def test_a_record_proves_a_domain(ecole_a, domain, zone):
    zone.says(RECORD, "v=spf1 -all", domains.proof(domain.token))

    checked = check(ecole_a, domain)

    assert (checked.method, checked.verified_at, checked.confirmed_at) == ("dns", NOW, NOW)
    assert checked.failure == ""


def test_a_file_proves_a_domain(ecole_a, domain, hosts):
    hosts.serve(FILE, domains.proof(domain.token) + "\n", kind="text/plain")

    assert check(ecole_a, domain).method == "file"


def test_without_a_proof_it_is_said_what_was_found(ecole_a, domain, zone, hosts):
    zone.says(RECORD, "something else")
    hosts.serve(FILE, "something else", kind="text/plain")

    checked = check(ecole_a, domain)

    assert checked.verified_at is None
    assert "enregistrement contient autre chose" in checked.failure
    assert "le fichier contient autre chose" in checked.failure


def test_the_token_of_another_organisation_proves_nothing(ecole_a, ecole_b, domain, zone, hosts):
    theirs = services.ask_domain(issuer=ecole_b, name=NAME, now=NOW)
    zone.says(RECORD, domains.proof(domain.token))
    hosts.serve(FILE, domains.proof(domain.token), kind="text/plain")

    assert theirs.token != domain.token
    assert check(ecole_b, theirs).verified_at is None
    assert check(ecole_a, domain).verified_at == NOW


def test_a_stranger_cannot_check_or_forget_a_domain(ecole_b, domain, zone):
    zone.says(RECORD, domains.proof(domain.token))

    with pytest.raises(services.TooSoon):
        check(ecole_b, domain)
    services.forget_domain(issuer=ecole_b, domain=domain)

    domain.refresh_from_db()
    assert domain.verified_at is None
    assert zone.asked == []


def test_to_ask_again_gives_the_same_token(ecole_a, domain):
    again = services.ask_domain(issuer=ecole_a, name="https://WWW.example.org/", now=NOW)

    assert again == domain


@pytest.mark.parametrize("name", ["", "localhost", "127.0.0.1", "intra.local", "straße.de"])
def test_what_cannot_be_proven_is_refused(ecole_a, name):
    with pytest.raises(ValidationError) as refused:
        services.ask_domain(issuer=ecole_a, name=name, now=NOW)

    assert list(refused.value.message_dict) == ["name"]


def test_the_name_of_this_installation_is_nobodys(ecole_a, settings):
    settings.ALLOWED_HOSTS = ["acquis.example", ".wild.example", "*"]

    for name in ("acquis.example", "any.wild.example"):
        with pytest.raises(ValidationError):
            services.ask_domain(issuer=ecole_a, name=name, now=NOW)


def test_there_are_only_so_many(ecole_a):
    for number in range(10):
        services.ask_domain(issuer=ecole_a, name=f"d{number}.example.org", now=NOW)

    with pytest.raises(ValidationError):
        services.ask_domain(issuer=ecole_a, name="d10.example.org", now=NOW)


def test_who_presses_again_at_once_is_refused_and_nobody_is_asked(ecole_a, domain, zone):
    check(ecole_a, domain)
    zone.asked.clear()

    with pytest.raises(services.TooSoon):
        check(ecole_a, domain, after=timedelta(seconds=9))

    assert zone.asked == []
    check(ecole_a, domain, after=timedelta(seconds=10))


# -- The file is read by the one way out that the program has --------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
)
def test_a_name_that_leads_inside_is_not_asked(ecole_a, domain, hosts, monkeypatch, address):
    hosts.serve(FILE, domains.proof(domain.token), kind="text/plain")
    inside = fetching.Network(
        lookup=lambda host: [address], port=hosts.network.port, trust=hosts.network.trust
    )
    monkeypatch.setattr(fetching, "PUBLIC", inside)

    checked = check(ecole_a, domain)

    assert checked.verified_at is None
    assert hosts.asked == []


def test_a_name_that_is_rebound_is_asked_where_it_first_led(ecole_a, domain, hosts, monkeypatch):
    hosts.serve(FILE, domains.proof(domain.token), kind="text/plain")
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    asked = []

    def rebound(host):
        asked.append(host)
        return next(answers)

    monkeypatch.setattr(fetching, "PUBLIC", replace(hosts.network, lookup=rebound))

    assert check(ecole_a, domain).method == "file"
    assert asked == [NAME]


def test_a_redirect_proves_nothing(ecole_a, domain, hosts):
    elsewhere = hosts.serve(
        "https://evil.example.org/x", domains.proof(domain.token), kind="text/plain"
    )
    hosts.answers[FILE] = [
        f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()
    ]

    assert check(ecole_a, domain).verified_at is None
    assert hosts.asked == [FILE]


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "206 Partial Content"])
def test_an_error_page_with_the_proof_in_it_proves_nothing(ecole_a, domain, hosts, status):
    hosts.serve(FILE, domains.proof(domain.token), kind="text/plain", status=status)

    assert check(ecole_a, domain).verified_at is None


def test_a_page_that_repeats_what_it_is_asked_proves_nothing(ecole_a, domain, hosts):
    hosts.serve(FILE, f"<html>{domains.proof(domain.token)}</html>", kind="text/html")

    assert check(ecole_a, domain).verified_at is None


def test_a_file_that_is_too_large_is_not_read(ecole_a, domain, hosts):
    hosts.serve(FILE, domains.proof(domain.token) + "\n" * 4_000, kind="text/plain")

    assert check(ecole_a, domain).verified_at is None


def test_bytes_that_are_no_text_prove_nothing(ecole_a, domain, hosts):
    hosts.serve(FILE, b"\xff\xfe" + domains.proof(domain.token).encode("utf-16-le"))

    assert check(ecole_a, domain).verified_at is None


# -- Again every day -------------------------------------------------------------------------------


@pytest.fixture
def proven(ecole_a, domain, zone):
    zone.says(RECORD, domains.proof(domain.token))
    return check(ecole_a, domain)


def rechecked(domain: models.Domain, *, after: timedelta) -> models.Domain:
    services.recheck_domains(now=NOW + after, limit=10)
    domain.refresh_from_db()
    return domain


def test_it_is_looked_for_once_a_day(proven, zone):
    zone.asked.clear()

    rechecked(proven, after=timedelta(hours=22))
    assert zone.asked == []
    rechecked(proven, after=timedelta(hours=24))

    assert proven.confirmed_at == NOW + timedelta(hours=24)
    assert proven.verified_at == NOW


def test_what_was_never_proven_is_looked_for_only_when_asked(domain, zone):
    assert services.recheck_domains(now=NOW + timedelta(days=9), limit=10) == 0


def test_a_failure_is_looked_at_again_within_the_hour(proven, zone):
    zone.rcode = dns.rcode.SERVFAIL
    rechecked(proven, after=timedelta(days=1))
    zone.rcode = None

    rechecked(proven, after=timedelta(days=1, hours=1))

    assert proven.failure == ""
    assert proven.confirmed_at == NOW + timedelta(days=1, hours=1)


def test_a_proof_that_is_gone_for_a_week_lapses_and_that_is_noted(ecole_a, proven, zone):
    zone.says(RECORD)

    rechecked(proven, after=timedelta(days=6))
    assert proven.lapsed_at is None
    rechecked(proven, after=timedelta(days=8))

    assert proven.lapsed_at == NOW + timedelta(days=8)
    assert proven.verified_at == NOW
    [shown] = selectors.proven_domains(issuer=ecole_a, now=NOW + timedelta(days=8))
    assert shown.lapsed_at is not None


def test_readers_see_a_lapse_even_where_no_worker_looked(ecole_a, proven):
    later = NOW + timedelta(days=7, seconds=1)

    [shown] = selectors.proven_domains(issuer=ecole_a, now=later)

    assert shown.lapsed_at == NOW + timedelta(days=7)


def test_what_lapsed_is_verified_anew_from_the_day_of_its_new_proof(proven, zone):
    zone.says(RECORD)
    rechecked(proven, after=timedelta(days=8))
    zone.says(RECORD, domains.proof(proven.token))

    rechecked(proven, after=timedelta(days=30))

    assert proven.lapsed_at is None
    assert proven.verified_at == NOW + timedelta(days=30)


def test_a_domain_that_was_forgotten_is_asked_for_with_another_token(ecole_a, proven):
    services.forget_domain(issuer=ecole_a, domain=proven)

    again = services.ask_domain(issuer=ecole_a, name=NAME, now=NOW)

    assert again.token != proven.token
    assert again.verified_at is None
