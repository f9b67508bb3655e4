"""The lists that say whether credentials still stand."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class StatusList(models.Model):
    """A Bitstring Status List of one issuer and purpose (W3C Bitstring Status List 1.0).

    `bits` is the truth; `published` is what the world reads: the last version a worker signed.
    `version` counts the
    changes of `bits`, `published_version` the one that was signed last.
    """

    kept = trail.NotKept("every version is a statement, chained and anchored")

    class Purpose(models.TextChoices):
        REVOCATION = "revocation", _("revocation")
        SUSPENSION = "suspension", _("suspension")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    url = models.CharField(max_length=500, unique=True)
    # Which indexes are given away: one bit each, drawn at random so that an index tells nothing
    # about the order of issuing.
    taken = models.BinaryField()
    taken_count = models.PositiveIntegerField(default=0)
    bits = models.BinaryField()
    version = models.PositiveBigIntegerField(default=1)
    published = models.BinaryField(null=True, blank=True)
    published_version = models.PositiveBigIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    # The key that signed what is published: if it is stolen, another must sign at once.
    published_kid = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()

    objects = scope.IssuerScopedManager(scope.Wall(names=("uuid", "url")))

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")
        indexes = [models.Index(fields=["issuer", "purpose"])]

    def __str__(self) -> str:
        return self.url
