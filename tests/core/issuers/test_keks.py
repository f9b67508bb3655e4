"""The key-encryption keys as the settings name them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import envelope, keks

DIGITS = "5e" * 32


def test_a_key_without_a_name_gets_the_default_one():
    assert keks.read(DIGITS, default_id="signing-1") == (keks.LocalKek("signing-1", b"\x5e" * 32),)


def test_the_first_of_several_wraps():
    found = keks.read(f"signing-2:{'ab' * 32}\n{DIGITS}\n", default_id="signing-1")

    assert [kek.kek_id for kek in found] == ["signing-2", "signing-1"]


def test_a_key_of_a_service_is_named_by_its_address():
    [kek] = keks.read("https://vault.example:8200/v1/transit/keys/acquis-signing", default_id="x")

    assert kek == keks.ServiceKek("https://vault.example:8200/v1/transit", "acquis-signing")


def test_nothing_means_no_key():
    assert keks.read("", default_id="signing-1") == ()


@pytest.mark.parametrize(
    "text",
    [
        "5e" * 31,
        f"{DIGITS}0",
        f"Signing 2:{DIGITS}",
        f"a/1:{DIGITS}",
        f"{DIGITS} {DIGITS}",
        f"a:{DIGITS} a:{DIGITS}",
        "http://vault.example/v1/transit/keys/a",
        "https://vault.example/v1/transit/keys/a?token=b",
        "https://user:word@vault.example/v1/transit/keys/a",
        "https://vault.example/v1/transit/encrypt/a",
        "https://[::1/v1/transit/keys/a",
        " ".join(f"k{number}:{number:064x}" for number in range(9)),
    ],
)
def test_what_cannot_be_read_is_refused_without_being_repeated(text):
    with pytest.raises(keks.KekError) as refused:
        keks.read(text, default_id="signing-1")

    assert DIGITS[:20] not in str(refused.value)
    assert "word" not in str(refused.value)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(keks.KekError):
        assert all(isinstance(kek, keks.Kek) for kek in keks.read(text, default_id="a"))


def test_a_key_is_in_no_repr():
    shown = repr(keks.read(DIGITS, default_id="signing-1"))

    assert "signing-1" in shown
    assert DIGITS not in shown
    assert repr(b"\x5e" * 32)[2:-1] not in shown


@pytest.mark.parametrize(
    ("kek_id", "belongs"),
    [("a/1", True), ("a/12", True), ("a", False), ("b/1", False), ("a/x", False), ("a/", False)],
)
def test_a_version_of_a_services_key_is_known_by_its_name(kek_id, belongs):
    assert keks.is_version_of(kek_id, "a") is belongs


def test_what_a_service_made_comes_back_as_it_was():
    wrapped = envelope.enclose(b"vault:v3:abc", kek_id="a/3")

    assert envelope.kek_id_of(wrapped) == "a/3"
    assert envelope.disclose(wrapped) == b"vault:v3:abc"
    assert wrapped.startswith(envelope.header(wrapped))


def test_a_local_key_does_not_open_what_a_service_wrapped():
    wrapped = envelope.enclose(b"x" * 40, kek_id="a")

    with pytest.raises(envelope.UnknownKek):
        envelope.unwrap(wrapped, keks={"a": bytes(32)})
    with pytest.raises(envelope.EnvelopeError):
        envelope.disclose(envelope.wrap(dek=bytes(32), kek=bytes(32), kek_id="a"))


@pytest.mark.parametrize("answer", [b"", b"x" * 1025])
def test_an_answer_of_no_sensible_length_is_refused(answer):
    with pytest.raises(envelope.EnvelopeError, match="1 to 1024"):
        envelope.enclose(answer, kek_id="a")
