"""Open Badges 2.0: hosted and signed, each check with what passes it and what does not."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import verification2
from credentials.core.report import Outcome, Unavailable, Verdict
from tests.core.credentials import strangers
from tests.core.credentials.strangers import (
    HOST,
    ISSUER,
    NOW,
    URN,
    badge2,
    hosted2,
    hosted_material,
    issuer2,
    key2,
    list2,
    signed2,
    signed_material,
    token2,
)

AWAY = Unavailable("document", "it did not answer in time")


def result(name: str, assertion: dict[str, Any], material: Any, now: Any = NOW) -> tuple[str, str]:
    report = verification2.verify(assertion, material, now)
    check = next(check for check in report.checks if check.name == name)
    return check.outcome.value, check.reason


@pytest.mark.parametrize(
    ("assertion", "material"),
    [(hosted2(), hosted_material()), (signed2(), signed_material())],
    ids=["hosted", "signed"],
)
def test_a_sound_badge_of_a_stranger_is_in_order_but_for_who_it_is(assertion, material):
    report = verification2.verify(assertion, material, NOW)

    assert [check.number for check in report.checks] == [1, 2, 3, 4, 5, 6, 7]
    assert report.verdict is Verdict.INCONCLUSIVE
    assert {
        check.name: check.reason for check in report.checks if check.outcome is not Outcome.PASSED
    } == {
        "issuer": "issuer_unknown2",
        "anchored": "no_receipt",
        "about": "no_identity_given",
    }


def test_a_sound_badge_of_an_issuer_that_is_known_is_verified():
    report = verification2.verify(hosted2(), hosted_material(issuer_known=True), NOW)

    assert report.verdict is Verdict.VERIFIED


# -- Hosted ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        (hosted2(issuedOn="2020-01-01T00:00:00Z"), "/issuedOn"),
        (hosted2(expires="2040-01-01T00:00:00Z"), "/expires"),
        (hosted2(narrative="I did much more"), "/narrative"),
        (hosted2(badge=f"{HOST}/ob2/badges/2"), "/badge"),
        (hosted2(badge=badge2(name="Doctor")), "/badge"),
        (hosted2(badge=badge2(issuer=issuer2(name="University X"))), "/badge"),
        (hosted2(id=f"{HOST}/ob2/assertions/2"), "/id"),
    ],
)
def test_a_copy_that_differs_from_what_is_hosted_is_refuted(given, pointer):
    report = verification2.verify(given, hosted_material(), NOW)

    check = report.checks[1]
    assert (check.outcome, check.reason) == (Outcome.FAILED, "hosted_differs")
    assert check.detail == {"pointer": pointer}
    assert report.verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    "given", [hosted2(badge=badge2()), hosted2(badge=badge2(issuer=issuer2()))]
)
def test_a_copy_that_writes_its_parts_out_is_the_same(given):
    assert result("signed", given, hosted_material()) == ("passed", "hosted")


@pytest.mark.parametrize(
    "changes", [{"is_gone": True, "hosted": {}}, {"hosted": {"revoked": True}}]
)
def test_a_badge_that_is_gone_is_revoked(changes):
    report = verification2.verify(hosted2(), hosted_material(**changes), NOW)

    assert report.decisive is not None
    assert report.decisive.reason == "revoked_at_home"
    assert report.verdict is Verdict.REFUTED


def test_the_notice_of_a_revocation_is_refuted_by_that_alone():
    notice = strangers.assertion.revoked(id=strangers.HOSTED)

    report = verification2.verify(
        notice, hosted_material(hosted=notice, is_gone=True, badge=AWAY, issuer=AWAY), NOW
    )

    assert [check.reason for check in report.checks if check.outcome is Outcome.FAILED] == [
        "revoked_at_home"
    ]


def test_a_host_that_does_not_answer_leaves_the_verdict_open():
    report = verification2.verify(hosted2(), hosted_material(hosted=AWAY), NOW)

    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.checks[1].reason == report.checks[3].reason == "hosted_unavailable"


@pytest.mark.parametrize(
    ("scope", "address", "is_theirs"),
    [
        ({}, f"{HOST}/anywhere", True),
        ({}, "https://evil.example.com/1", False),
        ({}, "http://lumen.example.org/1", False),
        ({}, "https://lumen.example.org:8443/1", False),
        ({}, "https://lumen.example.org.evil.example.com/1", False),
        ({}, "https://lumen.example.org@evil.example.com/1", False),
        ({"startsWith": f"{HOST}/ob2/"}, f"{HOST}/ob2/1", True),
        ({"startsWith": [f"{HOST}/ob2/"]}, f"{HOST}/other/1", False),
        ({"startsWith": HOST}, "https://lumen.example.org.evil.example.com/1", False),
        ({"startsWith": "https://"}, "https://evil.example.com/1", False),
        ({"allowedOrigins": ["badges.example.com"]}, "https://badges.example.com/1", True),
        ({"allowedOrigins": "https://badges.example.com"}, "https://badges.example.com/1", True),
        ({"allowedOrigins": ["badges.example.com"]}, f"{HOST}/1", False),
        ({"allowedOrigins": [7, None]}, "https://evil.example.com/1", False),
    ],
)
def test_an_issuer_speaks_for_the_addresses_in_its_scope(scope, address, is_theirs):
    given = hosted2(id=address)
    changes = {"verification": scope} if scope else {}

    found = result("issuer", given, hosted_material(issuer=issuer2(**changes), hosted=given))

    assert (found == ("inconclusive", "issuer_unknown2")) is is_theirs
    assert is_theirs or found == ("failed", "out_of_scope")


def test_a_badge_class_that_names_another_issuer_is_refuted():
    material = hosted_material(badge=badge2(issuer="https://university.example.org/issuer"))

    assert result("issuer", hosted2(), material) == ("failed", "another_issuer")


# -- Signed ----------------------------------------------------------------------------------------


def test_a_token_by_another_key_is_refuted():
    material = signed_material(token=token2(key=strangers.rsa.generate_private_key(65537, 2048)))

    assert result("signed", signed2(), material) == ("failed", "signature-mismatch")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key": key2(owner="https://evil.example.com/issuer")}, "foreign_key"),
        ({"issuer": issuer2(publicKey=f"{HOST}/ob2/keys/2")}, "key_not_listed"),
        ({"issuer": issuer2(publicKey=[])}, "key_not_listed"),
    ],
)
def test_key_and_issuer_must_name_each_other(changes, reason):
    assert result("issuer", signed2(), signed_material(**changes)) == ("failed", reason)


def test_what_the_revocation_list_names_is_revoked():
    material = signed_material(revocations=list2("urn:uuid:other", URN))

    report = verification2.verify(signed2(), material, NOW)

    assert (report.checks[3].outcome, report.checks[3].reason) == (
        Outcome.FAILED,
        "revoked_plainly",
    )


@pytest.mark.parametrize(
    ("revocations", "reason"),
    [
        (list2(), "stands_plainly"),
        ({**list2(), "revokedAssertions": URN}, "revoked_plainly"),
        ({**list2(), "revokedAssertions": [URN]}, "revoked_plainly"),
        ({**list2(URN), "issuer": "https://evil.example.com/issuer"}, "status_untrusted"),
        (AWAY, "status_unavailable"),
        (None, "no_status"),
    ],
)
def test_a_revocation_list_is_read_in_each_form_and_from_its_issuer_only(revocations, reason):
    assert result("stands", signed2(), signed_material(revocations=revocations))[1] == reason


def test_a_badge_that_says_it_is_signed_and_comes_without_a_token_is_refuted():
    material = hosted_material(hosted=AWAY)

    assert result("signed", signed2(), material) == ("failed", "proof-missing")


def test_a_key_that_cannot_be_had_leaves_the_verdict_open():
    report = verification2.verify(signed2(), signed_material(key=AWAY), NOW)

    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.checks[1].reason == "key_unavailable"


# -- Dates, person, form ---------------------------------------------------------------------------


def test_a_badge_is_in_time_from_its_issue_to_its_end():
    given = hosted2(expires="2026-05-01T00:00:00Z")
    end = NOW.replace(year=2026, month=5, day=1, hour=0, minute=0)

    assert result("in_time", given, hosted_material()) == ("passed", "in_time")
    assert result("in_time", given, hosted_material(), end) == ("failed", "expired")
    before = NOW - timedelta(days=40)
    assert result("in_time", given, hosted_material(), before) == ("failed", "not_yet_valid")
    assert result("in_time", hosted2(issuedOn="yesterday"), hosted_material())[1] == "no_validity"


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (("emailAddress", strangers.EMAIL), ("passed", "about")),
        (("emailAddress", "b@example.org"), ("failed", "another_person")),
        (("name", "Awa"), ("inconclusive", "identity_not_in_document")),
    ],
)
def test_the_person_is_compared_by_their_address(identity, expected):
    material = hosted_material(identity=(identity,))

    assert result("about", hosted2(), material) == expected


@pytest.mark.parametrize(
    ("assertion", "material", "reason"),
    [
        ({**hosted2(), "recipient": "a@example.org"}, hosted_material(), "nonconformant2"),
        (hosted2(), hosted_material(badge={**badge2(), "criteria": 7}), "nonconformant2"),
        (hosted2(), hosted_material(issuer={**issuer2(), "email": "x"}), "nonconformant2"),
        (hosted2(), hosted_material(issuer=AWAY), "parts_unavailable"),
    ],
)
def test_every_part_conforms_or_the_first_problem_is_named(assertion, material, reason):
    assert result("conforms", assertion, material)[1] == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted({*hosted2(), *signed2(), "revoked"})), JSON, st.booleans())
def test_members_of_any_shape_get_a_report_and_are_never_verified(member, value, is_hosted):
    sound = hosted2() if is_hosted else signed2()
    changed = {**sound, member: value}
    material = hosted_material() if is_hosted else signed_material()

    report = verification2.verify(changed, material, NOW)

    assert len(report.checks) == 7
    assert changed == sound or report.verdict is not Verdict.VERIFIED


@given(JSON, JSON, JSON)
def test_parts_of_any_shape_get_a_report(badge, issuer, listed):
    parts = [
        value if isinstance(value, dict) else {"x": value} for value in (badge, issuer, listed)
    ]
    material = signed_material(
        badge={**badge2(), **parts[0]}, issuer=parts[1], revocations=parts[2], key={"id": listed}
    )

    assert len(verification2.verify(signed2(), material, NOW).checks) == 7


def test_the_key_of_an_assertion_that_names_none_is_the_issuers():
    given = signed2(verification={"type": "signed"})

    assert verification2.key_address(given, issuer2()) == strangers.KEY
    assert verification2.key_address(given, AWAY) == ""
    assert ISSUER in str(issuer2())
