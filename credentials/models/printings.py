"""Certificates of a list in one file: ordered in the console, printed by workers, soon gone."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models.intakes import Intake
from issuers import models as issuers
from issuers import scope, trail


class Printing(models.Model):
    """An order for the certificates of a list.

    Whoever is on it may be erased meanwhile: the database then takes the whole file away, and the
    order with it (see the migration).
    """

    kept = trail.Kept(called="intake__name", left_out=("after", "printed", "files"))

    class State(models.TextChoices):
        PRINTING = "printing", _("being printed")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be printed")
        GONE = "gone", _("removed")

    class Kind(models.TextChoices):
        SHEETS = "sheets", _("for a printer")
        EACH = "each", _("a file for each")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.CASCADE, related_name="+", db_index=False)
    intake = models.ForeignKey(Intake, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PRINTING)
    ordered_by = models.ForeignKey(issuers.User, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("ordered"))
    # How many there were to print, how many are, in how many files; and the key of the last one.
    size = models.PositiveIntegerField()
    printed = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    after = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("downloaded"), null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",)))

    class Meta:
        verbose_name = _("order for certificates")
        verbose_name_plural = _("orders for certificates")
        indexes = [
            models.Index(fields=["issuer", "intake", "-id"], name="printings_of_list"),
            models.Index(
                fields=["id"], name="printings_to_do", condition=models.Q(state="printing")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "intake", "kind"],
                name="one_printing_at_a_time",
                condition=models.Q(state="printing"),
            )
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_under_way(self) -> bool:
        """Tell whether it is still being printed; costs no query."""
        return self.state == self.State.PRINTING

    @property
    def percent(self) -> int:
        """Return how much of it is printed, in hundredths; costs no query."""
        return min(self.printed * 100 // max(self.size, 1), 100)


class PrintedFile(models.Model):
    """A file of such an order, sealed, its name with it, and whose certificates are in it."""

    kept = trail.NotKept("what becomes of the files, their order tells")

    issuer = models.ForeignKey(issuers.Issuer, models.CASCADE, related_name="+", db_index=False)
    printing = models.ForeignKey(Printing, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    learner_ids = ArrayField(models.BigIntegerField())

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("printed file")
        verbose_name_plural = _("printed files")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "printing", "number"], name="one_printed_file_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.printing_id} {self.number}"
