"""Ask the script of the readers, under Node.js, about many badges at once."""

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from blockchain.core import anchor
from credentials.core import canonical, contexts
from credentials.core.verification import Material, Unavailable

HERE = Path(__file__).resolve().parent
NODE = shutil.which("node")
needed = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


def context_texts() -> dict[str, str]:
    """Return the text of every context that is shipped, by its address."""
    folder = Path(contexts.__file__).parent / "contexts"
    return {address: (folder / name).read_text() for address, (name, _) in contexts.PINNED.items()}


def ask(cases: list[dict[str, Any]], known: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Return what the script answers to each case."""
    question = {"contexts": context_texts() if known is None else known, "cases": cases}
    run = subprocess.run(  # noqa: S603 - our own script, on our own question
        [str(NODE), str(HERE / "judge.mjs")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answers: list[dict[str, Any]] = json.loads(run.stdout)
    return answers


def case(document: object, material: Material, now: datetime) -> dict[str, Any]:
    """Write down a verification as the script takes it."""
    receipt = material.receipt
    return {
        "document": _text(document),
        "now": now.timestamp() * 1000,
        "material": {
            "did": _text(material.did_document),
            "lists": {
                url: _text(each)
                for url, each in material.status_lists.items()
                if not isinstance(each, Unavailable)
            },
            "receipt": _text(anchor.to_json(receipt))
            if isinstance(receipt, anchor.AnchorProof)
            else None,
            "finding": _finding(material.finding),
            "confirmations": material.confirmations,
        },
    }


def _text(value: object) -> str | None:
    return None if isinstance(value, Unavailable) else canonical.dumps(value).decode()


def _finding(found: anchor.Finding | Unavailable | None) -> dict[str, Any]:
    if not isinstance(found, anchor.Finding):
        return {"unavailable": "chain_unavailable"}
    sent = found.transaction
    return {
        "anchoredAt": _milliseconds(found.anchored_at),
        "isFinal": found.finalized,
        "confirmations": found.confirmations,
        "transaction": sent
        and {
            "from": sent.sender,
            "to": sent.recipient,
            "input": "0x" + sent.data.hex(),
            "blockHash": sent.block_hash,
        },
        "blockHash": found.block_hash,
        "blockTime": _milliseconds(found.block_time),
    }


def _milliseconds(instant: datetime | None) -> float | None:
    return None if instant is None else instant.timestamp() * 1000
