"""@blockcerts/cert-verifier-js, unmodified: signature, path, root on a chain, and whose account."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from eth_account import Account
from openbadgeslib.ob3.ldp import OB3LdpVerifier

from blockchain.core import anchor, merkle
from credentials.core import blockcerts, canonical, merkle_proof, rdf
from issuers.core import blockcerts as profiles
from issuers.core import did
from tests.interop import matrix, node, world

pytestmark = [
    *node.installed(matrix.CERT_VERIFIER),
    matrix.row(matrix.BLOCKCERTS, matrix.CERT_VERIFIER),
]

SECRET = b"\x07" * 32
ADDRESS = Account.from_key(SECRET).address
KEY = ec.derive_private_key(int.from_bytes(SECRET), ec.SECP256K1()).public_key()
PROFILE = f"{world.HOST}/issuers/atelier-lumen/blockcerts.json"
REVOKED = f"{world.HOST}/issuers/atelier-lumen/blockcerts/revoked"
METHOD = profiles.verification_method(PROFILE, ADDRESS)
SALT = b"\x5a" * 32
ANCHORED_AT = world.SIGNED + timedelta(hours=1)

# The step that refuses, and what it says of it.
REASONS = {
    "tampered": ("checkDocumentSignature", "Invalid signature"),
    "tampered with its anchor": ("checkDocumentSignature", "Invalid signature"),
    "signed by another": ("checkDocumentSignature", "Invalid signature"),
    "of another salt": ("checkReceipt", "Proof hash did not match Merkle root"),
    "of another target": ("compareHashes", "Computed hash does not match remote hash"),
    "of another root": ("checkMerkleRoot", "Merkle root does not match remote hash"),
    "sent by another": ("checkAuthenticity", "does not belong to the claimed issuer"),
    "sent by an account of the future": ("checkAuthenticity", "created after the transaction"),
    "sent by an account of the past": ("checkAuthenticity", "revoked by the issuer before"),
    "never sent": ("fetchRemoteHash", "Could not confirm transaction data"),
    "expired": ("checkExpiresDate", "has expired"),
    "revoked": ("checkRevokedStatus", "revoked by the issuer"),
}


def profile(**changes: Any) -> dict[str, Any]:
    account = profiles.Submitter(ADDRESS.lower(), KEY, world.SIGNED - timedelta(days=30))
    listed = profiles.with_jwk(world.ISSUER.document)["verificationMethod"]
    return profiles.profile(
        url=PROFILE,
        name=world.ISSUER.name,
        home="https://atelier-lumen.example.org/",
        submitters=[replace(account, **changes)],
        signers=[each for each in listed if "publicKeyJwk" in each],
        revocation_list=REVOKED,
    )


def did_document() -> dict[str, Any]:
    """The issuer's DID document, which leads to its profile."""
    service = {
        "id": world.ISSUER.did + did.PROFILE_FRAGMENT,
        "type": did.PROFILE_TYPE,
        "serviceEndpoint": PROFILE,
    }
    strict = world.ISSUER.document
    return {**strict, "service": [*strict["service"], service]}


def revocation_list(*revoked: str) -> dict[str, Any]:
    return profiles.revocation_list(
        url=REVOKED, issuer=world.ISSUER.did, revoked=dict.fromkeys(revoked, "By mistake")
    )


def anchored(document: dict[str, Any]) -> anchor.AnchorProof:
    """The third of six leaves of a batch, as the registry on Sepolia would hold it."""
    leaves = [bytes([index]) * 32 for index in range(6)]
    leaves[2] = merkle.leaf(salt=SALT, digest=rdf.digest(document))
    levels = merkle.build(leaves)
    return anchor.AnchorProof(
        salt=SALT,
        inclusion=merkle.prove(levels, 2),
        root=levels[-1],
        chain="eip155:11155111",
        contract=anchor.REGISTRY,
        submitter=ADDRESS.lower(),
        transaction="0x" + rdf.digest(document).hex(),
        block_number=1200,
        block_hash="0x" + "22" * 32,
        block_time=ANCHORED_AT,
        state="finalized",
    )


def exported(signed: dict[str, Any]) -> dict[str, Any]:
    """What is asked about one credential: its export, and the transaction that anchored it."""
    found = anchored(signed)
    sent = {
        "from": ADDRESS,
        "input": "0x" + found.root.hex(),
        "block": hex(found.block_number),
        "timestamp": hex(int(ANCHORED_AT.timestamp())),
    }
    return {
        "credential": blockcerts.export(signed, found, verification_method=METHOD),
        "transactions": {found.transaction: sent},
    }


def good() -> dict[str, Any]:
    return exported(world.ISSUER.sign(world.unsigned(status=())))


