"""CBOR: examples of the standard, round trips, and what is not read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import cbor

numbers = st.integers(0, 2**64 - 1)
leaves = numbers | st.binary(max_size=40) | st.text(max_size=20)
groups = st.lists(leaves, max_size=4) | st.dictionaries(numbers, leaves, max_size=4)
values = leaves | groups | st.lists(groups, max_size=4) | st.dictionaries(numbers, groups)


# RFC 8949 appendix A.
@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (0, "00"), (23, "17"), (24, "1818"), (1000, "1903e8"), (10**12, "1b000000e8d4a51000"),
        (b"\x01\x02\x03\x04", "4401020304"), ("IETF", "6449455446"), ("ü", "62c3bc"), ([], "80"),
        ([1, [2, 3], [4, 5]], "8301820203820405"), ({}, "a0"), ({1: 2, 3: 4}, "a201020304"),
    ],
)  # fmt: skip
def test_the_examples_of_the_standard(value, encoded):
    assert cbor.write(value).hex() == encoded
    assert cbor.read(bytes.fromhex(encoded)) == value


@given(values)
def test_what_is_written_is_read(value):
    assert cbor.read(cbor.write(value)) == value


@pytest.mark.parametrize(
    "encoded",
    [
        "", "1817", "190018", "5801", "6161" + "00", "61ff", "a203040102", "a201020103",
        "a1616101", "f6", "f5", "20", "c100", "9fff", "bf00ff", "fb3ff199999999999a",
        "9a00ffffff", "ba00ffffff", "818181818181" + "00",
    ],
)  # fmt: skip
def test_what_is_not_in_its_one_form_is_refused(encoded):
    with pytest.raises(cbor.CborError):
        cbor.read(bytes.fromhex(encoded))


def test_items_are_counted():
    data = cbor.write([0] * 9)

    assert cbor.read(data, max_items=10) == [0] * 9
    with pytest.raises(cbor.CborError):
        cbor.read(data, max_items=9)


@pytest.mark.parametrize("value", [None, True, 1.5, (1,)])
def test_what_no_proof_holds_is_not_written(value):
    with pytest.raises(TypeError):
        cbor.write(value)
