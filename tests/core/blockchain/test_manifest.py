"""The manifest: what is written is read again, and nothing else is."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from blockchain.core import manifest, merkle

SEALED_AT = datetime(2026, 3, 2, 9, 0, 1, 250_000, tzinfo=UTC)
ANCHOR = manifest.Anchor(
    registry="0x" + "78" * 20,
    submitter="0x" + "ab" * 20,
    nonce=7,
    transaction="0x" + "cd" * 32,
    block_number=21_000_000,
    block_hash="0x" + "ef" * 32,
    block_time=datetime(2026, 3, 2, 9, 1, tzinfo=UTC),
    finalized_at=datetime(2026, 3, 2, 9, 15, 0, 1, tzinfo=UTC),
)


def leaves_of(count):
    return b"".join(sha256(b"leaf %d" % number).digest() for number in range(count))


def sealed(count=3, **changes):
    leaves = leaves_of(count)
    made = manifest.Manifest("eip155:1", merkle.root(leaves), leaves, SEALED_AT)
    return replace(made, **changes)


def edited(data, **members):
    """Return a manifest whose header was changed and is still canonical."""
    header, _line, leaves = data.partition(b"\n")
    changed = {k: v for k, v in (json.loads(header) | members).items() if v is not ...}
    return rfc8785.dumps(changed) + b"\n" + leaves


@given(
    count=st.integers(1, 70),
    anchor=st.sampled_from([None, ANCHOR]),
    signer=st.sampled_from(["", "ecole-a"]),
)
def test_what_is_written_is_read_again(count, anchor, signer):
    given_manifest = sealed(count, anchor=anchor, signer=signer)

    assert manifest.read(manifest.write(given_manifest)) == given_manifest


def test_the_header_is_canonical_json_and_the_leaves_follow_as_they_are():
    data = manifest.write(sealed(2, anchor=ANCHOR))

    header, _line, leaves = data.partition(b"\n")
    assert header == rfc8785.dumps(json.loads(header))
    assert leaves == leaves_of(2)
    assert json.loads(header)["anchor"]["block"] == {
        "number": 21_000_000,
        "hash": "0x" + "ef" * 32,
        "time": "2026-03-02T09:01:00.000000Z",
    }


def test_these_bytes_are_the_format_for_ever():
    data = manifest.write(sealed(3, anchor=ANCHOR))

    # Whoever changes this changes a permanent format: a new version and an ADR first.
    pinned = "5e2358650e390d881b1f14c9c6b5b1b76fb2010c7b954072742b1cc4c70c7b11"
    assert manifest.name(data) == pinned


def test_the_account_of_an_organisation_is_named_in_version_2_and_only_there():
    shared, own = manifest.write(sealed()), manifest.write(sealed(signer="ecole-a"))

    header = json.loads(own.partition(b"\n")[0])
    assert header.pop("signer") == "ecole-a"
    assert header | {"version": 1} == json.loads(shared.partition(b"\n")[0])
    assert header["version"] == 2
    for damaged in (
        edited(own, version=1),
        edited(own, signer=...),
        edited(own, signer=""),
        edited(own, signer="../a"),
        edited(own, signer=3),
        edited(shared, version=2),
    ):
        with pytest.raises(manifest.ManifestError, match=r"version|signer"):
            manifest.read(damaged)


def test_a_full_batch_is_within_the_bounds():
    data = manifest.write(sealed(merkle.MAX_LEAVES, anchor=ANCHOR))

    assert len(data) < manifest.MAX_BYTES
    assert manifest.read(data).tree_size == merkle.MAX_LEAVES


def test_what_proves_nothing_is_not_written():
    with pytest.raises(manifest.ManifestError, match="another root"):
        manifest.write(sealed(root=bytes(32)))
    with pytest.raises(manifest.ManifestError, match="chain must match"):
        manifest.write(sealed(chain="mainnet"))
    with pytest.raises(manifest.ManifestError, match="treeSize"):
        manifest.write(sealed(leaves=b""))


@given(data=st.data())
def test_a_flipped_bit_is_never_read_as_the_same_manifest(data):
    written = manifest.write(sealed(3, anchor=ANCHOR))
    bit = data.draw(st.integers(0, len(written) * 8 - 1))
    flipped = bytearray(written)
    flipped[bit // 8] ^= 1 << bit % 8

    try:
        found = manifest.read(bytes(flipped))
    except manifest.ManifestError:
        return
    # A time or an address may be another valid one; the file's name then tells.
    assert found != manifest.read(written)
    assert found.leaves == leaves_of(3)
    assert manifest.name(bytes(flipped)) != manifest.name(written)


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data):
    with pytest.raises(manifest.ManifestError):
        manifest.read(data)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"type": "Manifest"}, "type must be"),
        ({"version": 2}, "version must be"),
        ({"version": True}, "version must be"),
        ({"leaves": "hex"}, "leaves must be"),
        ({"root": "00"}, "root must match"),
        ({"root": ...}, "lacks the member root"),
        ({"salt": "00"}, "unknown member: salt"),
        ({"treeSize": 4}, "and 96 bytes follow"),
        ({"treeSize": 0}, "treeSize must be"),
        ({"treeSize": 65_537}, "treeSize must be"),
        ({"sealedAt": "2026-13-02T09:00:01.250000Z"}, "sealedAt is not an instant"),
        ({"sealedAt": "2026-03-02T09:00:01Z"}, "sealedAt must match"),
        ({"chain": "eip155:0"}, "chain must match"),
        ({"anchor": None}, "anchor must be a JSON object"),
        ({"anchor": {}}, "anchor lacks the member block"),
    ],
)
def test_a_header_that_is_not_ours_is_refused_by_its_member(members, message):
    data = edited(manifest.write(sealed(3)), **members)

    with pytest.raises(manifest.ManifestError, match=message):
        manifest.read(data)


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"{", b"{ "), (b'{"chain"', b'{"chain":"eip155:1","chain"'), (b'"1"', b'"\\u0031"')],
)
def test_another_spelling_of_the_header_is_refused(before, after):
    written = manifest.write(sealed(3, chain="eip155:1"))
    data = written.replace(before, after, 1)
    if data == written:
        data = written.replace(b"eip155:1", b"eip155\\u003a1", 1)

    with pytest.raises(manifest.ManifestError, match="canonical"):
        manifest.read(data)


def test_size_is_bounded_before_anything_is_read():
    with pytest.raises(manifest.ManifestError, match="at most"):
        manifest.read(bytes(manifest.MAX_BYTES + 1))
    with pytest.raises(manifest.ManifestError, match="no header"):
        manifest.read(b"{" * manifest.MAX_HEADER * 2)
    with pytest.raises(manifest.ManifestError, match="not JSON"):
        manifest.read(b"[" * 2000 + b"\n")
