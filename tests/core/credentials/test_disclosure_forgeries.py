"""Selective disclosure: every way to cheat."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.core import proof
from credentials.core.disclosure import proof_value, suite
from tests.core.credentials import disclosing, samples

BASE = disclosing.base(samples.full())


def changed(value: Any) -> Iterator[Any]:
    """Yield copies of a document in which one value is another."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        if isinstance(member, dict | list):
            for other in changed(member):
                yield {**value, key: other} if isinstance(value, dict) else [
                    *value[:key], other, *value[key + 1 :]
                ]  # fmt: skip
        elif key != "proofValue":
            other = not member if isinstance(member, bool) else (
                member + 1 if isinstance(member, int | float) else member + "x"
            )  # fmt: skip
            yield {**value, key: other} if isinstance(value, dict) else [
                *value[:key], other, *value[key + 1 :]
            ]  # fmt: skip


SHOWN_BADGE = disclosing.derived(BASE, "results", "evidence")


def test_any_other_word_is_refuted():
    tried = 0
    for document in changed(SHOWN_BADGE):
        tried += 1
        with pytest.raises(proof.ProofError):
            suite.verify(document, public_key=disclosing.PUBLIC_KEY)
    assert tried > 60


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.data())
@settings(max_examples=100)
def test_any_other_letter_of_the_proof_is_refuted(data):
    value = SHOWN_BADGE["proof"]["proofValue"]
    index = data.draw(st.integers(0, len(value) - 1))
    letter = data.draw(st.sampled_from([each for each in LETTERS if each != value[index]]))
    document = copy.deepcopy(SHOWN_BADGE)
    document["proof"]["proofValue"] = value[:index] + letter + value[index + 1 :]

    with pytest.raises(proof.ProofError):
        suite.verify(document, public_key=disclosing.PUBLIC_KEY)


@pytest.mark.parametrize("index", range(0, 40, 3))
def test_a_proof_that_ends_early_or_late_is_refuted(index):
    value = SHOWN_BADGE["proof"]["proofValue"]
    for other in (value[: -index - 1], value + "A" * (index + 1)):
        document = {**SHOWN_BADGE, "proof": {**SHOWN_BADGE["proof"], "proofValue": other}}

        with pytest.raises(proof.ProofError):
            suite.verify(document, public_key=disclosing.PUBLIC_KEY)


@pytest.mark.parametrize("member", ["created", "verificationMethod"])
def test_the_date_and_the_name_of_the_key_are_signed(member):
    document = copy.deepcopy(SHOWN_BADGE)
    document["proof"][member] = {
        "created": "2020-01-01T00:00:00Z", "verificationMethod": samples.METHOD
    }[member]  # fmt: skip

    with pytest.raises(proof.SignatureMismatch):
        suite.verify(document, public_key=disclosing.PUBLIC_KEY)


def test_the_proof_of_one_badge_is_not_anothers():
    other = samples.put(samples.full(), "credentialSubject/creditsEarned", 3)
    theirs = disclosing.derived(disclosing.base(other), "results", "evidence")

    with pytest.raises(proof.SignatureMismatch):
        suite.verify({**theirs, "proof": SHOWN_BADGE["proof"]}, public_key=disclosing.PUBLIC_KEY)


def test_a_statement_cannot_be_brought_from_another_badge_of_the_same_issuer():
    """Even where both were signed with one and the same key of a proof."""
    richer = samples.put(samples.full(), "credentialSubject/creditsEarned", 99)
    theirs = disclosing.derived(disclosing.base({**richer, "name": "Autre"}), "results", "evidence")
    forged = samples.put(copy.deepcopy(SHOWN_BADGE), "credentialSubject/creditsEarned", 99)
    forged["proof"]["proofValue"] = theirs["proof"]["proofValue"]

    with pytest.raises(proof.SignatureMismatch):
        suite.verify(forged, public_key=disclosing.PUBLIC_KEY)


def test_another_key_is_refused():
    with pytest.raises(proof.SignatureMismatch):
        suite.verify(SHOWN_BADGE, public_key=disclosing.OTHER_KEY.public_key())


def test_a_statement_cannot_be_added():
    for path, value in (("credentialSubject/narrative", "Brillant"), ("awardedDate", "2020")):
        document = samples.put(copy.deepcopy(SHOWN_BADGE), path, value)

        with pytest.raises(proof.ProofError):
            suite.verify(document, public_key=disclosing.PUBLIC_KEY)


def rewritten(**changes: Any) -> dict[str, Any]:
    """The badge with another derived proof."""
    read = proof_value.decode_derived(SHOWN_BADGE["proof"]["proofValue"])
    fields = {name: getattr(read, name) for name in proof_value.Derived.__slots__}
    value = proof_value.encode_derived(proof_value.Derived(**{**fields, **changes}))
    return {**SHOWN_BADGE, "proof": {**SHOWN_BADGE["proof"], "proofValue": value}}


READ = proof_value.decode_derived(SHOWN_BADGE["proof"]["proofValue"])


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": {**READ.labels, 0: READ.labels[1], 1: READ.labels[0]}},
        {"labels": {**READ.labels, 0: READ.labels[1]}},
        {"labels": {number: label for number, label in READ.labels.items() if number}},
        {"labels": {**READ.labels, len(READ.labels): "u" + "A" * 43}},
        {"mandatory": READ.mandatory[1:]},
        {"mandatory": (*READ.mandatory, 1023)},
        {"mandatory": tuple(range(1000))},
        {"mandatory": (*READ.mandatory[1:], READ.mandatory[0])},
        {"signatures": READ.signatures[1:]},
        {"signatures": (*READ.signatures, READ.signatures[0])},
        {"signatures": READ.signatures[::-1]},
        {"signatures": (bytes(64), *READ.signatures[1:])},
        {"signature": bytes(64)},
        {"signature": READ.signatures[0]},
        {"public_key": disclosing.OTHER_KEY.public_key()},
    ],
)
def test_a_proof_that_says_something_else_is_refuted(changes):
    with pytest.raises(proof.ProofError):
        suite.verify(rewritten(**changes), public_key=disclosing.PUBLIC_KEY)


def test_one_object_cannot_be_shown_as_two():
    """Both halves would have the label of the one that was signed."""
    document = copy.deepcopy(disclosing.derived(BASE))
    [result] = document["credentialSubject"]["result"]
    document["credentialSubject"]["result"] = [
        {name: result[name] for name in ("type", "resultDescription", "value")},
        {name: result[name] for name in ("type", "resultDescription", "status")},
    ]

    with pytest.raises(proof.ProofError):
        suite.verify(document, public_key=disclosing.PUBLIC_KEY)


def test_a_base_proof_is_not_taken_for_one_that_may_be_shown():
    with pytest.raises(suite.BaseProofShown):
        suite.verify(BASE, public_key=disclosing.PUBLIC_KEY)


def test_from_what_was_derived_nothing_more_is_derived():
    with pytest.raises(proof.ProofMalformed):
        suite.derive(SHOWN_BADGE, selective=())


def test_a_base_proof_of_another_document_derives_nothing():
    other = samples.put(copy.deepcopy(BASE), "credentialSubject/narrative", "Brillant")

    with pytest.raises(proof.ProofMalformed):
        suite.derive(other, selective=())
