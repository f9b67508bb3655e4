"""How fast pages and documents are served: `python -m benchmarks.serving [CREDENTIALS]`.

A site of its own, on loopback, which leaves with the program: PostgreSQL, Valkey, credentials that
were issued, signed, listed and anchored by the real services, and the web server as the embedded
stack starts it, with two workers. `wrk` (Debian's package of that name) asks over 32 connections:
for pages that nobody asked for before; for pages, documents and receipts that were asked for, which
the web server gives again if a query finds that they are still so; and through nginx, if it is
here. Beside requests a second stand the microseconds of processor time that the web server and
PostgreSQL spent on each, which other work on the machine changes little.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import figures
from config.embedded import programs
from config.embedded.pytest_plugin import SETTINGS, Servers
from tests import nginx
from tests.nginx import free_port

NOW = datetime.now(UTC) - timedelta(minutes=5)  # noqa: TID251 - a program, as a command is
CONNECTIONS, SECONDS = 32, 5
# Of what is asked again, and how often each was asked before: until every worker has given it. By
# the clock it would not do: on a slow machine half of the workers' answers would be first ones.
KNOWN, AGAIN = 300, 24
TICKS = os.sysconf("SC_CLK_TCK")
# Each thread begins somewhere else, and goes round all of them.
LUA = """
local paths = {}
for line in io.lines(os.getenv("WRK_PATHS")) do paths[#paths + 1] = line end
local at, threads = 0, 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init(args) math.randomseed(os.time()); at = math.random(#paths) + number * #paths / 2 end
function request() at = math.floor(at) % #paths + 1; return wrk.format("GET", paths[at]) end
function done(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status + summary.errors.timeout))
end
"""


def main() -> None:
    """Issue, serve, ask, and say how it went."""
    if shutil.which("wrk") is None:
        raise SystemExit("This needs wrk. On Debian: apt-get install wrk")
    count = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 4_000
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
                # Whoever stands in front may keep what is public, and would be told to forget.
                "EDGE_CACHES": "http://127.0.0.1:9",
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
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def measure(folder: Path, port: int, process: subprocess.Popen[bytes], tokens: list[str]) -> None:
    """Ask for each kind of thing for some seconds: first what was never asked, then again."""
    half = len(tokens) // 2
    fresh, known = tokens[:half], tokens[half : half + KNOWN]
    kinds = {
        "nothing": (["/healthz"], 500),
        "page_first": ([f"/credentials/{token}" for token in fresh], 0),
        "page": ([f"/credentials/{token}" for token in known], AGAIN),
        "document": ([f"/credentials/{token}.json" for token in known], AGAIN),
        "receipt": ([f"/credentials/{token}/anchor.json" for token in known], AGAIN),
    }
    sys.stdout.write(f"{'':<12} requests/s   p50 ms   p99 ms   web µs   PostgreSQL µs   errors\n")
    for name, (paths, times) in kinds.items():
        warm(folder, port, paths, times=times)
        watch(name, folder, port, paths, [(process.pid, "")])
    if nginx.is_installed():
        place, front, purges = folder / "nginx", free_port(), free_port()
        place.mkdir()
        with nginx.running(place, front=front, purges=purges, site=port, workers=2) as edge:
            pages = [f"/credentials/{token}" for token in known]
            warm(folder, front, pages, times=AGAIN)
            watch("nginx", folder, front, pages, [(process.pid, ""), (edge.pid, "")])
    else:
        sys.stdout.write(f"nginx is not here: {nginx.COMMAND}\n")


def warm(folder: Path, port: int, paths: list[str], *, times: int) -> None:
    """Ask until each path was asked for so many times."""
    asked = 0
    while asked < times * len(paths):
        asked += wrk(folder, port, paths, seconds=2).requests


def watch(
    name: str, folder: Path, port: int, paths: list[str], programs: list[tuple[int, str]]
) -> None:
    """Ask for some seconds, and say how it went."""
    before = sum(spent(*program) for program in programs), spent(os.getpid(), "postgres")
    found = wrk(folder, port, paths, seconds=SECONDS)
    web_spent = (sum(spent(*program) for program in programs) - before[0]) / found.requests
    base_spent = (spent(os.getpid(), "postgres") - before[1]) / found.requests
    each_second = found.requests / found.seconds
    sys.stdout.write(
        f"{name:<12} {each_second:>10,.0f} {found.median * 1e3:>8.1f} {found.slow * 1e3:>8.1f}"
        f" {web_spent * 1e6:>8.0f} {base_spent * 1e6:>15.0f} {found.errors:>8}\n"
    )
    sys.stdout.flush()
    figures.keep(
        **{
            f"{name}_per_s": each_second,
            f"{name}_p50_ms": found.median * 1e3,
            f"{name}_p99_ms": found.slow * 1e3,
            f"{name}_web_us": web_spent * 1e6,
            f"{name}_postgres_us": base_spent * 1e6,
            f"{name}_errors": float(found.errors),
        }
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What `wrk` says: answers, in how many seconds, the median and the 99th percentile."""

    requests: int
    seconds: float
    median: float
    slow: float
    errors: int


def wrk(folder: Path, port: int, paths: list[str], *, seconds: int) -> Asked:
    """Ask for paths in turn, over all connections."""
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
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    if found is None or found[1] == "0":
        raise SystemExit(output)
    requests, micros, median, slow, errors = map(int, found.groups())
    return Asked(requests, micros / 1e6, median / 1e6, slow / 1e6, errors)


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


if __name__ == "__main__":
    main()
