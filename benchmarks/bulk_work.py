"""What the processes of `benchmarks.bulk` do, each in one of its own."""

# ruff: noqa: E402, TID251 - a program, as a command is; Django is ready before its models come

import gc
import json
import os
import resource
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from badges import services as catalogue
from benchmarks import sampling
from blockchain import services as anchoring
from credentials import services
from issuers import services as parties

# Seconds until a worker that found nothing looks again; Celery's clock rings less often. To look
# costs some milliseconds, which nobody who signs at that moment has.
IDLE = 0.2


def prepare() -> None:
    """Make tables, an issuer and a badge."""
    call_command("migrate", verbosity=0)
    if settings.CHAIN_RPC_URLS != ["memory:"]:
        call_command("deploy_registry", stdout=sys.stderr)
    now = timezone.now() - timedelta(days=1)
    issuer = parties.register(slug="bench", name="École de mesure", now=now)
    parties.create_key(issuer=issuer, now=now)
    achievement = catalogue.draft(
        issuer=issuer, slug="badge", name="Soudure à l'arc", language="fr",
        description="Souder des pièces d'acier à l'arc électrique.",
        criteria="Réaliser trois assemblages devant un jury.", tags=["soudure", "acier"],
        image=_picture(), now=now,
    )  # fmt: skip
    catalogue.publish(issuer=issuer, achievement=achievement, now=now)


def _picture() -> bytes:
    from io import BytesIO  # noqa: PLC0415

    from PIL import Image  # noqa: PLC0415

    stream = BytesIO()
    Image.new("RGB", (64, 64), (20, 90, 120)).save(stream, "PNG")
    return stream.getvalue()


def import_list(path: str) -> None:
    """Read the list."""
    call_command(
        "import_learners", path, issuer="bench", badge="badge", tell=True, stdout=sys.stderr
    )
    tell()


def work(count: int) -> None:
    """Say that one is ready, as workers are; then sign and seal until everything is in a batch."""
    _done()
    gc.freeze()  # as config.celery does
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        now = timezone.now()
        signed = services.sign(now=now, limit=settings.SIGN_CHUNK_SIZE)
        if signed:
            continue
        done, waiting = _done()
        if done + waiting == count:
            # The last batch is not full: it is sealed as if it had waited.
            anchoring.seal(now=now + timedelta(seconds=settings.ANCHOR_SEAL_AGE_SECONDS))
            if _done()[0] == count:
                break
        else:
            anchoring.seal(now=now)
        time.sleep(IDLE)
    tell()


def _done() -> tuple[int, int]:
    with connection.cursor() as cursor:
        # Of batches, and of an index that holds what waits: to count every leaf each time would
        # take longer than to sign some.
        cursor.execute(
            "SELECT (SELECT coalesce(sum(tree_size), 0) FROM blockchain_batch),"
            " (SELECT count(*) FROM blockchain_commitment WHERE batch_id IS NULL)"
        )
        done, waiting = cursor.fetchone()
    return int(done), waiting


def anchor() -> None:
    """Send every batch and follow it until it is final."""
    while True:
        now = timezone.now()
        anchoring.write_missing_manifests()
        anchoring.broadcast(now=now)
        anchoring.follow(now=now)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM blockchain_batch WHERE state <> 'finalized'")
            [waiting] = cursor.fetchone()
        if not waiting:
            break
        time.sleep(0.2)
    tell()


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


BEGAN = _used()


def tell() -> None:
    """Write what this process took since it was ready."""
    peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    sys.stdout.write(json.dumps({"seconds": _used() - BEGAN, "megabytes": int(peak) / 1024}))


def main(what: str, *arguments: str) -> None:
    """Do it; where BENCH_PROFILE names a folder, write down there where time goes."""
    folder = os.environ.get("BENCH_PROFILE", "")
    with ExitStack() as stack:
        if folder:
            sampler = stack.enter_context(sampling.Sampler())
            stack.callback(sampler.write, Path(folder) / f"{what}-{os.getpid()}.json")
        if what == "prepare":
            prepare()
        elif what == "import":
            import_list(arguments[0])
        elif what == "anchor":
            anchor()
        else:
            work(int(arguments[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
