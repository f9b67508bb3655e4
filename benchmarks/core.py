"""What one credential costs in the core, step by step, on one processor of this machine.

No database and no chain: these are the figures that a change of the core may spoil. Each is the
best of several rounds, because everything else on the machine only ever adds.
"""

import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from badges.core import document, schema
from blockchain.core import merkle
from credentials.core import canonical, proof, rdf, status_list
from issuers.core import did, envelope, keys, profile
from learners.core import identity

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SEED = bytes(range(32))
PUBLIC_KEY = keys.public_key(SEED)
DID = did.did_web("acquis.example", "issuers", "ecole")
ADDRESS = "https://acquis.example"
LEAVES = merkle.MAX_LEAVES
ROUNDS = 5


def unsigned() -> dict[str, Any]:
    """Write the credential that is measured: one alignment, two identities, one status."""
    achievement = document.achievement_document(
        document.Achievement(
            id=f"{ADDRESS}/achievements/1",
            name="Analyser des données",
            description="Collecter, nettoyer et représenter des données.",
            criteria_narrative="Étude de cas soutenue devant un jury.",
            tags=("données", "statistique"),
            in_language="fr",
            alignments=(
                document.Alignment(
                    target_name="Bloc 2",
                    target_url="https://www.francecompetences.fr/recherche/rncp/38596/",
                ),
            ),
        )
    )
    return document.open_badge_credential(
        id=f"{ADDRESS}/credentials/AAAAAAAAAAAAAAAAAAAAAA",
        name="Analyser des données",
        issuer=profile.profile(id=DID, name="École A", url=ADDRESS),
        achievement=achievement,
        identifiers=[
            identity.identity_object(identity_type=kind, value=value, salt="0123456789abcdef")
            for kind, value in (("emailAddress", "lea@example.org"), ("name", "Léa Martin"))
        ],
        valid_from=NOW,
        status=[status_list.entry(url=f"{ADDRESS}/status/1", index=7, purpose="revocation")],
    )


def measure(step: Callable[[], object], *, times: int) -> float:
    """Return the seconds that one call takes, in the best of `ROUNDS` rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            step()
        best = min(best, (time.perf_counter() - start) / times)
    return best


def steps() -> list[tuple[str, Callable[[], object], int]]:
    """Name each step, and say how often a round repeats it."""
    key, method = keys.load(SEED), did.verification_method(DID, keys.encode_multikey(PUBLIC_KEY))
    plain = unsigned()
    secured = proof.sign(plain, key=key, verification_method=method, created=NOW)
    signed = canonical.dumps(secured)
    digest = rdf.digest(secured)
    nonce = bytes(envelope.NONCE_SIZE)
    leaves = bytes(32 * LEAVES)
    levels = merkle.build(leaves)
    inclusion, top = merkle.prove(levels, 4711), levels[-1]
    bits = status_list.empty()

    def sign() -> object:
        return proof.sign(plain, key=key, verification_method=method, created=NOW)

    def encrypt() -> object:
        return envelope.encrypt(signed, dek=SEED, nonce=nonce, associated=b"")

    return [
        ("write the document", unsigned, 20),
        ("sign it", sign, 20),
        ("digest it", lambda: rdf.digest(secured), 20),
        ("leaf", lambda: merkle.leaf(salt=SEED, digest=digest), 5000),
        ("encrypt it", encrypt, 2000),
        ("read it strictly", lambda: canonical.loads(signed), 200),
        ("check its form", lambda: schema.validate(secured), 20),
        ("check its signature", lambda: proof.verify(secured, public_key=PUBLIC_KEY), 20),
        ("check its inclusion", lambda: merkle.verify(leaves[:32], inclusion, top), 500),
        (f"tree of {LEAVES} leaves", lambda: merkle.build(leaves), 1),
        ("publish a status list", lambda: status_list.encode(bits), 20),
    ]


def main() -> None:
    """Print one line per step."""
    out = sys.stdout
    out.write(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores\n")
    for name, step, times in steps():
        seconds = measure(step, times=times)
        out.write(f"{name:<24} {seconds * 1e6:>10.1f} µs {1 / seconds:>12,.0f} /s\n")


if __name__ == "__main__":
    main()
