"""`manage.py devchain`: the development chain alone."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from config.embedded.process import BASE


class Command(BaseCommand):
    """Serve a development chain kept in one file."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, default=BASE / ".acquis" / "devchain.sqlite3")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8545)

    def handle(self, *args: Any, **options: Any) -> None:
        # py-evm takes a second to import, and `manage.py help` imports every command.
        from config.embedded.devchain import __main__ as program  # noqa: PLC0415

        options["file"].parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        program.main(
            [str(options["file"]), "--host", options["host"], "--port", str(options["port"])]
        )
