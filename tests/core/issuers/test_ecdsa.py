"""ECDSA: the signature of the RFC, and what is no signature. The tokens of test_jose use it too."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from issuers.core import ecdsa, jwk
from issuers.core.keys import KeyFormatError, SignatureError

# RFC 6979 appendix A.2.5: P-256 with SHA-256, message "test".
KEY = jwk.load_p256(
    bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
)
SIGNATURE = bytes.fromhex(
    "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
    "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"
)


def test_the_signature_of_the_rfc_is_made_and_verified():
    assert ecdsa.sign(KEY, b"test") == SIGNATURE
    ecdsa.verify(KEY.public_key(), SIGNATURE, b"test")


@given(st.integers(0, 63), st.integers(1, 255))
@settings(max_examples=50)
def test_any_other_byte_is_refused(index, change):
    other = bytearray(SIGNATURE)
    other[index] ^= change

    with pytest.raises(SignatureError):
        ecdsa.verify(KEY.public_key(), bytes(other), b"test")


@pytest.mark.parametrize("signature", [b"", SIGNATURE[:-1], SIGNATURE + b"\x00", bytes(64)])
def test_what_has_another_size_or_is_zero_is_refused(signature):
    with pytest.raises(SignatureError):
        ecdsa.verify(KEY.public_key(), signature, b"test")


def test_a_key_of_another_curve_is_refused():
    key = ec.derive_private_key(7, ec.SECP256K1())

    with pytest.raises(KeyFormatError):
        ecdsa.sign(key, b"test")
    with pytest.raises(KeyFormatError):
        ecdsa.verify(key.public_key(), SIGNATURE, b"test")
