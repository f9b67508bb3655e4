"""The Celery application: alarm clocks only, see CELERY_BEAT_SCHEDULE in settings."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_success

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("acquis", task_cls="config.acting:ActingTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_success.connect
def _answered(sender: Any = None, **more: Any) -> None:
    from config import pulse  # noqa: PLC0415 - it reads settings, which are not there yet

    pulse.note(sender, **more)
