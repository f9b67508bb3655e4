"""What an issuer declared over time, and anchored."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models.lists import StatusList
from issuers import models as issuers
from issuers import scope, trail


class Statement(models.Model):
    """One version of an issuer's key history, of a status list, or of its audit trail's head.

    `document` is its canonical JSON, which holds the digest of the version before; everything here
    is public, and nothing is ever changed or deleted.
    """

    kept = trail.NotKept("it is chained and anchored itself")

    class Kind(models.TextChoices):
        KEY_HISTORY = "keys", _("history of keys")
        STATUS_LIST = "list", _("status list")
        TRAIL_HEAD = "head", _("audit trail")

    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    status_list = models.ForeignKey(
        StatusList, models.PROTECT, null=True, blank=True, related_name="+"
    )
    sequence = models.PositiveIntegerField()
    document = models.BinaryField()
    # The signed list that the document names by its digest, word for word.
    published = models.BinaryField(null=True, blank=True)
    digest = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=32)
    leaf = models.BinaryField(max_length=32, unique=True)
    # When it was so: of a list, when it was published.
    at = models.DateTimeField()

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("leaf",)))

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        indexes = [
            # Which lists have no statement yet of what they publish now.
            models.Index(fields=["status_list", "at"], name="statements_of_list"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind", "sequence"],
                name="one_version_per_sequence",
                condition=models.Q(status_list__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["issuer", "status_list", "sequence"], name="one_list_version_per_sequence"
            ),
            models.CheckConstraint(
                name="statement_of_a_list_has_it",
                condition=models.Q(
                    kind__in=["keys", "head"], status_list__isnull=True, published__isnull=True
                )
                | models.Q(kind="list", status_list__isnull=False, published__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence}"
