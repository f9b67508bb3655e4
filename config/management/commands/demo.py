"""`manage.py demo`: the main job, end to end, on the embedded stack."""

import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.embedded import supervisor
from config.embedded.folder import EmbeddedError
from config.embedded.process import BASE


class Command(BaseCommand):
    """Start the embedded stack, issue the demonstration's credentials.

    Wait until every one verifies.
    """

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when everything is verified")
        parser.add_argument("--port", type=int, help="of the web pages (8000, or the one before)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with supervisor.running(port=options["port"]) as stack:
                # With the worker's keys: it creates the issuers' signing keys.
                seeding = subprocess.run(  # noqa: S603 - our own command
                    [sys.executable, str(BASE / "manage.py"), "seed_demo", "--verify"],
                    cwd=BASE,
                    env=stack.environment("worker"),
                    check=False,
                )
                if seeding.returncode:
                    raise CommandError(f"The demonstration failed; logs are in {stack.folder.logs}")
                if not options["once"]:
                    self.stderr.write(stack.summary())
                    stack.wait()
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