def resent(**changes: str) -> dict[str, Any]:
    """The export, and another transaction in the place of the one that anchored it."""
    asked = good()
    [(transaction, sent)] = asked["transactions"].items()
    return {**asked, "transactions": {transaction: {**sent, **changes}}}


def revalued(**fields: Any) -> dict[str, Any]:
    asked = good()
    second = asked["credential"]["proof"][1]
    value = merkle_proof.decode(second["proofValue"])
    second["proofValue"] = merkle_proof.encode(replace(value, **fields))
    return asked


def bad() -> dict[str, dict[str, Any]]:
    tampered = good()
    tampered["credential"]["name"] += "!"
    # Whoever tampers may anchor as well: anybody can. The signature is what they cannot make.
    signed = world.ISSUER.sign(world.unsigned(status=()))
    anchored_again = exported({**deepcopy(signed), "name": "Another name"})
    steps = merkle_proof.decode(good()["credential"]["proof"][1]["proofValue"]).path
    return {
        "tampered": tampered,
        "tampered with its anchor": anchored_again,
        "of another salt": revalued(path=(("left", b"\0" + bytes(32)), *steps[1:])),
        "of another target": revalued(target=bytes(32)),
        "of another root": resent(input="0x" + "00" * 32),
        "sent by another": resent(**{"from": "0x" + "ee" * 20}),
        "sent by an account of the future": {
            **good(),
            "documents": {PROFILE: profile(accepted_from=ANCHORED_AT + timedelta(days=1))},
        },
        "sent by an account of the past": {
            **good(),
            "documents": {PROFILE: profile(revoked=ANCHORED_AT - timedelta(days=1))},
        },
        "never sent": {**good(), "transactions": {}},
        "revoked": {
            **good(),
            "documents": {REVOKED: revocation_list(good()["credential"]["id"])},
        },
        "signed by another": exported(
            world.OTHER.sign(world.unsigned(status=()), method=world.ISSUER.method)
        ),
        "expired": exported(
            world.ISSUER.sign(world.unsigned(status=(), valid_until=world.NOW - timedelta(days=1)))
        ),
    }


def limits() -> dict[str, dict[str, Any]]:
    """What is sound, and refused by this version all the same."""
    return {
        "with a status": exported(world.ISSUER.sign(world.unsigned())),
        "by a strict DID document": {
            **good(),
            "documents": {world.ISSUER.did: did_document()},
        },
    }


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    return node.ask(
        "blockcerts.mjs",
        {
            "now": world.NOW.isoformat(),
            "contexts": node.known_contexts(),
            "documents": {
                PROFILE: profile(),
                world.ISSUER.did: profiles.with_jwk(did_document()),
                world.LIST: world.signed_list(),
                REVOKED: revocation_list(f"{world.HOST}/credentials/another"),
            },
            "credentials": {"good": good(), **bad(), **limits()},
        },
    )


def test_it_accepts_what_we_export(answers):
    answer = answers["good"]

    assert (answer["verified"], answer["failed"]) == (True, None)
    assert answer["message"].startswith("All the signatures")
    assert answer["errors"] == []
    assert "https://rpc.example/" in answer["asked"]


def test_we_accept_it_too():
    assert blockcerts.obstacles(good()["credential"]) == ()
    assert blockcerts.read(good()["credential"]).chain == "eip155:11155111"


@pytest.mark.parametrize("name", REASONS)
def test_it_rejects_what_was_spoilt(answers, name):
    answer, (step, message) = answers[name], REASONS[name]

    assert answer["verified"] is False
    assert answer["failed"] == step
    assert message in answer["message"]


def test_it_cannot_read_a_conforming_status_list(answers):
    """It fails any credential that has a `credentialStatus`: we export only those without."""
    answer = answers["with a status"]

    assert answer["failed"] == "checkRevokedStatus"
    assert blockcerts.obstacles(limits()["with a status"]["credential"]) == ("credentialStatus",)


def test_it_cannot_read_an_ed25519_key_that_is_a_multikey_only(answers):
    """It reads an Ed25519 key only where the DID document shows it as `publicKeyJwk` as well."""
    answer = answers["by a strict DID document"]

    assert answer["failed"] == "checkDocumentSignature"
    assert "'kty' of 'jwk'" in answer["message"]


def test_others_read_the_did_document_with_both_forms_of_the_key():
    shown = profiles.with_jwk(did_document())
    credential = canonical.dumps(good()["credential"]).decode()

    def download(address):
        return json.dumps({did.did_web_url(world.ISSUER.did): shown}[address]).encode()

    with time_machine.travel(world.NOW):
        read = OB3LdpVerifier().verify(credential, download=download)

    assert read.issuer.id == world.ISSUER.did
