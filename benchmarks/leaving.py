"""An organisation moves: `python -m benchmarks.leaving [CREDENTIALS] [--every]`.

Two installations, each with a database, keys and manifests of its own, on one PostgreSQL that
forces every commit to the disk; one development chain that both ask. On the first one an
organisation gets three badges, and awards from lists by `manage.py import_learners`; workers sign,
seal and anchor them; some are revoked, suspended, issued anew under a next version, erased. Then it
leaves by `manage.py export_tenant` and arrives at the second one, which is empty, by `manage.py
import_tenant`.

At both, `manage.py fsck --chain --deep` must be clean, and public addresses are asked: each answer
must be the same, byte for byte. These are every document and every receipt, whatever is the
organisation's own, and everything else of one badge in a hundred; `--every` asks everything. It
prints `Figures`; without a number, 10,000 credentials move.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg2

from config.embedded import chain, pytest_plugin
from config.embedded.pytest_plugin import SETTINGS, Servers

ROOT = Path(__file__).resolve().parent.parent
# Seconds: where a machine has other things to do, servers take their time to start.
PATIENCE = 600


@dataclass(frozen=True, slots=True)
class Figures:
    """What one move came to.

    Attributes:
        credentials: Awarded.
        archive_megabytes: The size of the file.
        export_seconds: From the start of the command to its end.
        export_megabytes: The highest memory of its process.
        import_seconds: As above, of the other command.
        import_megabytes: As above.
        addresses: Public answers that were compared.
        different: Those that were not the same; must be 0.
        fsck_seconds: Of `fsck --chain --deep` where it arrived.
    """

    credentials: int
    archive_megabytes: float
    export_seconds: float
    export_megabytes: float
    import_seconds: float
    import_megabytes: float
    addresses: int
    different: int
    fsck_seconds: float


class Installation:
    """One of the two: its database, its keys, its files."""

    def __init__(self, servers: Servers, folder: Path, chain_url: str, number: int) -> None:
        self.folder = folder
        folder.mkdir()
        self._database = f"acquis_{folder.name}"
        self.environment = {
            **os.environ,
            **SETTINGS,
            "DATABASE_URL": self._named(servers.worker_url),
            "FSCK_DATABASE_URL": self._named(servers.auditor_url),
            "MANIFEST_DIR": str(folder / "manifests"),
            "LEARNER_KEK": secrets.token_hex(32),
            "SIGNING_KEK": secrets.token_hex(32),
            "SUBMITTER_KEY": f"{number:064x}",
            "CHAIN_RPC_URL": chain_url,
            "CHAIN_ID": str(int(chain.ask(chain_url, "eth_chainId"), 16)),
            "ANCHOR_CONFIRMATIONS": "2",
            # Several batches, so that leaves of one organisation are in more than one.
            "ANCHOR_SEAL_SIZE": "4096",
            "ANCHOR_SEAL_AGE_SECONDS": "60",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
            "PYTHONWARNINGS": "ignore",
        }
        # A copy of the one that was migrated: to migrate two takes longer than a small move.
        with closing(
            psycopg2.connect(
                host=servers.sockets,
                dbname="postgres",
                user="postgres",
                password=servers.superuser_password,
            )
        ) as superuser:
            superuser.autocommit = True
            superuser.cursor().execute(
                f'CREATE DATABASE "{self._database}" TEMPLATE acquis OWNER acquis_owner'
            )

    def _named(self, url: str) -> str:
        return f"{url.rpartition('/')[0]}/{self._database}"

    def run(self, what: str, *arguments: str) -> dict[str, float]:
        """Do something in a process of its own; return what it told, and how long it took.

        What is not measured may follow in the same one: `then` what, with its arguments.
        """
        start = time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "benchmarks.leaving_work", what, *arguments],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        seconds = time.perf_counter() - start
        sys.stderr.write(f"{self.folder.name}: {what} took {seconds:.1f} s\n")
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found | {"took": seconds}


def main() -> None:
    """Move one, and print what it came to."""
    count = next((int(each.replace("_", "")) for each in sys.argv[1:] if each[0] != "-"), 10_000)
    pytest_plugin.PATIENCE_SECONDS = PATIENCE
    with tempfile.TemporaryDirectory(prefix="acquis-bench-") as name:
        found = move(Path(name), count=count, share=100 if "--every" in sys.argv else 1)
    sys.stdout.write(json.dumps(asdict(found), indent=1) + "\n")
    if found.different:
        raise SystemExit("Not every answer is the same.")


def move(folder: Path, *, count: int, share: int, durable: bool = True) -> Figures:
    """Let an organisation with so many credentials move between two installations.

    Args:
        folder: Where both have their files.
        count: How many credentials.
        share: Of how many badges in a hundred everything is compared.
        durable: Whether every commit is forced to the disk, as figures ask and a test does not.
    """
    servers = Servers()
    node, url = _node(folder)
    try:
        _migrate(servers.start_postgres(durable=durable))
        here, there = (
            Installation(servers, folder / label, url, number)
            for label, number in (("here", 3), ("there", 4))
        )
        return _moved(here, there, count, str(share))
    finally:
        node.terminate()
        node.wait(PATIENCE)
        servers.stop()


def _migrate(database: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT, env={**os.environ, **SETTINGS, "DATABASE_URL": database}, check=True,
    )  # fmt: skip


def _moved(here: Installation, there: Installation, count: int, share: str) -> Figures:
    folder, instant = here.folder.parent, str(time.time() + 86_400)
    archive, secret = folder / "bench.zip", folder / "passphrase"
    before, after = folder / "before.jsonl", folder / "after.jsonl"
    secret.write_text(secrets.token_urlsafe(24))
    seen = ("then", "fsck", "then", "crawl", str(before), instant, share)
    here.run("live", str(count), str(folder), *seen)
    exported = here.run("export", str(archive), str(secret))
    imported = there.run("import", str(archive), str(secret))
    checked = there.run("fsck")
    there.run("crawl", str(after), instant, share)
    addresses, different = _compared(before, after)
    return Figures(
        credentials=count,
        archive_megabytes=round(archive.stat().st_size / 1e6, 1),
        export_seconds=round(exported["took"], 1),
        export_megabytes=round(exported["megabytes"]),
        import_seconds=round(imported["took"], 1),
        import_megabytes=round(imported["megabytes"]),
        addresses=addresses,
        different=different,
        fsck_seconds=round(checked["took"], 1),
    )


def _compared(before: Path, after: Path) -> tuple[int, int]:
    """Return how many answers there were, and how many are not the same; say the first few."""
    old, new = (dict(map(_answer, path.open(encoding="utf-8"))) for path in (before, after))
    different = [key for key in old.keys() | new.keys() if old.get(key) != new.get(key)]
    for key in sorted(different)[:20]:
        sys.stderr.write(f"{key}: {old.get(key)} {new.get(key)}\n")
    return len(old), len(different)


def _answer(line: str) -> tuple[str, str]:
    asked, told = json.loads(line)
    return " ".join(asked), " ".join(map(str, told))


def _node(folder: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """Start a development chain; return it with its address."""
    port = chain.free_port()
    node = subprocess.Popen(  # noqa: S603 - our own program
        [
            *(sys.executable, "-m", "config.embedded.devchain"),
            *(str(folder / "chain.sqlite3"), "--port", str(port)),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://{chain.LOOPBACK}:{port}"
    deadline = time.monotonic() + PATIENCE
    while not chain.answers(url):
        if node.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("The chain does not start.")
        time.sleep(0.05)
    return node, url


if __name__ == "__main__":
    main()
