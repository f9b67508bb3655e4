"""`manage.py verify FILE|URL`: the report of the public page, in a terminal.

Exits with 0 when verified, 1 when refuted, 2 when it could not be decided, also because there is
nothing that can be read; the message is then on the standard error.
"""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill, indent
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from credentials import services
from credentials.core import canonical
from credentials.core.verification import Verdict
from credentials.forms import MAX_UPLOAD_BYTES
from credentials.serializers import present_verification, refusal_words, report_json
from issuers import selectors as issuers

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from credentials.serializers import Presentation

EXIT_STATUS = {Verdict.VERIFIED: 0, Verdict.REFUTED: 1, Verdict.INCONCLUSIVE: 2}
UNREADABLE = 2
WIDTH = 88


class Command(BaseCommand):
    """Verify one badge and print the report."""

    help = "Verify a badge: a file (JSON, or PNG with a badge inside) or an address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("badge", metavar="FILE|URL", help="the badge to verify")
        parser.add_argument("--receipt", metavar="FILE", help="its anchor receipt (anchor.json)")
        parser.add_argument("--email", help="the e-mail address that it should be about")
        parser.add_argument("--name", help="the name that it should be about")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default="en"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                found = _verify(options)
            except services.Unverifiable as error:
                message = refusal_words(error.reason, str(error))
                raise CommandError(f"{message}\n({error})", returncode=UNREADABLE) from error
            shown = present_verification(found)
            if options["json"]:
                proven = None
                if not shown.stranger:
                    proven = issuers.proven_domains_of(
                        identifier=shown.issuer.id, now=timezone.now()
                    )
                members = report_json(
                    shown, found.report.checks, language=options["language"], proven=proven or ()
                )
                self.stdout.write(json.dumps(members, ensure_ascii=False, indent=2))
            else:
                self.stdout.write(_text(shown))
        raise SystemExit(EXIT_STATUS[found.report.verdict])


def _verify(options: dict[str, Any]) -> services.Verification:
    now, badge = timezone.now(), options["badge"]
    identity = tuple(
        (kind, options[option])
        for kind, option in (("name", "name"), ("emailAddress", "email"))
        if options[option]
    )
    receipt = _read(options["receipt"], canonical.MAX_BYTES) if options["receipt"] else None
    if not badge.startswith(("https://", "http://")):
        data = _read(badge, MAX_UPLOAD_BYTES)
    else:
        found = services.verify_address(url=badge, now=now, identity=identity)
        if receipt is None:
            return found
        data = canonical.dumps(found.document)
    return services.verify_document(data=data, now=now, receipt=receipt, identity=identity)


def _read(name: str, limit: int) -> bytes:
    """Read one byte more than is allowed: the service then says that it is too much."""
    try:
        with Path(name).open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}", returncode=UNREADABLE) from error


def _text(shown: Presentation) -> str:
    lines = [
        f"{shown.state.title}: {shown.badge.name}",
        fill(shown.summary, WIDTH),
        "",
        *(
            f"{line.number}. {line.question} {line.outcome_words}\n"
            + indent(fill(line.sentence, WIDTH - 3), "   ")
            for line in shown.lines
        ),
    ]
    if shown.transcript:
        lines += [
            "",
            *(
                f"- {each.shown.state.title}: {each.shown.badge.name}"
                for each in shown.transcript.badges
            ),
        ]
    if shown.anchor:
        proof = shown.anchor.proof
        lines += ["", f"{proof.chain} {proof.transaction} {proof.block_number}"]
    return "\n".join(lines)
