"""@digitalbazaar/vc: another JSON-LD processor, another canonicalisation, another Ed25519."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from badges.core import document
from credentials.core import rdf, status_list
from tests.interop import matrix, node, world

pytestmark = [
    *node.installed("@digitalbazaar/vc"),
    matrix.row(matrix.SIGNED, matrix.DIGITAL_BAZAAR),
]
about_status = matrix.row(matrix.STATUS_LIST, matrix.DIGITAL_BAZAAR_STATUS)

# What it says of each spoilt credential; of the others, that the signature is not valid.
REASONS = {
    "tampered word": "Safe mode validation error",
    "expired": "is after",
    "not yet valid": "is before",
    "signed by another": "issuer must match the verification method controller",
    "signed by a key that is not listed": "offline",
    "without proof": "No matching proofs",
}


def ask(
    credentials: dict[str, Any], *, status: dict[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """Give the credentials to the verifier, with everything it may need, and return its answers."""
    question = {
        "now": world.NOW.isoformat(),
        "contexts": node.known_contexts(),
        "documents": {
            world.ISSUER.did: world.ISSUER.document,
            world.OTHER.did: world.OTHER.document,
            world.LIST: status or world.signed_list(),
        },
        "credentials": credentials,
    }
    return node.ask("verify.mjs", question)


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    return ask({**world.good(), **world.bad(), "revoked": world.revoked()})


@pytest.mark.parametrize("name", world.good())
def test_it_accepts_what_we_sign(answers, name):
    answer = answers[name]

    assert answer["errors"] == []
    assert answer["verified"] is True


@about_status
def test_it_accepts_what_stands(answers):
    assert answers["complete"]["revoked"] is False


@pytest.mark.parametrize("name", world.good())
def test_it_finds_the_same_canonical_text(answers, name):
    credential = world.good()[name]
    unsecured = {member: value for member, value in credential.items() if member != "proof"}

    assert answers[name]["canonical"] == rdf.canonicalise(unsecured)


@pytest.mark.parametrize("name", world.bad())
def test_it_rejects_what_was_spoilt(answers, name):
    answer = answers[name]

    assert answer["verified"] is False
    assert REASONS.get(name, "Invalid signature") in answer["errors"][0]


@about_status
def test_it_rejects_what_is_revoked(answers):
    assert answers["revoked"]["revoked"] is True


@about_status
def test_it_cannot_say_both_things_at_once(answers):
    """Of a revoked credential too it says `verified: true`; what the bit says stands beside it."""
    assert answers["revoked"]["verified"] is True


def spoilt_lists() -> dict[str, dict[str, Any]]:
    """Lists that nobody may follow."""
    sound = world.signed_list()
    unsigned = {member: value for member, value in sound.items() if member != "proof"}
    tampered = deepcopy(sound)
    tampered["credentialSubject"]["encodedList"] = status_list.encode(status_list.empty())
    ended = {**unsigned, "validUntil": document.timestamp(world.NOW - timedelta(days=1))}
    return {
        "a list that was tampered with": tampered,
        "a list that another signed": world.OTHER.sign(unsigned),
        "a list signed under a false name": world.OTHER.sign(unsigned, method=world.ISSUER.method),
        "a list that has expired": world.ISSUER.sign(ended),
    }


@about_status
@pytest.mark.parametrize("name", spoilt_lists())
def test_it_rejects_a_spoilt_list(name):
    [answer] = ask({"revoked": world.revoked()}, status=spoilt_lists()[name]).values()

    assert answer["verified"] is False
    assert answer["revoked"] is None
