"""What the processes of `benchmarks.leaving` do: something, `then` something else."""

# ruff: noqa: E402, TID251 - a program, as a command is; Django is ready before its models come

import io
import json
import logging
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from badges import models as badge_rows
from badges import services as catalogue
from benchmarks import bulk, bulk_work
from blockchain import services as anchoring
from blockchain.models import Batch, Commitment
from credentials import models, services
from credentials.management.commands.mirror_tenant import Site
from credentials.selectors import leaving
from issuers import models as issuers
from issuers import services as parties
from learners import models as learners

SLUG, BADGES = "bench", ("arc", "mig", "tig")
TOKEN = 22
# The program that draws a certificate writes the time into it.
UNLIKE = {"credential-certificate"}


def live(count: int, folder: str) -> None:
    """Let an organisation work: awards by the bulk path, and what becomes of them."""
    now = timezone.now()
    anchoring.deploy_registry(now=now)
    issuer = parties.register(
        slug=SLUG, name="École de mesure", now=now - timedelta(days=1), email="info@bench.example"
    )
    parties.create_key(issuer=issuer, now=now - timedelta(days=1))
    for slug in BADGES:
        _badge(issuer, slug, now)
    share = count // len(BADGES)
    for place, slug in enumerate(BADGES):
        path = Path(folder) / f"{slug}.csv"
        _write_list(path, slug, count=share if place else count - share * (len(BADGES) - 1))
        call_command("import_learners", path, issuer=SLUG, badge=slug, stdout=sys.stderr)
    _settle()
    _befall(issuer)
    _settle()


def _write_list(path: Path, slug: str, *, count: int) -> None:
    """Write a list: everybody earns every badge."""
    with path.open("w", encoding="utf-8") as file:
        file.write("name,email,language,reference,valid_from\n")
        for number in range(count):
            name = f"{bulk.FIRST[number % 10]} {bulk.LAST[number % 9]}"
            file.write(f"{name},learner{number}@example.org,fr,{slug}-{number},2026-03-02\n")


def _badge(issuer: issuers.Issuer, slug: str, now: datetime) -> None:
    drafted = catalogue.draft(
        issuer=issuer, slug=slug, name=f"Soudure {slug.upper()}", language="fr",
        description="Souder des pièces d'acier.", criteria="Trois assemblages devant un jury.",
        standing="suspendable", tags=["soudure"], image=_picture(), now=now,
    )  # fmt: skip
    catalogue.publish(issuer=issuer, achievement=drafted, now=now)


def _picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (64, 64), (20, 90, 120)).save(stream, "PNG")
    return stream.getvalue()


def _befall(issuer: issuers.Issuer) -> None:
    """Revoke, suspend, erase; issue some anew under the next version of a badge."""
    now = timezone.now()
    rows = list(models.Credential.objects.of(issuer).select_related("learner").order_by("pk"))
    chance = random.Random(7)  # noqa: S311 - which ones does not matter, only that it is a few
    chance.shuffle(rows)
    # Two of a hundred were revoked, one is suspended, and of one the learner was erased.
    revoked, suspended, erased = rows[0::50], rows[1::100], rows[2::100]
    for each in revoked:
        services.revoke(issuer=issuer, credential=each, reason="Par erreur", now=now)
    for each in suspended:
        services.suspend(issuer=issuer, credential=each, reason="Un doute", now=now)
    for each in suspended[::5]:
        services.reinstate(issuer=issuer, credential=each, now=now)
    old = badge_rows.Achievement.objects.of(issuer).get(slug=BADGES[0])
    drafted = catalogue.revise(issuer=issuer, achievement=old, description="Mieux dit.", now=now)
    newer = catalogue.publish(issuer=issuer, achievement=drafted, now=now)
    services.issue(
        issuer=issuer,
        achievement=newer,
        awards=[
            services.Award(learner=each.learner, reference=f"anew-{each.pk}", valid_from=now)
            for each in revoked[:100]
        ],
        now=now,
    )
    for each in rows[3:23]:
        services.request_edition(issuer=issuer, credential=each, kind="jwt", now=now)
        services.request_transcript(
            issuer=issuer, learner=each.learner, credentials=[each], now=now
        )
    learners.LearnerKey.objects.of(issuer).filter(
        learner_id__in=[each.learner_id for each in erased]
    ).delete()


