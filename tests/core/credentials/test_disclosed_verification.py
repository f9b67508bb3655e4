"""The walk over a badge that is shown in part: the seven checks, and who may not pass them."""

import copy
import json
import pickle
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from credentials.core import __main__ as checker
from credentials.core import canonical, verification
from credentials.core.disclosure import checks
from credentials.core.report import Material, Outcome, Unavailable, Verdict
from issuers.core import did, jwk
from tests.core.credentials import disclosing, verifiable
from tests.core.credentials.test_disclosure_forgeries import changed
from tests.core.credentials.verifiable import DID, NOW

KEY = disclosing.KEY
KID = jwk.encode_multikey(disclosing.PUBLIC_KEY)
METHOD = did.verification_method(DID, KID)


@cache
def _base_text() -> str:
    whole = canonical.loads(verifiable.signed_text())
    unsigned = {name: value for name, value in whole.items() if name != "proof"}
    secured = disclosing.base(
        unsigned, verification_method=METHOD, created=NOW - timedelta(hours=2)
    )
    return canonical.dumps(secured).decode()


def base() -> dict[str, Any]:
    return canonical.loads(_base_text())


def part() -> dict[str, Any]:
    return disclosing.derived(base())


def did_document(**changes: Any) -> dict[str, Any]:
    """The issuer's, with its P-256 key beside the one that signed the whole."""
    own = did.IssuerKey(KID, NOW - timedelta(days=20), **changes)
    other = did.IssuerKey(verifiable.MULTIKEY, NOW - timedelta(days=30))
    return did.did_document(DID, [own, other], [f"{verifiable.CHAIN}:{verifiable.SUBMITTER}"])


def material(**changes: Any) -> Material:
    given = {
        "did_document": did_document(),
        "whole": canonical.loads(verifiable.signed_text()),
        **changes,
    }
    return replace(verifiable.material(), **given)


def results(document: dict[str, Any], found: Material) -> dict[str, tuple[Outcome, str]]:
    report = verification.verify(document, found, NOW)
    return {check.name: (check.outcome, check.reason) for check in report.checks}


def test_a_part_of_our_own_badge_is_verified_and_its_whole_is_anchored():
    report = verification.verify(part(), material(), NOW)

    assert report.verdict is Verdict.VERIFIED
    assert {check.name: check.reason for check in report.checks} == {
        "conforms": "conforms", "signed": "signed_in_part", "issuer": "issuer", "stands": "stands",
        "in_time": "in_time", "anchored": "anchored_final", "about": "about",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["name", "validUntil", "validFrom", "id"])
def test_a_part_that_was_changed_is_refuted(path):
    document = part()
    document[path] = document[path].replace("2", "3").replace("a", "b")

    report = verification.verify(document, material(), NOW)

    assert report.verdict is Verdict.REFUTED
    assert results(document, material())["signed"][0] is Outcome.FAILED


def test_a_part_of_a_badge_that_was_never_issued_is_refuted_although_the_key_signed_it():
    """Whoever stole the key cannot put a badge on record, nor among those that we hold."""
    document = base()
    del document["proof"]
    document["credentialSubject"]["achievement"]["name"] = "Maître soudeur"
    forged = disclosing.derived(
        disclosing.base(document, verification_method=METHOD, created=NOW - timedelta(hours=2))
    )

    found = results(forged, material())

    assert found["signed"] == (Outcome.PASSED, "signed_in_part")
    assert found["anchored"] == (Outcome.FAILED, "not_part_of_whole")
    assert results(forged, material(whole=None))["anchored"] == (
        Outcome.INCONCLUSIVE, "whole_unknown"
    )  # fmt: skip


def test_a_part_of_a_badge_of_others_has_no_record_to_look_up():
    found = results(part(), material(whole=None, issuer_known=False, receipt=None))

    assert found["anchored"] == (Outcome.NOT_APPLICABLE, "shown_in_part")
    assert found["issuer"] == (Outcome.INCONCLUSIVE, "issuer_unknown")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receipt": None, "finding": None}, (Outcome.INCONCLUSIVE, "not_anchored_yet")),
        ({"finding": Unavailable("chain", "away")}, (Outcome.INCONCLUSIVE, "chain_unavailable")),
    ],
)
def test_what_is_not_known_of_the_record_of_the_whole_is_not_known_of_the_part(changes, reason):
    assert results(part(), material(**changes))["anchored"] == reason


def test_the_receipt_of_another_badge_is_not_that_of_the_part():
    whole = canonical.loads(verifiable.signed_text())
    whole["proof"]["created"] = "2026-03-01T08:00:00Z"

    assert results(part(), material(whole=whole))["anchored"] == (Outcome.FAILED, "wrong_path")


def test_a_part_that_is_revoked_or_over_is_told_so():
    after = verification.verify(part(), material(), NOW + timedelta(days=400))
    [ended] = [check for check in after.checks if check.name == "in_time"]

    assert ended.reason == "expired"
    assert after.verdict is Verdict.REFUTED


