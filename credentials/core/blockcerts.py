"""The export that verifiers of Blockcerts accept: the credential with its anchor as a second proof.

    proof: [ eddsa-rdfc-2022, merkle-proof-2019 ]

Nothing of the credential changes. What a second proof in an array is over is the document with the
proofs before it, and that is exactly what was anchored (`rdf.digest` of the secured document); the
salt of its leaf is the first step of the path.

The order of the two, and what the second is over, are read by Blockcerts' own verifier so; Data
Integrity verifiers take the first proof and leave the second aside.

Source: Blockcerts v3 (merkle-proof-2019 as a Data Integrity proof); Data Integrity 1.0 (W3C)
section 2.1.1.
"""

from collections.abc import Mapping
from typing import Any

from badges.core.document import timestamp
from blockchain.core import anchor, merkle
from credentials.core import merkle_proof, rdf
from credentials.core.merkle_proof import MerkleProof, MerkleProofError, NotExpressible, Side

TYPE = "DataIntegrityProof"
CRYPTOSUITE = "merkle-proof-2019"
PURPOSE = "assertionMethod"
_SALTED = b"\x00"


class NotFinal(MerkleProofError):  # noqa: N818 - it says what is wrong
    """The anchor could still move: an export cannot be taken back."""


def export(
    document: Mapping[str, Any], proof: anchor.AnchorProof, *, verification_method: str
) -> dict[str, Any]:
    """Return a copy of a credential with its anchor as a second proof.

    Args:
        document: the secured credential, as it was anchored.
        proof: its anchor proof, finalized.
        verification_method: absolute id of the submitter's secp256k1 key in a document that lists
            it, such as `issuers.core.blockcerts.profile`.

    Raises:
        NotExpressible: the anchor is on a chain that the format has no word for.
        NotFinal: the anchor is confirmed, not final.
        WrongPath: the anchor proof is not of this document.
        MerkleProofError: the document has no proof yet.
        CanonicalisationError: the document has no canonical form.

    Source: Blockcerts v3; Merkle Proof Signature Suite 2019 (W3C CCG).
    """
    if proof.chain not in merkle_proof.NETWORKS:
        known = " and ".join(merkle_proof.NETWORKS)
        raise NotExpressible(f"Blockcerts has no word for {proof.chain}: {known} only")
    if proof.state != "finalized":
        raise NotFinal("the anchor is not final yet: the export would outlive it")
    if not document.get("proof"):
        raise MerkleProofError("the document has no proof that the anchor could follow")
    target = rdf.digest(document)
    anchor.verify_inclusion(target, proof)
    value = MerkleProof(
        root=proof.root,
        target=target,
        path=path(proof),
        chain=proof.chain,
        transaction=proof.transaction,
    )
    second = {
        "type": TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(proof.block_time),
        "verificationMethod": verification_method,
        "proofPurpose": PURPOSE,
        "proofValue": merkle_proof.encode(value),
    }
    return {**document, "proof": [*_listed(document["proof"]), second]}


def path(proof: anchor.AnchorProof) -> tuple[tuple[Side, bytes], ...]:
    """Return the way of an anchor proof as Blockcerts walks it: the salt, then every sibling.

    Source: RFC 9162 section 2.1.3.2, whose names are kept; `merkle.leaf` for the first step.
    """
    steps: list[tuple[Side, bytes]] = [("left", _SALTED + proof.salt)]
    fn, sn = proof.inclusion.leaf_index, proof.inclusion.tree_size - 1
    for sibling in proof.inclusion.path:
        if fn % 2 == 1 or fn == sn:
            steps.append(("left", sibling))
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn // 2, sn // 2
        else:
            steps.append(("right", sibling))
        fn, sn = fn // 2, sn // 2
    return tuple(steps)


def read(document: Mapping[str, Any]) -> MerkleProof:
    """Return the anchor that an export of ours carries, if it is of this document.

    Only the form of `export` is read: one merkle-proof-2019, last in the array, over the document
    with the proofs before it, whose first step is a salt. That the chain holds the root, and who
    put it there, is for the caller to find out.

    Args:
        document: a secured credential, from anybody.

    Raises:
        MerkleProofError: there is no such proof, it is not of this document, or leads elsewhere.
        CanonicalisationError: the document has no canonical form.

    Source: as `export`.
    """
    listed = _listed(document.get("proof"))
    last = listed[-1] if listed else None
    if not isinstance(last, Mapping) or last.get("cryptosuite") != CRYPTOSUITE or len(listed) == 1:
        raise MerkleProofError(f"the last of several proofs is not of cryptosuite {CRYPTOSUITE}")
    if last.get("type") != TYPE or last.get("proofPurpose") != PURPOSE:
        raise MerkleProofError(f"the {CRYPTOSUITE} proof is not a {TYPE} to assert")
    value = last.get("proofValue")
    found = merkle_proof.decode(value if isinstance(value, str) else "")
    _require_salt(found)
    if rdf.digest({**document, "proof": listed[:-1]}) != found.target:
        raise MerkleProofError("the proof is of another document, or of other proofs before it")
    found.follow()
    return found


def obstacles(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the members for which the published verifiers refuse an export, though it is valid.

    Of @blockcerts/cert-verifier-js 6.35.0, the latest published: it reads no `encodedList` that
    begins with `u`, so any `credentialStatus` fails; validates the subject against the schema of
    the whole credential; and wants an address for every evidence.
    """
    found = [name for name in ("credentialStatus", "credentialSchema") if name in document]
    evidence = document.get("evidence", [])
    if not all("id" in each for each in (evidence if isinstance(evidence, list) else [evidence])):
        found.append("evidence")
    return tuple(found)


def _require_salt(proof: MerkleProof) -> None:
    """Return if the first step makes our leaf and the others our nodes, raise otherwise.

    A step of another length could join a document to a node of somebody's tree.
    """
    sizes = [(side, len(half)) for side, half in proof.path]
    first = ("left", len(_SALTED) + merkle.SALT_SIZE)
    if not sizes or sizes[0] != first or proof.path[0][1][:1] != _SALTED:
        raise MerkleProofError("the first step of the path is not a salt")
    if any(size != merkle.HASH_SIZE for _, size in sizes[1:]):
        raise MerkleProofError("a step of the path is not a node of the tree")


def _listed(proof: object) -> list[Any]:
    return list(proof) if isinstance(proof, list) else [proof] if proof is not None else []
