"""Envelopes open with their key, in their place, and not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import envelope

KEK = bytes(range(32))
DEK = bytes(range(32, 64))
NONCE = bytes(12)
ROW = b"issuers_signingkey|seed|42"

keys = st.binary(min_size=32, max_size=32)
nonces = st.binary(min_size=12, max_size=12)


@given(st.binary(max_size=200), keys, nonces, st.binary(max_size=40))
def test_what_is_sealed_opens(plaintext, dek, nonce, associated):
    sealed = envelope.encrypt(plaintext, dek=dek, nonce=nonce, associated=associated)

    assert envelope.decrypt(sealed, dek=dek, associated=associated) == plaintext
    assert len(sealed) == len(plaintext) + 29


@given(keys, keys, st.text(st.characters(codec="utf-8"), min_size=1, max_size=16))
def test_what_is_wrapped_unwraps(dek, kek, kek_id):
    wrapped = envelope.wrap(dek=dek, kek=kek, kek_id=kek_id)

    assert envelope.unwrap(wrapped, keks={kek_id: kek, "another": bytes(32)}) == dek
    assert envelope.kek_id_of(wrapped) == kek_id


def test_the_key_found_is_the_one_that_is_named():
    """Keys change: those of the last epoch are given beside those of this one."""
    wrapped = envelope.wrap(dek=DEK, kek=KEK, kek_id="2026-01")

    assert envelope.unwrap(wrapped, keks={"2026-02": bytes(32), "2026-01": KEK}) == DEK


# --- attacks


@given(st.data())
def test_no_bit_of_a_sealed_value_can_be_flipped(data):
    sealed = bytearray(envelope.encrypt(b"seed", dek=DEK, nonce=NONCE, associated=ROW))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(envelope.EnvelopeError):
        envelope.decrypt(bytes(sealed), dek=DEK, associated=ROW)


@given(st.data())
def test_no_bit_of_a_wrapped_key_can_be_flipped(data):
    wrapped = bytearray(envelope.wrap(dek=DEK, kek=KEK, kek_id="2026-01"))
    bit = data.draw(st.integers(0, len(wrapped) * 8 - 1))
    wrapped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(envelope.EnvelopeError):
        envelope.unwrap(bytes(wrapped), keks={"2026-01": KEK})


def test_a_value_moved_to_another_row_does_not_open():
    sealed = envelope.encrypt(b"seed of A", dek=DEK, nonce=NONCE, associated=ROW)

    with pytest.raises(envelope.EnvelopeError):
        envelope.decrypt(sealed, dek=DEK, associated=b"issuers_signingkey|seed|43")


def test_a_value_does_not_open_with_another_key():
    sealed = envelope.encrypt(b"seed", dek=DEK, nonce=NONCE, associated=ROW)

    with pytest.raises(envelope.EnvelopeError):
        envelope.decrypt(sealed, dek=KEK, associated=ROW)


def test_a_data_key_does_not_unwrap_once_its_key_is_gone():
    """This is how erasure reaches copies that cannot be reached."""
    wrapped = envelope.wrap(dek=DEK, kek=KEK, kek_id="2026-01")

    with pytest.raises(envelope.UnknownKek):
        envelope.unwrap(wrapped, keks={"2026-02": bytes(32)})
    with pytest.raises(envelope.EnvelopeError):
        envelope.unwrap(wrapped, keks={"2026-01": bytes(32)})


@given(st.binary(max_size=80))
def test_any_bytes_are_answered(data):
    with pytest.raises(envelope.EnvelopeError):
        envelope.decrypt(data, dek=DEK, associated=ROW)
    with pytest.raises(envelope.EnvelopeError):
        envelope.unwrap(data, keks={"": KEK, "2026-01": KEK})


def test_the_name_of_a_key_is_text():
    with pytest.raises(envelope.EnvelopeError):
        envelope.kek_id_of(b"\x01\x01\xff" + bytes(40))


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_is_32_bytes(size):
    for call in (
        lambda: envelope.wrap(dek=bytes(size), kek=KEK, kek_id="a"),
        lambda: envelope.wrap(dek=DEK, kek=bytes(size), kek_id="a"),
        lambda: envelope.encrypt(b"", dek=bytes(size), nonce=NONCE, associated=ROW),
        lambda: envelope.decrypt(bytes(40), dek=bytes(size), associated=ROW),
    ):
        with pytest.raises(envelope.EnvelopeError):
            call()


@pytest.mark.parametrize("size", [0, 8, 11, 13, 16])
def test_a_nonce_is_12_bytes(size):
    with pytest.raises(envelope.EnvelopeError):
        envelope.encrypt(b"", dek=DEK, nonce=bytes(size), associated=ROW)


@pytest.mark.parametrize("kek_id", ["", "x" * 65])
def test_a_key_has_a_short_name(kek_id):
    with pytest.raises(envelope.EnvelopeError):
        envelope.wrap(dek=DEK, kek=KEK, kek_id=kek_id)
