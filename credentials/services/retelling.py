"""What people do about e-mails to learners: tell one, send again, remind, word them otherwise.

A message is never changed into another: sending again makes a new row, and the old one is replaced.
However many there are, each is one statement.
"""

# ruff: noqa: N818 - a refusal is named after what is wrong

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from badges import models as badges
from credentials import models
from credentials.core import letters as words
from credentials.services import letters, reminding
from issuers import models as issuers
from issuers import scope
from issuers.services import suspending
from learners import models as learners

State = models.Message.State
# What can be sent again, all at once; what was reported as unwanted only one at a time.
AGAIN = (State.FAILED, State.UNSURE, State.BOUNCED, State.WITHHELD)
# Kinds that lead a learner to a badge, and not to what was done to it.
GIVING = (models.Message.Kind.ISSUED, models.Message.Kind.REMINDER, models.Message.Kind.CORRECTED)
# Who was told so long ago may be reminded, once.
PATIENCE = timedelta(days=7)

# Whoever was erased is not written to again, nor about what was revoked.
_AGAIN = """
WITH old AS (
    UPDATE credentials_message AS row SET is_replaced = true
    FROM credentials_credential AS told
    WHERE row.issuer_id = %(issuer)s AND NOT row.is_replaced AND row.state = ANY(%(states)s)
        AND (%(one)s::bigint IS NULL OR row.id = %(one)s)
        AND (%(learner)s::bigint IS NULL OR row.learner_id = %(learner)s)
        AND told.id = row.credential_id AND told.issuer_id = row.issuer_id
        AND (told.revoked_at IS NULL OR row.kind = 'revoked')
        AND EXISTS (SELECT FROM learners_learnerkey AS key WHERE key.learner_id = row.learner_id)
    RETURNING row.credential_id, row.learner_id, row.kind
)
INSERT INTO credentials_message
    (issuer_id, credential_id, learner_id, kind, asked_at, asked_by_id, due_at)
SELECT %(issuer)s, credential_id, learner_id, kind, %(now)s, %(actor)s, %(now)s
FROM (SELECT DISTINCT credential_id, learner_id,
    CASE WHEN kind = 'reminder' THEN 'issued' ELSE kind END AS kind FROM old) AS each
"""
_REMIND = """
INSERT INTO credentials_message
    (issuer_id, credential_id, learner_id, kind, asked_at, asked_by_id, due_at)
SELECT %(issuer)s, told.credential_id, told.learner_id, 'reminder', %(now)s, %(actor)s, %(now)s
FROM credentials_message AS told
JOIN credentials_credential AS about
    ON about.id = told.credential_id AND about.issuer_id = told.issuer_id
WHERE told.issuer_id = %(issuer)s AND told.kind IN ('issued', 'corrected')
    AND NOT told.is_replaced
    AND told.state IN ('sent', 'delivered') AND told.settled_at <= %(before)s
    AND about.achievement_id = %(badge)s AND about.revoked_at IS NULL
    AND about.suspended_at IS NULL
    AND (about.valid_until IS NULL OR about.valid_until > %(now)s)
    AND NOT EXISTS (SELECT FROM credentials_message AS other
        WHERE other.learner_id = told.learner_id AND other.credential_id = told.credential_id
            AND other.kind = 'reminder')
    AND NOT EXISTS (SELECT FROM credentials_tally AS done
        WHERE done.issuer_id = told.issuer_id AND done.credential_id = told.credential_id
            AND done.act <> 'verified')
    AND NOT EXISTS (SELECT FROM credentials_holding AS claimed
        WHERE claimed.credential_id = told.credential_id)
    AND EXISTS (SELECT FROM learners_learnerkey AS key WHERE key.learner_id = told.learner_id)
"""


class NothingToSend(Exception):
    """There is nothing that could be sent: it waits already, or was sent again meanwhile."""


