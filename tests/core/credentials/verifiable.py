"""A credential that is verified, and everything that it takes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from badges.core import document as badges
from blockchain.core import anchor, merkle
from credentials.core import canonical, proof, rdf, status_list
from credentials.core.verification import Material, Report
from issuers.core import did, keys, profile
from learners.core import identity

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = bytes(range(32))
MULTIKEY = keys.encode_multikey(keys.public_key(SEED))
DID = "did:web:badges.example.org:issuers:ecole-a"
METHOD = did.verification_method(DID, MULTIKEY)
LIST = "https://badges.example.org/status/1"
CHAIN, SUBMITTER = "eip155:31337", "0x" + "a1" * 20
EMAIL = "awa@example.org"


@cache
def signed_text() -> str:
    learner = identity.identity_object(
        identity_type=identity.EMAIL, value=EMAIL, salt="0123456789abcdef"
    )
    unsigned = badges.open_badge_credential(
        id="https://badges.example.org/credentials/abcdefghijklmnopqrstuv",
        issuer=profile.profile(id=DID, name="École A"),
        achievement=badges.achievement_document(
            badges.Achievement(
                id="https://badges.example.org/achievements/1",
                name="Soudure à l'arc",
                description="Souder des pièces d'acier.",
                criteria_narrative="Réaliser trois assemblages.",
                tags=("soudure", "acier"),
                in_language="fr",
            )
        ),
        identifiers=[learner],
        valid_from=NOW - timedelta(days=1),
        valid_until=NOW + timedelta(days=365),
        status=[status_list.entry(url=LIST, index=94567, purpose="revocation")],
        name="Soudure à l'arc",
    )
    secured = proof.sign(
        unsigned,
        key=keys.load(SEED),
        verification_method=METHOD,
        created=NOW - timedelta(days=1),
    )
    return canonical.dumps(secured).decode()


@cache
def list_text() -> str:
    unsigned = status_list.list_credential(
        url=LIST,
        issuer=DID,
        purpose="revocation",
        bits=status_list.empty(),
        valid_from=NOW - timedelta(hours=1),
        valid_until=NOW + timedelta(hours=1),
    )
    return canonical.dumps(
        proof.sign(unsigned, key=keys.load(SEED), verification_method=METHOD, created=NOW)
    ).decode()


def did_document() -> dict[str, Any]:
    key = did.IssuerKey(MULTIKEY, NOW - timedelta(days=30))
    return did.did_document(DID, [key], [f"{CHAIN}:{SUBMITTER}"])


@cache
def anchored() -> tuple[anchor.AnchorProof, anchor.Finding]:
    salt, other = b"\1" * 32, b"\2" * 32
    leaf = merkle.leaf(salt=salt, digest=rdf.digest(canonical.loads(signed_text())))
    levels = merkle.build([other, leaf])
    receipt = anchor.AnchorProof(
        salt=salt,
        inclusion=merkle.prove(levels, 1),
        root=merkle.root([other, leaf]),
        chain=CHAIN,
        contract=anchor.REGISTRY,
        submitter=SUBMITTER,
        transaction="0x" + "cd" * 32,
        block_number=7,
        block_hash="0x" + "ef" * 32,
        block_time=NOW,
        state="finalized",
    )
    finding = anchor.Finding(
        anchored_at=NOW,
        block_number=7,
        finalized=True,
        confirmations=100,
        transaction=anchor.Sent(SUBMITTER, anchor.REGISTRY, receipt.root, receipt.block_hash),
        block_hash=receipt.block_hash,
        block_time=NOW,
    )
    return receipt, finding


def material(**changes: Any) -> Material:
    receipt, finding = anchored()
    return replace(
        Material(
            did_document=did_document(),
            issuer_known=True,
            status_lists={LIST: canonical.loads(list_text())},
            receipt=receipt,
            finding=finding,
            anchor_required=True,
            identity=((identity.EMAIL, EMAIL),),
        ),
        **changes,
    )


def good() -> dict[str, Any]:
    return canonical.loads(signed_text())


def outcomes(report: Report) -> dict[str, str]:
    return {check.name: check.outcome.value for check in report.checks}


def reasons(report: Report) -> dict[str, str]:
    return {check.name: check.reason for check in report.checks}
