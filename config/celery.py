"""The Celery application: alarm clocks only, see CELERY_BEAT_SCHEDULE in settings."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import task_success, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("acquis", task_cls="config.acting:ActingTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def _leave_what_is_loaded(**_more: Any) -> None:
    """Look for garbage in what comes from now on: what is loaded stays, and there is much of it."""
    gc.freeze()


@task_success.connect
def _answered(sender: Any = None, **more: Any) -> None:
    from config import pulse  # noqa: PLC0415 - it reads settings, which are not there yet

    pulse.note(sender, **more)
