"""Verbs on learners: enrol, and wrap their keys again."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from issuers import models as issuers
from issuers import services as parties
from issuers.resolvers import keyrings
from learners import models
from learners.core import identity

_KEYS = "learners_learnerkey"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to enrol, as given by the issuer."""

    name: str
    email: str
    language: str = "en"


@transaction.atomic
def enrol(
    *, issuer: issuers.Issuer, people: Sequence[Person], now: datetime
) -> dict[str, models.Learner]:
    """Enrol people with an issuer, each with a data key of their own.

    Who is there already stays as they are.

    Args:
        issuer: Whose learners they become.
        people: Names and addresses; two with the same address are one learner.
        now: The instant of the enrolment.

    Returns:
        The learners, new and old, by normalised address.

    Raises:
        ValidationError: a name or an address cannot be used; the message says which entry, never
            the address.
        KeyServiceUnavailable: the service that wraps their keys does not answer.
    """
    wanted: dict[str, Person] = {}
    for position, person in enumerate(people, start=1):
        try:
            name = identity.normalise_name(person.name)
            email = identity.normalise_email(person.email)
            validate_email(email)
        except (identity.IdentityError, ValidationError) as error:
            raise ValidationError(
                _("Entry %(position)d: %(problem)s.")
                % {"position": position, "problem": _problem(error)}
            ) from error
        wanted.setdefault(email, Person(name, email, person.language))
    known = set(
        models.Learner.objects.of(issuer).filter(email__in=wanted).values_list("email", flat=True)
    )
    new = [
        models.Learner(
            issuer=issuer,
            name=person.name,
            email=email,
            language=person.language,
            created_at=now,
        )
        for email, person in wanted.items()
        if email not in known
    ]
    # A second enrolment at the same instant may have been faster: its row stands, ours is dropped.
    models.Learner.objects.of(issuer).bulk_create(new, ignore_conflicts=True, batch_size=1000)
    learners = {
        learner.email: learner
        for learner in models.Learner.objects.of(issuer).filter(email__in=wanted).order_by("pk")
    }
    have_key = set(
        models.LearnerKey.objects.of(issuer)
        .filter(learner__in=[learner.pk for learner in learners.values()])
        .values_list("pk", flat=True)
    )
    created = {learner.email for learner in new}
    # Only who is new gets a key: an erased learner must not be given one again behind their back.
    keyless = [
        learner
        for email, learner in learners.items()
        if email in created and learner.pk not in have_key
    ]
    wrapped = keyrings.learner().wrap([secrets.token_bytes(32) for _learner in keyless])
    models.LearnerKey.objects.of(issuer).bulk_create(
        [
            models.LearnerKey(learner=learner, issuer=issuer, wrapped_dek=dek)
            for learner, dek in zip(keyless, wrapped, strict=True)
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    return learners


def rewrap_learner_keys(*, after: int, limit: int) -> parties.Piece:
    """Wrap learners' data keys again, from the row `after` on, at most `limit`.

    Raises:
        EnvelopeError: a key cannot be opened; it names the key that would open it.
        KeyServiceUnavailable: a key service does not answer.
    """
    ring = keyrings.learner()
    return parties.rewrap(table=_KEYS, column="learner_id", ring=ring, after=after, limit=limit)


def learner_keys_by_kek() -> dict[str, int]:
    """Count the learners' data keys by the key that wraps them; one query."""
    return parties.wrapped_under(table=_KEYS)


def learner_kek() -> str:
    """Return the name of the key that wraps learners' data keys now.

    Raises:
        KeyServiceUnavailable: a key service does not answer.
    """
    return keyrings.learner().current()


def _problem(error: identity.IdentityError | ValidationError) -> str:
    """Say what is wrong without repeating what was given: refusals end up in logs."""
    if isinstance(error, identity.IdentityError):
        return str(error)
    return _("the e-mail address is malformed")
