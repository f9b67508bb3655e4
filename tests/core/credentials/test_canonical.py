"""The strict loader, and the bytes it gives back."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import canonical

# --- published vectors


def test_canonical_json_is_that_of_rfc_8785():
    """RFC 8785 section 3.2.2 and 3.2.3."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }

    text = canonical.jcs(value).decode()

    assert text == (
        '{"literals":[null,true,false],'
        '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


# --- properties

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2.0**52), 2.0**52)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), _values, max_size=4))
def test_what_is_written_is_read_back(document):
    data = canonical.dumps(document)

    assert canonical.loads(data) == document
    assert canonical.dumps(canonical.loads(data)) == data


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_else_is_refused_and_nothing_escapes(data):
    try:
        document = canonical.loads(data)
    except canonical.MalformedDocument:
        return

    assert isinstance(document, dict)


def test_members_keep_their_order():
    assert canonical.dumps({"b": 1, "a": "é"}) == '{"b":1,"a":"é"}'.encode()


# --- attacks


def reason(data: bytes | str) -> str:
    start = time.perf_counter()
    with pytest.raises(canonical.MalformedDocument) as refusal:
        canonical.loads(data)
    assert time.perf_counter() - start < 1
    assert len(str(refusal.value)) < 300
    return refusal.value.reason


@pytest.mark.parametrize(
    "data", [b"{" + b" " * 10_000_000 + b"}", "x" * 10_000_000, "é" * 200_000, b"x" * 262_145]
)
def test_ten_megabytes_are_refused_before_they_are_read(data):
    assert reason(data) == "too-large"


def test_the_largest_document_is_read():
    text = "x" * (canonical.MAX_BYTES - len('{"a":""}'))

    assert canonical.loads(f'{{"a":"{text}"}}') == {"a": text}


@pytest.mark.parametrize(
    "data",
    [
        "[" * 100_000,
        '{"a":' * 40_000,
        '{"a":[' * 20_000,
        "[" * 33 + "]" * 33,
        '"' + '\\"' * 100_000 + "[" * 40,
        '{"[": ' + "[" * 32 + "]" * 32 + "}",
    ],
)
def test_nesting_is_bounded_without_recursion(data):
    assert reason(data) in {"too-deep", "not-json"}


def test_brackets_in_strings_do_not_nest():
    document = {"a": "[" * 1000 + '\\"{' * 1000}

    assert canonical.loads(json.dumps(document)) == document


def test_the_deepest_document_is_read():
    document: Any = 0
    for _ in range(canonical.MAX_DEPTH - 1):
        document = [document]

    assert canonical.loads(json.dumps({"a": document})) == {"a": document}


@pytest.mark.parametrize(
    "data",
    [
        '{"a":1,"a":1}',
        '{"a":1,"b":{"c":1,"\\u0063":2}}',
        "{" + ",".join(f'"m{n}":1' for n in range(20_000)) + ',"m19999":2}',
    ],
)
def test_a_member_given_twice_is_refused(data):
    assert reason(data) == "duplicate-member"


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "9007199254740992",
        "-9007199254740992",
        "1e16",
        "9" * 200_000,
        "0." + "0" * 200_000 + "1",
        "1" + "0" * 50,
    ],
)
def test_a_number_that_readers_disagree_on_is_refused(number):
    assert reason(f'{{"a":{number}}}') == "number"


@pytest.mark.parametrize("number", [9007199254740991, -9007199254740991, 0, 1.5, 1e-7])
def test_other_numbers_are_read(number):
    assert canonical.loads(f'{{"a":{number!r}}}') == {"a": number}


@pytest.mark.parametrize("data", ['{"a":"\\ud800"}', '{"\\udc00":1}', '{"a":["\\ud800\\ud800"]}'])
def test_half_a_surrogate_pair_is_refused(data):
    assert reason(data) == "surrogate"


def test_a_whole_surrogate_pair_is_read():
    document = canonical.loads('{"a":["\\ud83c\\udf93",{"b":1}],"c":[]}')

    assert document == {"a": ["🎓", {"b": 1}], "c": []}


@pytest.mark.parametrize("data", [b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', "{\ud800}"])
def test_what_is_not_utf_8_is_refused(data):
    assert reason(data) == "not-utf-8"


@pytest.mark.parametrize("data", ["", "{", "{'a':1}", "{}x", "\ufeff{}", '{"a":01}', '{"a":"\n"}'])
def test_what_is_not_json_is_refused(data):
    assert reason(data) == "not-json"


@pytest.mark.parametrize("data", ["[]", "1", '"a"', "null"])
def test_a_document_is_an_object(data):
    assert reason(data) == "not-an-object"


@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"\ud800": 1}, {"a": float("nan")}, {"a": {1}}])
def test_what_is_not_json_is_not_written(value):
    with pytest.raises(canonical.MalformedDocument):
        canonical.dumps(value)
    with pytest.raises(canonical.MalformedDocument):
        canonical.jcs(value)
