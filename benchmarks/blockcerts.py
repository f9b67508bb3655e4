"""Whole processes against Blockcerts cert-issuer: `python -m benchmarks.blockcerts [COUNT]`.

The same documents as files, the same contexts: its own command with its chain of pretence
(`mockchain`), file in and file out, and ours (`sealed_files.py`), which reads the files, signs each
document, makes the tree and writes what was signed. Theirs signs nothing but the root; ours signs
each. Processor time and the clock of both, with the start of the process.

cert-issuer has an environment of its own (build/blockcerts), with the versions that are locked in
benchmarks/blockcerts.txt. It is started by `start_cert_issuer.py`. Documents have no
`credentialSchema`: cert-issuer would fetch it, once for each.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import figures
from benchmarks.core import DID
from benchmarks.sealing import METHOD, Bench
from tests.interop import node

HERE = Path(__file__).resolve().parent
HOME = HERE.parent / "build" / "blockcerts"
LOCK = HERE / "blockcerts.txt"
COUNT = 10_000


def main() -> None:
    """Prepare, run both, and say what each took."""
    count = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else COUNT
    install()
    with tempfile.TemporaryDirectory(prefix="acquis-bench-") as name:
        write(Path(name), count)
        mine = run([sys.executable, "-m", "benchmarks.sealed_files", name, METHOD])
        theirs = run(
            # -P: no module of this folder may stand in for one of its own.
            [str(HOME / "bin/python"), "-P", str(HERE / "start_cert_issuer.py"),
             "-c", f"{name}/conf.ini"]
        )  # fmt: skip
        made = len(list((Path(name) / "blockchain").iterdir()))
    if made != count:
        raise SystemExit(f"cert-issuer made {made} of {count}.")
    for who, (cpu, wall) in (("ours", mine), ("cert-issuer", theirs)):
        sys.stdout.write(f"{who:<12} {cpu:>8.2f} s of processor time, {wall:>8.2f} s\n")
    sys.stdout.write(f"{theirs[0] / mine[0]:.0f} times by processor time\n")
    figures.keep(
        blockcerts_count=count,
        blockcerts_ours_s=mine[0],
        blockcerts_peer_s=theirs[0],
        blockcerts_ratio=theirs[0] / mine[0],
        blockcerts_wall_ratio=theirs[1] / mine[1],
    )


def install() -> None:
    """Make its environment, once."""
    stamp = HOME / ".installed"
    if stamp.exists() and stamp.read_text() == LOCK.read_text():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", HOME], check=True)  # noqa: S603
    subprocess.run(  # noqa: S603 - our own words
        [HOME / "bin/python", "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps",
         "--requirement", LOCK],
        check=True,
    )  # fmt: skip
    stamp.write_text(LOCK.read_text())


def write(folder: Path, count: int) -> None:
    """Write the documents, and the settings of cert-issuer."""
    unsigned = folder / "unsigned"
    unsigned.mkdir()
    bench = Bench()
    for number in range(count):
        document = bench.write(number)
        del document["credentialSchema"]
        (unsigned / f"{number:06d}.json").write_text(json.dumps(document))
    files = node.known_contexts()
    addresses = document["@context"]
    (folder / "key").write_text("nothing is signed with it\n")
    (folder / "conf.ini").write_text(
        f"issuing_address = {DID}\nverification_method = {METHOD}\n"
        f"usb_name = {folder}\nkey_file = key\n"
        f"unsigned_certificates_dir = {unsigned}\n"
        f"signed_certificates_dir = {folder}/signed\n"
        f"blockchain_certificates_dir = {folder}/blockchain\nwork_dir = {folder}/work\n"
        "chain = mockchain\nno_safe_mode\n"
        f"context_urls = [{', '.join(addresses)}]\n"
        f"context_file_paths = [{', '.join(files[each] for each in addresses)}]\n"
    )


def run(command: list[str]) -> tuple[float, float]:
    """Run a program; return its processor time and what the clock says, in seconds."""
    before, start = os.times(), time.perf_counter()
    ended = subprocess.run(  # noqa: S603 - our own words
        command, cwd=HERE.parent, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if ended.returncode:
        raise SystemExit(ended.stderr.decode(errors="replace")[-2_000:])
    wall, after = time.perf_counter() - start, os.times()
    cpu = after.children_user + after.children_system
    return cpu - before.children_user - before.children_system, wall


if __name__ == "__main__":
    main()
