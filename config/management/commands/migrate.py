"""`manage.py migrate`: Django's, then the wall and the trail on whatever tables there are."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from issuers import scope
from issuers.scope import walls
from issuers.trail import laying


class Command(migrate.Command):
    """Bring the tables up to date, with the tenant wall around them and the audit trail on them.

    See docs/tenancy.md and docs/trail.md.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner, for whom every row is in sight."""
        # Across issuers: what a migration changes, it changes for all of them.
        with scope.across_issuers():
            super().handle(*args, **options)
        if options.get("check_unapplied") or options.get("plan") or options.get("fake"):
            return
        connection = connections[options["database"]]
        for what, statements in (
            ("The tenant wall was raised", walls.raise_walls(connection)),
            ("The audit trail was laid", laying.lay(connection)),
        ):
            if statements and options["verbosity"] > 0:
                self.stdout.write(f"{what}: {statements} statement(s).")
