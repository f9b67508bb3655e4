"""openvc-core: badges whole and in part, endorsements and status lists, by its own pipeline."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from openvc import VerificationPolicy, verify_credential
from openvc.did.base import DidDocument, DidResolverRegistry, parse_did_document
from openvc.errors import OpenvcError

from credentials.core import jose
from issuers.core import jwk
from tests.interop import matrix, node, parts, test_every_part, world

pytestmark = [pytest.mark.interop, matrix.row(matrix.SIGNED, matrix.OPENVC)]
of_parts = matrix.row(matrix.SHOWN_IN_PART, matrix.OPENVC)
of_lists = matrix.row(matrix.STATUS_LIST, matrix.OPENVC)
of_endorsements = matrix.row(matrix.ENDORSEMENT, matrix.OPENVC)
of_every_part = matrix.row(matrix.COMPLETE, matrix.OPENVC)

CONTEXTS = {
    address: json.loads(Path(file).read_text()) for address, file in node.known_contexts().items()
}
P256 = jwk.load_p256(b"\x33" * 32)  # as the DID document of the world lists it
RSA = rsa.generate_private_key(65537, 2048)
INSIDE = [name for name in test_every_part.PLACES if "endorsement" not in name]

# What it says of each spoilt document; of the others, that the signature does not match.
REASONS = {
    "tampered word": "terrible|does not verify",
    "expired": "expired at",
    "not yet valid": "is not valid before",
    "signed by another": "is not controlled by issuer",
    "signed by a key that is not listed": "not in the DID document",
    "without proof": "has no `proof`",
    "the base proof": "not an ecdsa-sd-2023 derived proof",
}


class Resolver:
    """What the two issuers of the world serve; anybody else is unknown."""

    def supports(self, did: str) -> bool:
        return did in parts.documents()

    def resolve(self, did: str) -> DidDocument:
        return parse_did_document(parts.documents()[did])


def verify(secured: Any) -> Any:
    lists = {
        world.LIST: world.signed_list(),
        test_every_part.OTHER_LIST: test_every_part.list_of_the_other(),
    }
    return verify_credential(
        secured,
        policy=VerificationPolicy(now=world.NOW),
        resolver=DidResolverRegistry([Resolver()]),
        resolve_status_list=lists.__getitem__,
        extra_contexts=CONTEXTS,
    )


@pytest.mark.parametrize("name", world.good())
def test_it_accepts_what_we_sign(name):
    read = verify(world.good()[name])

    assert (read.format, read.issuer) == ("data-integrity:eddsa-rdfc-2022", world.ISSUER.did)


@pytest.mark.parametrize("name", world.bad())
def test_it_rejects_what_was_spoilt(name):
    with pytest.raises(OpenvcError, match=REASONS.get(name, "does not verify")):
        verify(world.bad()[name])


def test_it_cannot_read_a_list_of_proofs():
    """It reads no `proof` that is a list, not even of one: the Blockcerts export, which has two, is
    for other readers."""
    sound = world.good()["complete"]

    with pytest.raises(OpenvcError, match="has no `proof`"):
        verify({**sound, "proof": [sound["proof"]]})


def test_it_cannot_read_a_place_on_the_globe():
    """It does not know the terms of an address's `geo`: we write none."""
    with_place = world.unsigned()
    with_place["issuer"]["address"]["geo"] = {
        "type": "GeoCoordinates",
        "latitude": 48.85,
        "longitude": 2.35,
    }

    with pytest.raises(OpenvcError, match="/issuer/address/geo"):
        verify(world.ISSUER.sign(with_place))


# -- every part ------------------------------------------------------------------------------------


def without_endorsements() -> dict[str, Any]:
    unsigned = test_every_part.unsigned()
    del unsigned["endorsement"], unsigned["credentialSubject"]["achievement"]["endorsement"]
    return unsigned


@of_every_part
def test_it_accepts_every_part_but_endorsements_inside():
    read = verify(world.ISSUER.sign(without_endorsements()))

    assert read.credential["credentialSubject"]["licenseNumber"] == "FC-2026-0001"