def _settle() -> None:
    """Do what the clocks of workers do until all is signed, on record and final."""
    aged = timedelta(seconds=settings.ANCHOR_SEAL_AGE_SECONDS)
    while True:
        now = timezone.now()
        services.accept_submitters(now=now)
        working = [
            services.sign(now=now, limit=settings.SIGN_CHUNK_SIZE),
            services.sign_editions(now=now, limit=100),
            services.sign_transcripts(now=now, limit=100),
            services.publish_status_lists(now=now),
            services.state(now=now),
            parties.seal_trails(now=now),
        ]
        if any(working):
            continue
        anchoring.seal(now=now + aged)
        anchoring.broadcast(now=now)
        anchoring.follow(now=now)
        anchoring.write_missing_manifests()
        if not (
            Commitment.objects.filter(batch=None).exists()
            or Batch.objects.exclude(state="finalized").exists()
        ):
            return
        time.sleep(0.5)


def crawl(path: str, instant: str, share: str) -> None:
    """Ask public addresses, in both languages, at one instant; write a digest of each answer.

    Every document and every receipt of every badge is asked for, and everything that is the
    organisation's; pages, pictures and other forms of as many badges of a hundred as `share` says.
    """
    stopped = datetime.fromtimestamp(float(instant), UTC)
    timezone.now = lambda: stopped
    # What is not there is answered so: that is to be compared, and no news.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    issuer, site = issuers.Issuer.objects.get(slug=SLUG), Site()
    with Path(path).open("w", encoding="utf-8") as file:
        for each in leaving.addresses(issuer=issuer):
            if each.name in UNLIKE or not _is_asked(each, int(share)):
                continue
            for kind in each.kinds:
                for language in ("en", "fr") if kind == leaving.HTML or each.is_spoken else ("en",):
                    answer = site.ask(each.path, kind, language)
                    told = [answer.status, sha256(answer.body).hexdigest()]
                    file.write(json.dumps([[each.path, kind, language], told]) + "\n")


def _is_asked(address: leaving.Address, share: int) -> bool:
    if not address.path.startswith("/credentials/") and "/assertions/" not in address.path:
        return True
    if address.name in {"credential-document", "credential-receipt"}:
        return True
    token = next(each for each in address.path.split("/") if len(each.partition(".")[0]) == TOKEN)
    return sha256(token.partition(".")[0].encode()).digest()[0] * 100 < share * 256


def fsck() -> None:
    """Examine everything; anything found ends the program."""
    try:
        call_command("fsck", chain=True, deep=True, stdout=sys.stderr)
    except SystemExit as end:
        if end.code:
            raise


def leave(archive: str, secret: str) -> None:
    """Leave, with the keys."""
    call_command(
        "export_tenant", SLUG, archive, "--with-keys", "--passphrase-file", secret,
        stdout=sys.stderr,
    )  # fmt: skip


def arrive(archive: str, secret: str) -> None:
    """Arrive."""
    call_command("import_tenant", archive, "--passphrase-file", secret, stdout=sys.stderr)


DEEDS: dict[str, Any] = {
    "live": lambda count, folder: live(int(count), folder),
    "crawl": crawl,
    "fsck": fsck,
    "export": leave,
    "import": arrive,
}


if __name__ == "__main__":
    for deed in " ".join(sys.argv[1:]).split(" then "):
        what, *arguments = deed.split(" ")
        DEEDS[what](*arguments)
    bulk_work.tell()