@transaction.atomic
def tell(
    *,
    issuer: issuers.Issuer,
    credential: models.Credential,
    actor: issuers.User,
    now: datetime,
) -> None:
    """Tell the learner of one credential by e-mail, for the first time or again.

    Raises:
        NothingToSend: it is not signed, was revoked, or an e-mail about it is on its way.
        ValidationError: the issuer is suspended.
    """
    suspending.require_active(issuer=issuer)
    found = models.Credential.objects.of(issuer).select_for_update().get(pk=credential.pk)
    mine = models.Message.objects.of(issuer).filter(
        learner_id=found.learner_id, credential_id=found.pk, is_replaced=False, kind__in=GIVING
    )
    on_its_way = mine.filter(state__in=[State.WAITING, State.SENDING])
    if found.state != found.State.SIGNED or found.is_revoked or on_its_way.exists():
        raise NothingToSend(f"Of credential {found.uuid} nobody can be told now.")
    mine.update(is_replaced=True)
    models.Message.objects.of(issuer).create(
        issuer=issuer,
        credential=found,
        learner_id=found.learner_id,
        kind=models.Message.Kind.ISSUED,
        asked_at=now,
        asked_by=actor,
        due_at=now,
    )


@transaction.atomic
def send_again(
    *,
    issuer: issuers.Issuer,
    states: tuple[str, ...],
    actor: issuers.User,
    now: datetime,
    message: models.Message | None = None,
    learner: learners.Learner | None = None,
) -> int:
    """Send again what did not arrive; return how many messages that is.

    Args:
        issuer: Whose they are.
        states: Of which states.
        actor: Who says so; addresses that took no e-mail are tried once more.
        now: The instant.
        message: Only this one.
        learner: Only those to this learner.

    Raises:
        NothingToSend: there is none.
        ValidationError: the issuer is suspended.
    """
    suspending.require_active(issuer=issuer)
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(
            _AGAIN,
            {
                "issuer": issuer.pk, "states": list(states), "actor": actor.pk, "now": now,
                "one": message.pk if message is not None else None,
                "learner": learner.pk if learner is not None else None,
            },
        )  # fmt: skip
        number: int = cursor.rowcount
    if not number:
        raise NothingToSend("There is nothing to send again.")
    return number


@transaction.atomic
def remind(
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    actor: issuers.User,
    now: datetime,
) -> int:
    """Remind those of a badge who were told long enough ago, each once; return how many.

    Whoever's page was opened meanwhile, by whomever, is left out.

    Raises:
        NothingToSend: there is nobody.
        ValidationError: the issuer is suspended.
    """
    suspending.require_active(issuer=issuer)
    # Two who press the button at once would remind twice.
    reminding.alone(issuer=issuer)
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(
            _REMIND,
            {
                "issuer": issuer.pk, "badge": achievement.pk, "actor": actor.pk, "now": now,
                "before": now - PATIENCE,
            },
        )  # fmt: skip
        number: int = cursor.rowcount
    if not number:
        raise NothingToSend("There is nobody to remind.")
    return number


@transaction.atomic
def word(
    *,
    issuer: issuers.Issuer,
    kind: str,
    texts: dict[str, words.Letter],
    actor: issuers.User,
    now: datetime,
) -> None:
    """Keep how an organisation writes a kind of message; what is the standard is not kept.

    Args:
        issuer: Whose words they are.
        kind: Of message.
        texts: By language, as `letters.read` returned them.
        actor: Who writes.
        now: The instant.
    """
    rows = models.Wording.objects.of(issuer)
    for language, letter in texts.items():
        if letter == letters.standard(kind=kind, language=language):
            rows.filter(kind=kind, language=language).delete()
            continue
        rows.update_or_create(
            issuer=issuer,
            kind=kind,
            language=language,
            defaults={
                "subject": letter.subject, "body": letter.body, "changed_at": now,
                "changed_by": actor,
            },
        )  # fmt: skip


def send_trial(
    *, issuer: issuers.Issuer, language: str, letter: words.Letter, to: issuers.User
) -> None:
    """Send somebody who works here what learners get, with made-up values; at once.

    Raises:
        OSError: it cannot be handed over (smtplib's errors are of that kind).
        ValidationError: a provider refuses it.
    """
    written = letters.sample(issuer=issuer, letter=letter, language=language)
    message = letters.enclose(written, issuer=issuer, to=to.email)
    try:
        message.send()
    except ValueError as refusal:  # of a provider, who wants it otherwise
        raise ValidationError(" ".join(str(refusal).split())[:300]) from refusal
