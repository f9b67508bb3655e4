"""Conformity that is read once for a shape: what it says is what the whole reading says."""

from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from badges.core import schema
from credentials.core import conformity, shapes
from tests.core.credentials import samples, test_sealing

values = st.one_of(
    samples._texts,
    st.sampled_from(["", " ", "a", "\x00", "￿", "7", "-1", "2026-01-01", "2026-01-01T00:00:00Z"]),
    st.sampled_from(["2027-01-01T00:00:00+14:00", "2025-02-30T00:00:00Z", "https://a b", "urn:a"]),
    test_sealing.addresses,
    samples._instants,
)


def constants(document: dict[str, Any]) -> list[object]:
    return [document["issuer"], document["credentialSubject"]["achievement"]]


def whole(document: dict[str, Any]) -> object:
    try:
        schema.validate(document, strict=True)
    except schema.NonConformant as refusal:
        return refusal.problems
    return ()


def by_shape(reader: conformity.Conformity, document: dict[str, Any], known: Any) -> object:
    try:
        reader.require(document, shapes.divide(document, constants=known))
    except schema.NonConformant as refusal:
        return refusal.problems
    return ()


@given(st.one_of(samples.credentials, st.just(samples.FULL)), st.data())
def test_a_document_is_judged_as_the_whole_reading_judges_it(document, data):
    known = constants(document)
    reader = conformity.Conformity(constants=known)
    by_shape(reader, document, known)
    names = shapes.slots(document, constants=known)
    drawn = [data.draw(samples._instants if name.startswith("valid") else values) for name in names]
    other = shapes.fill(document, drawn, constants=known)

    found = by_shape(reader, other, known)

    event(f"its shape is known: {bool(reader._names)}, and it conforms: {not found}")
    assert found == whole(other)


def ordinary(**changes: str) -> dict[str, Any]:
    return {**samples.full(), **changes}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", " "),
        ("id", "credentials/1"),
        ("validFrom", "2026-01-01"),
        ("validUntil", "2020-01-01T00:00:00Z"),
        ("awardedDate", ""),
    ],
)
def test_one_value_is_enough_to_be_refused(member, value):
    document = ordinary()
    reader = conformity.Conformity()
    assert by_shape(reader, document, ()) == ()

    wrong = ordinary(**{member: value})

    assert by_shape(reader, wrong, ()) == whole(wrong) != ()


def test_a_shape_that_conforms_is_read_once(monkeypatch):
    document = ordinary()
    reader = conformity.Conformity()
    by_shape(reader, document, ())
    monkeypatch.setattr(schema, "validate", None)

    reader.require(ordinary(name="Autre"), shapes.divide(ordinary(name="Autre")))


def test_every_member_that_may_be_in_a_slot_has_one_rule_in_all_classes():
    depends = {name for name in shapes.SLOTS if schema._rules_by_name().get(name) is schema._refuse}

    assert depends == set()
