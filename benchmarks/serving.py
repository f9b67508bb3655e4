"""How fast pages and documents are served: `python -m benchmarks.serving [CREDENTIALS]`.

A site of its own, on loopback, which leaves with the program: PostgreSQL, Valkey, credentials that
were issued, signed, listed and anchored by the real services, and the web server as the embedded
stack starts it, with two workers. `wrk` (Debian's package of that name) asks for the pages of all
credentials in turn over 32 connections. Beside requests a second stand the microseconds of
processor time that the web server and PostgreSQL spent on each, which other work on the machine
changes little.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.embedded import programs
from config.embedded.pytest_plugin import SETTINGS, Servers

NOW = datetime.now(UTC) - timedelta(minutes=5)  # noqa: TID251 - a program, as a command is
CONNECTIONS, SECONDS = 32, 4
TICKS = os.sysconf("SC_CLK_TCK")
# Each connection begins somewhere else, and goes round all of them.
LUA = """
local paths = {}
for line in io.lines(os.getenv("WRK_PATHS")) do paths[#paths + 1] = line end
local at = 0
function init(args) math.randomseed(os.time()); at = math.random(#paths) end
function request() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
function done(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(99), summary.errors.status + summary.errors.timeout))
end
"""


def main() -> None:
    """Issue, serve, ask, and say how it went."""
    if shutil.which("wrk") is None:
        raise SystemExit("This needs wrk. On Debian: apt-get install wrk")
    count = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 2_000
    servers = Servers()
    try:
        with tempfile.TemporaryDirectory(prefix="acquis-bench-") as name:
            folder, database = Path(name), servers.start_postgres()
            port = free_port()
            os.environ |= {
                **SETTINGS,
                "DATABASE_URL": database,
                "REDIS_URL": servers.start_valkey(),
                "MANIFEST_DIR": f"{name}/manifests",
                "PUBLIC_URL": f"http://localhost:{port}",
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "LOG_LEVEL": "ERROR",
                "PYTHONWARNINGS": "ignore",
            }
            tokens = issue(count)
            with web(port, folder) as process:
                measure(folder, port, process, tokens)
    finally:
        servers.stop()


def issue(count: int) -> list[str]:
    """Issue, sign, list and anchor credentials; return their tokens."""
    import django  # noqa: PLC0415 - its settings are in the environment from now on

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from credentials import models, services  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415 - the same rows as in tests

    issuer = factories.issuer()
    factories.achievement(issuer=issuer)
    for start in range(0, count, 1_000):
        factories.due(issuer=issuer, count=min(1_000, count - start), now=NOW, valid_from=NOW)
    while services.sign(now=NOW, limit=1_000):
        pass
    services.publish_status_lists(now=NOW)
    factories.anchor_everything(now=NOW)
    return list(models.Credential.objects.of(issuer).values_list("token", flat=True))


@contextmanager
def web(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start the web server as the embedded stack does, and stop it."""
    program = programs.web(dict(os.environ), listen=[f"127.0.0.1:{port}"])
    log = folder / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*map(str, program.command)], env={**os.environ}, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        for _attempt in range(300):
            if process.poll() is not None:
                raise SystemExit(log.read_text())
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def measure(folder: Path, port: int, process: subprocess.Popen[bytes], tokens: list[str]) -> None:
    """Ask for each kind of thing for some seconds."""
    kinds = {
        "nothing (/healthz)": ["/healthz"],
        "page": [f"/credentials/{token}" for token in tokens],
        "document": [f"/credentials/{token}.json" for token in tokens],
        "receipt": [f"/credentials/{token}/anchor.json" for token in tokens],
    }
    sys.stdout.write(f"{'':<20} requests/s   p99 ms   web µs   PostgreSQL µs   errors\n")
    for name, paths in kinds.items():
        wrk(folder, port, paths, seconds=3)
        web_before, base_before = spent(process.pid), spent(os.getpid(), "postgres")
        requests, duration, slow, errors = wrk(folder, port, paths, seconds=SECONDS)
        web_spent = spent(process.pid) - web_before
        base_spent = spent(os.getpid(), "postgres") - base_before
        sys.stdout.write(
            f"{name:<20} {requests / duration:>10,.0f} {slow * 1e3:>8.1f}"
            f" {web_spent / requests * 1e6:>8.0f} {base_spent / requests * 1e6:>15.0f}"
            f" {errors:>8}\n"
        )
        sys.stdout.flush()


def wrk(
    folder: Path, port: int, paths: list[str], *, seconds: int
) -> tuple[int, float, float, int]:
    """Ask for paths in turn; return how many answers came, in how long, the 99th percentile."""
    script, listed = folder / "ask.lua", folder / "paths"
    script.write_text(LUA)
    listed.write_text("\n".join(paths) + "\n")
    output = subprocess.run(  # noqa: S603 - our own words
        [
            shutil.which("wrk") or "wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s",
            "-H", "Accept: text/html", "-s", str(script), f"http://127.0.0.1:{port}",
        ],
        env={**os.environ, "WRK_PATHS": str(listed)}, capture_output=True, text=True, check=True,
        timeout=seconds + 60,
    ).stdout  # fmt: skip
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", output)
    if found is None:
        raise SystemExit(output)
    requests, micros, slow, errors = map(int, found.groups())
    return requests, micros / 1e6, slow / 1e6, errors


def spent(pid: int, name: str = "") -> float:
    """Return the processor time of a process and all below it, of those of a name; in seconds."""
    total, waiting = 0.0, [pid]
    while waiting:
        each = waiting.pop()
        try:
            stat = Path(f"/proc/{each}/stat").read_text(encoding="utf-8")
            for tasks in Path(f"/proc/{each}/task").glob("*/children"):
                waiting.extend(map(int, tasks.read_text(encoding="utf-8").split()))
        except OSError:
            continue
        if stat.partition("(")[2].startswith(name):
            fields = stat.rpartition(") ")[2].split()
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
