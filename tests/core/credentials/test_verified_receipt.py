"""What an installation signs of a verification; whoever has it can check it without us."""

import json
from datetime import UTC, datetime

import pytest
from nacl.signing import VerifyKey

from credentials.core import canonical, multibase, verified_receipt
from issuers.core import keys

SEED = bytes(range(32))
LINE = {
    "name": "one.png", "digest": "0" * 64, "verdict": "verified", "state": "verified",
    "checked": "2026-03-02T09:00:00Z",
}  # fmt: skip


@pytest.fixture
def receipt():
    return verified_receipt.sign(
        [LINE],
        installation="https://acquis.example",
        verifier="acquis 0.1.0",
        issued=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        seed=SEED,
    )


def test_what_was_signed_is_read_again(receipt):
    said = verified_receipt.verify(receipt)

    assert said["documents"] == [LINE]
    assert said["issued"] == "2026-03-02T09:00:00Z"
    assert said["key"] == keys.encode_multikey(keys.public_key(SEED))


def test_another_program_checks_it_by_the_documented_steps(receipt):
    said = json.loads(receipt)
    proof = said.pop("proof")
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    public = keys.decode_multikey(said["key"])
    VerifyKey(public).verify(text.encode(), multibase.decode(proof[1:]))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("issued", "2027-03-02T09:00:00Z"),
        ("installation", "https://evil.example"),
        ("documents", [LINE | {"verdict": "refuted"}]),
        ("documents", []),
        ("proof", "z" + "1" * 64),
        ("proof", "z" + "1" * 88),
        ("proof", "0"),
        ("key", keys.encode_multikey(keys.public_key(bytes(32)))),
        ("key", "z6Mk"),
    ],
)
def test_a_receipt_that_was_changed_does_not_hold(receipt, member, value):
    changed = canonical.loads(receipt) | {member: value}

    with pytest.raises(verified_receipt.ReceiptError) as caught:
        verified_receipt.verify(canonical.dumps(changed))
    assert caught.value.reason == "receipt_altered"


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"type": "Other"},
        {"issued": "yesterday"},
        {"issued": "2026-02-99T00:00:00Z"},
        {"documents": "none"},
        {"documents": [LINE | {"verdict": "<b>"}]},
        {"documents": [LINE | {"more": "x"}]},
        {"documents": [LINE | {"name": "x" * 301}]},
        {"more": 1},
    ],
)
def test_what_is_not_like_a_receipt_is_none(receipt, change):
    with pytest.raises(verified_receipt.ReceiptError) as caught:
        verified_receipt.verify(canonical.dumps(canonical.loads(receipt) | change))
    assert caught.value.reason == "receipt_unlike"


def test_what_is_no_json_is_no_receipt():
    with pytest.raises(verified_receipt.ReceiptError):
        verified_receipt.verify(b"AcquisVerificationReceipt")
