"""Groups of learners who were taught together: a session of a training, a cohort."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class Cohort(models.Model):
    """A session of a training: when and where; what was issued to it comes with its lists."""

    kept = trail.Kept(also=("name", "place"))

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    created_by = models.ForeignKey(issuers.User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",)))

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "name"], name="one_cohort_per_name"),
            models.CheckConstraint(
                name="cohort_ends_after_it_begins",
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        ]
        indexes = [models.Index(fields=["issuer", "-id"], name="cohorts_of_issuer")]

    def __str__(self) -> str:
        return str(self.uuid)
