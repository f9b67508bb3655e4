"""The audit trail, as the database writes it, and the seals that hold it together."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import scope, trail


class TrailEntry(models.Model):
    """Rows of one table that were changed alike, by one statement; written by the database alone.

    No foreign key but the issuer's: what it speaks of may be gone.
    """

    class Act(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("removed")

    kept = trail.NotKept("it is the trail")

    issuer = models.ForeignKey("issuers.Issuer", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # What the program said of itself, and the role of the database, which nobody can claim.
    user_id = models.BigIntegerField(null=True, blank=True)
    door = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=63)
    # The model, and the keys of the rows.
    subject = models.CharField(max_length=80)
    act = models.CharField(max_length=7, choices=Act.choices)
    rows = ArrayField(models.BigIntegerField())
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    # Columns of which only is known that they changed.
    noted = ArrayField(models.CharField(max_length=63))

    objects = scope.IssuerScopedManager(scope.Wall(is_record=True))

    class Meta:
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")
        indexes = [
            models.Index(fields=["issuer", "-id"], name="trail_of_issuer"),
            models.Index(fields=["issuer", "user_id", "-id"], name="trail_of_person"),
            models.Index(fields=["issuer", "subject", "-id"], name="trail_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.subject} {self.act}"


class TrailSeal(models.Model):
    """What holds entries together: the digest of all since the last seal, and of that seal.

    Of an issuer's entries it covers those after the last one of the seal before, up to `last`.
    """

    kept = trail.NotKept("it is the trail")

    issuer = models.ForeignKey("issuers.Issuer", models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField()
    last = models.BigIntegerField()
    entries = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    objects = scope.IssuerScopedManager(scope.Wall(is_record=True))

    class Meta:
        verbose_name = _("seal of the audit trail")
        verbose_name_plural = _("seals of the audit trail")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "sequence"], name="one_seal_per_sequence")
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.sequence}"


class TrailMark(models.Model):
    """How far sealing is, for everybody: the only row.

    Every entry up to `sealed` is sealed. No entry up to `entry` can still come once all
    transactions before `horizon` have ended; they are sealed then.
    """

    entry = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0)
    sealed = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("mark of the audit trail")
        verbose_name_plural = _("marks of the audit trail")

    def __str__(self) -> str:
        return str(self.sealed)
