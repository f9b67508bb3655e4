"""`manage.py write_manifests`: write again the manifests that were lost or damaged on the disk."""

from typing import Any

from django.core.management.base import BaseCommand

from blockchain import services


class Command(BaseCommand):
    """Hold every batch against MANIFEST_DIR, and write what is not there."""

    help = "Write the manifests that are missing or damaged in MANIFEST_DIR, from the database."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{services.write_lost_manifests()} manifests written.")
