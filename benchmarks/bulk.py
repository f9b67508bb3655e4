"""From a list to sealed batches: `python -m benchmarks.bulk [LEARNERS] [--chain]`.

`manage.py import_learners` reads the list in one process, two workers sign and seal beside it, all
through the services, on a PostgreSQL of their own that forces every commit to the disk. With
`--chain` it goes on until every batch is final on a development chain.

It prints `Figures`: seconds from the start of the command until everything is signed, committed
and in a sealed batch; processor time for each credential, PostgreSQL's included, without what it
takes to start a process; the highest memory of any process of ours. The workers run before, as they
do. `make bench` takes 1,000 learners, then 100,000 and a chain.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import figures
from config.embedded.chain import LOOPBACK, answers, free_port
from config.embedded.pytest_plugin import SETTINGS, Servers

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
FIRST = ("Awa", "Zoé", "Jean-Loup", "Inès", "Øyvind", "Łukasz", "Nguyễn", "Aïcha", "Björn", "Eve")
LAST = ("Diallo", "Lefèvre", "Roy", "Ben Salah", "Ångström", "Żak", "Thị Hương", "O'Neil", "Kaya")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run came to.

    Attributes:
        learners: How many the list had.
        imported: Seconds until the list was read and recorded.
        sealed: Seconds until everything was in a sealed batch.
        final: Seconds until every batch was final; None where no chain was asked for.
        processor_microseconds: For each credential: ours and PostgreSQL's, until sealed.
        database_microseconds: PostgreSQL's part of it.
        megabytes: The highest memory of any process of ours, by what it does.
    """

    learners: int
    imported: float
    sealed: float
    final: float | None
    processor_microseconds: float
    database_microseconds: float
    megabytes: dict[str, float]


def main() -> None:
    """Measure, and print."""
    given = [int(each.replace("_", "")) for each in sys.argv[1:] if each[0] != "-"]
    if given:
        found = measure(given[0], with_chain="--chain" in sys.argv)
        sys.stdout.write(json.dumps(asdict(found), indent=1) + "\n")
        return
    few, many = measure(1_000), measure(100_000, with_chain=True)
    sys.stdout.write(json.dumps([asdict(few), asdict(many)], indent=1) + "\n")
    figures.keep(
        bulk_imported_s=many.imported,
        bulk_sealed_s=many.sealed,
        bulk_final_s=many.final or 0.0,
        bulk_us=many.processor_microseconds,
        bulk_database_us=many.database_microseconds,
        bulk_growth=many.processor_microseconds / few.processor_microseconds,
        bulk_mb=max(*few.megabytes.values(), *many.megabytes.values()),
    )


def measure(count: int, *, with_chain: bool = False) -> Figures:
    """Import a list of `count` learners and wait until all of it is in sealed batches."""
    servers = Servers()
    try:
        with tempfile.TemporaryDirectory(prefix="acquis-bench-") as folder:
            environment = {
                **os.environ,
                **SETTINGS,
                "DATABASE_URL": servers.start_postgres(durable=True),
                "MANIFEST_DIR": f"{folder}/manifests",
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "ANCHOR_SEAL_AGE_SECONDS": "1000000",
                "LOG_LEVEL": "ERROR",
                "PYTHONWARNINGS": "ignore",
            }
            chain = _chain(Path(folder), environment) if with_chain else None
            listed = Path(folder) / "learners.csv"
            _write(listed, count)
            try:
                return _measure(count, environment, listed, servers.server_pid)
            finally:
                if chain is not None:
                    chain.terminate()
                    chain.wait()
    finally:
        servers.stop()


def _chain(folder: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a development chain, and let the environment name it."""
    port = free_port()
    environment["CHAIN_RPC_URL"] = f"http://{LOOPBACK}:{port}"
    started = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "config.embedded.devchain", folder / "chain.sqlite3", "--port",
         str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    while not answers(environment["CHAIN_RPC_URL"]):
        time.sleep(0.05)
    return started


def _write(path: Path, count: int) -> None:
    day = datetime(2026, 3, 2, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as file:
        file.write("name,email,language,reference,valid_from,valid_until\n")
        for number in range(count):
            name = f"{FIRST[number % 10]} {LAST[number % 9]}"
            end = (day + timedelta(days=365 + number % 5)).date()
            file.write(f"{name},learner{number}@example.org,fr,2026-{number},{day.date()},{end}\n")


def _run(environment: dict[str, str], what: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.bulk_work", what, *arguments],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _measure(count: int, environment: dict[str, str], listed: Path, server: int) -> Figures:
    if _run(environment, "prepare").wait():
        raise SystemExit("nothing to measure with")
    workers = [_run(environment, "work", str(count)) for _number in range(WORKERS)]
    for worker in workers:
        if worker.stdout is None or worker.stdout.readline() != "ready\n":
            raise SystemExit("A worker did not start.")
    before, start = _cpu_of_children(server), time.perf_counter()
    importer = _run(environment, "import", str(listed))
    told = {"import": json.loads(importer.communicate()[0])}
    imported = time.perf_counter() - start
    told |= {
        f"worker {number}": json.loads(worker.communicate()[0])
        for number, worker in enumerate(workers, start=1)
    }
    sealed = time.perf_counter() - start
    time.sleep(1)  # the server counts a connection's time when it has ended
    database = _cpu_of_children(server) - before
    ours = sum(each["seconds"] for each in told.values())
    final = None
    if environment["CHAIN_RPC_URL"] != "memory:":
        told["anchor"] = json.loads(_run(environment, "anchor").communicate()[0])
        final = round(time.perf_counter() - start - 1, 2)
    return Figures(
        learners=count,
        imported=round(imported, 2),
        sealed=round(sealed, 2),
        final=final,
        processor_microseconds=round((ours + database) / count * 1e6, 1),
        database_microseconds=round(database / count * 1e6, 1),
        megabytes={what: round(each["megabytes"], 1) for what, each in told.items()},
    )


def _cpu_of_children(pid: int) -> float:
    """Return the seconds of processor time that a server and its ended children took."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
