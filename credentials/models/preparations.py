"""Awards that one person prepared and another is to release: the four-eyes principle."""

import uuid

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from badges import models as badges
from issuers import models as issuers
from issuers import scope, trail


class Preparation(models.Model):
    """Awards of one badge that wait together for a second person.

    `waiting` until somebody else releases them, which lets them be signed, or returns them; who
    prepared them then hands them in again, or discards them. That nobody releases what they
    prepared, and that nothing is signed that was not released, the database itself enforces.
    """

    kept = trail.Kept(called="achievement__name")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for approval")
        RETURNED = "returned", _("returned")
        RELEASED = "released", _("released")
        DISCARDED = "discarded", _("discarded")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    achievement = models.ForeignKey(badges.Achievement, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    prepared_by = models.ForeignKey(issuers.User, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    decided_by = models.ForeignKey(
        issuers.User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    # Why it was returned, for who prepared it.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # How many awards there were when it was released or discarded.
    size = models.PositiveIntegerField(default=0)

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",), is_issuing=True))

    class Meta:
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        constraints = [
            models.CheckConstraint(
                name="nobody_releases_what_they_prepared",
                condition=~models.Q(state="released")
                | models.Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~models.Q(decided_by=models.F("prepared_by")),
            ),
            models.CheckConstraint(
                name="returned_preparation_says_why",
                condition=~models.Q(state="returned")
                | models.Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~models.Q(reason=""),
            ),
        ]
        indexes = [models.Index(fields=["issuer", "state", "-id"], name="preparations_of_issuer")]

    def __str__(self) -> str:
        return str(self.uuid)


# What is held leaves only by the release of its preparation. A row at a time, and only for rows
# that were held: signing, revoking and the rest do not pay for it.
ONLY_RELEASED = pgtrigger.Trigger(
    name="only_what_was_released_is_due",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__state="held") & ~pgtrigger.Q(new__state="held"),
    func="""
        IF NOT EXISTS (
            SELECT FROM credentials_preparation p
            WHERE p.id = OLD.preparation_id AND p.id = NEW.preparation_id AND p.state = 'released'
        ) THEN
            RAISE EXCEPTION 'credential % was not released', OLD.uuid
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# Where an organisation asks for a second person, nothing is recorded that would be signed at once.
# Once a statement, however many rows it writes; an organisation that cannot be seen is refused.
HELD_WHERE_ASKED = pgtrigger.Trigger(
    name="awards_are_held_where_four_eyes_are_asked",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="recorded"),  # type: ignore[no-untyped-call]
    func="""
        IF EXISTS (
            SELECT FROM (SELECT DISTINCT issuer_id FROM recorded WHERE state <> 'held') n
            LEFT JOIN issuers_issuer i ON i.id = n.issuer_id
            WHERE i.four_eyes IS NOT FALSE
        ) THEN
            RAISE EXCEPTION 'this organisation asks for a second person'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """,
)
