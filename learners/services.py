"""Verbs on learners: enrol."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from issuers import models as issuers
from issuers.core import envelope
from learners import models, selectors
from learners.core import identity


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
    models.LearnerKey.objects.of(issuer).bulk_create(
        [
            models.LearnerKey(
                learner=learner,
                issuer=issuer,
                wrapped_dek=envelope.wrap(
                    dek=secrets.token_bytes(32), kek=settings.LEARNER_KEK, kek_id=selectors.KEK_ID
                ),
            )
            for email, learner in learners.items()
            # Only who is new gets a key: an erased learner must not be given one again behind their
            # back.
            if email in created and learner.pk not in have_key
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    return learners


def _problem(error: identity.IdentityError | ValidationError) -> str:
    """Say what is wrong without repeating what was given: refusals end up in logs."""
    if isinstance(error, identity.IdentityError):
        return str(error)
    return _("the e-mail address is malformed")
