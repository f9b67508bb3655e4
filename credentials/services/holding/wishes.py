"""Verbs on wishes: a learner asks, an organisation answers; and to erase who asked for it."""

from __future__ import annotations

import uuid as uuids
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credentials import models
from credentials.selectors.holding import wishes
from learners import selectors as people
from learners import services as enrolment
from learners.services import wallets

if TYPE_CHECKING:
    from datetime import datetime

    from issuers import models as issuers

State = models.Wish.State


class Answered(Exception):  # noqa: N818 - it says what is wrong
    """Somebody answered it meanwhile."""


def ask(
    *,
    issuer: issuers.Issuer,
    credential: models.Credential,
    kind: models.Wish.Kind,
    said: str,
    now: datetime,
) -> models.Wish:
    """Ask something of an organisation, as the learner of one of its badges.

    Args:
        issuer: Of whom.
        credential: The badge, of whoever asks.
        kind: What for.
        said: In their words.
        now: The instant.

    Raises:
        ValidationError: they asked for it already, and it waits for an answer.
        Erased: the learner was erased.
    """
    key = people.data_key(learner=credential.learner)
    uuid = uuids.uuid4()
    is_about_it = kind == models.Wish.Kind.NAME
    try:
        with transaction.atomic():
            return models.Wish.objects.of(issuer).create(
                uuid=uuid,
                issuer=issuer,
                learner_id=credential.learner_id,
                credential=credential if is_about_it else None,
                kind=kind,
                said=_sealed(said, key, uuid, "said"),
                asked_at=now,
            )
    except IntegrityError as error:
        raise ValidationError(
            _("You asked for this already; the organisation has not answered yet.")
        ) from error


@transaction.atomic
def answer(
    *,
    issuer: issuers.Issuer,
    wish: models.Wish,
    state: models.Wish.State,
    words: str,
    actor: issuers.User,
    now: datetime,
) -> None:
    """Answer what a learner asked for: it was done, or it is not, and why.

    Raises:
        Answered: somebody was faster.
        Erased: the learner was erased.
        ValidationError: it says that they are forgotten, and they are not; names `state`.
    """
    if wish.kind == models.Wish.Kind.ERASURE and state == State.DONE:
        raise ValidationError(
            {"state": _("They are forgotten once an administrator erases them, and not before.")}
        )
    key = people.data_key(learner=wish.learner)
    rows = models.Wish.objects.of(issuer).filter(pk=wish.pk, state=State.OPEN)
    if not rows.update(
        state=state,
        answer=_sealed(words, key, wish.uuid, "answer"),
        answered_at=now,
        answered_by=actor,
    ):
        raise Answered(f"Wish {wish.uuid} was answered.")


@transaction.atomic
def forget(
    *, issuer: issuers.Issuer, wish: models.Wish, actor: issuers.User, now: datetime
) -> None:
    """Erase who asked for it: nobody can read what is theirs from then on, not even the answer.

    Raises:
        Answered: somebody was faster.
    """
    rows = models.Wish.objects.of(issuer).filter(
        pk=wish.pk, kind=models.Wish.Kind.ERASURE, state=State.OPEN
    )
    if not rows.update(state=State.DONE, answered_at=now, answered_by=actor):
        raise Answered(f"Wish {wish.uuid} was answered.")
    # What else they asked for cannot be read any more.
    others = models.Wish.objects.of(issuer).filter(learner_id=wish.learner_id, state=State.OPEN)
    others.update(state=State.DONE, answered_at=now, answered_by=actor)
    enrolment.erase(issuer=issuer, learner=wish.learner)


def _sealed(text: str, key: bytes, uuid: uuids.UUID, what: str) -> bytes:
    return wallets.seal(text.encode(), key=key, context=wishes.context_of(uuid=uuid, what=what))
