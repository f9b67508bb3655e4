"""@blockcerts/cert-verifier-js, unmodified: the export that the page serves, and a chain.

The chain is anvil and says that it is Sepolia. Our registry is on it, our own submission sent the
roots, and the verifier asks the node itself.
"""

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from openbadgeslib.ob3.ldp import OB3LdpVerifier

from blockchain.core import anchor
from credentials.core import blockcerts, canonical, merkle_proof
from issuers.core import blockcerts as profiles
from issuers.core import did
from tests import anvil
from tests.interop import forging, matrix, node
from tests.interop.site import ASKED
from tests.interop.world import HOST

pytestmark = [
    *node.installed(matrix.CERT_VERIFIER),
    # The site needs its rows while it is built.
    pytest.mark.django_db,
    anvil.needed,
    matrix.row(matrix.BLOCKCERTS, matrix.CERT_VERIFIER),
    pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:No directory at:UserWarning"),
]

PROFILE = f"{HOST}/issuers/{forging.OWN}/blockcerts.json"
REVOKED = f"{HOST}/issuers/{forging.OWN}/blockcerts/revoked"
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


def revalued(export: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return the export with another proof of its anchor."""
    changed = deepcopy(export)
    second = changed["proof"][1]
    value = merkle_proof.decode(second["proofValue"])
    second["proofValue"] = merkle_proof.encode(replace(value, **fields))
    return changed


def with_account(site, **changes: Any) -> dict[str, Any]:
    """Return the issuer's profile, and its account otherwise."""
    profile: dict[str, Any] = deepcopy(site.answers[PROFILE].json)
    profile["publicKey"][0] |= changes
    return profile


def bad(site) -> dict[str, dict[str, Any]]:
    good = site.exports["final"]
    steps = merkle_proof.decode(good["proof"][1]["proofValue"]).path
    other_salt = (("left", b"\0" + bytes(32)), *steps[1:])
    account = {"future": {"created": "2026-03-04T09:00:00Z"}}
    account["past"] = {"created": "2026-02-01T09:00:00Z", "revoked": "2026-03-01T09:00:00Z"}
    listed = {"revokedAssertions": [{"id": good["id"], "revocationReason": "By mistake"}]}
    _anchored, later = site.transactions
    return {
        "tampered": {"credential": forging.tampered(good)},
        # Whoever tampers may anchor as well: anybody can. The signature is what they cannot make.
        "tampered with its anchor": {"credential": site.exports["tampered"]},
        "signed by another": {"credential": site.exports["signed by another"]},
        "of another salt": {"credential": revalued(good, path=other_salt)},
        "of another target": {"credential": revalued(good, target=bytes(32))},
        "of another root": {"credential": revalued(good, transaction=later)},
        "sent by another": {"credential": revalued(good, transaction=site.sent_by_another)},
        "never sent": {"credential": revalued(good, transaction="0x" + "11" * 32)},
        "expired": {"credential": site.exports["final, expired"]},
        "revoked": {
            "credential": good,
            "documents": {REVOKED: site.answers[REVOKED].json | listed},
        },
    } | {
        f"sent by an account of the {time}": {
            "credential": good,
            "documents": {PROFILE: with_account(site, **changes)},
        }
        for time, changes in account.items()
    }


def limits(site) -> dict[str, dict[str, Any]]:
    """What is sound, and refused by this version all the same."""
    strict = {name: site.documents()[name] for name in site.dids.values()}
    return {
        "with a status": {"credential": exported(site, "suspendable")},
        "with a schema": {"credential": exported(site, "good")},
        "by a strict DID document": {"credential": site.exports["final"], "documents": strict},
    }


def exported(site, name: str) -> dict[str, Any]:
    """Return the export of a credential that no page exports."""
    files = site.credentials[name].files
    proof = anchor.from_json(files["receipt"].json)
    method = profiles.verification_method(PROFILE, proof.submitter)
    return blockcerts.export(files["json"].json, proof, verification_method=method)


@pytest.fixture(scope="module")
def answers(site) -> dict[str, Any]:
    return node.ask(
        "blockcerts.mjs",
        {
            "now": ASKED.isoformat(),
            "chain": site.chain,
            "contexts": node.known_contexts(),
            "documents": site.documents() | site.dual,
            "credentials": {
                "good": {"credential": site.exports["final"]},
                **bad(site),
                **limits(site),
            },
        },
    )


def test_it_accepts_the_export_that_the_page_serves(answers):
    answer = answers["good"]

    assert (answer["verified"], answer["failed"]) == (True, None), answer
    assert answer["message"].startswith("All the signatures")
    assert answer["errors"] == []
    assert "https://rpc.example/" in answer["asked"]
    assert PROFILE in answer["asked"]


def test_we_accept_it_too(site):
    found = blockcerts.read(site.exports["final"])

    assert (found.chain, found.transaction) == ("eip155:11155111", site.transactions[0])


@pytest.mark.parametrize("name", REASONS)
def test_it_rejects_what_was_spoilt(answers, name):
    answer, (step, message) = answers[name], REASONS[name]

    assert answer["verified"] is False
    assert answer["failed"] == step, answer
    assert message in answer["message"]


def test_it_cannot_read_a_conforming_status_list(site, answers):
    """It fails any credential that has a `credentialStatus`: we export only those without."""
    assert answers["with a status"]["failed"] == "checkRevokedStatus"
    assert blockcerts.obstacles(exported(site, "suspendable")) == ("credentialStatus",)


def test_it_cannot_validate_against_the_schema_of_the_standard(site, answers):
    """It fails any credential that has a `credentialSchema`, because it holds the subject alone
    against the schema of the whole: we export only those without."""
    assert answers["with a schema"]["failed"] == "checkCredentialSchemaConformity"
    assert "credentialSchema" in blockcerts.obstacles(exported(site, "good"))


def test_it_cannot_read_an_ed25519_key_that_is_a_multikey_only(answers):
    """It reads an Ed25519 key only where the DID document shows it as `publicKeyJwk` as well."""
    answer = answers["by a strict DID document"]

    assert answer["failed"] == "checkDocumentSignature"
    assert "'kty' of 'jwk'" in answer["message"]


def test_others_read_the_did_document_with_both_forms_of_the_key(site):
    export = site.exports["final"]

    def download(address):
        shown = {did.did_web_url(name): document for name, document in site.dual.items()}
        return json.dumps(shown[address]).encode()

    with time_machine.travel(ASKED):
        read = OB3LdpVerifier().verify(canonical.dumps(export).decode(), download=download)

    assert read.issuer.id == site.dids[forging.OWN]
