"""issuers/core/domains: names, and what proves them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import domains

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ecole.fr", "ecole.fr"),
        (" ECOLE.FR. ", "ecole.fr"),
        ("https://www.ecole.fr/contact?x=1#y", "www.ecole.fr"),
        ("http://ecole.fr", "ecole.fr"),
        ("école.fr", "xn--cole-9oa.fr"),
        ("xn--cole-9oa.fr", "xn--cole-9oa.fr"),
        ("\uff25cole.fr", "ecole.fr"),
        ("ecole。fr", "ecole.fr"),
    ],
)
def test_a_domain_is_kept_in_ascii(written, name):
    assert domains.domain(written) == name


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "not_a_name"),
        ("ecole", "not_a_name"),
        ("127.0.0.1", "not_a_name"),
        ("0x7f.1", "not_a_name"),
        ("[::1]", "not_a_name"),
        ("ecole.fr:8000", "not_a_name"),
        ("moi@ecole.fr", "not_a_name"),
        ("_dmarc.ecole.fr", "not_a_name"),
        ("-ecole.fr", "not_a_name"),
        ("ecole..fr", "not_a_name"),
        ("ecole.fr\r\nx.fr", "not_a_name"),
        ("*.fr", "not_a_name"),
        ("a" * 64 + ".fr", "not_a_name"),
        (".".join(["a" * 60] * 5) + ".fr", "not_a_name"),
        ("é" * 300 + ".fr", "not_a_name"),
        ("printer.local", "not_public"),
        ("localhost.localdomain", "not_public"),
        ("db.internal", "not_public"),
        ("1.168.192.in-addr.arpa", "not_public"),
        ("straße.de", "ambiguous"),
        ("eco\u200dle.fr", "ambiguous"),
    ],
)
def test_what_cannot_be_proven_is_refused_with_a_reason(written, reason):
    with pytest.raises(domains.DomainError) as refused:
        domains.domain(written)

    assert refused.value.reason == reason


@given(st.text(max_size=60))
def test_any_text_gives_a_name_or_a_refusal(text):
    try:
        name = domains.domain(text)
    except domains.DomainError:
        return

    assert name.isascii()
    assert domains.domain(name) == name


def test_the_proof_is_looked_for_under_names_of_its_own():
    assert domains.record_name("ecole.fr") == "_acquis-challenge.ecole.fr"
    assert domains.file_address("ecole.fr") == (
        "https://ecole.fr/.well-known/acquis-domain-verification.txt"
    )


@pytest.mark.parametrize(
    ("lines", "proven"),
    [
        (["acquis-domain-verification=t0k3n"], True),
        (["v=spf1 -all", " acquis-domain-verification=t0k3n\r"], True),
        (["acquis-domain-verification=t0k3n2"], False),
        (["acquis-domain-verification=T0K3N"], False),
        (["acquis-domain-verification="], False),
        (["t0k3n"], False),
        (["x acquis-domain-verification=t0k3n"], False),
        ([], False),
        (["noise"] * 20 + ["acquis-domain-verification=t0k3n"], False),
    ],
)
def test_only_the_whole_line_proves(lines, proven):
    assert domains.is_proven(lines, "t0k3n") is proven


def test_no_token_is_proven_by_nothing():
    assert not domains.is_proven(["acquis-domain-verification="], "")


def test_a_website_stands_for_a_week_and_a_host_for_two_days():
    seen = NOW - timedelta(days=2)

    assert domains.is_fresh(seen, NOW)
    assert not domains.is_fresh(seen, NOW + timedelta(seconds=1))
    assert domains.is_standing(seen, NOW + timedelta(days=5))
    assert not domains.is_standing(seen, NOW + timedelta(days=5, seconds=1))
    assert not domains.is_standing(None, NOW)
    assert not domains.is_fresh(None, NOW)