@of_every_part
@pytest.mark.parametrize("name", INSIDE[::8])
def test_it_rejects_a_change_of_one_part_in_eight(name):
    signed = world.ISSUER.sign(without_endorsements())
    place = test_every_part.PLACES[name]
    target: Any = signed
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] += "x"

    with pytest.raises(OpenvcError):
        verify(signed)


@of_every_part
def test_it_cannot_read_an_endorsement_inside():
    """It reads no credential inside a credential (a nested `@context`): a badge that holds signed
    endorsements is for other readers."""
    with pytest.raises(OpenvcError, match="endorsement/@context"):
        verify(test_every_part.signed())


@of_endorsements
def test_it_accepts_an_endorsement():
    assert verify(test_every_part.endorsed()).issuer == world.OTHER.did


@of_endorsements
@pytest.mark.parametrize("name", ["tampered", "signed by another", "signed under a false name"])
def test_it_rejects_a_spoilt_endorsement(name):
    sound = test_every_part.endorsed()
    unsigned = {member: value for member, value in sound.items() if member != "proof"}
    spoilt = {
        "tampered": {**sound, "name": "Reconnu par l'État"},
        "signed by another": world.ISSUER.sign(unsigned),
        "signed under a false name": world.ISSUER.sign(unsigned, method=world.OTHER.method),
    }

    with pytest.raises(OpenvcError, match=REASONS.get(name, "does not verify")):
        verify(spoilt[name])


@of_endorsements
def test_it_rejects_an_endorsement_revoked():
    with pytest.raises(OpenvcError, match="is revoked"):
        verify(test_every_part.endorsed(world.REVOKED))


# -- in part ---------------------------------------------------------------------------------------


@of_parts
@pytest.mark.parametrize("name", parts.good())
def test_it_accepts_our_part(name):
    read = verify(parts.good()[name])

    kinds = [one["identityType"] for one in read.credential["credentialSubject"]["identifier"]]
    assert kinds == (["emailAddress", "name"] if name == "nothing hidden" else ["emailAddress"])


@of_parts
@pytest.mark.parametrize("name", parts.bad())
def test_it_rejects_a_spoilt_part(name):
    with pytest.raises(OpenvcError, match=REASONS.get(name, "does not verify")):
        verify(parts.bad()[name])


@of_parts
def test_it_rejects_a_part_of_what_is_revoked():
    revoked = parts.base(world.unsigned(index=world.REVOKED))

    with pytest.raises(OpenvcError, match="is revoked"):
        verify(parts.derived(revoked, parts.NAME))


# -- status lists ----------------------------------------------------------------------------------


@of_lists
def test_it_accepts_the_list_and_what_stands_on_it():
    assert verify(world.signed_list()).issuer == world.ISSUER.did
    assert [each.is_set for each in verify(world.good()["complete"]).status.entries] == [False]


@of_lists
def test_it_rejects_what_is_revoked():
    with pytest.raises(OpenvcError, match="is revoked"):
        verify(world.revoked())


@of_lists
def test_it_rejects_a_list_that_was_spoilt():
    spoilt = deepcopy(world.signed_list())
    spoilt["credentialSubject"]["statusPurpose"] = "suspension"

    with pytest.raises(OpenvcError, match="does not verify"):
        verify(spoilt)


# -- tokens: it reads none of ours, so they have no row --------------------------------------------


@pytest.mark.parametrize(
    ("key", "kind", "says"),
    [(P256, "Multikey", "no embedded `vc`"), (RSA, "JsonWebKey", "'RS256' is not permitted")],
)
def test_it_cannot_read_our_tokens(key, kind, says):
    """It verifies none of our VC-JWTs: it wants the `vc` claim of Verifiable Credentials 1.1, which
    those of 2.0 may not have, and permits no RS256, which Open Badges 3.0 asks for."""
    listed = world.ISSUER.document["verificationMethod"]
    kid = next(each["id"] for each in listed if each["type"] == kind)
    token = jose.sign_credential(world.unsigned(), key=key, kid=kid)

    with time_machine.travel(world.NOW), pytest.raises(OpenvcError, match=says):
        verify(token)
