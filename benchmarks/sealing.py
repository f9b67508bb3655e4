"""What it costs to seal one credential of many, step by step: `python -m benchmarks.sealing`.

On one processor, without database or chain; microseconds of processor time, the best of several
rounds. `seal` is the whole: from what a row and its learner say to the leaf and the kept bytes.
"""

import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from badges.core import document, extensions
from benchmarks.core import ADDRESS, DID, NOW, PUBLIC_KEY, SEED, unsigned
from blockchain.core import merkle
from credentials.core import canonical, conformity, multibase, sealing, status_list, template
from issuers.core import did, envelope, keys
from learners.core import identity

COUNT = 2_000
ROUNDS = 5
METHOD = did.verification_method(DID, keys.encode_multikey(PUBLIC_KEY))
UNTIL = datetime(2028, 1, 1, tzinfo=UTC)


class Bench:
    """A badge, its issuer's key, and what was worked out for both."""

    def __init__(self) -> None:
        sample = unsigned()
        self.profile, self.achievement = (
            sample["issuer"], sample["credentialSubject"]["achievement"],
        )  # fmt: skip
        constants = (self.profile, self.achievement)
        plans = sealing.Plans(verification_method=METHOD, constants=constants)
        self.conformity = conformity.Conformity(constants=constants)
        self.sealer = sealing.Sealer(key=keys.load(SEED), created=NOW, plans=plans)
        self.documents = [self.write(number) for number in range(COUNT)]
        for each in self.documents[:2]:
            self.sealer.seal(each)
        self.divided = [self.sealer.divide(each) for each in self.documents]
        plan = plans.find(self.documents[0], self.divided[0])
        if plan is None:
            raise SystemExit("Nothing was worked out.")
        self.plan = plan
        self.filled = plan.texts.fill(template.escape(self.divided[0].values) or ())
        self.sealed = self.sealer.seal(self.documents[0])

    def write(self, number: int) -> dict[str, Any]:
        """Write the document of one learner, as the service does."""
        own = f"{ADDRESS}/credentials/{secrets.token_urlsafe(16)}"
        return document.open_badge_credential(
            id=own,
            name="Analyser des données",
            issuer=self.profile,
            achievement=self.achievement,
            identifiers=[
                identity.identity_object(
                    identity_type=kind, value=value, salt=secrets.token_urlsafe(16)
                )
                for kind, value in (
                    ("emailAddress", f"lea{number}@example.org"),
                    ("name", f"Léa Martin {number}"),
                )
            ],
            valid_from=NOW,
            valid_until=UNTIL,
            status=[
                status_list.entry(url=f"{ADDRESS}/status/1", index=number, purpose="revocation")
            ],
            credential_schema=extensions.credential_schema(),
            refresh_service=extensions.refresh_service(f"{own}/refresh"),
            validate=False,
        )

    def check(self, number: int) -> None:
        """Read it by the rules of Open Badges."""
        self.conformity.require(self.documents[number], self.divided[number])

    def fill(self, number: int) -> None:
        """Fill the canonical text without the proof, and hash it."""
        found = self.plan.texts.fill(template.escape(self.divided[number].values) or ())
        sha256(found.text if found else b"").digest()

    def complete(self, _number: int) -> None:
        """Fill the canonical text with the proof, hash it, and write the JSON."""
        if self.filled is None:
            raise SystemExit("The short way was not taken.")
        proven = (b"2026-01-01T00:00:00Z", b"z" + b"3" * 88)
        text = self.plan.texts.complete(self.filled, proven) or b""
        sha256(text).digest()
        self.plan.json.fill((*self.filled.values, *proven))

    def enclose(self, _number: int) -> bytes:
        """Encrypt it with the salt of its leaf, and make the leaf."""
        drawn = secrets.token_bytes(32 + envelope.NONCE_SIZE)
        envelope.encrypt(
            drawn[:32] + self.sealed.digest + self.sealed.data,
            dek=SEED,
            nonce=drawn[32:],
            associated=b"acquis/credential/1|0123456789abcdef",
        )
        return merkle.leaf(salt=drawn[:32], digest=self.sealed.digest)

    def leaf(self, number: int) -> None:
        """Seal what is written already: slots, canonical text, hash, signature, JSON, leaf."""
        merkle.leaf(salt=SEED, digest=self.sealer.seal(self.documents[number]).digest)

    def signed(self, number: int) -> dict[str, Any]:
        """Return a document with its proof, as others read it."""
        return canonical.loads(self.sealer.seal(self.documents[number]).data)

    def whole(self, number: int) -> None:
        """Go the whole way."""
        written = self.write(number)
        division = self.sealer.divide(written)
        self.conformity.require(written, division)
        self.sealer.seal(written, division=division)
        self.enclose(number)

    def judge(self, number: int) -> None:
        """Let the long way and two processors of others judge one."""
        self.sealer.check(self.documents[0], self.sealed)


def measure(step: Callable[[int], object], *, times: int) -> float:
    """Return the seconds of processor time that one call takes, in the best of `ROUNDS` rounds."""
    best = float("inf")
    for _round in range(ROUNDS):
        start = time.process_time()
        for number in range(times):
            step(number)
        best = min(best, (time.process_time() - start) / times)
    return best


def steps(bench: Bench) -> list[tuple[str, Callable[[int], object], int]]:
    """Name each step, and say how often a round repeats it."""
    key = keys.load(SEED)
    message = bytes(64)
    signature = key.sign(message)
    return [
        ("write the document", bench.write, COUNT),
        (
            "part shape and values",
            lambda number: bench.sealer.divide(bench.documents[number]),
            COUNT,
        ),
        ("read by Open Badges", bench.check, COUNT),
        ("canonical text", bench.fill, COUNT),
        ("Ed25519", lambda _number: key.sign(message), COUNT),
        ("base58", lambda _number: multibase.encode(signature), COUNT),
        ("text with the proof, JSON", bench.complete, COUNT),
        ("encrypt, leaf", bench.enclose, COUNT),
        ("sealed, from the document", bench.leaf, COUNT),
        ("seal", bench.whole, COUNT),
        ("judge one", bench.judge, 20),
    ]


def main() -> None:
    """Print one line per step."""
    bench = Bench()
    for name, step, times in steps(bench):
        seconds = measure(step, times=times)
        sys.stdout.write(f"{name:<28} {seconds * 1e6:>10.1f} µs {1 / seconds:>12,.0f} /s\n")
    if bench.sealer.fell_back:
        raise SystemExit(f"{bench.sealer.fell_back} took the long way.")


if __name__ == "__main__":
    main()
