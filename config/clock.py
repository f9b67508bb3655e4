"""The Celery application of beat: it rings alarms by their names, and loads nothing that answers.

As another face of config/celery.py it would import every task and every model and check them all,
ten times the time and five times the memory, to send a name to a queue.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Without what Celery does for Django: that is the loading.
app = Celery("acquis", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")


@beat_init.connect
def _write_as_the_others(**_more: Any) -> None:
    from django.conf import settings  # noqa: PLC0415 - they are not there yet
    from django.utils.log import configure_logging  # noqa: PLC0415

    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
