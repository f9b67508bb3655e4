"""`manage.py rotate_kek`: wrap every data key under the first key of SIGNING_KEK and LEARNER_KEK.

The site runs meanwhile, and the command may be stopped and begun again. docs/keys.md says what
comes before and after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from issuers import services as parties
from learners import services as people

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Mapping

    Rewrap = Callable[..., parties.Piece]
    Count = Callable[[], Mapping[str, int]]

PURPOSES: tuple[tuple[str, str, Any, Any, Any], ...] = (
    (
        "signing",
        "SIGNING_KEK",
        parties.rewrap_signing_keys,
        parties.signing_keys_by_kek,
        parties.signing_kek,
    ),
    (
        "learner",
        "LEARNER_KEK",
        people.rewrap_learner_keys,
        people.learner_keys_by_kek,
        people.learner_kek,
    ),
    (
        "wallet",
        "LEARNER_KEK",
        people.rewrap_wallet_keys,
        people.wallet_keys_by_kek,
        people.learner_kek,
    ),
)
REFUSALS = (parties.EnvelopeError, parties.KeyServiceUnavailable, parties.NotHere)


class Command(BaseCommand):
    """Leave nothing wrapped under a key-encryption key that is to be destroyed."""

    help = "Wrap every data key again, under the first key of SIGNING_KEK and of LEARNER_KEK."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=[each[0] for each in PURPOSES])
        parser.add_argument(
            "--check", action="store_true", help="only count; 1 if an older key is still in use"
        )
        parser.add_argument("--chunk", type=int, default=1_000, help="keys at once (1000)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["chunk"] <= 100_000:  # noqa: PLR2004 - memory, and the length of a lock
            raise CommandError("--chunk takes 1 to 100000.")
        older = False
        for name, setting, rewrap, count, current in PURPOSES:
            if options["only"] not in (None, name):
                continue
            try:
                if not options["check"]:
                    self._rewrap(name, rewrap, count, options["chunk"])
                older |= self._told(name, setting, count(), current())
            except REFUSALS as refusal:
                raise CommandError(
                    f"{name} keys: {refusal}. Nothing is lost: mend that, and run this again."
                ) from refusal
        if older:
            raise CommandError("An older key is still in use: run this again without --check.")

    def _rewrap(self, name: str, rewrap: Rewrap, count: Count, chunk: int) -> None:
        total, done = sum(count().values()), 0
        while True:
            found, after = 0, 0
            while (piece := rewrap(after=after, limit=chunk)).last is not None:
                found, after = found + piece.wrapped, piece.last
                done += piece.wrapped
                self.stdout.write(f"{name} keys: {done} of {total} wrapped again")
            # Whoever was enrolled by a process that does not know the new key yet is found by the
            # next pass; one that finds nothing is the last.
            if not found:
                return

    def _told(self, name: str, setting: str, counted: Mapping[str, int], current: str) -> bool:
        for kek_id, number in counted.items():
            self.stdout.write(f"{name} keys: {number} under {kek_id}")
        if set(counted) - {current}:
            return True
        self.stdout.write(
            f"{name} keys: nothing is wrapped under another key than {current}. Once every process "
            f"has {current} as the first of its {setting}, and `rotate_kek --check` still says "
            "this, take the older ones out of it. Destroy them when the last backup that needs "
            "them has expired: what was erased before is then gone from every backup."
        )
        return False
