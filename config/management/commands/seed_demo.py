"""`manage.py seed_demo`: the demonstration's issuers, badges, learners and credentials."""

import sys
import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from blockchain import selectors as anchoring
from config.demo import checking, data, extras, seeding, transcripts
from credentials import selectors

SIGNING_SECONDS = 180.0
ANCHORING_SECONDS = 240.0


class Command(BaseCommand):
    """Issue the demonstration's credentials; the same again changes nothing."""

    help = (
        "Issue the credentials of the demonstration: two issuers, six badges, two hundred "
        "fictional learners. "
        "Running it again issues nothing twice. A worker must be running to sign them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--verify",
            action="store_true",
            help="wait until every credential is anchored and verified through HTTP, or fail",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        progress = Progress(sys.stderr.isatty())
        try:
            seeded = seeding.seed(wanted=data.load(), clock=timezone.now)
            progress.tell("issued; a worker signs them")
            seeding.wait_until_signed(
                seeded,
                seconds=SIGNING_SECONDS,
                tell=lambda done, of: progress.tell(f"{done} of {of} signed"),
            )
            seeding.revoke_as_told(seeded, clock=timezone.now)
            for one in seeded:
                extras.suspend_as_told(issuer=one.issuer, now=timezone.now())
            extras.endorse_as_told(now=timezone.now())
            shown = transcripts.request(seeded, clock=timezone.now)
            progress.tell(f"{len(shown)} transcripts asked for; a worker signs them")
            transcripts.wait_until_signed(shown, seconds=SIGNING_SECONDS)
        except (data.DataError, seeding.NotSignedInTime) as error:
            progress.end()
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            progress.end()
            raise CommandError(
                f"The database went away: {error}. Nothing is lost or doubled: run it again."
            ) from error
        if not options["verify"]:
            progress.end()
            return
        expected = [*_expected(seeded), *map(checking.Expected, shown)]
        checked = checking.check_until_met(
            expected,
            seconds=ANCHORING_SECONDS,
            tell=lambda done: progress.tell(f"{done} of {len(expected)} anchored and verified"),
        )
        progress.end()
        self.stdout.write(_table(seeded, checked, time.monotonic() - began))
        if checked.unmet:
            for address, report in sorted(checked.unmet.items())[:10]:
                self.stderr.write(f"{address}: {report}")
            raise CommandError(f"{len(checked.unmet)} document(s) did not verify as expected.")
        self.stdout.write(_addresses(seeded, shown))


class Progress:
    """One line that changes on a terminal, a few lines anywhere else."""

    def __init__(self, is_terminal: bool) -> None:  # noqa: FBT001 - it is what it says
        self.is_terminal = is_terminal
        self.last = ""

    def tell(self, text: str) -> None:
        if text == self.last:
            return
        self.last = text
        if self.is_terminal:
            sys.stderr.write(f"\r\x1b[K{text}")
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def end(self) -> None:
        if self.is_terminal and self.last:
            sys.stderr.write("\r\x1b[K")
        self.last = ""


def _expected(seeded: list[seeding.Seeded]) -> list[checking.Expected]:
    now = timezone.now()
    expected = []
    for one in seeded:
        tokens = seeding.untouched(one)
        for wanted in one.wanted.credentials:
            if wanted.reference in tokens:
                address = selectors.address(token=tokens[wanted.reference])
                expected.append(checking.Expected(address, _state(wanted, now)))
    return expected


def _state(wanted: data.Credential, now: datetime) -> str | None:
    """Return what is wrong with a credential of the demonstration; None where nothing is."""
    if wanted.is_revoked:
        return "revoked"
    if wanted.reference in extras.load().suspended:
        return "suspended"
    return "expired" if wanted.has_expired(now) else None


def _table(seeded: list[seeding.Seeded], checked: checking.Checked, seconds: float) -> str:
    """Return the short table; the gas of a batch is shared among its leaves."""
    totals = anchoring.totals()
    leaves = sum(totals.leaves.values()) or 1
    head = ("organisation", "badges", "issued", "anchored", "gas", "seconds")
    rows = []
    for one in seeded:
        tokens = selectors.tokens_by_reference(issuer=one.issuer)
        met = sum(selectors.address(token=token) in checked.met for token in tokens.values())
        rows.append(
            (
                one.issuer.name,
                str(len(one.wanted.achievements)),
                str(len(tokens)),
                str(met),
                f"{totals.gas * len(tokens) // leaves:,}",
                "",
            )
        )
    rows.append(
        (
            "together",
            str(sum(len(one.wanted.achievements) for one in seeded)),
            str(sum(int(row[2]) for row in rows)),
            str(sum(int(row[3]) for row in rows)),
            f"{totals.gas:,}",
            f"{seconds:.1f}",
        )
    )
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [head, tuple("-" * width for width in widths), *rows]
    ]
    return "\n" + "\n".join(lines)


def _codes() -> str:
    """Return where codes to sign in are found."""
    if settings.MAILBOX:
        return f"in {settings.PUBLIC_URL}/mailbox"
    return f"in the newest file of {getattr(settings, 'EMAIL_FILE_PATH', 'what sends e-mail')}"


def _addresses(seeded: list[seeding.Seeded], shown: list[str]) -> str:
    """Return what to open: one credential in good standing of each issuer, the special ones.

    And the transcripts, and the form.
    """
    now = timezone.now()
    lines = ["", "Open:"]
    for one in seeded:
        tokens = seeding.untouched(one)
        stands = [wanted for wanted in one.wanted.credentials if wanted.reference in tokens]
        good = [wanted for wanted in stands if _state(wanted, now) is None]
        lines += [
            f"  {selectors.address(token=tokens[wanted.reference])}  verified, {one.issuer.name}"
            for wanted in good[:1]
        ]
        for wanted in stands:
            state = _state(wanted, now)
            if state:
                lines.append(f"  {selectors.address(token=tokens[wanted.reference])}  {state}")
    lines += [f"  {address}  a transcript" for address in shown]
    lines.append(f"  {settings.PUBLIC_URL}/verify  to check a file, an address or a text")
    staff = seeding.staff_address(issuer=seeded[0].issuer, role="administrator")
    lines.append(f"  {settings.PUBLIC_URL}/console/  to work there: sign in as {staff},")
    lines.append(f"  or as issuer@, approver@…; the code is {_codes()}")
    if settings.MAILBOX:
        lines.append(f"  {settings.PUBLIC_URL}/mailbox  e-mails that would have been sent")
    return "\n".join(lines)
