"""What a verification takes: `python -m benchmarks.verifying`.

Processor time, not the clock's, so that what else runs on the machine matters little. "Ours" is
every check on the bytes of a stored credential, as services make them: read, hash, signature, key,
status list, dates, anchor, identity. Queries and networks are left out. "A stranger's" is the same
document without any knowledge of its shape: in this process, and in the child that can be killed
(its own time included).
"""

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any, TypeAlias

from badges.core import document
from benchmarks import figures, peers
from benchmarks.core import ADDRESS, DID, NOW, PUBLIC_KEY, SEED
from blockchain.core import anchor, merkle
from credentials.core import canonical, proof, recognition, sealing, standing, status_list
from credentials.core import verification as walk
from issuers.core import did, keys, profile
from learners.core import identity

LIST = f"{ADDRESS}/status/1"
CHAIN, SUBMITTER = "eip155:1", "0x" + "a1" * 20
METHOD = did.verification_method(DID, keys.encode_multikey(PUBLIC_KEY))
COUNT, FEW, ROUNDS = 2_000, 100, 5
AT = NOW + timedelta(days=1)


def credentials(count: int) -> Iterator[dict[str, Any]]:
    """Write credentials of one badge for different people."""
    achievement = document.achievement_document(
        document.Achievement(
            id=f"{ADDRESS}/achievements/1",
            name="Analyser des données",
            description="Collecter, nettoyer et représenter des données.",
            criteria_narrative="Étude de cas soutenue devant un jury.",
            tags=("données", "statistique"),
            in_language="fr",
        )
    )
    issuer = profile.profile(id=DID, name="École A", url=ADDRESS)
    for number in range(count):
        salt = f"{number:016d}"
        yield document.open_badge_credential(
            id=f"{ADDRESS}/credentials/{number:022d}",
            name="Analyser des données",
            issuer=issuer,
            achievement=achievement,
            identifiers=[
                identity.identity_object(identity_type=kind, value=value, salt=salt)
                for kind, value in (
                    ("emailAddress", f"p{number}@example.org"),
                    ("name", f"Élève {number}"),
                )
            ],
            valid_from=NOW,
            status=[status_list.entry(url=LIST, index=number, purpose="revocation")],
        )


def materials(sealed: list[sealing.Sealed], lists: Any) -> list[walk.Material]:
    """Write what is gathered for each: DID document, list, receipt of a batch of all, identity."""
    issuer = did.Steady(
        did.did_document(
            DID,
            [did.IssuerKey(keys.encode_multikey(PUBLIC_KEY), NOW)],
            [f"{CHAIN}:{SUBMITTER}"],
        )
    )
    leaves = [merkle.leaf(salt=SEED, digest=each.digest) for each in sealed]
    levels = merkle.build(b"".join(leaves))
    found = []
    for number in range(len(sealed)):
        receipt = anchor.AnchorProof(
            SEED, merkle.prove(levels, number), levels[-1], CHAIN, anchor.REGISTRY, SUBMITTER,
            "0x" + "cd" * 32, 7, "0x" + "ef" * 32, NOW, "finalized",
        )  # fmt: skip
        sent = anchor.Sent(SUBMITTER, anchor.REGISTRY, receipt.root, receipt.block_hash)
        finding = anchor.Finding(NOW, 7, True, 9, sent, receipt.block_hash, NOW)  # noqa: FBT003
        found.append(
            walk.Material(
                did_document=issuer,
                issuer_known=True,
                status_lists={LIST: lists},
                receipt=receipt,
                finding=finding,
                anchor_required=True,
                identity=(("name", f"Élève {number}"),),
            )
        )
    return found


def cpu() -> float:
    """Return the processor time of this process and of the children that it has waited for."""
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(work: Callable[[], int]) -> float:
    """Return the seconds of each piece of work, the median of the rounds."""
    rounds = []
    for _round in range(ROUNDS):
        start = cpu()
        done = work()
        rounds.append((cpu() - start) / done)
    return median(rounds)


