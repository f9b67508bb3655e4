"""Archives that an organisation's administrators order: made by a worker, and gone after a day."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class Export(models.Model):
    """An order for everything that an organisation has here, in one sealed file."""

    kept = trail.Kept(left_out=("heard_at", "percent"))

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a worker")
        WORKING = "working", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")
        GONE = "gone", _("removed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.CASCADE, related_name="+")
    ordered_by = models.ForeignKey(issuers.User, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("ordered"))
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    # What its passphrase comes from, wrapped; only until the file is made.
    secret = models.BinaryField(null=True, blank=True)
    # When a worker took it in hand, when it was last heard of, and how often one did take it:
    # some were killed.
    began_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    # The file, and how many leaves in it are in no final batch yet.
    size = models.BigIntegerField(null=True, blank=True)
    waiting = models.PositiveIntegerField(default=0)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("downloaded"), null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",)))

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer"],
                name="one_export_at_a_time",
                condition=models.Q(state__in=["waiting", "working"]),
            ),
            models.CheckConstraint(
                name="export_keeps_its_secret_only_until_made",
                condition=models.Q(state__in=["waiting", "working"], secret__isnull=False)
                | models.Q(state__in=["ready", "failed", "gone"], secret__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_under_way(self) -> bool:
        """Tell whether it is still to be made; costs no query."""
        return self.state in {self.State.WAITING, self.State.WORKING}


class ExportPiece(models.Model):
    """A piece of such a file, sealed as all of it is: no folder has to be shared with workers."""

    kept = trail.NotKept("what becomes of the file, its order tells")

    issuer = models.ForeignKey(issuers.Issuer, models.CASCADE, related_name="+")
    export = models.ForeignKey(Export, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("piece of an export")
        verbose_name_plural = _("pieces of an export")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "export", "number"], name="one_piece_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.export_id} {self.number}"
