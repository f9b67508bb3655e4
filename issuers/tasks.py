"""Alarm clocks of organisations: what they prove, their names, their keys, their audit trail."""

import logging

from celery import shared_task
from django.utils import timezone

from issuers import services

log = logging.getLogger(__name__)
# A proof that nobody answers for takes ten seconds; a task may take three hundred.
PROOFS = 20
NAMES = 50
# A key takes a tenth of a second to draw, and as long to wrap elsewhere.
ORDERS = 50


@shared_task(name="issuers.tasks.check_domains")
def check_domains() -> None:
    """Look again for the proofs of domains whose turn it is."""
    services.recheck_domains(now=timezone.now(), limit=PROOFS)


@shared_task(name="issuers.tasks.check_hosts")
def check_hosts() -> None:
    """Look again for the proofs of hosts whose turn it is."""
    services.recheck_hosts(now=timezone.now(), limit=PROOFS)


@shared_task(name="issuers.tasks.compare_names")
def compare_names() -> None:
    """Compare names that are new or were changed with those of all others."""
    services.compare_names(now=timezone.now(), limit=NAMES)


@shared_task(name="issuers.tasks.fulfil_key_orders")
def fulfil_key_orders() -> None:
    """Do what administrators ordered for their keys."""
    done = services.fulfil_key_orders(now=timezone.now(), limit=ORDERS)
    if done:
        log.info("%d order(s) about keys came to an end", done)


@shared_task(name="issuers.tasks.seal_trails")
def seal_trails() -> None:
    """Seal what is new in the audit trails."""
    made = services.seal_trails(now=timezone.now())
    if made:
        log.info("sealed %d piece(s) of audit trails", made)