def main() -> None:
    """Verify ours and a stranger's, and say what each took."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}
    import django  # noqa: PLC0415 - the child is started by a service

    django.setup()
    plans = sealing.Plans(verification_method=METHOD)
    sealer = sealing.Sealer(key=keys.load(SEED), created=NOW, plans=plans)
    sealed = [sealer.seal(each) for each in credentials(COUNT)]
    listed = proof.sign(
        status_list.list_credential(
            url=LIST, issuer=DID, purpose="revocation", bits=status_list.empty(), valid_from=NOW,
            valid_until=AT + timedelta(days=1),
        ),
        key=keys.load(SEED), verification_method=METHOD, created=NOW,
    )  # fmt: skip
    ready = materials(sealed, standing.checked_list(listed))
    ours_took = timed(partial(ours, recognition.Recogniser(), sealed, ready))
    tell("ours, every check", ours_took)
    mine, theirs, ratio = against_peer(sealed, ready)
    tell("a stranger's, its proof", mine)
    tell("@digitalbazaar/vc, the proof", theirs)
    sys.stdout.write(f"{ratio:.1f} times as fast as the peer\n")
    checked, child = timed(partial(stranger, sealed, ready)), in_child(sealed, ready)
    tell("a stranger's, every check", checked)
    tell("... in a child", child)
    slow = hostile(sealed, ready)
    sys.stdout.write(f"{slow:.2f} s until a graph that takes for ever is given up\n")
    figures.keep(
        verify_us=ours_took * 1e6,
        verify_proof_us=mine * 1e6,
        verify_stranger_us=checked * 1e6,
        verify_child_us=child * 1e6,
        verify_peer_us=theirs * 1e6,
        verify_ratio=ratio,
        hostile_s=slow,
    )


def against_peer(sealed: "Sealed", ready: "Ready") -> tuple[float, float, float]:
    """Verify the proofs of documents of which nothing is known to either, in turn.

    Returns:
        Seconds of ours and of the peer's, and how many times theirs is ours.
    """
    documents = [canonical.loads(each.data) for each in sealed[:FEW]]
    rounds = []
    with peers.DigitalBazaar(issuer=DID, seed=SEED, now=AT) as peer:
        peer.verify(documents)
        for _round in range(ROUNDS):
            taken = peer.verify(documents)
            if not all(taken.answers):
                raise SystemExit("The peer does not verify ours.")
            start = cpu()
            signature(sealed, ready)
            rounds.append(((cpu() - start) / FEW, taken.cpu))
    mine, theirs = (median(each) for each in zip(*rounds, strict=True))
    return mine, theirs, median(other / one for one, other in rounds)


def hostile(sealed: "Sealed", ready: "Ready") -> float:
    """Return the seconds until a document is answered whose canonical form nobody lives to see."""
    from credentials.services import isolation  # noqa: PLC0415 - as above

    names = [f"_:n{number}" for number in range(40)]
    known = [{"id": other} for other in names]
    document = canonical.loads(sealed[0].data) | {
        "credentialSubject": [{"id": name, "https://example.org/knows": known} for name in names]
    }
    start = time.perf_counter()
    isolation.verify(document=document, material=ready[0], now=AT)
    return time.perf_counter() - start


def tell(name: str, seconds: float) -> None:
    """Write one line."""
    sys.stdout.write(f"{name:<28} {seconds * 1e6:>10.1f} µs {1 / seconds:>10,.0f} /s\n")


Sealed: TypeAlias = list[sealing.Sealed]
Ready: TypeAlias = list[walk.Material]


def ours(reader: recognition.Recogniser, sealed: Sealed, ready: Ready) -> int:
    """Verify what is stored, as services do."""
    for each, material in zip(sealed, ready, strict=True):
        found = reader.read(each.data)
        if found is None:
            raise SystemExit("A document of ours was not recognised.")
        known = walk.Material(
            did_document=material.did_document,
            issuer_known=True,
            status_lists=material.status_lists,
            receipt=material.receipt,
            finding=material.finding,
            anchor_required=True,
            identity=material.identity,
            recognised=found,
        )
        if walk.verify(found.document, known, AT).verdict != "verified":
            raise SystemExit("A credential of ours does not verify.")
    return len(sealed)


def signature(sealed: Sealed, _ready: Ready) -> int:
    """Verify the proof alone, which is what other libraries call to verify."""
    for each in sealed[:FEW]:
        proof.verify(canonical.loads(each.data), public_key=PUBLIC_KEY)
    return FEW


def stranger(sealed: Sealed, ready: Ready) -> int:
    """Verify what nothing is known of beforehand."""
    for each, material in zip(sealed[:FEW], ready, strict=False):
        walk.verify(canonical.loads(each.data), material, AT)
    return FEW


def in_child(sealed: Sealed, ready: Ready) -> float:
    """Return the seconds of one document in the process that can be killed, its own included.

    That process is started once for many: the start is what few and many have in common.
    """
    from credentials.services import isolation  # noqa: PLC0415 - as above

    def spend(count: int) -> float:
        start = cpu()
        for each, material in zip(sealed[:count], ready, strict=False):
            isolation.verify(document=canonical.loads(each.data), material=material, now=AT)
        isolation.dismiss()  # its time is known once it has ended
        return cpu() - start

    return (spend(FEW + 10) - spend(10)) / FEW


if __name__ == "__main__":
    main()
