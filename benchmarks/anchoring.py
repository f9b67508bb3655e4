"""How long the largest batch takes: `python -m benchmarks.anchoring [LEAVES]`.

Leaves are committed, sealed, and every one of them proven, by the real services on a PostgreSQL of
its own, which leaves with the program. A proof is made as pages make it (`proof_for`, from the
database) for a sample, and for all leaves at once as an export would, from the stored tree.
"""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TypeVar

from benchmarks import figures
from config.embedded.pytest_plugin import SETTINGS, Servers

LARGEST = 65_536
SAMPLE = 500
ROUNDS = 5
NOW = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251 - a program, as a command is
T = TypeVar("T")


def main() -> None:
    """Commit, seal, prove, and say how long each took."""
    count = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else LARGEST
    servers = Servers()
    try:
        with tempfile.TemporaryDirectory(prefix="acquis-bench-") as folder:
            os.environ |= {
                **SETTINGS,
                "DATABASE_URL": servers.start_postgres(),
                "MANIFEST_DIR": folder,
                "SUBMITTER_KEY": f"{8:064x}",
                "CHAIN_RPC_URL": "memory:",
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "LOG_LEVEL": "ERROR",
                "PYTHONWARNINGS": "ignore",
            }
            _measure(count)
    finally:
        servers.stop()


def _measure(count: int) -> None:
    import django  # noqa: PLC0415 - its settings are in the environment from now on

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from blockchain import selectors  # noqa: PLC0415
    from blockchain import services as anchoring  # noqa: PLC0415
    from blockchain.core import merkle  # noqa: PLC0415
    from blockchain.models import Batch  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    salts = [secrets.token_bytes(32) for _ in range(count)]
    leaves = [merkle.leaf(salt=salt, digest=bytes(32)) for salt in salts]
    _timed(f"commit {count:,} leaves", lambda: anchoring.commit(leaves=leaves, now=NOW))
    sealed = _timed("seal them", lambda: anchoring.seal(now=NOW + timedelta(days=1)))
    if sealed != 1:
        raise SystemExit(f"One batch was expected, not {sealed}.")
    batch = Batch.objects.defer(None).get()
    # The lowest level is the leaves in their order.
    lowest = bytes(batch.levels)[: merkle.HASH_SIZE * count]
    levels = merkle.build(lowest)
    root = median(cpu_of(lambda: merkle.build(lowest)) for _round in range(ROUNDS))
    sys.stdout.write(f"the root of {count:,} leaves: {root * 1e3:.0f} ms\n")
    places = [secrets.randbelow(count) for _ in range(SAMPLE)]
    proof = median(
        cpu_of(lambda: [merkle.prove(levels, place) for place in places]) / SAMPLE
        for _round in range(ROUNDS)
    )
    sys.stdout.write(f"a proof from the tree: {proof * 1e6:.1f} µs\n")

    def prove_all() -> None:
        for index, leaf in enumerate(leaves):
            merkle.verify(leaf, merkle.prove(levels, index), bytes(batch.root))

    def anchor() -> None:
        for _round in range(8):
            anchoring.broadcast(now=NOW + timedelta(days=1))
            _mine()
            anchoring.follow(now=NOW + timedelta(days=1))

    _timed("prove every leaf and check the proof", prove_all)
    _timed("sign, send and follow until final, on a chain in memory", anchor)
    chosen = [secrets.randbelow(count) for _ in range(SAMPLE)]
    seconds = _timed(
        f"{SAMPLE} proofs from the database",
        lambda: time_of(lambda: [selectors.proof_for(leaves[at], salts[at]) for at in chosen]),
    )
    sys.stdout.write(f"a proof from the database: {seconds / SAMPLE * 1e3:.2f} ms\n")
    figures.keep(root_ms=root * 1e3, proof_us=proof * 1e6, proof_read_ms=seconds / SAMPLE * 1e3)


def _mine() -> None:
    from blockchain import chains  # noqa: PLC0415 - as above
    from blockchain.chains.memory import MemoryChain  # noqa: PLC0415

    chain = chains.get_chain()
    if not isinstance(chain, MemoryChain):
        raise SystemExit("This runs on the chain in memory.")
    chain.mine(8)


def time_of(act: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def cpu_of(act: Callable[[], object]) -> float:
    """Return the seconds of processor time that something of ours alone takes."""
    start = time.process_time()
    act()
    return time.process_time() - start


def _timed(what: str, act: Callable[[], T]) -> T:
    start = time.perf_counter()
    found = act()
    sys.stdout.write(f"{what}: {time.perf_counter() - start:.2f} s\n")
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    main()
