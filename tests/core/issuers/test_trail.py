"""The audit trail as it is hashed: nothing is changed, left out, put in or moved unnoticed."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import trail

AT = datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)
DID = "did:web:acquis.example:issuers:ecole-a"
ENTRY = trail.Entry(
    number=7,
    at=AT,
    user=3,
    door="POST console-people",
    role="acquis",
    subject="issuers.membership",
    act="changed",
    rows=(12, 13),
    before={"role": "viewer"},
    after={"role": "issuer"},
    noted=(),
)
ENTRIES = [replace(ENTRY, number=number) for number in (7, 9, 10, 15)]


def seal(entries, **changes):
    given_ = {"issuer": DID, "sequence": 1, "previous": None} | changes
    document = trail.seal_document(entries, **given_)
    return trail.seal_digest(document)


def test_an_entry_is_hashed_as_canonical_json():
    text = (
        '{"act":"changed","after":{"role":"issuer"},"at":"2026-03-02T09:00:00.250000Z",'
        '"before":{"role":"viewer"},"door":"POST console-people","noted":[],"number":7,'
        '"role":"acquis","rows":[12,13],"subject":"issuers.membership","type":"AuditEntry",'
        '"user":3}'
    )

    assert trail.entry_digest(ENTRY) == sha256(text.encode()).digest()


def test_a_seal_says_what_it_covers_and_what_was_before():
    document = trail.seal_document(ENTRIES, issuer=DID, sequence=2, previous=b"\x01" * 32)

    together = sha256(b"".join(trail.entry_digest(entry) for entry in ENTRIES)).hexdigest()
    assert document == {
        "type": "AuditSeal",
        "version": 1,
        "issuer": DID,
        "sequence": 2,
        "last": 15,
        "count": 4,
        "entries": together,
        "previous": "01" * 32,
    }


def test_what_is_sealed_never_changes():
    # Made here once; another digest breaks every anchor that there is.
    assert seal(ENTRIES).hex() == "5fe79698106aedd526e2317e7c5c4c05f2adda9dce913c98d0d57d5bf0b49b06"


def test_nothing_is_no_seal():
    assert trail.seal_document([], issuer=DID, sequence=1, previous=None) is None


@given(st.sampled_from(range(4)), st.sampled_from(sorted(trail.entry_document(ENTRY))))
def test_no_entry_is_changed_unnoticed(place, member):
    if member == "type":
        return
    others = {
        "number": ENTRIES[place].number + 1 if place != 1 else 8,
        "at": AT.replace(microsecond=250_001),
        "user": None,
        "door": "POST console-people ",
        "role": "acquis_owner",
        "subject": "issuers.issuer",
        "act": "added",
        "rows": (12,),
        "before": {"role": "Viewer"},
        "after": None,
        "noted": ("name",),
    }
    changed = list(ENTRIES)
    changed[place] = replace(changed[place], **{member: others[member]})

    assert seal(changed) != seal(ENTRIES)


@pytest.mark.parametrize("place", range(4))
def test_no_entry_is_left_out_or_put_in_unnoticed(place):
    without = ENTRIES[:place] + ENTRIES[place + 1 :]
    more = sorted([*ENTRIES, replace(ENTRY, number=11)], key=lambda entry: entry.number)

    assert seal(without) != seal(ENTRIES)
    assert seal(more) != seal(ENTRIES)


@pytest.mark.parametrize(
    "changes",
    [{"issuer": f"{DID}x"}, {"sequence": 2, "previous": bytes(32)}],
)
def test_no_seal_is_anothers(changes):
    assert seal(ENTRIES, **changes) != seal(ENTRIES)


@pytest.mark.parametrize(
    "entries", [[ENTRIES[1], ENTRIES[0]], [ENTRIES[0], ENTRIES[0]], [replace(ENTRY, number=0)]]
)
def test_entries_out_of_order_have_no_seal(entries):
    with pytest.raises(ValueError, match="comes after"):
        trail.seal_document(entries, issuer=DID, sequence=1, previous=None)


@pytest.mark.parametrize(
    ("sequence", "previous"), [(0, None), (1, bytes(32)), (2, None), (-1, bytes(32))]
)
def test_a_seal_has_its_place(sequence, previous):
    with pytest.raises(ValueError, match="predecessor"):
        trail.seal_document(ENTRIES, issuer=DID, sequence=sequence, previous=previous)


def test_an_instant_without_its_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        trail.entry_digest(replace(ENTRY, at=AT.replace(tzinfo=None)))
