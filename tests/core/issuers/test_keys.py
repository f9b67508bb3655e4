"""Keys: the published vectors, the Multikey, and keys that prove nothing."""

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import keys

# --- published vectors

# RFC 8032 section 7.1, tests 1, 2 and 3: seed, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("seed", "public_key", "message", "signature"), RFC_8032)
def test_the_signatures_are_the_published_ones(seed, public_key, message, signature):
    key = keys.load(bytes.fromhex(seed))

    assert keys.public_key(bytes.fromhex(seed)).hex() == public_key
    assert key.sign(bytes.fromhex(message)).hex() == signature
    keys.verify(bytes.fromhex(public_key), bytes.fromhex(signature), bytes.fromhex(message))


def test_the_multikey_is_the_published_one():
    """Data Integrity EdDSA Cryptosuites 1.0, section B.1."""
    multikey = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"

    secret = base58.b58decode("3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq")

    public_key = keys.decode_multikey(multikey)

    assert public_key == keys.public_key(secret[2:])
    assert keys.encode_multikey(public_key) == multikey


# --- properties

seeds = st.binary(min_size=32, max_size=32)


@given(seeds, st.binary(max_size=100))
def test_what_a_key_signs_it_verifies(seed, message):
    signature = keys.load(seed).sign(message)

    keys.verify(keys.public_key(seed), signature, message)


@given(st.binary(min_size=32, max_size=32), st.binary())
def test_both_libraries_make_the_same_signature(seed, message):
    key = keys.load(seed)

    assert keys.sign(keys.secret(key), message) == key.sign(message)


@given(seeds)
def test_a_multikey_is_read_back(seed):
    public_key = keys.public_key(seed)
    multikey = keys.encode_multikey(public_key)

    assert multikey.startswith("z6Mk")
    assert len(multikey) == 48
    assert keys.decode_multikey(multikey) == public_key


@given(seeds, st.binary(min_size=1, max_size=50), st.integers(0, 511))
def test_no_bit_of_a_signature_can_be_flipped(seed, message, bit):
    signature = bytearray(keys.load(seed).sign(message))
    signature[bit // 8] ^= 1 << bit % 8

    with pytest.raises(keys.SignatureError):
        keys.verify(keys.public_key(seed), bytes(signature), message)


# --- attacks


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_seed_is_32_bytes(size):
    with pytest.raises(keys.KeyFormatError):
        keys.load(bytes(size))


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_public_key_is_32_bytes(size):
    with pytest.raises(keys.KeyFormatError):
        keys.encode_multikey(bytes(size))
    with pytest.raises(keys.KeyFormatError):
        keys.verify(bytes(size), bytes(64), b"")


@pytest.mark.parametrize("size", [0, 63, 65, 1000])
def test_a_signature_is_64_bytes(size):
    with pytest.raises(keys.SignatureError):
        keys.verify(keys.public_key(bytes(32)), bytes(size), b"")


@pytest.mark.parametrize("sign", [0x00, 0x80])
@pytest.mark.parametrize("point", sorted(keys._SMALL_ORDER))
def test_a_key_of_small_order_is_no_key(point, sign):
    public_key = point[:-1] + bytes([point[-1] | sign])

    with pytest.raises(keys.KeyFormatError):
        keys.verify(public_key, bytes(64), b"anything")
    with pytest.raises(keys.KeyFormatError):
        keys.encode_multikey(public_key)


def test_the_points_of_small_order_are_those_of_the_curve():
    """Each encodes, modulo p, one of the ordinates whose point, taken eight times, is neutral."""
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p

    def double_ordinate(y: int) -> int:
        """The ordinate of 2P from that of P: the addition law, with x² taken from the curve."""
        x2 = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        doubled: int = (y * y + x2) * pow(1 - d * x2 * y * y, -1, p) % p
        return doubled

    for point in keys._SMALL_ORDER:
        y = int.from_bytes(point, "little") % p
        for _ in range(3):
            y = double_ordinate(y)
        assert y == 1


@pytest.mark.parametrize(
    "multikey",
    [
        "",
        "z",
        "z6Mk",
        "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2 ",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2\n",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ0",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",
        "zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76",
        "z" + "1" * 47,
        "z" + "z" * 47,
        "z" + "2" * 1_000_000,
        "uAe1-AAA",
    ],
)
def test_what_is_not_an_ed25519_multikey_is_refused(multikey):
    with pytest.raises(keys.KeyFormatError):
        keys.decode_multikey(multikey)
