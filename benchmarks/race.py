"""Sealing against the peer, in turn, in one run: `python -m benchmarks.race [ROUNDS]`.

Both are given the same documents, of learners that differ, and make of each a signed document; ours
is its leaf besides. A round is a thousand of ours and forty of theirs, so that what else the
machine does falls on both. What is compared is processor time of rounds that follow each other.
"""

import sys
import time
from dataclasses import dataclass
from statistics import median

from benchmarks import figures, peers
from benchmarks.core import DID, NOW, SEED
from benchmarks.sealing import Bench

OURS, THEIRS, ROUNDS = 1_000, 40, 9
# What they take first is not what they take: their compiler has not seen it yet.
WARM_UP = 120


@dataclass(frozen=True, slots=True)
class Race:
    """Medians of the rounds.

    Attributes:
        ours: Seconds of processor time for one credential.
        theirs: Likewise.
        ratio: How many times theirs is ours: the median of the rounds' own.
        wall_ratio: Likewise by the clock, for one document after the other.
        verified: How many of ours the peer verified, of as many as it was asked.
        peer: The peer's version.
    """

    ours: float
    theirs: float
    ratio: float
    wall_ratio: float
    verified: int
    peer: str


def run(rounds: int = ROUNDS) -> Race:
    """Let both seal in turn, and the peer verify a round of ours."""
    bench = Bench()
    found: list[tuple[float, float, float, float]] = []
    with peers.DigitalBazaar(issuer=DID, seed=SEED, now=NOW) as peer:
        peer.issue(bench.documents[:WARM_UP])
        for number in range(rounds):
            wall, cpu = time.perf_counter(), time.process_time()
            for each in range(OURS):
                bench.leaf(each)
            ours = (time.process_time() - cpu) / OURS, (time.perf_counter() - wall) / OURS
            start = WARM_UP + number * THEIRS
            taken = peer.issue(bench.documents[start : start + THEIRS])
            found.append((*ours, taken.cpu, taken.wall))
        sealed = [bench.signed(number) for number in range(THEIRS)]
        verified = peer.verify(sealed).answers.count(True)
    return Race(
        ours=median(cpu for cpu, *_others in found),
        theirs=median(each[2] for each in found),
        ratio=median(each[2] / each[0] for each in found),
        wall_ratio=median(each[3] / each[1] for each in found),
        verified=verified,
        peer=peer.version,
    )


def main() -> None:
    """Race, and say how it went."""
    found = run(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
    if found.verified != THEIRS:
        raise SystemExit(f"The peer verified {found.verified} of {THEIRS} of ours.")
    sys.stdout.write(
        f"ours                         {found.ours * 1e6:>10.1f} µs {1 / found.ours:>10,.0f} /s\n"
        f"@digitalbazaar/vc {found.peer:<10} {found.theirs * 1e6:>10.1f} µs"
        f" {1 / found.theirs:>10,.0f} /s\n"
        f"{found.ratio:.0f} times by processor time, {found.wall_ratio:.0f} by the clock;"
        f" it verified {found.verified} of {THEIRS} of ours\n"
    )
    figures.keep(
        seal_us=found.ours * 1e6,
        seal_peer_us=found.theirs * 1e6,
        seal_ratio=found.ratio,
        seal_wall_ratio=found.wall_ratio,
        peer=f"@digitalbazaar/vc {found.peer}",
    )


if __name__ == "__main__":
    main()