def test_the_key_must_be_the_issuers_and_of_its_time():
    def issuer(**changes: Any) -> tuple[Outcome, str]:
        return results(part(), material(**changes))["issuer"]

    revoked = did_document(revoked=NOW - timedelta(days=1))
    elsewhere = copy.deepcopy(did_document())
    elsewhere["verificationMethod"][0]["publicKeyMultibase"] = jwk.encode_multikey(
        disclosing.OTHER_KEY.public_key()
    )

    assert issuer() == (Outcome.PASSED, "issuer")
    assert issuer(did_document=revoked) == (Outcome.FAILED, "key_not_valid")
    assert issuer(did_document=verifiable.did_document()) == (Outcome.FAILED, "key_not_listed")
    assert issuer(did_document=elsewhere) == (Outcome.FAILED, "key_not_listed")
    assert issuer(did_document=Unavailable("DID document", "away")) == (
        Outcome.INCONCLUSIVE, "issuer_unavailable"
    )  # fmt: skip


def test_a_part_may_be_signed_long_after_its_whole_was_anchored():
    document = base()
    del document["proof"]
    later = NOW + timedelta(days=200)
    secured = disclosing.base(document, verification_method=METHOD, created=later)

    report = verification.verify(disclosing.derived(secured), material(), later)

    found = {check.name: check.reason for check in report.checks}
    assert (found["issuer"], found["anchored"]) == ("issuer", "anchored_final")


def test_a_key_that_was_stolen_speaks_for_no_part_whatever_the_record_of_the_whole():
    stolen = did_document(revoked=NOW - timedelta(hours=1))

    assert results(part(), material(did_document=stolen))["issuer"] == (
        Outcome.FAILED, "key_compromised"
    )  # fmt: skip


def test_a_key_that_is_not_in_its_name_is_read_from_the_issuers_document():
    document = base()
    del document["proof"]
    shown = jwk.method(DID, disclosing.PUBLIC_KEY)
    secured = disclosing.base(
        document, verification_method=shown["id"], created=NOW - timedelta(hours=2)
    )
    listed = did_document()
    listed["verificationMethod"].append(shown)
    listed["assertionMethod"].append(shown["id"])

    found = results(disclosing.derived(secured), material(did_document=listed))

    assert found["signed"] == (Outcome.PASSED, "signed_in_part")
    assert found["issuer"] == (Outcome.PASSED, "issuer")


def test_a_base_proof_is_refused_and_said_to_be_its_owners():
    assert results(base(), material())["signed"] == (Outcome.FAILED, "base-proof")


def test_what_a_stranger_may_have_hidden_is_left_open():
    document = base()
    for name in ("proof", "validUntil", "credentialStatus"):
        del document[name]
    shown = disclosing.derived(
        disclosing.base(document, verification_method=METHOD, created=NOW - timedelta(hours=2))
    )

    theirs = results(shown, material(issuer_known=False, whole=None, receipt=None))
    ours = results(shown, material())

    assert theirs["stands"] == (Outcome.INCONCLUSIVE, "status_may_be_hidden")
    assert theirs["in_time"] == (Outcome.INCONCLUSIVE, "end_may_be_hidden")
    # Of ours they are mandatory; what lacks them is a part of no badge of ours with an end.
    assert ours["stands"] == (Outcome.NOT_APPLICABLE, "no_status")
    assert ours["in_time"] == (Outcome.PASSED, "in_time")


def test_a_whole_badge_is_not_taken_for_a_part():
    whole = canonical.loads(verifiable.signed_text())
    both = {**whole, "proof": [whole["proof"], part()["proof"]]}

    assert not checks.is_derived(whole)
    assert not checks.is_derived(both)
    assert not checks.is_derived({"proof": {"cryptosuite": ["ecdsa-sd-2023"]}})
    assert results(both, material())["signed"] == (Outcome.PASSED, "signed")


@pytest.mark.parametrize(
    ("part", "whole", "is_part"),
    [
        ({}, {"a": 1}, True),
        ({"a": [1, 3]}, {"a": [1, 2, 3]}, True),
        ({"a": [3, 1]}, {"a": [1, 2, 3]}, False),
        ({"a": [1, 1]}, {"a": [1, 2]}, False),
        ({"a": [{"x": 1}, {"x": 1}]}, {"a": [{"x": 1, "y": 1}, {"x": 1, "y": 2}]}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": "1"}, {"a": 1}, False),
        ({"b": 1}, {"a": 1}, False),
        ({"a": {"b": 1}}, {"a": [{"b": 1}]}, False),
    ],
)
def test_a_part_is_the_whole_with_something_left_out(part, whole, is_part):
    assert checks.is_part(part, whole) is is_part


def test_whatever_is_changed_in_a_part_it_is_not_verified():
    tried = 0
    for document in changed(part()):
        tried += 1
        report = verification.verify(document, material(), NOW)

        assert report.verdict is not Verdict.VERIFIED
    assert tried > 30


def test_a_part_is_checked_in_a_process_of_its_own_as_in_ours():
    asked = pickle.dumps((part(), material(), NOW))

    answered = json.loads(checker.answer(asked))

    checks_here = verification.verify(part(), material(), NOW).checks
    assert [each["reason"] for each in answered["checks"]] == [each.reason for each in checks_here]
