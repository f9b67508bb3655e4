"""Forgeries: every signature in them is good, and somebody else's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from credentials.core import canonical, proof, verification
from credentials.core.verification import Unavailable, Verdict
from issuers.core import did, keys
from tests.core.credentials.verifiable import (
    DID,
    LIST,
    METHOD,
    NOW,
    SEED,
    anchored,
    good,
    list_text,
    material,
    outcomes,
    reasons,
)

THIEF = bytes(range(32, 64))
THIEFS_KEY = keys.encode_multikey(keys.public_key(THIEF))
THIEFS_DID = "did:web:badges.example.org:issuers:ecole-b"


def signed_by_the_thief(document: dict[str, Any], method: str) -> dict[str, Any]:
    bare = {key: value for key, value in document.items() if key != "proof"}
    return proof.sign(bare, key=keys.load(THIEF), verification_method=method, created=NOW)


def thiefs_did_document() -> dict[str, Any]:
    return did.did_document(THIEFS_DID, [did.IssuerKey(THIEFS_KEY, NOW - timedelta(days=1))])


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        (f"{DID}#{THIEFS_KEY}", "key_not_listed"),
        (f"{THIEFS_DID}#{THIEFS_KEY}", "foreign_key"),
        (f"did:key:{THIEFS_KEY}#{THIEFS_KEY}", "foreign_key"),
        (f"{DID}:#{THIEFS_KEY}", "foreign_key"),
    ],
)
def test_a_copied_profile_signed_with_another_key_is_refuted(method: str, reason: str) -> None:
    document = signed_by_the_thief(good(), method)
    known = material(receipt=None, finding=None, anchor_required=False)

    report = verification.verify(document, known, NOW)

    assert report.verdict is Verdict.REFUTED
    assert reasons(report)["issuer"] == reason


def test_an_issuer_that_nobody_knows_is_not_vouched_for_by_its_own_documents() -> None:
    profile = {**good()["issuer"], "id": THIEFS_DID}
    forged = signed_by_the_thief({**good(), "issuer": profile}, f"{THIEFS_DID}#{THIEFS_KEY}")
    forged.pop("credentialStatus")
    bare = signed_by_the_thief(forged, f"{THIEFS_DID}#{THIEFS_KEY}")
    known = material(
        did_document=thiefs_did_document(), issuer_known=False, receipt=None, anchor_required=False
    )

    report = verification.verify(bare, known, NOW)

    assert outcomes(report)["signed"] == "passed"
    assert reasons(report)["issuer"] == "issuer_unknown"
    assert report.verdict is Verdict.INCONCLUSIVE


def own_list(**changes: Any) -> dict[str, Any]:
    """Sign a status list with the issuer's own key, other than it should be."""
    unsigned = {**canonical.loads(list_text()), **changes}
    unsigned.pop("proof")
    return proof.sign(
        unsigned, key=keys.load(SEED), verification_method=METHOD, created=NOW - timedelta(hours=1)
    )


def subject_of_list(**changes: Any) -> dict[str, Any]:
    return {**canonical.loads(list_text())["credentialSubject"], **changes}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        pytest.param(
            signed_by_the_thief(canonical.loads(list_text()), f"{THIEFS_DID}#{THIEFS_KEY}"),
            "status_untrusted",
            id="another's signature",
        ),
        pytest.param(own_list(issuer=THIEFS_DID), "status_untrusted", id="another's list"),
        pytest.param(
            own_list(credentialSubject=subject_of_list(statusPurpose="suspension")),
            "status_untrusted",
            id="another purpose",
        ),
        pytest.param(own_list(validUntil="2026-03-02T08:59:59Z"), "status_stale", id="stale"),
    ],
)
def test_a_status_list_that_is_not_the_right_one_clears_nobody(
    found: dict[str, Any], reason: str
) -> None:
    report = verification.verify(good(), material(status_lists={LIST: found}), NOW)

    assert report.verdict is Verdict.INCONCLUSIVE
    assert reasons(report)["stands"] == reason


def test_a_receipt_of_another_document_is_refuted_without_asking_a_chain() -> None:
    receipt, finding = anchored()
    borrowed = replace(receipt, salt=b"\3" * 32)

    reports = [
        verification.verify(good(), material(receipt=borrowed, finding=answer), NOW)
        for answer in (finding, None, Unavailable("chain", "gone"))
    ]

    assert {report.verdict for report in reports} == {Verdict.REFUTED}
    assert {reasons(report)["anchored"] for report in reports} == {"wrong_path"}
