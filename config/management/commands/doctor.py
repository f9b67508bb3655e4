"""`manage.py doctor`: is everything here, running, and up to date?"""

from typing import Any

from django.core.management.base import BaseCommand

from config.embedded import doctor


class Command(BaseCommand):
    """Examine this machine and the running stack, and say what to do about what is missing."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        raise SystemExit(doctor.main())
