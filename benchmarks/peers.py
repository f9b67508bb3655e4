"""The peer of sealing and verifying: @digitalbazaar/vc, asked in turn with us in one run.

It runs in a process of its own, tests/interop/measure.mjs, with the packages that are locked there,
and is given the same documents and contexts. What each of us takes is processor time: the machine
may work for others meanwhile.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import base58

from issuers.core import did, keys
from tests.interop import node

INSTALLED = node.HERE / "node_modules/@digitalbazaar/vc/package.json"
END_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Taken:
    """What a piece of work took, for each document.

    Attributes:
        cpu: Seconds of processor time, of all threads.
        wall: Seconds.
        megabytes: What the process holds.
        answers: What was made, or whether it verifies.
    """

    cpu: float
    wall: float
    megabytes: float
    answers: list[Any]


class DigitalBazaar:
    """The peer, with the key of one issuer, at one instant."""

    def __init__(self, *, issuer: str, seed: bytes, now: datetime) -> None:
        """Start it.

        Args:
            issuer: The DID of who signs.
            seed: Its key.
            now: When it signs, and when it verifies.
        """
        public = keys.encode_multikey(keys.public_key(seed))
        # Multicodec ed25519-priv (0x1300), then both halves.
        secret = "z" + base58.b58encode(b"\x80\x26" + seed + keys.public_key(seed)).decode()
        said = {
            "now": now.isoformat(),
            "contexts": node.known_contexts(),
            "documents": {issuer: did.did_document(issuer, [did.IssuerKey(public, now)], [])},
            "key": {
                "id": did.verification_method(issuer, public),
                "controller": issuer,
                "publicKeyMultibase": public,
                "secretKeyMultibase": secret,
            },
        }
        self.version = json.loads(INSTALLED.read_text())["version"]
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            [str(node.NODE), str(node.HERE / "measure.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(said)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        try:
            self._process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def issue(self, documents: Sequence[dict[str, Any]]) -> Taken:
        """Let it sign documents, one after the other."""
        return self._ask("issue", documents)

    def verify(self, documents: Sequence[dict[str, Any]]) -> Taken:
        """Let it verify documents, but for their status lists."""
        return self._ask("verify", documents)

    def prove(self, documents: Sequence[dict[str, Any]]) -> Taken:
        """Let it verify the proofs of documents, and nothing else that they say."""
        return self._ask("prove", documents)

    def _say(self, words: dict[str, Any]) -> None:
        if self._process.stdin is None:
            raise AssertionError
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def _ask(self, what: str, documents: Sequence[dict[str, Any]]) -> Taken:
        self._say({what: list(documents)})
        if self._process.stdout is None:
            raise AssertionError
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("The peer ended: its own words are above.")
        found, count = json.loads(line), len(documents)
        return Taken(
            cpu=found["cpu"] / 1e6 / count,
            wall=found["wall"] / 1e6 / count,
            megabytes=found["memory"] / 1e6,
            answers=found["answers"],
        )
