"""Status lists: bits in, bits out, and nothing larger than allowed in between."""

import base64
import gzip
import time
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import proof, status_list
from issuers.core import keys
from tests.core.credentials import samples

URL = "https://badges.example/status/3"


def wrapped(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")


# --- published vectors


def test_the_published_list_is_empty():
    """Bitstring Status List 1.0, example 2."""
    encoded = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"

    assert status_list.decode(encoded) == status_list.empty()


def test_index_0_is_the_left_most_bit():
    """Bitstring Status List 1.0 section 3.2."""
    bits = status_list.set_bit(status_list.empty(), 0, value=True)

    assert bits[0] == 0b10000000
    assert status_list.set_bit(bits, 9, value=True)[:2] == bytes([0b10000000, 0b01000000])


# --- properties


@given(st.sets(st.integers(0, status_list.SIZE - 1), max_size=20))
def test_what_is_set_is_found_and_nothing_else(indexes):
    bits = status_list.empty()
    for index in indexes:
        bits = status_list.set_bit(bits, index, value=True)

    read = status_list.decode(status_list.encode(bits))

    assert read == bits
    assert all(status_list.is_set(read, index) for index in indexes)
    assert int.from_bytes(read, "big").bit_count() == len(indexes)


@given(st.integers(0, status_list.SIZE - 1))
def test_what_is_cleared_is_as_if_it_had_never_been_set(index):
    full = bytes([0xFF]) * (status_list.SIZE // 8)

    cleared = status_list.set_bit(full, index, value=False)

    assert not status_list.is_set(cleared, index)
    assert status_list.set_bit(cleared, index, value=True) == full


def test_the_same_bits_are_the_same_text_at_any_time():
    header = base64.urlsafe_b64decode(status_list.encode(status_list.empty())[1:13])

    assert header[:2] == b"\x1f\x8b"
    assert header[4:8] == bytes(4)


def test_a_list_by_others_is_read():
    bits = status_list.set_bit(status_list.empty(), 7, value=True)

    assert status_list.decode(wrapped(gzip.compress(bits))) == bits


# --- the documents


def test_an_entry_names_the_list_and_the_place():
    entry = status_list.entry(url=URL, index=94567, purpose="revocation")

    assert entry == {
        "id": f"{URL}#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": URL,
    }


@pytest.mark.parametrize("index", [-1, status_list.SIZE])
def test_an_entry_is_within_the_list(index):
    with pytest.raises(status_list.StatusListError):
        status_list.entry(url=URL, index=index, purpose="revocation")


def test_the_list_is_a_credential_that_can_be_signed():
    document = status_list.list_credential(
        url=URL,
        issuer=samples.DID,
        purpose="suspension",
        bits=status_list.empty(),
        valid_from=datetime(2026, 3, 2, tzinfo=UTC),
        valid_until=datetime(2026, 3, 3, tzinfo=UTC),
        ttl_ms=300_000,
    )

    secured = samples.signed(document)

    proof.verify(secured, public_key=keys.public_key(samples.SEED))
    assert document["credentialSubject"]["ttl"] == 300_000
    assert document["validUntil"] == "2026-03-03T00:00:00Z"


def test_the_time_to_live_may_be_left_out():
    document = status_list.list_credential(
        url=URL,
        issuer=samples.DID,
        purpose="revocation",
        bits=status_list.empty(),
        valid_from=samples.CREATED,
        valid_until=samples.CREATED,
    )

    assert "ttl" not in document["credentialSubject"]


# --- attacks


def reason(encoded: str) -> str:
    start = time.perf_counter()
    with pytest.raises(status_list.StatusListError) as refusal:
        status_list.decode(encoded)
    assert time.perf_counter() - start < 1
    return refusal.value.reason


def test_a_bomb_is_not_inflated():
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(compressor.compress(bytes(1 << 20)) for _ in range(32)) + compressor.flush()

    assert reason(wrapped(bomb)) == "size"


def test_a_list_below_the_minimum_is_refused():
    assert reason(wrapped(gzip.compress(bytes(status_list.SIZE // 8 - 1)))) == "size"


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "u",
        "uH4sI",
        "H4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA",
        "zH4sIAAAAAAAAA",
        "uH4sIAAAAAAAAA+3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA",
        "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA\n",
        "uAAAA",
        "uA",
    ],
)
def test_what_is_not_a_list_is_refused(encoded):
    assert reason(encoded) in {"encoding", "size"}


def test_a_list_that_is_cut_short_is_refused():
    whole = gzip.compress(status_list.empty())

    assert reason(wrapped(whole[:-1])) == "encoding"


def test_a_list_that_goes_on_is_refused():
    whole = gzip.compress(status_list.empty())

    assert reason(wrapped(whole + b"x")) == "encoding"
    assert reason(wrapped(whole + whole)) == "encoding"


def test_an_altered_list_is_refused():
    whole = bytearray(gzip.compress(status_list.empty()))
    whole[-6] ^= 1  # in the checksum of gzip

    assert reason(wrapped(bytes(whole))) == "encoding"


def test_a_text_beyond_any_list_is_not_decoded():
    assert reason("u" + "A" * 10_000_000) == "size"


@pytest.mark.parametrize("index", [-1, status_list.SIZE, 10**30])
def test_an_index_outside_the_list_is_refused(index):
    with pytest.raises(status_list.StatusListError) as refusal:
        status_list.is_set(status_list.empty(), index)
    with pytest.raises(status_list.StatusListError):
        status_list.set_bit(status_list.empty(), index, value=True)

    assert refusal.value.reason == "index"


@pytest.mark.parametrize(
    "size", [0, 1, status_list.SIZE // 8 - 1, status_list.MAX_ENTRIES // 8 + 1]
)
def test_a_list_of_another_size_is_not_written(size):
    with pytest.raises(status_list.StatusListError):
        status_list.encode(bytes(size))
