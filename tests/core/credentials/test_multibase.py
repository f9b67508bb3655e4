"""Base58 is written as the package writes it that everything else uses."""

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import multibase


@given(st.one_of(st.binary(max_size=70), st.binary(min_size=64, max_size=64)))
def test_any_bytes_are_written_as_the_package_writes_them(data):
    written = multibase.encode(data)

    assert written == "z" + base58.b58encode(data).decode()
    assert multibase.decode(written[1:]) == data


@given(st.text(alphabet=base58.BITCOIN_ALPHABET.decode(), max_size=96))
def test_any_digits_are_read_as_the_package_reads_them(digits):
    assert multibase.decode(digits) == base58.b58decode(digits)


@pytest.mark.parametrize("digits", [1, 2, 3, 4, 8, 16, 32, 64, 88, 95])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_numbers_beside_a_power_of_58_are_written_as_the_package_writes_them(digits, more):
    data = (58**digits + more).to_bytes(70, "big")

    assert multibase.encode(data) == "z" + base58.b58encode(data).decode()


@given(st.binary(max_size=8))
def test_zeros_at_the_beginning_are_kept(data):
    written = multibase.encode(bytes(5) + data)

    assert base58.b58decode(written[1:]) == bytes(5) + data


def test_more_than_it_can_write_or_read_is_refused():
    with pytest.raises(ValueError, match="70 bytes"):
        multibase.encode(bytes(71))
    with pytest.raises(ValueError, match="96 digits"):
        multibase.decode("2" * 97)
