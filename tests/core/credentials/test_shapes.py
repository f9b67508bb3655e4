"""A document is parted into its shape and its values, in two ways that come to the same."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import shapes
from tests.core.credentials import samples, test_sealing

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([0.0, -0.0, 1.0, 1e22]),
    st.sampled_from(["", "a", "b"]),
)  # fmt: skip
names = st.sampled_from(["id", "name", "type", "value", "result", "rank"])
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)
documents = st.dictionaries(names, anything, max_size=5)


def ready(document: dict[str, Any], constants: list[object]) -> shapes.Divider:
    """A divider that has met the shape of a document twice."""
    divider = shapes.Divider(constants)
    divider.divide(document)
    divider.divide(document)
    return divider


@given(documents, documents)
def test_whatever_came_before_a_document_is_parted_as_ever(before, document):
    found = ready(before, []).divide(document)

    expected = shapes.divide(document)
    assert (found.shape, list(found.values)) == (expected.shape, list(expected.values))


@given(test_sealing.pairs())
def test_documents_of_one_shape_are_read_and_their_values_are_the_same(pair):
    first, second = pair
    constants = test_sealing.constants(first)

    found = ready(first, constants).divide(second)

    expected = shapes.divide(second, constants=constants)
    assert (found.shape, list(found.values)) == (expected.shape, list(expected.values))


@given(documents, st.data())
def test_a_document_with_one_thing_changed_is_of_another_shape_or_has_other_values(document, data):
    changed = copy.deepcopy(document)
    changed[data.draw(names)] = data.draw(anything)

    one = ready(document, []).divide(document)
    other = ready(document, []).divide(changed)

    same = (one.shape, list(one.values)) == (other.shape, list(other.values))
    assert same == (json.dumps(document) == json.dumps(changed))


def test_an_equal_object_is_not_the_constant_that_it_equals():
    document = samples.small()
    divider = ready(document, test_sealing.constants(document))

    found = divider.divide(copy.deepcopy(document))

    assert found.shape != divider.divide(document).shape


@pytest.mark.parametrize(("one", "other"), [(True, 1), (1, 1.0), (0.0, -0.0), (None, "")])
def test_what_is_equal_to_python_and_not_to_json_makes_two_shapes(one, other):
    first, second = ({"rank": value} for value in (one, other))

    assert shapes.divide(first).shape != shapes.divide(second).shape
    assert ready(first, []).divide(second).shape == shapes.divide(second).shape
