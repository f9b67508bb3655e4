"""I3: a batch's leaves lead to its root, its tree is theirs, and its files say the same."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from credentials.selectors.audit import tree
from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import LATE, Findings, Scope, batch

REBUILD = "stop the workers, then manage.py rebuild_proofs"
WRITE = "manage.py write_manifests"
LONGEST_HEADER = 4096
# One batch at a time: 2 MB of leaves and 4 MB of tree in the largest.
QUESTION = (
    "SELECT b.id, b.root, b.tree_size, b.levels, b.chain, b.state, b.sealed_at, b.finalized_at,"
    " b.manifest, b.final_manifest, b.registry, s.address, b.nonce, b.transaction,"
    " b.block_number, b.block_hash, b.block_time, b.mined_at, b.signer"
    " FROM blockchain_batch b LEFT JOIN blockchain_sender s ON s.id = b.sender_id"
    " WHERE b.id = %s"
)
COLUMNS = (
    "id", "root", "tree_size", "levels", "chain", "state", "sealed_at", "finalized_at",
    "manifest", "final_manifest", "registry", "address", "nonce", "transaction",
    "block_number", "block_hash", "block_time", "mined_at", "signer",
)  # fmt: skip
LEAVES = (
    "SELECT string_agg(leaf, ''::bytea ORDER BY leaf_index) FROM blockchain_commitment"
    " WHERE batch_id = %s"
)


def lead_to_their_roots(scope: Scope) -> Findings:
    """I3: the root recomputes from the leaves by other code, and the manifests equal the rows."""
    keys = [pk for (pk,) in scope.rows.rows("SELECT id FROM blockchain_batch ORDER BY id")]
    folder_is_there = scope.manifests.is_dir()
    if keys and not folder_is_there:
        yield Finding(
            f"folder {scope.manifests}",
            "the folder of the manifests is not there",
            f"mount it or set MANIFEST_DIR; if it is lost: {WRITE}",
        )
    for pk in keys:
        [values] = scope.rows.all(QUESTION, [pk])
        row = dict(zip(COLUMNS, values, strict=True))
        leaves = bytes(scope.rows.value(LEAVES, [pk]) or b"")
        scope.count(len(leaves) // tree.SIZE)
        name = batch(pk, row["root"])
        if not leaves or tree.root(leaves) != bytes(row["root"]):
            yield Finding(name, "its leaves lead to another root", REBUILD)
        elif not tree.is_tree_of(leaves, bytes(row["levels"])):
            yield Finding(name, "its stored tree is not that of its leaves", REBUILD)
        if folder_is_there:
            for problem in _problems_of_files(scope, row, leaves):
                yield Finding(name, problem, WRITE)


def _problems_of_files(scope: Scope, row: dict[str, Any], leaves: bytes) -> list[str]:
    problems = []
    if not row["manifest"]:
        # Nothing is signed before it is there. A batch that was just sealed has a moment, and so
        # has one whose transaction was adopted from the chain.
        if row["state"] in ("signed", "broadcast"):
            problems.append("it was signed and has no manifest")
        elif (row["mined_at"] or row["sealed_at"]) < scope.now - LATE:
            problems.append("it has no manifest")
    elif problem := _problem_of_file(scope, row["manifest"], _expected(row), leaves):
        problems.append(f"its manifest {problem}")
    if row["state"] != "finalized":
        return problems
    if not row["final_manifest"]:
        if (row["finalized_at"] or row["sealed_at"]) < scope.now - LATE:
            problems.append("it is final and has no final manifest")
    else:
        expected = _expected(row) | {"anchor": _anchor(row)}
        if problem := _problem_of_file(scope, row["final_manifest"], expected, leaves):
            problems.append(f"its final manifest {problem}")
    return problems


def _problem_of_file(scope: Scope, name: str, expected: dict[str, Any], leaves: bytes) -> str:
    """Compare one file with the row, by reading it here: the writer's own reader is not asked."""
    path = scope.manifests / name[:2] / f"{name}.manifest"
    try:
        with path.open("rb") as file:
            data = file.read(len(leaves) + LONGEST_HEADER)
    except OSError as error:
        return f"cannot be read: {path}: {error.strerror}"
    if sha256(data).hexdigest() != name:
        return f"is damaged: {path}"
    header, _line, body = data.partition(b"\n")
    try:
        said = json.loads(header)
    except ValueError:
        said = {}
    differing = [key for key in expected if said.get(key) != expected[key]]
    if differing or len(said) != len(expected):
        return f"says another {', '.join(differing) or 'thing'} than the row: {path}"
    return "" if body == leaves else f"has other leaves than the rows: {path}"


def _expected(row: dict[str, Any]) -> dict[str, Any]:
    own = {"version": 2, "signer": row["signer"]} if row["signer"] else {}
    return {
        "type": "BatchManifest",
        "version": 1,
        "leaves": "raw",
        "chain": row["chain"],
        "root": bytes(row["root"]).hex(),
        "treeSize": row["tree_size"],
        "sealedAt": _instant(row["sealed_at"]),
        **own,
    }


def _anchor(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "registry": row["registry"],
        "submitter": row["address"],
        "nonce": row["nonce"],
        "transaction": row["transaction"],
        "block": {
            "number": row["block_number"],
            "hash": row["block_hash"],
            "time": _instant(row["block_time"]),
        },
        "finalizedAt": _instant(row["finalized_at"]),
    }


def _instant(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
