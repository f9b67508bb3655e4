"""Alarm clocks: they wake, call one service, and sleep. The rows are the queue."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from credentials import services
from credentials.selectors import ahead
from credentials.serializers.piles import told
from credentials.serializers.press import SHEETS
from credentials.serializers.printing import printed
from credentials.services import leaving, piles, printing, reminding, retelling, telling

log = logging.getLogger(__name__)
# A ring of the alarm works for at most this many chunks, then lets others have the worker.
CHUNKS = 20
# A transcript may take half a second: a chunk holds its rows for no longer than one of credentials.
TRANSCRIPTS = 10
# Awards of a list that are recorded at once: about a second.
ROWS = 1_000
# So may an edition: RSA, or a signature for each statement.
EDITIONS = 100
# An archive of a large organisation: after this long it is given up, and who ordered it is told.
EXPORT_SECONDS = 6 * 3_600
# Of all organisations, a share of each; at most a few seconds to a mail server that is slow.
MESSAGES = 100
# Of one organisation; the others of that day follow with the next ring of the alarm.
REMINDERS = 5_000
# Thirty requests each, to a cache that is near.
PURGES = 50


@shared_task(name="credentials.tasks.sign_due")
def sign_due() -> None:
    """Sign what is due, chunk after chunk, until nothing is."""
    for _chunk in range(CHUNKS):
        settled = services.sign(now=timezone.now(), limit=settings.SIGN_CHUNK_SIZE)
        if not settled:
            return
        log.info("signed a chunk of %d", settled)


@shared_task(name="credentials.tasks.record_intakes")
def record_intakes() -> None:
    """Record the lists that were confirmed, chunk after chunk."""
    for _chunk in range(CHUNKS):
        if not services.record(now=timezone.now(), limit=ROWS):
            return


@shared_task(name="credentials.tasks.forget_intakes")
def forget_intakes() -> None:
    """Forget the drafts and the left-out rows that nobody came back to."""
    forgotten = services.forget(now=timezone.now())
    if forgotten:
        log.info("forgot what %d list(s) kept", forgotten)


@shared_task(name="credentials.tasks.sign_transcripts")
def sign_transcripts() -> None:
    """Sign the transcripts that were asked for, until none is due."""
    for _chunk in range(CHUNKS):
        settled = services.sign_transcripts(now=timezone.now(), limit=TRANSCRIPTS)
        if not settled:
            return
        log.info("signed a chunk of %d transcript(s)", settled)


@shared_task(name="credentials.tasks.publish_status_lists")
def publish_status_lists() -> None:
    """Sign and publish the status lists that changed or grow old; state what lists and keys are."""
    try:
        published = services.publish_status_lists(now=timezone.now())
        if published:
            log.info("published %d status list(s)", published)
    finally:
        # An organisation without a key keeps its own lists from being signed, and nothing else.
        services.state(now=timezone.now())


@shared_task(name="credentials.tasks.sign_editions")
def sign_editions() -> None:
    """Sign the editions that were asked for, chunk after chunk, until none is due."""
    for _chunk in range(CHUNKS):
        settled = services.sign_editions(now=timezone.now(), limit=EDITIONS)
        if not settled:
            return
        log.info("settled a chunk of %d edition(s)", settled)


@shared_task(name="credentials.tasks.accept_submitters")
def accept_submitters() -> None:
    """Let DID documents name the accounts that anchor now."""
    named = services.accept_submitters(now=timezone.now())
    if named:
        log.info("%d account(s) are named in DID documents now", named)


@shared_task(name="credentials.tasks.sign_endorsements")
def sign_endorsements() -> None:
    """Sign what organisations say of each other, until none is due."""
    signed = services.sign_endorsements(now=timezone.now(), limit=EDITIONS)
    if signed:
        log.info("signed %d endorsement(s)", signed)


@shared_task(
    name="credentials.tasks.make_exports",
    soft_time_limit=EXPORT_SECONDS,
    time_limit=EXPORT_SECONDS + 60,
)
def make_exports() -> None:
    """Make the archive that was ordered first, and remove those whose day is over.

    The one alarm that may have a worker for hours; it is never two workers' at once.
    """
    if leaving.make_exports(now=timezone.now()):
        log.info("an export was settled")


@shared_task(name="credentials.tasks.purge_edges")
def purge_edges() -> None:
    """Let caches in front of us forget what changed, until nothing is due."""
    for _chunk in range(CHUNKS):
        if not services.purge(now=timezone.now(), limit=PURGES):
            return


@shared_task(name="credentials.tasks.print_certificates")
def print_certificates() -> None:
    """Print what was ordered of lists, sheet after sheet, and remove what nobody came for."""
    printing.forget_printings(now=timezone.now())
    for _piece in range(CHUNKS):
        if not printing.print_some(now=timezone.now(), limit=SHEETS, prints=printed):
            return


@shared_task(name="credentials.tasks.verify_piles")
def verify_piles() -> None:
    """Verify what was handed over together, one after the other, and forget what is over."""
    piles.forget_piles(now=timezone.now())
    for _entry in range(CHUNKS):
        if not piles.verify_next(now=timezone.now(), tells=told):
            return


@shared_task(name="credentials.tasks.remind_learners")
def remind_learners() -> None:
    """Remind learners of what they did not open, where their organisation says so."""
    reminding.remind_due(now=timezone.now(), limit=REMINDERS)


@shared_task(name="credentials.tasks.count_ahead")
def count_ahead() -> None:
    """Count what pages of large organisations show, so that none of them waits for it."""
    ahead.count_ahead(now=timezone.now(), patience=retelling.PATIENCE)


@shared_task(name="credentials.tasks.send_messages")
def send_messages() -> None:
    """Tell learners by e-mail what they are to be told, round after round."""
    for _round in range(CHUNKS):
        if not telling.send(now=timezone.now(), limit=MESSAGES):
            return
