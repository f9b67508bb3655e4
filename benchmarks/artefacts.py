"""What certificates, cards, codes and baked images take: `python -m benchmarks.artefacts`.

Processor time of each, the median of several rounds, and what memory a long run of certificates
adds: nothing may stay of a page once it is printed.
"""

import io
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from PIL import Image

from benchmarks import figures

ROUNDS = 5
PAGES = 60


def main() -> None:
    """Make each of them, and say what it took."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}
    import django  # noqa: PLC0415 - its settings are in the environment from now on

    django.setup()
    from badges.core import baking  # noqa: PLC0415
    from credentials.serializers import card, press  # noqa: PLC0415
    from credentials.serializers.certificate import Certificate  # noqa: PLC0415

    picture, document = png(600), b'{"type":"OpenBadgeCredential"}' * 90
    receipt, written = b'{"type":"AnchorReceipt"}' * 60, datetime(2026, 3, 2, 9, tzinfo=UTC)

    def certificate(number: int) -> Certificate:
        return Certificate(
            address=f"https://acquis.example/credentials/{number:022d}",
            learner=f"Ana Marija Đorđević-Öztürk {number}",
            badge="Analyser des données",
            badge_language="fr",
            description="Collecter, nettoyer et représenter des données. " * 5,
            issuer="École A",
            issued="2 mars 2026",
            until="1er mars 2029",
            colour="#0b5d4b",
            logo=png(300),
            image=picture,
            document=document,
            receipt=receipt,
            is_final=True,
            written=written,
        )

    printer = press.press()
    many = [certificate(number) for number in range(press.SHEETS)]
    noisy = png(330, noise=True)
    baked = told(
        f"PNG of {len(noisy) // 1000} kB, baked",
        lambda: baking.bake_png(noisy, document.decode()), times=200,
    )  # fmt: skip
    told("card", lambda: card.card(many[0], warning=""), times=5)
    alone = told("certificate, one file each", lambda: printer.certificate(many[1]), times=10)
    sheets = told("certificate, on sheets", lambda: printer.sheets(many), times=1, pieces=len(many))
    before = memory()
    for number in range(PAGES * 5):
        printer.certificate(certificate(number))
    more = memory() - before
    sys.stdout.write(f"{PAGES * 5} certificates more add {more} MB\n")
    figures.keep(
        bake_us=baked * 1e6, pdf_per_s=1 / alone, pdf_bulk_per_s=1 / sheets, pdf_more_mb=more
    )


def told(name: str, make: Callable[[], object], *, times: int, pieces: int = 1) -> float:
    """Measure, write one line, and return the seconds of one."""
    rounds = []
    for _round in range(ROUNDS):
        start = time.process_time()
        for _time in range(times):
            make()
        rounds.append((time.process_time() - start) / times / pieces)
    found = median(rounds)
    sys.stdout.write(f"{name:<28} {found * 1e3:>9.3f} ms {1 / found:>10,.1f} /s\n")
    return found


def png(side: int, *, noise: bool = False) -> bytes:
    """Return an image, of one colour or one that does not shrink."""
    image = Image.effect_noise((side, side), 90) if noise else Image.new("RGB", (side, side))
    stream = io.BytesIO()
    (Image.merge("RGB", [image] * 3) if noise else image).save(stream, "PNG")
    return stream.getvalue()


def memory() -> int:
    """Return the most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
