"""The third check over time: keys that were replaced, keys that were stolen, dates that lie."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from blockchain.core import anchor
from credentials.core import authority, canonical, proof, status_list, verification
from credentials.core.verification import Outcome, Unavailable, Verdict
from issuers.core import did, keys
from tests.core.credentials.verifiable import (
    CHAIN,
    DID,
    LIST,
    METHOD,
    MULTIKEY,
    NOW,
    SEED,
    SUBMITTER,
    anchored,
    good,
    list_text,
    material,
    outcomes,
    reasons,
)

# The credential says that it was signed a day before NOW, and its block is of NOW.
SIGNED, ANCHORED = NOW - timedelta(days=1), NOW
LATER = NOW + timedelta(days=30)
NEXT_SEED = b"\x09" * 32
NEXT = keys.encode_multikey(keys.public_key(NEXT_SEED))


def listed(**ends: Any) -> dict[str, Any]:
    """Return the DID document once another key has taken over."""
    old = did.IssuerKey(MULTIKEY, NOW - timedelta(days=30), **ends)
    new = did.IssuerKey(NEXT, NOW)
    return did.did_document(DID, [old, new], [f"{CHAIN}:{SUBMITTER}"])


def lists_of_the_next_key() -> dict[str, Any]:
    unsigned = status_list.list_credential(
        url=LIST,
        issuer=DID,
        purpose="revocation",
        bits=status_list.empty(),
        valid_from=LATER,
        valid_until=LATER + timedelta(days=1),
    )
    method = did.verification_method(DID, NEXT)
    key = keys.load(NEXT_SEED)
    return {LIST: proof.sign(unsigned, key=key, verification_method=method, created=LATER)}


def check(ends: dict[str, datetime], document: Any = None, **changes: Any) -> verification.Report:
    given = {"did_document": listed(**ends), "status_lists": lists_of_the_next_key(), **changes}
    return verification.verify(document or good(), material(**given), LATER)


def third(report: verification.Report) -> tuple[str, str]:
    return outcomes(report)["issuer"], reasons(report)["issuer"]


def moved(instant: datetime) -> dict[str, Any]:
    """Return receipt and finding of an anchor at another instant."""
    receipt, finding = anchored()
    return {
        "receipt": replace(receipt, block_time=instant),
        "finding": replace(finding, block_time=instant, anchored_at=instant),
    }


# -- a key that was replaced -----------------------------------------------------------------------


def test_a_key_that_was_replaced_later_still_counts():
    report = check({"expires": ANCHORED + timedelta(days=1)})

    assert report.verdict is Verdict.VERIFIED


def test_a_key_that_was_replaced_counts_for_what_says_that_it_was_signed_before():
    assert third(check({"expires": SIGNED + timedelta(seconds=1)})) == ("passed", "issuer")
    assert third(check({"expires": SIGNED})) == ("failed", "key_not_valid")


def test_a_replaced_key_needs_no_anchor():
    report = check({"expires": ANCHORED}, receipt=None, finding=None, anchor_required=False)

    assert third(report) == ("passed", "issuer")


# -- a key that was stolen -------------------------------------------------------------------------


def test_what_was_anchored_before_the_theft_is_the_issuers():
    report = check({"revoked": ANCHORED + timedelta(seconds=1)})

    assert report.verdict is Verdict.VERIFIED


@pytest.mark.parametrize("seconds", [0, 1, 3600])
def test_what_was_anchored_at_the_theft_or_later_is_nobodys(seconds):
    report = check({"revoked": ANCHORED - timedelta(seconds=seconds)})

    assert third(report) == ("failed", "key_compromised")
    assert outcomes(report)["anchored"] == "passed"
    assert report.verdict is Verdict.REFUTED


def test_a_back_dated_forgery_without_an_anchor_is_refuted():
    """T10: whoever has the key writes any date."""
    forged = {member: value for member, value in good().items() if member != "proof"}
    forged["name"] = "Doctorate"
    forged = proof.sign(
        forged,
        key=keys.load(SEED),
        verification_method=METHOD,
        created=NOW - timedelta(days=20),
    )

    for anchor_required in (True, False):
        report = check(
            {"revoked": ANCHORED},
            forged,
            receipt=None,
            finding=None,
            anchor_required=anchor_required,
        )
        assert third(report) == ("failed", "key_compromised")
        assert outcomes(report)["signed"] == "passed"


def test_a_back_dated_forgery_with_the_receipt_of_another_is_refuted():
    forged = {member: value for member, value in good().items() if member != "proof"}
    forged["name"] = "Doctorate"
    forged = proof.sign(forged, key=keys.load(SEED), verification_method=METHOD, created=SIGNED)

    report = check({"revoked": LATER - timedelta(days=1)}, forged)

    assert third(report) == ("failed", "key_compromised")
    assert reasons(report)["anchored"] == "wrong_path"


def test_an_anchor_of_the_thiefs_own_account_does_not_help_him():
    receipt, finding = anchored()
    thief = "0x" + "ee" * 20
    sent = anchor.Sent(thief, anchor.REGISTRY, receipt.root, receipt.block_hash)

    report = check(
        {"revoked": LATER - timedelta(days=1)},
        receipt=replace(receipt, submitter=thief),
        finding=replace(finding, transaction=sent),
    )

    assert third(report) == ("failed", "key_compromised")


@pytest.mark.parametrize(
    "changes",
    [
        {"finding": Unavailable("chain", "no answer")},
        {"finding": None},
        {"receipt": Unavailable("receipt", "no answer"), "finding": None},
        {
            "receipt": replace(anchored()[0], state="confirmed"),
            "finding": replace(anchored()[1], finalized=False, confirmations=1),
            "confirmations": 12,
        },
        {"finding": replace(anchored()[1], transaction=None)},
    ],
)
def test_an_anchor_that_cannot_be_checked_leaves_it_open_and_never_green(changes):
    report = check({"revoked": ANCHORED + timedelta(days=1)}, **changes)

    assert third(report) == ("inconclusive", "anchor_needed")
    assert report.verdict is Verdict.INCONCLUSIVE


def test_a_document_that_is_too_complex_to_anchor_leaves_it_open():
    given = material(did_document=listed(revoked=ANCHORED + timedelta(days=1)))

    report = verification.verify(good(), given, LATER, without_graph=True)

    assert third(report) == ("inconclusive", "anchor_needed")


def test_a_date_after_the_theft_is_refuted_whatever_the_chain_says():
    report = check({"revoked": SIGNED}, finding=Unavailable("chain", "no answer"))

    assert third(report) == ("failed", "key_not_valid")


def test_a_revocation_that_is_to_come_changes_nothing_today():
    report = check(
        {"revoked": LATER + timedelta(days=1)}, receipt=None, finding=None, anchor_required=False
    )

    assert third(report) == ("passed", "issuer")


# -- dates that cannot be --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (authority.MAX_CLOCK_DIFFERENCE, ("passed", "issuer")),
        (
            authority.MAX_CLOCK_DIFFERENCE + timedelta(seconds=1),
            ("failed", "signed_after_anchor"),
        ),
    ],
)
def test_what_says_that_it_was_signed_after_its_anchor_is_refuted(difference, expected):
    report = check({}, **moved(SIGNED - difference))

    assert outcomes(report)["anchored"] == "passed"
    assert third(report) == expected


def test_an_anchor_that_does_not_hold_says_nothing_about_the_date():
    receipt, finding = anchored()
    early = replace(receipt, block_time=SIGNED - timedelta(days=9))

    report = check({}, receipt=early, finding=finding)

    assert reasons(report)["anchored"] == "block_mismatch"
    assert third(report) == ("passed", "issuer")


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (authority.MAX_CLOCK_DIFFERENCE, ("passed", "issuer")),
        (authority.MAX_CLOCK_DIFFERENCE + timedelta(seconds=1), ("failed", "signed_in_future")),
    ],
)
def test_what_says_that_it_was_signed_in_the_future_is_refuted(difference, expected):
    given = material(receipt=None, finding=None, anchor_required=False)

    report = verification.verify(good(), given, SIGNED - difference)

    assert third(report) == expected


# -- status lists ----------------------------------------------------------------------------------


def test_a_list_signed_with_a_stolen_key_says_nothing_whatever_its_date():
    old_list = {LIST: canonical.loads(list_text())}

    report = verification.verify(
        good(),
        material(did_document=listed(revoked=NOW + timedelta(minutes=1)), status_lists=old_list),
        NOW + timedelta(minutes=2),
    )

    assert (outcomes(report)["stands"], reasons(report)["stands"]) == (
        "inconclusive",
        "status_key_compromised",
    )
    assert third(report) == ("passed", "issuer")


def test_a_list_signed_with_a_replaced_key_still_counts():
    report = verification.verify(
        good(),
        material(did_document=listed(expires=NOW + timedelta(minutes=1))),
        NOW + timedelta(minutes=2),
    )

    assert report.verdict is Verdict.VERIFIED


def test_no_outcome_of_the_third_check_is_green_with_a_stolen_key_and_no_proof_of_age():
    for ends in (SIGNED, ANCHORED, ANCHORED - timedelta(hours=1)):
        report = check({"revoked": ends})
        assert report.checks[2].outcome is Outcome.FAILED
