"""`manage.py up`: PostgreSQL, Valkey, a chain, the web and the worker, in one command."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.embedded import supervisor
from config.embedded.folder import EmbeddedError


class Command(BaseCommand):
    """Start the embedded stack and keep it running until Ctrl-C."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="of the web pages (8000, or the one before)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with supervisor.running(port=options["port"]) as stack:
                self.stderr.write(stack.summary())
                stack.wait()
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
