"""How long `manage.py fsck` takes: `python -m benchmarks.audit [CREDENTIALS]`.

Rows are generated on a PostgreSQL of its own, which leaves with the program. Batches are sealed,
written to manifests and anchored by the real services on a chain in memory; documents are random
bytes of the usual length, so that the audit is not a deep one. The figures of a million are those
of the asked number, times what is missing: every question is linear in the rows.
"""

import io
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from config.embedded.pytest_plugin import SETTINGS, Servers

MILLION = 1_000_000
# Everything happened an hour ago, for the command reads the clock.
NOW = datetime.now(UTC) - timedelta(hours=1)  # noqa: TID251 - a program, as a command is
# What a sealed credential of one badge with one alignment takes.
DOCUMENT_BYTES = 2_800
CHUNK = 5_000


def main() -> None:
    """Generate, audit, and say how long it took."""
    count = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 100_000
    servers = Servers()
    try:
        with tempfile.TemporaryDirectory(prefix="acquis-bench-") as folder:
            database = servers.start_postgres()
            os.environ |= {
                **SETTINGS,
                "DATABASE_URL": database,
                "FSCK_DATABASE_URL": servers.auditor_url,
                "MANIFEST_DIR": folder,
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
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from blockchain import services as anchoring  # noqa: PLC0415
    from credentials.selectors import audit  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    _say(f"generating {count:,} credentials", lambda: _generate(count))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    seen = anchoring.witness(accounts=audit.accounts())
    start = time.perf_counter()
    report = audit.examine(
        now=NOW + timedelta(hours=1),
        manifests=settings.MANIFEST_DIR,
        seal_age=timedelta(seconds=settings.ANCHOR_SEAL_AGE_SECONDS),
        witnesses={seen.chain: seen},
    )
    seconds = time.perf_counter() - start
    sys.stdout.write(f"\n{report.as_text()}\n")
    if report.exit_status:
        raise SystemExit("The generated rows should be sound.")
    sys.stdout.write(
        f"\n{seconds:.1f} s for {count:,} credentials: "
        f"{seconds * MILLION / count / 60:.1f} min for a million\n"
    )
    # A process of its own shows what it needs; the chain in memory is not there to be asked.
    root = Path(__file__).resolve().parent.parent
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", ALONE], cwd=root, check=True, stdout=subprocess.PIPE, text=True
    )
    seconds, peak = time.perf_counter() - start, int(done.stdout) / 1024
    sys.stdout.write(f"the command alone: {seconds:.1f} s, at most {peak:.0f} MB\n")


# The highest count of memory since exec, which getrusage would take over from this process.
ALONE = """
import io, pathlib, django
from django.core.management import call_command
django.setup()
try:
    call_command("fsck", stdout=io.StringIO())
except SystemExit as end:
    assert end.code == 0
print(pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


def _say(what: str, act: Callable[[], object]) -> None:
    start = time.perf_counter()
    act()
    sys.stdout.write(f"{what}: {time.perf_counter() - start:.1f} s\n")
    sys.stdout.flush()


def _generate(count: int) -> None:
    from django.conf import settings  # noqa: PLC0415 - as above
    from django.db import connection, transaction  # noqa: PLC0415

    from blockchain import chains  # noqa: PLC0415
    from blockchain import services as anchoring  # noqa: PLC0415
    from credentials import services  # noqa: PLC0415
    from issuers import services as parties  # noqa: PLC0415

    issuer = parties.register(slug="bench", name="Bench", now=NOW)
    parties.create_key(issuer=issuer, now=NOW)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ACHIEVEMENT, [issuer.pk, NOW])
        achievement = cursor.fetchone()[0]
        cursor.execute(LEARNERS, [issuer.pk, NOW, count // 10 + 1])
        lists = _lists(cursor, issuer.pk, count)
        for rows in _rows(count, issuer.pk, achievement, lists):
            cursor.copy_expert(COPY, rows)
    for start in range(0, count, CHUNK):
        leaves = [_leaf(number) for number in range(start, min(start + CHUNK, count))]
        anchoring.commit(leaves=leaves, now=NOW)
    services.publish_status_lists(now=NOW)
    services.state(now=NOW)
    chain: Any = chains.get_chain()
    sealed = NOW + timedelta(seconds=settings.ANCHOR_SEAL_AGE_SECONDS)
    chain.reach(sealed)
    anchoring.seal(now=sealed)
    for _round in range(count // 65_536 + 2):
        anchoring.broadcast(now=sealed)
        chain.mine(8)
        anchoring.follow(now=sealed)
    anchoring.write_missing_manifests()


ACHIEVEMENT = """
INSERT INTO badges_achievement (uuid, issuer_id, slug, version, state, name, description, criteria,
 achievement_type, image, tags, language, document, created_at, standing, criteria_url,
 image_caption, human_code, field_of_study, specialization, result_descriptions, identifiers,
 needs_evidence)
