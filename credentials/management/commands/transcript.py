"""`manage.py transcript`: ask for a transcript of a learner's badges; a worker signs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from credentials import selectors, services
from credentials.selectors import transcripts
from issuers import selectors as issuers
from learners import selectors as learners

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from credentials import models
    from issuers.models import Issuer
    from learners.models import Learner


class Command(BaseCommand):
    """Ask for a transcript, and print its address."""

    help = (
        "Ask for a transcript: several signed badges of one learner in one signed document. "
        "A worker signs it; the address that is printed says when."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--issuer", metavar="SLUG", required=True, help="who puts it together")
        parser.add_argument(
            "--learner",
            metavar="UUID|E-MAIL",
            required=True,
            help="whose badges; an e-mail address may end up in the history of your terminal",
        )
        parser.add_argument(
            "--credential",
            metavar="REFERENCE",
            action="append",
            default=[],
            help="a badge to put in, by the issuer's reference; may be repeated, in that order "
            "(default: every badge of the learner that is signed and not revoked)",
        )
        parser.add_argument(
            "--reference", default="", help="the issuer's own name for it: the same again is one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = issuers.find_by_slug(slug=options["issuer"])
        if issuer is None:
            raise CommandError(f"There is no issuer {options['issuer']}.")
        learner = learners.find_by_name(issuer=issuer, name=options["learner"])
        if learner is None:
            raise CommandError(f"{issuer.slug} has no such learner.")
        try:
            transcript = services.request_transcript(
                issuer=issuer,
                learner=learner,
                credentials=_credentials(issuer, learner, options["credential"]),
                now=timezone.now(),
                reference=options["reference"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(transcripts.address(token=transcript.token))


def _credentials(
    issuer: Issuer, learner: Learner, references: list[str]
) -> list[models.Credential]:
    if not references:
        return transcripts.standing(issuer=issuer, learner_id=learner.pk)
    found = []
    for reference in references:
        credential = selectors.find_by_reference(issuer=issuer, reference=reference)
        if credential is None:
            raise CommandError(f"{issuer.slug} has no badge of the reference {reference}.")
        found.append(credential)
    return found
