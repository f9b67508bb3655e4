"""nginx by the samples in docs/deploy, with ports and folders of its own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "docs" / "deploy"
SAMPLE = SAMPLES / "nginx.conf"
MODULE = Path("/usr/lib/nginx/modules/ngx_http_cache_purge_module.so")
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
COMMAND = "apt-get install nginx-light libnginx-mod-http-cache-purge"


def is_installed() -> bool:
    """Say whether it and the module that forgets are there."""
    return Path(NGINX).exists() and MODULE.exists()


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def running(
    folder: Path, *, front: int, purges: int, site: int, workers: int = 1
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run it in front of a site.

    Args:
        folder: Where it keeps what it keeps.
        front: The port at which it answers.
        purges: The port at which it is told to forget.
        site: The port of the site.
        workers: How many processes answer.
    """
    changes = {
        "/var/cache/nginx/acquis": str(folder / "cache"),
        "listen 8080;": f"listen 127.0.0.1:{front};",
        "listen 127.0.0.1:8081;": f"listen 127.0.0.1:{purges};",
        "127.0.0.1:8000": f"127.0.0.1:{site}",
        "acquis.example ours;": "127.0.0.1 ours;",
    }
    with running_by(
        SAMPLE, folder, changes=changes, port=front, load=f"load_module {MODULE};", workers=workers
    ) as process:
        yield process


@contextmanager
def running_by(
    sample: Path,
    folder: Path,
    *,
    changes: Mapping[str, str],
    port: int,
    load: str = "",
    workers: int = 1,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run it by a sample in which some words are others.

    Args:
        sample: Which.
        folder: Where it keeps what it keeps.
        changes: What is written for what.
        port: At which it answers when it has started.
        load: What loads a module.
        workers: How many processes answer.
    """
    text = sample.read_text()
    for old, new in changes.items():
        if old not in text:
            raise AssertionError(f"The sample does not say {old} any more.")
        text = text.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Its workers would be another user's, whom this folder does not let in.
    user = "user root;\n" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}{load}\npid {folder}/pid;\nerror_log {folder}/errors;\n"
        "daemon off;\n"
        f"worker_processes {workers};\nevents {{}}\nhttp {{ {temporary}\n{text}\n}}\n"
    )
    process = subprocess.Popen(  # noqa: S603 - our own command
        [NGINX, "-p", str(folder), "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]
    )
    try:
        for _attempt in range(200):
            if process.poll() is not None:
                raise AssertionError((folder / "errors").read_text())
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(10)