VALUES (gen_random_uuid(), %s, 'bench', 1, 'published', 'Bench', '', '', 'MicroCredential', '',
 '[]', 'en', '{}', %s, 'revocable', '', '', '', '', '', '[]', '[]',
 false) RETURNING id
"""
LEARNERS = """
INSERT INTO learners_learner (uuid, issuer_id, name, email, language, created_at)
SELECT gen_random_uuid(), %s, 'Learner ' || n, 'learner' || n || '@example.org', 'en', %s
FROM generate_series(1, %s) n
"""
COPY = """
COPY credentials_credential (uuid, token, issuer_id, achievement_id, learner_id, reference, state,
 valid_from, issued_at, sign_after, signed_at, refusal, status_list_id, status_index, sealed, leaf,
 revoked_at, revocation_reason, suspension_reason) FROM STDIN
"""
# One credential in a thousand was revoked.
REVOKED = 1_000


def _lists(cursor: Any, issuer: int, count: int) -> list[int]:
    """Make the status lists, three quarters full as `sign` fills them."""
    from credentials.core import status_list  # noqa: PLC0415 - as above
    from credentials.services import status  # noqa: PLC0415

    made = []
    for start in range(0, count, status.FULL):
        here = range(start, min(start + status.FULL, count))
        taken, bits = bytearray(status_list.SIZE // 8), bytearray(status_list.SIZE // 8)
        for index, number in enumerate(here):
            taken[index >> 3] |= 0x80 >> (index & 7)
            bits[index >> 3] |= 0x80 >> (index & 7) if number % REVOKED == 0 else 0
        cursor.execute(
            "INSERT INTO credentials_statuslist (uuid, issuer_id, purpose, url, taken, taken_count,"
            " bits, version, published_version, published_kid, created_at) VALUES"
            " (gen_random_uuid(), %s, 'revocation', %s, %s, %s, %s, 1, 0, '', %s) RETURNING id",
            [issuer, f"http://localhost:8000/status/{start}", bytes(taken), len(here), bytes(bits),
             NOW],
        )  # fmt: skip
        made.append(cursor.fetchone()[0])
    return made


def _rows(count: int, issuer: int, achievement: int, lists: list[int]) -> Iterator[io.StringIO]:
    """Write credentials as COPY reads them, a piece at a time."""
    import uuid  # noqa: PLC0415

    from credentials.services import status  # noqa: PLC0415 - as above

    now = NOW.isoformat()
    for start in range(0, count, CHUNK):
        piece = io.StringIO()
        for number in range(start, min(start + CHUNK, count)):
            revoked, reason = (now, "Bench") if number % REVOKED == 0 else ("\\N", "")
            fields = (
                uuid.UUID(int=number), f"{number:022d}", issuer, achievement, number // 10 + 1,
                f"award-{number}", "signed", now, now, now, now, "", lists[number // status.FULL],
                number % status.FULL, "\\\\x" + secrets.token_hex(DOCUMENT_BYTES),
                "\\\\x" + _leaf(number).hex(), revoked, reason, "",
            )  # fmt: skip
            piece.write("\t".join(map(str, fields)) + "\n")
        piece.seek(0)
        yield piece


def _leaf(number: int) -> bytes:
    return sha256(b"bench %d" % number).digest()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
