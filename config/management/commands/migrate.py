"""`manage.py migrate`: Django's, and then the tenant wall around whatever tables there are now."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from issuers import scope
from issuers.scope import walls


class Command(migrate.Command):
    """Bring the tables up to date, and the wall around them (docs/tenancy.md)."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner, for whom every row is in sight."""
        # Across issuers: what a migration changes, it changes for all of them.
        with scope.across_issuers():
            super().handle(*args, **options)
        if options.get("check_unapplied") or options.get("plan") or options.get("fake"):
            return
        statements = walls.raise_walls(connections[options["database"]])
        if statements and options["verbosity"] > 0:
            self.stdout.write(f"The tenant wall was raised: {statements} statement(s).")
